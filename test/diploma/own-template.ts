import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { TEMPLATES_DIR } from './sample-facts.ts';

const ROLES = ['display', 'text', 'label', 'strong'];

/** A small template in Russian that shares nothing with the shipped designs but their faces. */
export const OWN_TEMPLATE = {
  format: 3,
  id: 'own',
  language: 'ru',
  page: { size: 'A4', orientation: 'landscape' },
  palette: { ink: '#101010' },
  faces: Object.fromEntries(ROLES.map((role) => [role, ['NotoSerif-Regular.ttf', 'NotoSerifGeorgian-Regular.ttf']])),
  styles: {
    plain: { face: 'text', size: { max: 11, floor: 7, lines: 2 }, colour: 'ink' },
    name: { face: 'text', size: { max: 30, floor: 12, lines: 2 }, colour: 'ink', fit: 'name' },
  },
  images: {} as Record<string, object>,
  first: {
    art: [],
    margin: 20,
    stacks: [
      {
        x: 60,
        top: 60,
        width: 600,
        bottom: 400,
        parts: ['heading', 'issuer', 'name', 'course', 'foot'].map((text) => ({
          text,
          style: text === 'name' ? 'name' : 'plain',
        })),
      },
    ] as object[],
    qr: { x: 700, top: 400, side: 85, alt: 'qr' },
  },
  following: {
    art: [],
    margin: 20,
    head: { x: 60, top: 60, width: 600, bottom: 110, parts: [{ text: 'name2', style: 'plain', tag: 'H2' }] },
    table: {
      ...{ x: 60, top: 120, width: 600, bottom: 520, hoursWidth: 70, gutter: 16 },
      densities: [{ size: 10, padding: 4 }],
      rows: Object.fromEntries(
        ['head', 'module', 'total'].map((row) => [row, { face: 'text', colour: 'ink', scale: 1 }]),
      ),
      rules: { strong: { colour: 'ink', width: 0.8 }, fine: { colour: 'ink', width: 0.6 } },
    },
    project: { gap: 10, parts: [{ text: 'projectTitle', style: 'plain' }] },
    footer: { x: 60, top: 540, width: 600, bottom: 572, parts: [{ text: 'footer', style: 'plain' }] },
  },
  date: { pattern: '{day}.{month}.{year}', months: Array.from({ length: 12 }, (_, month) => `месяц${month + 1}`) },
  decimal: ',',
  hours: { one: '{n} час', few: '{n} часа', many: '{n} часов', other: '{n} часа' },
  texts: {
    heading: 'ДИПЛОМ',
    issuer: '{issuer}',
    name: '{holderName}',
    course: '{courseTitle}',
    foot: '{number} {date} {code}',
    qr: '{lookupUrl}',
    name2: '{holderName}',
    module: 'Модуль',
    hours: 'Часы',
    total: 'Всего',
    projectTitle: '{projectTitle}',
    footer: '{page}',
  } as Record<string, string>,
};
export type OwnTemplate = typeof OWN_TEMPLATE;

/** A new templates folder in `root` with that template and further files. */
export async function ownFolder(
  root: string,
  template: OwnTemplate = OWN_TEMPLATE,
  files: Record<string, string | Buffer> = {},
): Promise<string> {
  const dir = await mkdtemp(join(root, 'templates-'));
  await symlink(resolve(TEMPLATES_DIR, 'fonts'), join(dir, 'fonts'));
  const all = { 'certificate/own/template.yaml': JSON.stringify(template, null, 1), ...files };
  for (const [name, contents] of Object.entries(all)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), contents);
  }
  return dir;
}

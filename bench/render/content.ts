import { resolve } from 'node:path';
import QRCode from 'qrcode';
import { freezeCredential } from '../../src/credential/freeze.ts';
import { sampleTexts } from '../../src/diploma/preview/sample-texts.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import {
  groupedCode,
  hoursInWords,
  plainNumber,
  printedDate,
  shortAddress,
} from '../../src/diploma/template/wording.ts';
import type { KeyReferences } from '../../src/domain/certificate/credential-facts.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { seededRandom } from '../../src/sandbox/faults.ts';

export const TEMPLATE = 'teacher-ru';
export const TEMPLATES_DIR = resolve('templates');

const GIVEN = [
  'Айгүл',
  'Дарья',
  'Әсел',
  'Юлия',
  'Фёдор',
  'Нұрсұлтан',
  'Екатерина',
  'Ғалымжан',
  'Эльвира',
  'Яков',
  'Жанна',
];
const FAMILY = [
  'Щербакова',
  'Нұрмұхамедова',
  'Эйзенштейн',
  'Қожахметова',
  'Хрущёва',
  'Цветаева',
  'Жүнісова',
  'Филиппова',
];
const FATHER = ['Александровна', 'Вячеславович', 'Цезаревна', 'Серікқызы', 'Юрьевич', 'Тимофеевич', 'Мұхтарұлы'];
const MODULES = 12;

const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
};

/** Facts of the invented teacher with this number; name, code, number and programme are unique. */
export function benchFacts(
  bundle: Pick<TemplateBundle, 'id' | 'hash' | 'language' | 'grades'>,
  number: number,
  keys: KeyReferences | null,
): DiplomaFacts {
  const random = seededRandom(number);
  const code = makeCode((max) => Math.floor(random() * max));
  const texts = sampleTexts(bundle.language);
  // A double name every eighty-eight teachers, so that hardly two of thousands are equal.
  const second = Math.floor(number / (GIVEN.length * FAMILY.length * FATHER.length));
  const family = second === 0 ? at(FAMILY, number) : `${at(FAMILY, number)}-${at(FAMILY, number + second)}`;
  const programme = Array.from({ length: MODULES }, (_, index) => ({
    title: `${index + 1}. ${at(texts.modules, index)}`,
    hours: 4 + Math.floor(random() * 12),
  }));
  const plain: DiplomaFacts = {
    certificateId: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    version: 1,
    number: `INT-26-${String(number).padStart(6, '0')}`,
    code,
    lookupUrl: `https://gramota.example/c/${code}`,
    holderName: `${at(GIVEN, number)} ${at(FATHER, number)} ${family}`,
    latinName: `Teacher ${number} Example`,
    language: bundle.language,
    courseTitle: texts.courseTitle,
    hoursTotal: programme.reduce((sum, { hours }) => sum + hours, 0),
    programme,
    project: {
      title: `${texts.project} ${number}`,
      url: `https://projects.example/2026/${number}`,
      grade: bundle.grades['excellent'] ?? '5',
    },
    issueDate: '2026-11-20',
    signatory: { name: texts.signatory, position: texts.position },
    issuer: { name: texts.issuer, url: 'https://school.example' },
    country: 'KZ',
    templateId: bundle.id,
    templateHash: bundle.hash,
    validUntil: null,
    credential: null,
  };
  if (keys === null) return plain;
  const credential = freezeCredential({
    facts: plain,
    publicUrl: 'https://gramota.example',
    issuer: { address: { country: 'KZ' }, logo: null },
    email: `teacher-${number}@mail.example`,
    programmeId: 'sample',
    releaseId: 'sample-2026',
    timezone: 'Asia/Almaty',
    status: { list: 1, index: number },
    keys,
    at: new Date('2026-11-20T09:30:00Z'),
    newId: () => `00000000-0000-4000-9000-${String(number).padStart(12, '0')}`,
    random: (bytes) => Uint8Array.from({ length: bytes }, () => Math.floor(random() * 256)),
  });
  return { ...plain, credential };
}

/** A line of text for peers; size and position are given, because peers do not fit texts. */
export interface Line {
  text: string;
  role: 'display' | 'text' | 'label' | 'strong';
  size: number;
  colour: string;
  align: 'left' | 'center' | 'right';
  x: number;
  top: number;
  width: number;
  spacing: number;
}

/** What peers draw: the words of the diploma, placed as in the template `teacher-ru`. */
export interface PeerContent {
  title: string;
  language: string;
  first: Line[];
  following: Line[];
  table: { head: [string, string]; rows: [string, string][]; total: [string, string] };
  qr: { path: string; modules: number; x: number; top: number; side: number };
  palette: Record<string, string>;
}

/** The modules of a QR code as one SVG path in unit squares, row by row with joined runs. */
function qrPath(text: string): { path: string; modules: number } {
  const { size, data } = QRCode.create([{ data: Buffer.from(text), mode: 'byte' }], {
    errorCorrectionLevel: 'M',
  }).modules;
  const bars: string[] = [];
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const from = column;
      while (column < size && data[row * size + column] === 1) column += 1;
      if (column > from) bars.push(`M${from} ${row}h${column - from}v1h${from - column}z`);
    }
  }
  return { path: bars.join(''), modules: size };
}

/** The same words for the peers, from the same facts and the template's texts. */
export function peerContent(facts: DiplomaFacts, { definition }: TemplateBundle): PeerContent {
  const { palette, texts } = definition;
  const colour = (name: string): string => palette[name] ?? '#000000';
  const words: Record<string, string> = {
    courseTitle: facts.courseTitle,
    hours: hoursInWords(facts.hoursTotal, definition),
    projectTitle: facts.project?.title ?? '',
    number: facts.number,
    holderName: facts.holderName,
    grade: facts.project?.grade ?? '',
    page: '2',
    pages: '2',
  };
  const told = (key: string): string =>
    (texts[key] ?? '').replace(/\{(\w+)\}/g, (_, word: string) => words[word] ?? '');
  const line = (
    text: string,
    role: Line['role'],
    size: number,
    tone: string,
    top: number,
    rest: Partial<Line> = {},
  ): Line => ({
    ...{ text, role, size, colour: colour(tone), top, align: 'center', x: 111, width: 620, spacing: 0 },
    ...rest,
  });
  const left = { x: 80, width: 210 };
  const middle = { x: 326, width: 190 };
  const right = { x: 521, width: 150, align: 'right' } as const;
  const body = { x: 96, width: 650, align: 'left' } as const;
  return {
    title: `${texts.heading} ${facts.number} – ${facts.holderName}`,
    language: facts.language,
    palette,
    first: [
      line(facts.issuer.name, 'strong', 11.5, 'muted', 70, { spacing: 0.9 }),
      line(texts.heading, 'display', 40, 'primary', 98, { spacing: 9 }),
      line(told('holder'), 'text', 12.5, 'muted', 156),
      line(facts.holderName, 'display', 30, 'primary', 184),
      line(facts.latinName ?? '', 'text', 14, 'muted', 246, { spacing: 0.4 }),
      line(told('completion'), 'text', 12.5, 'muted', 280),
      line(told('course'), 'display', 22, 'ink', 306),
      line(told('volume'), 'text', 12.5, 'muted', 344),
      line(told('project'), 'text', 11, 'muted', 370),
      line(facts.signatory.name, 'text', 11, 'ink', 492, left),
      line(facts.signatory.position, 'label', 7.5, 'muted', 510, left),
      line(printedDate(facts.issueDate, definition), 'text', 11, 'ink', 492, middle),
      line(told('number'), 'label', 7.5, 'muted', 510, middle),
      line(told('verify'), 'label', 7.5, 'muted', 486, right),
      line(shortAddress(facts.lookupUrl), 'label', 8, 'primary', 500, right),
      line(groupedCode(facts.code), 'strong', 8, 'primary', 514, right),
    ],
    following: [
      line(told('programmeTitle'), 'display', 24, 'primary', 62, body),
      line(told('programmeSubtitle'), 'text', 10.5, 'muted', 98, body),
      line(told('projectHeading'), 'strong', 9, 'muted', 440, body),
      line(facts.project?.title ?? '', 'text', 11.5, 'ink', 456, body),
      line(told('grade'), 'text', 10, 'ink', 476, body),
      line(facts.project?.url ?? '', 'label', 8.5, 'primary', 494, body),
      line(told('footer'), 'label', 7.5, 'muted', 541, body),
    ],
    table: {
      head: [texts.module, texts.hours],
      rows: facts.programme.map(({ title, hours }) => [title, plainNumber(hours, definition)]),
      total: [texts.total, plainNumber(facts.hoursTotal, definition)],
    },
    qr: { ...qrPath(facts.lookupUrl), x: 686, top: 458, side: 67 },
  };
}

import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { message } from '../domain/messages/message.ts';
import { DiplomaFault, type IssuedDiploma, type NameFit, type NameFitResult, type Printer } from '../ports/printer.ts';
import { KeyMissing } from '../ports/signer.ts';
import { type DrawThreads, openDrawThreads } from './draw-threads.ts';
import { CACHED_BUNDLES, RecentCache } from './recent-cache.ts';
import { FACE_ROLES } from './template/face-roles.ts';
import { gradeInWords } from './template/grades.ts';
import { PreparedTemplate } from './template/prepared-template.ts';
import type { TemplateBundle } from './template/template.ts';
import { textThatNeedsHours } from './template/template-faults.ts';
import type { Face } from './type/faces.ts';
import { nameFits, textFits } from './type/fits.ts';
import { codePointName, missingGlyphs } from './type/shaped-line.ts';

export interface PrinterOptions {
  /** Current templates; names and texts are checked against them before award. */
  templates: readonly TemplateBundle[];
  /** Contents of a template as frozen with a certificate; called for hashes that are not among `templates`. */
  bundleByHash(hash: string): Promise<TemplateBundle | null>;
  /** Maximum number of drawing threads. */
  threads: number;
  /** Folder with the keys of credential and seal; without it only unsigned diplomas can be drawn. */
  signingKeysDir?: string;
  /** Drawing threads that several printers share. The code that opened them must close them. */
  drawing?: DrawThreads | undefined;
  /** Marks that no name may contain; see `Printer.unmailable`. */
  unmailable?: readonly string[];
}

/** Maximum code points of a text (course, module, project, address); its box holds this many in any script. */
const MAX_TEXT = 600;

/** Size of the cache of missing glyphs, for each template. */
const CACHED_TEXTS = 200;

const listed = (codePoints: readonly number[]): string => codePoints.map(codePointName).join(', ');

/** A thread returns bytes as a plain Uint8Array. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function lacking(text: string, chains: readonly (readonly Face[])[]): number[] {
  return [...new Set(chains.flatMap((chain) => missingGlyphs(text, chain)))];
}

/** A name is printed large, in running text, and in the file's title, so both face chains must have its glyphs. */
function nameFit(input: NameFit, opened: PreparedTemplate): NameFitResult {
  const chains = [opened.faces.chains.display, opened.faces.chains.text];
  const native = input.holderName.normalize('NFC');
  const given = input.latinName === null ? '' : input.latinName.normalize('NFC').trim();
  const latin = given === '' || lacking(given, chains).length > 0 ? null : given;
  const missing = lacking(native, chains);
  const holderName = missing.length === 0 ? native : latin;
  if (holderName === null) {
    const detail = message('name.glyphs', { template: input.templateId, points: listed(missing) });
    return { ok: false, code: 'name-unprintable', detail };
  }
  const latinName = latin === holderName ? null : latin;
  const { country } = input;
  const fits =
    nameFits(holderName, opened, 'holderName', { isPair: latinName !== null, country }) &&
    (latinName === null || nameFits(latinName, opened, 'latinName', { country }));
  if (fits) return { ok: true, holderName, latinName };
  const detail = message('name.too-long', { template: input.templateId, count: [...holderName].length });
  return { ok: false, code: 'name-too-long', detail };
}

/** Creates a printer that draws in worker threads. */
export function createPrinter({
  templates,
  bundleByHash,
  threads,
  signingKeysDir,
  drawing,
  unmailable = [],
}: PrinterOptions): Printer {
  const current = new Map(templates.map((bundle) => [bundle.id, bundle]));
  const opened = new Map<string, PreparedTemplate>();
  const frozen = new RecentCache<TemplateBundle>(CACHED_BUNDLES);
  for (const bundle of templates) frozen.set(bundle.hash, bundle);
  const pool = drawing ?? openDrawThreads(threads, signingKeysDir ?? null);

  const open = (templateId: string): PreparedTemplate => {
    const known = opened.get(templateId);
    if (known !== undefined) return known;
    const bundle = current.get(templateId);
    if (bundle === undefined) throw new Error(`there is no template "${templateId}"`);
    const fresh = new PreparedTemplate(bundle);
    opened.set(templateId, fresh);
    return fresh;
  };

  // Most texts belong to the release and repeat for every student.
  const missingIn = new WeakMap<PreparedTemplate, RecentCache<readonly number[]>>();
  const lackingOnce = (template: PreparedTemplate, text: string): readonly number[] => {
    const texts = missingIn.get(template) ?? new RecentCache<readonly number[]>(CACHED_TEXTS);
    missingIn.set(template, texts);
    const { chains } = template.faces;
    return texts.keep(text, () =>
      lacking(
        text,
        FACE_ROLES.map((role) => chains[role]),
      ),
    );
  };

  const bundleOf = async (hash: string): Promise<TemplateBundle> => {
    const bundle = frozen.get(hash) ?? (await bundleByHash(hash));
    if (bundle === null) throw new Error(`the contents of template ${hash} are not stored`);
    frozen.set(hash, bundle);
    return bundle;
  };

  const issue = async (facts: DiplomaFacts): Promise<IssuedDiploma> => {
    const first = await pool.run({ facts, bundle: null });
    const answer =
      first.kind === 'template-wanted' ? await pool.run({ facts, bundle: await bundleOf(facts.templateHash) }) : first;
    if (answer.kind === 'template-wanted') throw new Error('a drawing thread requested the template again and again');
    if (answer.kind === 'key-missing') throw new KeyMissing(answer.detail);
    if (answer.kind === 'check-failed') throw new DiplomaFault(answer.fault.check, answer.fault.detail);
    const { credential } = answer;
    return {
      pdf: asBuffer(answer.pdf),
      credential: credential && { json: asBuffer(credential.json), jwt: asBuffer(credential.jwt) },
    };
  };

  return {
    unmailable,
    fitName: (input) => nameFit(input, open(input.templateId)),
    checkText(templateId, text, as, beside) {
      const template = open(templateId);
      const letters = (): number => [...text].length;
      if (text.length > MAX_TEXT && letters() > MAX_TEXT)
        return message('text.long', { count: letters(), most: MAX_TEXT });
      // A face may have a glyph for U+FFFD, but the self-check would refuse the diploma.
      if (text.includes('\ufffd')) return message('text.replacement');
      const missing = lackingOnce(template, text);
      if (missing.length > 0) return message('text.glyphs', { template: templateId, points: listed(missing) });
      if (as === undefined || textFits(text, template, as, beside)) return null;
      return message('text.room', { template: templateId, count: letters() });
    },
    gradeInWords: (templateId, grade) => gradeInWords(grade, open(templateId).grades),
    checkHours(templateId, hours) {
      const text = hours > 0 ? null : textThatNeedsHours(open(templateId).definition);
      return text && message('hours-needed', { text, template: templateId });
    },
    draw: async (facts) => (await issue(facts)).pdf,
    issue,
    close: async () => {
      if (drawing === undefined) await pool.close();
    },
  };
}

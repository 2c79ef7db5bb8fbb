import { writeArchivalTwin } from './archival-twin.ts';
import { visualWords } from './names.ts';
import { attachmentsFault, codeFault, facesFault, resavedFault, syntaxFault, textFault } from './page.ts';
import { readObjects } from './pdf-objects.ts';
import { type Finding, faultsOfA3, preflight } from './preflight.ts';
import { cmsFault, pdfsigFault, type TrustStore } from './seal.ts';
import { nameFault, Shaper } from './shaping.ts';
import type { Specimen } from './specimen.ts';
import { readingFault, tagsFault } from './structure.ts';

/** The checks of a diploma, and the tool for each check. */
export const CHECKS = {
  syntax: 'qpdf --check',
  archival: 'Apache Preflight, PDF/A-1b twin: no finding',
  part3: 'Apache Preflight, the file: only what PDF/A-3 allows',
  pdfsig: 'pdfsig: valid, trusted, total document signed',
  cms: 'openssl cms -verify -cades',
  attachments: 'pdfdetach: both credential forms byte for byte',
  reading: 'pdfinfo -struct-text in reading order',
  tags: 'language, headers with scope, alternative texts, nothing untagged',
  glyphs: 'hb-shape: the same glyphs at the same places',
  text: 'pdftotext: the name, as far as its script allows',
  resaved: 'Ghostscript saves it anew, pdftotext: the name',
  code: 'zbarimg and jsQR: the address, at 150 dpi',
  faces: 'pdffonts: embedded, subset, Unicode',
} as const;
export type Check = keyof typeof CHECKS;

const ALL = Object.keys(CHECKS) as Check[];
/** Checks that read the PDF objects from qpdf. */
const READ_BY_QPDF: readonly Check[] = ['archival', 'reading', 'tags', 'glyphs', 'code'];

/** Faults by check; empty when there is none. */
export type Verdict = Map<Check, string>;

/** A diploma to check. */
export interface Case {
  specimen: Specimen;
  /** Names of the checks to run; default: all checks. */
  checks?: readonly Check[];
}

/** Data that all checks of one run share. */
export interface Bench {
  scratch: string;
  trust: TrustStore;
  /**
   * Whether to search the QR code in an image of the whole page, or only in its surroundings, which is ten times as
   * fast.
   */
  wholePage: boolean;
}

const toldFindings = (findings: readonly Finding[]): string =>
  [...new Set(findings.map(({ code, details }) => `${code} ${details}`))].slice(0, 3).join('; ');

async function judgeOne({ specimen, checks }: Case, { trust, wholePage }: Bench, shaper: Shaper): Promise<Verdict> {
  const { path, template } = specimen;
  const wanted = new Set<Check>(checks ?? ALL);
  const verdict: Verdict = new Map();
  const check = async (name: Check, look: () => Promise<string | null> | string | null): Promise<void> => {
    if (!wanted.has(name)) return;
    try {
      const fault = await look();
      if (fault !== null) verdict.set(name, fault);
    } catch (error) {
      verdict.set(name, error instanceof Error ? error.message : String(error));
    }
  };
  await check('syntax', () => syntaxFault(path));
  await check('pdfsig', () => pdfsigFault(path, trust));
  await check('cms', () => cmsFault(path, trust));
  await check('attachments', () => attachmentsFault(path, specimen));
  await check('faces', () => facesFault(path));
  await check('text', () => textFault(path, specimen));
  await check('resaved', () => resavedFault(path, specimen));
  if (wholePage) await check('code', () => codeFault(path, specimen, null));
  if (!READ_BY_QPDF.some((name) => wanted.has(name))) return verdict;
  const pdf = await readObjects(path).catch(() => null);
  if (pdf === null) {
    for (const name of ['archival', 'reading', 'tags', 'glyphs'] as const)
      verdict.set(name, 'qpdf cannot read the file');
    return verdict;
  }
  const visual = visualWords(specimen.name, specimen.script);
  if (!wholePage) await check('code', () => codeFault(path, specimen, pdf));
  await check('reading', () => readingFault(pdf, path, specimen));
  await check('tags', () => tagsFault(pdf, specimen));
  await check('glyphs', () => nameFault(pdf, pdf.pages[0] ?? '', visual, template, shaper));
  await check('archival', async () => {
    await writeArchivalTwin(pdf, path, twinOf(path));
    return null;
  });
  return verdict;
}

const twinOf = (path: string): string => path.replace(/\.pdf$/, '-twin.pdf');

/**
 * Judges diplomas with independent tools, `atOnce` in parallel. Preflight judges all of them in one process at the
 * end.
 * @param done called after each, to show progress
 */
export async function judge(
  cases: readonly Case[],
  bench: Bench,
  atOnce: number,
  done: () => void = () => undefined,
): Promise<Map<Specimen, Verdict>> {
  const shaper = new Shaper(bench.scratch);
  const specimens = cases.map(({ specimen }) => specimen);
  const words = specimens.flatMap(({ name, script }) => visualWords(name, script));
  await shaper.prepare(words, [...new Set(specimens.map(({ template }) => template))]);
  const verdicts = new Map<Specimen, Verdict>();
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      verdicts.set(next.specimen, await judgeOne(next, bench, shaper));
      done();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await judgeArchives(cases, verdicts, bench.scratch);
  return verdicts;
}

async function judgeArchives(
  cases: readonly Case[],
  verdicts: ReadonlyMap<Specimen, Verdict>,
  scratch: string,
): Promise<void> {
  const looksAt = (check: Check): Specimen[] =>
    cases
      .filter(({ specimen, checks = ALL }) => checks.includes(check) && verdicts.get(specimen)?.has(check) === false)
      .map(({ specimen }) => specimen);
  const [files, twins] = [looksAt('part3'), looksAt('archival')];
  const findings = await preflight(
    [...files.map(({ path }) => path), ...twins.map(({ path }) => twinOf(path))],
    scratch,
  );
  const note = (specimen: Specimen, check: Check, found: readonly Finding[]): void => {
    if (found.length > 0) verdicts.get(specimen)?.set(check, toldFindings(found));
  };
  for (const one of files) note(one, 'part3', faultsOfA3(findings.get(one.path) ?? []));
  for (const one of twins) note(one, 'archival', findings.get(twinOf(one.path)) ?? []);
}

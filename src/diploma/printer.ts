import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { DiplomaFacts } from '../domain/diploma-facts.ts';
import type { NameFit, NameFitResult, Printer } from '../ports/printer.ts';
import type { DrawAnswer, DrawTask } from './draw-worker.ts';
import { type Face, type FaceBook, openFaces } from './faces.ts';
import { nameFits } from './first-page.ts';
import { CACHED_BUNDLES, RecentCache } from './recent-cache.ts';
import { codePointName, missingGlyphs } from './shaped-line.ts';
import type { TemplateBundle } from './template.ts';
import { FACE_ROLES, type TemplateDefinition } from './template-definition.ts';

export interface PrinterOptions {
  /** Current templates, for names and texts that are checked before award. */
  templates: readonly TemplateBundle[];
  /** A template's contents as frozen with a certificate; asked for hashes that are not among `templates`. */
  bundleByHash(hash: string): Promise<TemplateBundle | null>;
  /** Threads that draw, at most. */
  threads: number;
}

/** Code points of a text (course, module, project, address) that its box holds for certain, in any script. */
const MAX_TEXT = 600;

interface Opened {
  definition: TemplateDefinition;
  faces: FaceBook;
}

const listed = (codePoints: number[]): string => codePoints.map(codePointName).join(', ');

function lacking(text: string, chains: readonly (readonly Face[])[]): number[] {
  return [...new Set(chains.flatMap((chain) => missingGlyphs(text, chain)))];
}

/** A name appears as the hero, in running text, and in the file's own title: all faces of text must have it. */
function nameFit(input: NameFit, opened: Opened): NameFitResult {
  const chains = [opened.faces.chains.display, opened.faces.chains.text];
  const native = input.holderName.normalize('NFC');
  const given = input.latinName === null ? '' : input.latinName.normalize('NFC').trim();
  const latin = given === '' || lacking(given, chains).length > 0 ? null : given;
  const missing = lacking(native, chains);
  const holderName = missing.length === 0 ? native : latin;
  if (holderName === null) {
    const detail = `no face of template "${input.templateId}" has a glyph for ${listed(missing)} and there is no printable Latin form: enter a Latin form of the name, or add a face to templates/fonts`;
    return { ok: false, code: 'name-unprintable', detail };
  }
  const latinName = latin === holderName ? null : latin;
  const fits =
    nameFits(holderName, opened, 'holderName') && (latinName === null || nameFits(latinName, opened, 'latinName'));
  if (fits) return { ok: true, holderName, latinName };
  const detail = `the name (${[...holderName].length} characters) does not fit template "${input.templateId}" even in two lines of its smallest size: enter a shorter form of the name`;
  return { ok: false, code: 'name-too-long', detail };
}

/**
 * A printer that draws in worker threads. Threads start with the first diploma and then stay, since each parses the
 * faces of a template once.
 */
export function createPrinter({ templates, bundleByHash, threads }: PrinterOptions): Printer {
  const current = new Map(templates.map((bundle) => [bundle.id, bundle]));
  const opened = new Map<string, Opened>();
  const frozen = new RecentCache<TemplateBundle>(CACHED_BUNDLES);
  for (const bundle of templates) frozen.set(bundle.hash, bundle);
  const pool = new Piscina<DrawTask, DrawAnswer>({
    filename: new URL(`./draw-worker${extname(import.meta.url)}`, import.meta.url).href,
    name: 'draw',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
  });

  const open = (templateId: string): Opened => {
    const known = opened.get(templateId);
    if (known !== undefined) return known;
    const bundle = current.get(templateId);
    if (bundle === undefined) throw new Error(`there is no template "${templateId}"`);
    const fresh = { definition: bundle.definition, faces: openFaces(bundle) };
    opened.set(templateId, fresh);
    return fresh;
  };

  const bundleOf = async (hash: string): Promise<TemplateBundle> => {
    const bundle = frozen.get(hash) ?? (await bundleByHash(hash));
    if (bundle === null) throw new Error(`the contents of template ${hash} are not stored`);
    frozen.set(hash, bundle);
    return bundle;
  };

  return {
    fitName: (input) => nameFit(input, open(input.templateId)),
    checkText(templateId, text) {
      const { chains } = open(templateId).faces;
      const letters = [...text].length;
      if (letters > MAX_TEXT) return `${letters} characters where at most ${MAX_TEXT} can be printed: shorten the text`;
      const missing = lacking(
        text,
        FACE_ROLES.map((role) => chains[role]),
      );
      return missing.length === 0 ? null : `no face of template "${templateId}" has a glyph for ${listed(missing)}`;
    },
    async draw(facts: DiplomaFacts) {
      const answer =
        (await pool.run({ facts, bundle: null })) ??
        (await pool.run({ facts, bundle: await bundleOf(facts.templateHash) }));
      if (answer === null) throw new Error('a drawing thread kept asking for the template');
      return Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
    },
    close: () => pool.close(),
  };
}

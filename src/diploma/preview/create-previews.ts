import { extname } from 'node:path';
import { Piscina } from 'piscina';
import { InputError } from '../../domain/failure.ts';
import { type Previews, PreviewsBusy, type TemplateField } from '../../ports/previews.ts';
import type { TemplateBundle } from '../template/template.ts';
import { SAMPLE_HOLDERS } from './sample-holders.ts';

/** In milliseconds; an idle thread ends after this time and frees its memory. */
const IDLE = 60_000;
/** Maximum number of waiting mock-ups; further requests are refused. One page of the console shows one of each template. */
const QUEUE = 28;

/** A thread returns bytes as a plain Uint8Array. */
function asBuffer(answer: unknown): Buffer {
  const { buffer, byteOffset, byteLength } = answer as Uint8Array;
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Draws mock-ups of these templates one at a time, in a thread that exists only while it is needed. */
export function createPreviews(bundles: readonly TemplateBundle[]): Previews {
  const byId = new Map(bundles.map((bundle) => [bundle.id, bundle]));
  const pool = new Piscina({
    recordTiming: false,
    filename: new URL(`./preview-worker${extname(import.meta.url)}`, import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE,
  });
  const run = (task: unknown, name: string): Promise<unknown> => {
    if (pool.queueSize >= QUEUE) throw new PreviewsBusy('too many samples are requested at the same time');
    return pool.run(task, { name });
  };
  const samples = SAMPLE_HOLDERS.map((one) => one.id);
  return {
    templates: () => bundles.map(({ id, language, hash }) => ({ id, language, hash })),
    samples: () => samples,
    async fields(templateId) {
      const bundle = byId.get(templateId);
      return bundle === undefined ? null : ((await run(bundle, 'fields')) as TemplateField[]);
    },
    async draw(templateId, choice, format) {
      const bundle = byId.get(templateId);
      if (bundle === undefined)
        throw new InputError(`there is no template with this name; known templates: ${[...byId.keys()].join(', ')}`);
      if (choice.kind === 'sample' && !samples.includes(choice.id))
        throw new InputError(`there is no sample with this id; known samples: ${samples.join(', ')}`);
      return asBuffer(await run({ bundle, choice, format }, 'preview'));
    },
    async drawFacts(facts, format) {
      const bundle = byId.get(facts.templateId);
      if (bundle?.hash !== facts.templateHash)
        throw new InputError(`template ${facts.templateId}: its contents changed; restart this process`);
      return asBuffer(await run({ bundle, facts, format }, 'previewFacts'));
    },
    close: () => pool.close(),
  };
}

import type { DiplomaFacts } from '../domain/diploma-facts.ts';
import { drawDiploma } from './draw-diploma.ts';
import { type FaceBook, openFaces } from './faces.ts';
import { CACHED_BUNDLES, RecentCache } from './recent-cache.ts';
import type { TemplateBundle } from './template.ts';
import type { TemplateDefinition } from './template-definition.ts';

/** What the printer asks of a thread; the bundle comes along only when the thread said it lacks it. */
export interface DrawTask {
  facts: DiplomaFacts;
  bundle: TemplateBundle | null;
}

/** The PDF, or null: "send the template too". */
export type DrawAnswer = Uint8Array | null;

const ready = new RecentCache<{ definition: TemplateDefinition; faces: FaceBook }>(CACHED_BUNDLES);

/** The thread's one job. */
export async function draw({ facts, bundle }: DrawTask): Promise<DrawAnswer> {
  let prepared = ready.get(facts.templateHash);
  if (prepared === undefined) {
    if (bundle === null) return null;
    prepared = { definition: bundle.definition, faces: openFaces(bundle) };
    ready.set(bundle.hash, prepared);
  }
  return drawDiploma(facts, prepared.definition, prepared.faces);
}

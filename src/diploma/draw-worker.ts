import { workerData } from 'piscina';
import { openKeyFolder } from '../credential/keys/key-folder.ts';
import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { KeyMissing } from '../ports/signer.ts';
import { type SelfCheckFault, selfCheck } from './check/self-check.ts';
import { expectedOf } from './check/self-check-expected.ts';
import { drawDiploma } from './draw-diploma.ts';
import { openTrust } from './pdf/trust.ts';
import { CACHED_BUNDLES, RecentCache } from './recent-cache.ts';
import { PreparedTemplate } from './template/prepared-template.ts';
import type { TemplateBundle } from './template/template.ts';

/** A drawing task for a thread. The bundle is sent only after the thread answered `template-wanted`. */
export interface DrawTask {
  facts: DiplomaFacts;
  bundle: TemplateBundle | null;
}

/** Settings that each thread gets at its start. */
export interface ThreadSettings {
  signingKeysDir: string | null;
}

export type DrawAnswer =
  | { kind: 'drawn'; pdf: Uint8Array; credential: { json: Uint8Array; jwt: Uint8Array } | null }
  /** The thread does not have the template; send it with the task. */
  | { kind: 'template-wanted' }
  | { kind: 'check-failed'; fault: SelfCheckFault }
  | { kind: 'key-missing'; detail: string };

const ready = new RecentCache<PreparedTemplate>(CACHED_BUNDLES);

const { signingKeysDir } = workerData as ThreadSettings;
/** Keys are read in the thread that signs; they are never sent between threads. */
const signer = signingKeysDir === null ? null : openKeyFolder(signingKeysDir);

/** The work that this thread does. */
export async function draw({ facts, bundle }: DrawTask): Promise<DrawAnswer> {
  let prepared = ready.get(facts.templateHash);
  if (prepared === undefined) {
    if (bundle === null) return { kind: 'template-wanted' };
    prepared = new PreparedTemplate(bundle);
    ready.set(bundle.hash, prepared);
  }
  try {
    const trust = await openTrust(facts, signer);
    const pdf = await drawDiploma(facts, prepared, trust);
    const fault = await selfCheck(pdf, expectedOf(facts, prepared, trust));
    if (fault !== null) return { kind: 'check-failed', fault };
    return { kind: 'drawn', pdf, credential: trust && { json: trust.json, jwt: trust.jwt } };
  } catch (error) {
    // Errors lose their class when they are sent between threads.
    if (error instanceof KeyMissing) return { kind: 'key-missing', detail: error.message };
    throw error;
  }
}

import type { CertificateState } from './certificate/certificate-state.ts';
import type { CriterionResult, Programme } from './criteria/criteria.ts';
import { type Change, whatWouldChange } from './criteria/criteria-change.ts';
import { alphabetsOf } from './text/alphabets.ts';

/**
 * What a batch found out about a student group. Each student group has exactly one class, so the classes of a batch add
 * up to its student groups.
 */
export const BATCH_CLASSES = {
  new: 'gets a certificate',
  'already-issued': 'has a certificate in this release',
  'written-again': 'has a certificate and got a letter, and gets a further letter',
  held: 'waits for a person',
  'not-met': 'does not meet the criteria',
  excluded: 'is left out',
} as const;
export type BatchClass = keyof typeof BATCH_CLASSES;
export const BATCH_CLASS_NAMES = Object.keys(BATCH_CLASSES) as BatchClass[];

export interface Classified {
  class: BatchClass;
  /** A reason code, the first unmet criterion (`progress.score`), or the state of the certificate; null: none. */
  cause: string | null;
}

/** How a student group was judged in a batch. */
interface Judged {
  outcome: 'met' | 'not-met' | 'held' | 'excluded';
  reasonCode: string | null;
  /** The criteria as evaluated; empty when they were not. */
  criteria: CriterionResult[];
  programme: Pick<Programme, 'require'> | null;
  /** Its certificate in the release. */
  certificate: {
    /** Null: not looked up. */
    state: CertificateState | null;
    /** A letter left before, and the batch would lead to a further one. */
    again: boolean;
  } | null;
}

export function classOf({ outcome, reasonCode, criteria, programme, certificate }: Judged): Classified {
  if (certificate) return { class: certificate.again ? 'written-again' : 'already-issued', cause: certificate.state };
  if (outcome === 'met') return { class: 'new', cause: null };
  if (outcome === 'not-met' && programme !== null && criteria.length > 0)
    return {
      class: outcome,
      cause: firstUnmet(whatWouldChange(programme.require, { results: criteria })) ?? reasonCode,
    };
  return { class: outcome, cause: reasonCode };
}

/** Of the smallest change that would suffice, the criterion that comes first in the file. */
function firstUnmet({ alternatives }: Change): string | null {
  const [first] = alternatives[0] ?? [];
  return first === undefined ? null : `${first.source}.${first.parameter}`;
}

/** The script of a name, Latin only where it has no other; the rarest diplomas are looked at first. */
export function scriptOf(name: string): string {
  const found = [...alphabetsOf(name)];
  return found.find((script) => script !== 'Latin') ?? found[0] ?? 'other';
}

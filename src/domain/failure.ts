/**
 * The two kinds of failure that are part of the product's language.
 * Anything else that is thrown is a bug or a broken dependency and is treated as such.
 */

/** Reasons a certificate or student group waits for a person; each is documented in the README. */
export const HELD_REASONS = [
  'country-unknown',
  'country-conflict',
  'name-unprintable',
  'name-too-long',
  'name-doubtful',
  'grade-unknown',
  'email-invalid',
  'email-shared',
  'recipient-blocked',
  'volume',
  'template-missing',
  'window-exhausted',
  'lms-conflict',
  'lms-gone',
  'lms-invalid',
  'consent-withdrawn',
  'excluded',
  'outcome-unknown',
  'diploma-check-failed',
  'signing-key-missing',
  'hard-bounce',
  'internal-error',
] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

/** A reason as people see it: a stable code and one line that says what, where and how to mend it, without personal data. */
export interface Reason {
  code: string;
  detail: string;
  /**
   * Of `name-doubtful` and `email-invalid`: the likely right text, null where none is known. Personal: shown to coordinators,
   * stored nowhere.
   */
  suggestion?: string | null;
}

/** Bad configuration, usage or input: one line per fault, shown to the person who can mend it; never retried. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly faults: string[];
  constructor(faults: string | string[]) {
    const list = typeof faults === 'string' ? [faults] : faults;
    super(list.join('\n'));
    this.faults = list;
  }
}

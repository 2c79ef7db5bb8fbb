/** The two kinds of expected failures. Any other exception is a bug or a failing dependency and is handled as such. */

/** Reasons why a certificate or student group waits for a person; docs/coordinate.md documents each. */
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

/** A reason for people: a stable code and one line with fault, place and advice, without personal data. */
export interface Reason {
  code: string;
  detail: string;
  /**
   * For `name-doubtful` and `email-invalid`: the probably correct text, null when unknown. Personal data: shown to
   * coordinators, never stored.
   */
  suggestion?: string | null;
}

/** Invalid configuration, usage or input: one line per fault, shown to the user; never retried. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly faults: string[];
  constructor(faults: string | string[]) {
    const list = typeof faults === 'string' ? [faults] : faults;
    super(list.join('\n'));
    this.faults = list;
  }
}

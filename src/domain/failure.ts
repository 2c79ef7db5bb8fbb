import type { ReasonCode } from './reason-codes.ts';

/** The two kinds of expected failures. Any other exception is a bug or a failing dependency and is handled as such. */

/** A reason for people: a stable code and one line with fault, place and advice, without personal data. */
export interface Reason<Code extends string = ReasonCode> {
  code: Code;
  detail: string;
  /**
   * For `name-doubtful` and `email-invalid`: the probably correct text, null when unknown. Personal data: shown to
   * coordinators, never stored.
   */
  suggestion?: string | null;
}

/** A reason that was stored: its code may be a mail provider's own. */
export type ShownReason = Reason<string>;

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

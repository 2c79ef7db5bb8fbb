/** The part of the file that was checked. */
export type CheckSubject =
  | 'file'
  | 'issuer'
  | 'seal'
  | 'signer'
  | 'attachments'
  | 'page'
  | 'proof'
  | 'token'
  | 'period'
  | 'status'
  | 'record'
  | 'keys'
  | 'network';

/**
 * `unproven`: possibly valid, but no trusted key was given for it. `not-asked`: it needs the network or a file that
 * was not given; the file is valid as far as it was checked.
 */
export type CheckOutcome = 'holds' | 'fails' | 'unproven' | 'not-asked';

export interface Finding {
  subject: CheckSubject;
  outcome: CheckOutcome;
  /**
   * One line, with advice when the check did not pass. It may contain data from the file, so show it only to the user
   * who asked.
   */
  detail: string;
}

/** The contents of a credential; trust them only together with the findings. */
export interface Statement {
  /** `name` is the displayed name; `id` decides about the keys. */
  issuer: { id: string; name: string; url: string };
  holderName: string | null;
  courseTitle: string;
  number: string;
  /** 25 symbols without dashes, and the version; null when the credential's address has none. */
  code: string | null;
  version: number | null;
  /** Start of validity as RFC 3339 time. */
  validFrom: string;
  /** End of validity as RFC 3339 time; null: no end. */
  validUntil: string | null;
  /** Web address of the credential, which is its id. */
  id: string;
}

export interface CheckReport {
  /** The statement of the file; null if no credential could be read. */
  says: Statement | null;
  /** The web address that supplied the trusted keys when the caller gave none; the file itself names this address. */
  byWordOf: string | null;
  findings: Finding[];
}

export const holds = (subject: CheckSubject, detail: string): Finding => ({ subject, outcome: 'holds', detail });
export const fails = (subject: CheckSubject, detail: string): Finding => ({ subject, outcome: 'fails', detail });
export const unproven = (subject: CheckSubject, detail: string): Finding => ({ subject, outcome: 'unproven', detail });

/** The first finding against the file: `fails` comes before `unproven`; null: the file is valid. */
export function objection({ findings }: CheckReport): Finding | null {
  const first = (outcome: CheckOutcome) => findings.find((finding) => finding.outcome === outcome);
  return first('fails') ?? first('unproven') ?? null;
}

/** The file cannot be checked at all; the message says why. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

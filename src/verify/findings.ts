/** What was looked at. */
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
 * `unproven`: it could be so, but whoever asked did not say whose keys to believe. `not-asked`: it needs the network or a file
 * that was not given; a file holds without it, as far as it was asked.
 */
export type CheckOutcome = 'holds' | 'fails' | 'unproven' | 'not-asked';

export interface Finding {
  subject: CheckSubject;
  outcome: CheckOutcome;
  /** One line; where it does not hold, with the mend. May hold what the file says, so it is for the asker's eyes alone. */
  detail: string;
}

/** What a credential says; believe it only together with the findings. */
export interface Statement {
  /** `name` is what the issuer is called; `id` is whose keys decide. */
  issuer: { id: string; name: string; url: string };
  holderName: string | null;
  courseTitle: string;
  number: string;
  /** 25 symbols without dashes, and the version; null where the credential's address holds none. */
  code: string | null;
  version: number | null;
  /** RFC 3339. */
  validFrom: string;
  /** RFC 3339; null: without end. */
  validUntil: string | null;
  /** Address of the credential. */
  id: string;
}

export interface CheckReport {
  /** Null where no credential could be read. */
  says: Statement | null;
  /** The web address that told whose keys to believe, where nobody else did: the file itself named it. */
  byWordOf: string | null;
  findings: Finding[];
}

export const holds = (subject: CheckSubject, detail: string): Finding => ({ subject, outcome: 'holds', detail });
export const fails = (subject: CheckSubject, detail: string): Finding => ({ subject, outcome: 'fails', detail });
export const unproven = (subject: CheckSubject, detail: string): Finding => ({ subject, outcome: 'unproven', detail });

/** The first finding for which the file is not to be believed: what fails comes before what is unproven; null: it holds. */
export function objection({ findings }: CheckReport): Finding | null {
  const first = (outcome: CheckOutcome) => findings.find((finding) => finding.outcome === outcome);
  return first('fails') ?? first('unproven') ?? null;
}

/** The file is none that could be checked: what is wrong with it is all there is to say. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

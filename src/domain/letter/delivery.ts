/** What the receiving mail server made of a letter, for good. */
export type DeliveryOutcome = 'delivered' | 'hard-bounce' | 'soft-bounce';

/** What the provider tells of the delivery of one letter at one time. */
export interface DeliveryReport {
  /** The provider's numbers of letter and issue: together they name one letter. */
  letter: string;
  issueId: string;
  /** `under-way`: the provider goes on trying. `unknown`: a status that nobody has declared. */
  outcome: DeliveryOutcome | 'under-way' | 'unknown';
  /** When that was, by the provider's word. */
  at: Date | null;
  /** Status code of the receiving server, such as `5.1.1`. */
  code: string | null;
  /** The provider's status as it stood there, fit for a log. */
  status: string;
}

export type ConcludedDelivery = DeliveryReport & { outcome: DeliveryOutcome };

function isConcluded(report: DeliveryReport): report is ConcludedDelivery {
  return report.outcome !== 'under-way' && report.outcome !== 'unknown';
}

/** Where times do not decide: a server that took the letter outweighs one that did not, and "for good" outweighs "for now". */
const WEIGHT: Record<DeliveryOutcome, number> = { delivered: 0, 'hard-bounce': 1, 'soft-bounce': 2 };

/**
 * The outcome that counts among all reports of one letter, in whatever order and however often they came: the earliest,
 * where all tell their time; else the weightiest. Null while there is none.
 */
export function firstOutcome(reports: readonly DeliveryReport[]): ConcludedDelivery | null {
  const concluded = reports.filter(isConcluded);
  const timed = concluded.every(({ at }) => at !== null);
  const time = ({ at }: DeliveryReport) => at?.getTime() ?? Number.MAX_SAFE_INTEGER;
  const weight = (report: ConcludedDelivery) => WEIGHT[report.outcome];
  const [first] = concluded.sort((a, b) =>
    timed ? time(a) - time(b) || weight(a) - weight(b) : weight(a) - weight(b) || time(a) - time(b),
  );
  return first ?? null;
}

/** Why a letter came back, in words fit for a reason: a status code at most, never the server's own text. */
export function bounceReason({ outcome, code }: ConcludedDelivery): { code: string; detail: string } | null {
  if (outcome === 'delivered') return null;
  const told = code === null ? '' : ` (${code})`;
  const detail =
    outcome === 'hard-bounce'
      ? `the receiving server refuses the address for good${told}; correct it in the LMS, then retry or resend`
      : `the receiving server did not take the letter${told} and Sendsay has given up; retry or resend later, or correct the address`;
  return { code: outcome, detail };
}

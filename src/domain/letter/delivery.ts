import type { Reason } from '../failure.ts';
import { message } from '../messages/message.ts';
/** Final result of the receiving mail server for a letter. */
export type DeliveryOutcome = 'delivered' | 'hard-bounce' | 'soft-bounce';

/** The provider's report about the delivery of one letter at one time. */
export interface DeliveryReport {
  /** The provider's letter and issue numbers; only together they identify a letter. */
  letter: string;
  issueId: string;
  /** `under-way`: the provider keeps trying. `unknown`: an undeclared status. */
  outcome: DeliveryOutcome | 'under-way' | 'unknown';
  /** Time of the status, as stated by the provider. */
  at: Date | null;
  /** Status code of the receiving server, such as `5.1.1`. */
  code: string | null;
  /** The provider's raw status, safe for logs. */
  status: string;
}

export type ConcludedDelivery = DeliveryReport & { outcome: DeliveryOutcome };

function isConcluded(report: DeliveryReport): report is ConcludedDelivery {
  return report.outcome !== 'under-way' && report.outcome !== 'unknown';
}

/**
 * Used when times do not decide: acceptance by a server outweighs a bounce, and a permanent bounce outweighs a
 * temporary one.
 */
const WEIGHT: Record<DeliveryOutcome, number> = { delivered: 0, 'hard-bounce': 1, 'soft-bounce': 2 };

/**
 * The decisive outcome among all reports of one letter, independent of order and repetition: the earliest if all have
 * a time, else the one with the lowest weight. Null while there is none.
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

/** Why a letter bounced, in words fit for a reason: at most a status code, never the server's own text. */
export function bounceReason({ outcome, code }: ConcludedDelivery): Reason | null {
  if (outcome === 'delivered') return null;
  const detail = code === null ? message(`letter.${outcome}`) : message(`letter.${outcome}.code`, { code });
  return { code: outcome, detail };
}

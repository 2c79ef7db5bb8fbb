import type { Clock } from '../ports/clock.ts';
import { clearRefusal, noteRefusal, type Party } from '../records/credential-refusals.ts';
import type { Db } from '../records/rows.ts';

/** A refusal is written again after so long, because another host with other credentials may have cleared it. */
const AGAIN_MS = 60_000;

/**
 * What to call at each answer of a party outside, by whether it accepts our credentials. Writes only what is new: a call
 * never waits for it, and a write that fails is repeated at the next answer.
 */
export function watchCredentials(
  db: Db,
  party: Party,
  clock: Pick<Clock, 'now'>,
): (isAccepted: boolean) => Promise<void> {
  let known: { isAccepted: boolean; at: number } | null = null;
  return async (isAccepted) => {
    const now = clock.now();
    if (known?.isAccepted === isAccepted && (isAccepted || now.getTime() - known.at < AGAIN_MS)) return;
    known = { isAccepted, at: now.getTime() };
    await (isAccepted ? clearRefusal(db, party) : noteRefusal(db, party, now)).catch(() => {
      known = null;
    });
  };
}

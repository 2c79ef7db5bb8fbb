import { UNKNOWN_IN_A_ROW } from '../domain/letter/send-brake-limits.ts';
import { hastenQueued } from '../platform/jobs/queued-jobs.ts';
import type { Log } from '../platform/log.ts';
import { selectDueLetters } from '../records/letters/personal-issues.ts';
import { makeProbeDue } from '../records/letters/send-brake.ts';
import type { StageContext } from './context.ts';

/** Number of letters to enqueue for the probe; more than one, because a letter may be held meanwhile. */
const FIRST_TO_TRY = 10;

/** Logged once, by the worker whose unknown outcome stopped the sending. */
export function logSendingStopped(log: Log, detail?: string): void {
  log.error(
    { event: 'sending-stopped', detail },
    `${UNKNOWN_IN_A_ROW} calls in a row got no clear response from the mail provider: no letter is sent until one call succeeds; check the address of the mail provider in the settings`,
  );
}

/** Called once, by the worker with the first known outcome: waiting letters become due at once. */
export async function releaseWaitingLetters({
  db,
  log,
  clock,
}: Pick<StageContext, 'db' | 'log' | 'clock'>): Promise<void> {
  log.info({ event: 'sending-released' }, 'the mail provider responded for a letter, so sending continues');
  await hastenQueued(db, 'send', await selectDueLetters(db, clock.now()));
}

/** A worker has started, perhaps with a corrected setting: if sending is stopped, send one letter as a probe now. */
export async function requestProbeNow({ db, clock }: Pick<StageContext, 'db' | 'clock'>): Promise<void> {
  const at = clock.now();
  if (await makeProbeDue(db, at)) await hastenQueued(db, 'send', await selectDueLetters(db, at, FIRST_TO_TRY));
}

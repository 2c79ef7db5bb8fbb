import { LmsUnavailable } from '../../ports/lms.ts';
import { selectCertificateOfGroup } from '../../records/certificates.ts';
import { clearFlag, raiseFlag } from '../../records/flags.ts';
import { selectLatestLetter } from '../../records/letters-by-person.ts';
import { type Subject, selectOpenEvents, settleLmsEvents } from '../../records/lms-events.ts';
import type { Db } from '../../records/rows.ts';
import { selectGroup } from '../../records/student-groups.ts';
import { backoff, type JobData } from '../context.ts';
import { type IngestContext, pullOne } from './pull-one.ts';
import { pullWholeRelease } from './release-pull.ts';

/**
 * Stage 1 for events about a student group: one pull answers all that wait, whatever their types. An event carries ids
 * only: what counts is what the LMS answers now, so a deletion is believed when it says 404.
 */
export function makePull(ctx: IngestContext): (job: JobData['pull']) => Promise<void> {
  return answering(ctx, 'pull', async (id, settle) => {
    const found = await pullOne(ctx, id);
    await ctx.db.transaction(async (trx) => {
      if (found) await ctx.enqueue(trx, 'evaluate', [{ id, batchId: null }]);
      await tellDeletion(ctx, trx, id);
      await settle(trx);
    });
  });
}

/** Stage 1 for events about a release: it is pulled and evaluated as a whole. */
export function makePullRelease(ctx: IngestContext): (job: JobData['pull-release']) => Promise<void> {
  return answering(ctx, 'pull-release', async (id, settle) => {
    await pullWholeRelease(ctx, id);
    await settle(ctx.db);
  });
}

/**
 * The queue holds at most one waiting and one active job of a subject, and the events to settle are read before the pull:
 * a storm of them costs two pulls, and one that comes during a pull is answered by the next.
 */
function answering(
  ctx: IngestContext,
  queue: Subject['queue'],
  pull: (id: string, settle: (db: Db) => Promise<void>) => Promise<void>,
): (job: JobData['pull']) => Promise<void> {
  return async ({ id, attempt = 0 }) => {
    const open = await selectOpenEvents(ctx.db, { queue, id });
    if (open.length === 0) return;
    try {
      await pull(id, (db) => settleLmsEvents(db, open, ctx.clock.now()));
    } catch (error) {
      if (!(error instanceof LmsUnavailable)) throw error;
      const wait = Math.max((error.retryAfterSeconds ?? 0) * 1000, backoff(attempt, 1, 300));
      ctx.log.warn({ queue, id, attempt, error: error.message }, 'LMS unavailable, will ask again');
      const startAfter = new Date(ctx.clock.now().getTime() + wait);
      await ctx.enqueue(ctx.db, queue, [{ id, attempt: attempt + 1 }], { startAfter, singletonKey: id });
    }
  };
}

/** What was mailed is mailed: a student group that vanished afterwards is shown to a person, and nothing else happens. */
async function tellDeletion(ctx: IngestContext, trx: Db, studentGroupId: string): Promise<void> {
  const certificate = await selectCertificateOfGroup(trx, studentGroupId);
  if (!certificate) return;
  const gone = (await selectGroup(trx, studentGroupId))?.goneAt != null;
  const letter = gone ? await selectLatestLetter(trx, certificate.id) : null;
  const flag = { studentGroupId, certificateId: certificate.id, kind: 'deleted-after-sent' as const };
  if (letter && LEFT.has(letter.state)) {
    const detail =
      'the LMS deleted this student group after its diploma had been mailed; revoke the certificate if it must not stand';
    await raiseFlag(trx, { id: ctx.newId(), ...flag, detail }, ctx.clock.now());
  } else if (!gone) await clearFlag(trx, studentGroupId, flag.kind, ctx.clock.now());
}

const LEFT: ReadonlySet<string> = new Set(['sending', 'accepted', 'sent', 'delivered', 'bounced', 'uncertain']);

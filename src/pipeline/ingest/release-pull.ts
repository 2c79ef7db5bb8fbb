import { LmsUnavailable, type StudentGroupPage } from '../../ports/lms.ts';
import { endFlagsOfReturned } from '../../records/flags.ts';
import {
  insertOrReturnPull,
  type PullProgress,
  type ReleasePull,
  recordPullBegun,
  recordPullFinished,
  recordPullProgress,
} from '../../records/release-pulls.ts';
import type { Db } from '../../records/rows.ts';
import { recordPulls, selectGroupIdsOfRelease, selectUnseen } from '../../records/student-groups.ts';
import { selectUnjudged } from '../../records/unjudged.ts';
import { type IngestContext, pullGroup, pullRelease } from './pull-one.ts';

/** Few enough to hold: the process stays small, whatever the size of a release. */
const PAGE = 100;
const EVALUATIONS = 1000;
const UNSEEN = 100;
/**
 * Changes are asked for by the LMS's own clock, told by its answers: ours may differ, and the greatest `updatedAt` seen
 * may lie in the future and hide everything before it. The margin covers an answer that took long, and changes that were
 * committed later than they are dated. What is read twice is harmless.
 */
const MARGIN_MS = 2 * 60_000;
/** Where the LMS tells no time, ours must do. */
const CLOCKS_MAY_DIFFER_MS = 15 * 60_000;

/** What is done with what a pull brings. */
export interface PullPlan {
  /** In charge of the evaluations; null: none. */
  batchId: string | null;
  /** With every page's student groups, in the transaction that keeps them. */
  onPage(trx: Db, ids: string[]): Promise<void>;
  /** Once all is read, before the first evaluation is asked for. */
  onRead(trx: Db): Promise<void>;
  /** Who is to be evaluated, in pages in the order of the ids. */
  toEvaluate(db: Db, after: string, limit: number): Promise<string[]>;
}

const nothing = async () => undefined;
/** Everybody, since what changed may be the release itself. */
const evaluateAll = ({ releaseId }: ReleasePull): PullPlan => ({
  batchId: null,
  onPage: nothing,
  onRead: nothing,
  toEvaluate: (db, after, limit) => selectGroupIdsOfRelease(db, releaseId, after, limit),
});
/** Those who were judged otherwise than they are now, and whom this pull found changed: what a missed event would have asked for. */
export const evaluateUnjudged = ({ id: pullId }: ReleasePull): PullPlan => ({
  batchId: null,
  onPage: nothing,
  onRead: nothing,
  toEvaluate: (db, after, limit) => selectUnjudged(db, { pullId, after, limit }),
});

/** Pulls a whole release for an event about it, and asks for everybody's evaluation. */
export async function pullWholeRelease(ctx: IngestContext, releaseId: string): Promise<void> {
  const wanted = { id: ctx.newId(), releaseId, cause: 'event' as const, batchId: null, updatedSince: null };
  const pull = await insertOrReturnPull(ctx.db, wanted, ctx.clock.now());
  // A pull that was broken off may answer events that came after its beginning: it looks once more for what changed.
  const settled = pull.step !== 'pages' && (await recordPullProgress(ctx.db, pull, { ...pull, ...LOOK_AGAIN }));
  await runPull(ctx, settled ? { ...pull, ...LOOK_AGAIN } : pull, evaluateAll(pull));
}
const LOOK_AGAIN = { step: 'again', cursor: null, unreadable: 0 } as const;

/**
 * Drives a pull to its end from where it stands. The whole release is read before anything of it is evaluated: only then
 * are shared addresses and second memberships seen. Each page is kept together with how far the pull has come, so a killed
 * one goes on behind its last page.
 *
 * Pages may shift while they are read. A whole release is therefore asked a second time for what changed since the
 * beginning, and whoever was known before but stood on no page is asked for by name, which also finds the deleted.
 * @throws DrivenElsewhere while another worker drives it too: it has not ended, and that one may die
 */
export async function runPull(ctx: IngestContext, found: ReleasePull, plan: PullPlan): Promise<void> {
  if (found.finishedAt) return;
  if (!(await pullRelease(ctx, found.releaseId)) && plan.batchId === null)
    return recordPullFinished(ctx.db, found.id, ctx.clock.now());
  const walk = new Walk(ctx, await recordPullBegun(ctx.db, found.id, ctx.clock.now()));
  const whole = walk.at.updatedSince === null;
  if (walk.at.step === 'pages') await readPages(ctx, walk, plan, whole ? 'again' : 'evaluate');
  if (walk.at.step === 'again') await readPages(ctx, walk, plan, 'unseen');
  if (walk.at.step === 'unseen') await askForUnseen(ctx, walk, plan);
  await askForEvaluations(ctx, walk, plan);
  await recordPullFinished(ctx.db, found.id, ctx.clock.now());
}

/** Another worker moved the pull on while this one drove it: one of them was thought dead. */
export class DrivenElsewhere extends Error {}
/** How soon to see whether a pull that was driven elsewhere has ended there. */
export const SEE_AGAIN_MS = 60_000;

/** Where a pull stands, and its moves. */
class Walk {
  at: ReleasePull;
  readonly #ctx: IngestContext;
  constructor(ctx: IngestContext, pull: ReleasePull) {
    this.#ctx = ctx;
    this.at = pull;
  }
  /** Moves on, together with what was brought. @throws DrivenElsewhere */
  async move(to: Partial<PullProgress>, bring: (trx: Db) => Promise<void> = nothing): Promise<void> {
    const next = { ...this.at, ...to };
    await this.#ctx.db.transaction(async (trx) => {
      if (!(await recordPullProgress(trx, this.at, next))) throw new DrivenElsewhere();
      await bring(trx);
    });
    this.at = next;
  }
}

async function readPages(
  ctx: IngestContext,
  walk: Walk,
  plan: PullPlan,
  next: Exclude<ReleasePull['step'], 'pages'>,
): Promise<void> {
  const { releaseId } = walk.at;
  const since = walk.at.step === 'again' ? walk.at.lmsSince : walk.at.updatedSince;
  let former = walk.at.cursor;
  for (;;) {
    const { cursor, unreadable } = walk.at;
    const asked = ctx.clock.now();
    let page: StudentGroupPage;
    try {
      const updatedSince = since === null ? {} : { updatedSince: since.toISOString() };
      page = await ctx.lms.pullPage({ releaseId, cursor, limit: PAGE, ...updatedSince });
    } catch (error) {
      // A cursor that the LMS takes no more would be refused for ever: begin again, pages read twice are harmless.
      if (cursor === null || cursor !== former || !isRefusal(error)) throw error;
      former = null;
      await walk.move({ cursor: null, unreadable: 0 });
      continue;
    }
    const nameless = page.items.filter((item) => !item.ok && item.id === null).length;
    const lmsSince = walk.at.lmsSince ?? beginningOf(page, asked);
    const end = page.nextCursor === null;
    const to = end
      ? { step: next, cursor: null, unreadable: 0, lmsSince }
      : { cursor: page.nextCursor, unreadable: unreadable + nameless, lmsSince };
    await walk.move(to, async (trx) => {
      const place = { releaseId, unreadable };
      const ids = await recordPulls(trx, page.items, asked, ctx.normaliseEmail, place);
      await endFlagsOfReturned(trx, ids, ctx.clock.now());
      await plan.onPage(trx, ids);
      if (end && next === 'evaluate') await plan.onRead(trx);
    });
    if (end) return;
  }
}

function beginningOf({ lmsTime }: StudentGroupPage, asked: Date): Date {
  if (lmsTime === null) return new Date(asked.getTime() - CLOCKS_MAY_DIFFER_MS);
  return new Date(lmsTime.getTime() - MARGIN_MS);
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof LmsUnavailable) || error.status === null) return false;
  return error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status);
}

async function askForUnseen(ctx: IngestContext, walk: Walk, plan: PullPlan): Promise<void> {
  const { releaseId, begunAt } = walk.at;
  for (;;) {
    const ids = await selectUnseen(ctx.db, releaseId, begunAt ?? ctx.clock.now(), walk.at.cursor ?? '', UNSEEN);
    const last = ids.at(-1);
    if (last === undefined) break;
    const present: string[] = [];
    for (const id of ids) if ((await pullGroup(ctx, id)) === releaseId) present.push(id);
    await walk.move({ cursor: last }, (trx) => plan.onPage(trx, present));
  }
  await walk.move({ step: 'evaluate', cursor: null }, (trx) => plan.onRead(trx));
}

async function askForEvaluations(ctx: IngestContext, walk: Walk, { batchId, toEvaluate }: PullPlan): Promise<void> {
  for (;;) {
    const ids = await toEvaluate(ctx.db, walk.at.cursor ?? '', EVALUATIONS);
    const last = ids.at(-1);
    if (last === undefined) return;
    await walk.move({ cursor: last }, async (trx) => {
      await ctx.enqueue(
        trx,
        'evaluate',
        ids.map((id) => ({ id, batchId })),
      );
    });
  }
}

import { LmsUnavailable, type StudentGroupPage } from '../../ports/lms.ts';
import {
  insertOrReturnPull,
  type PullProgress,
  type ReleasePull,
  recordPullBegun,
  recordPullFinished,
  recordPullProgress,
  recordSeen,
  type Seen,
  selectLeftOut,
} from '../../records/lms/release-pulls.ts';
import type { Db } from '../../records/rows.ts';
import { endFlagsOfReturned } from '../../records/student-groups/flags.ts';
import {
  type LeftOut,
  recordPulls,
  selectGroupIdsOfRelease,
  selectUnseen,
} from '../../records/student-groups/student-groups.ts';
import { selectUnjudged } from '../../records/student-groups/unjudged.ts';
import { type IngestContext, pullGroup, pullRelease } from './pull-one.ts';

/** Few enough to hold: the process stays small, whatever the size of a release. */
const PAGE = 100;
const EVALUATIONS = 1000;
const UNSEEN = 100;
/** So many student groups of other releases are named. */
const NAMED = 100;
/** An empty or repeated page is legal; so many in a row that bring nothing are a listing without an end. */
const MOST_IDLE = 5;
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
  const again = { ...pull, ...fromBeginning(pull), step: 'again' as const };
  const settled = pull.step !== 'pages' && (await recordPullProgress(ctx.db, pull, again));
  await runPull(ctx, settled ? again : pull, evaluateAll(pull));
}

/** A listing is read from its first page: what stood on former ones may come again, and is news all the same. */
const fromBeginning = ({ pass }: ReleasePull) => ({ cursor: null, unreadable: 0, pass: pass + 1 });

/**
 * Drives a pull to its end from where it stands. The whole release is read before anything of it is evaluated: only then
 * are shared addresses and second memberships seen. Each page is kept together with how far the pull has come, so a killed
 * one goes on behind its last page.
 *
 * An LMS may page for ever: one that ignores its cursor, or gives ever new ones. After some pages in a row that bring
 * nothing the pull is stopped. Then nobody is evaluated: who stands on no page is not known. A student group of another
 * release that stands on a page is no part of the pull.
 *
 * Pages may shift while they are read. A whole release is therefore asked a second time for what changed since the
 * beginning, and whoever was known before but stood on no page is asked for by name, which also finds the deleted.
 * @throws DrivenElsewhere while another worker drives it too: it has not ended, and that one may die
 */
export async function runPull(ctx: IngestContext, found: ReleasePull, plan: PullPlan): Promise<void> {
  if (found.finishedAt) return;
  const releaseFault = await pullRelease(ctx, found.releaseId);
  const walk = new Walk(ctx, await recordPullBegun(ctx.db, found.id, releaseFault, ctx.clock.now()));
  if (releaseFault !== null && plan.batchId === null) {
    const stopped = `the release cannot be used: ${releaseFault}`;
    return recordPullFinished(ctx.db, found.id, ctx.clock.now(), stopped);
  }
  if (await readRelease(ctx, walk, plan)) {
    await askForEvaluations(ctx, walk, plan);
    await recordPullFinished(ctx.db, found.id, ctx.clock.now());
  }
  await tellLeftOut(ctx, walk.at);
}

/** False where the pull was stopped. */
async function readRelease(ctx: IngestContext, walk: Walk, plan: PullPlan): Promise<boolean> {
  const whole = walk.at.updatedSince === null;
  if (walk.at.step === 'pages' && !(await readPages(ctx, walk, plan, whole ? 'again' : 'evaluate'))) return false;
  if (walk.at.step === 'again' && !(await readPages(ctx, walk, plan, 'unseen'))) return false;
  if (walk.at.step === 'unseen') await askForUnseen(ctx, walk, plan);
  return true;
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
  /** Moves on, together with what was brought, which may tell more of where it stands. @throws DrivenElsewhere */
  async move(
    to: Partial<PullProgress>,
    bring: (trx: Db) => Promise<Partial<ReleasePull>> = async () => ({}),
  ): Promise<void> {
    const next = { ...this.at, ...to };
    const brought = await this.#ctx.db.transaction(async (trx) => {
      if (!(await recordPullProgress(trx, this.at, next))) throw new DrivenElsewhere();
      return bring(trx);
    });
    this.at = { ...next, ...brought };
  }
}

/** Reads a listing to its end; false where it has none, and the pull is stopped. */
async function readPages(
  ctx: IngestContext,
  walk: Walk,
  plan: PullPlan,
  next: Exclude<ReleasePull['step'], 'pages'>,
): Promise<boolean> {
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
      await walk.move(fromBeginning(walk.at));
      continue;
    }
    const nameless = page.items.filter((item) => !item.ok && item.id === null).length;
    const lmsSince = walk.at.lmsSince ?? beginningOf(page, asked);
    const end = page.nextCursor === null;
    const pages = walk.at.pages + 1;
    const to = end
      ? { ...fromBeginning(walk.at), step: next, lmsSince, pages }
      : { cursor: page.nextCursor, unreadable: unreadable + nameless, lmsSince, pages };
    const { id, pass } = walk.at;
    await walk.move(to, async (trx) => {
      const place = { releaseId, unreadable };
      const { ids, leftOut } = await recordPulls(trx, page.items, asked, ctx.normaliseEmail, place);
      const counted = await recordSeen(trx, { id, pass }, seenOn(page, leftOut));
      await endFlagsOfReturned(trx, ids, ctx.clock.now());
      await plan.onPage(trx, ids);
      if (end && next === 'evaluate') await plan.onRead(trx);
      if (end || counted.idle < MOST_IDLE) return counted;
      const stopped = endless(pages, counted.studentGroups);
      await recordPullFinished(trx, id, ctx.clock.now(), stopped);
      return { ...counted, stopped };
    });
    if (end) return true;
    if (walk.at.stopped === null) continue;
    ctx.log.error({ event: 'pull-stopped', pullId: id, releaseId, pages, detail: walk.at.stopped }, 'pull stopped');
    return false;
  }
}

/** What tells a page that brings something from one that does not. A record without an id is never news: it might be any. */
function seenOn({ items }: StudentGroupPage, leftOut: readonly LeftOut[]): Seen[] {
  const others = new Map(leftOut.map(({ id, releaseId }) => [id, releaseId]));
  const seen = items.map((item): Seen | null => {
    const id = item.ok ? item.studentGroup.id : item.id;
    const version = item.ok ? item.studentGroup.updatedAt : null;
    return id === null ? null : { id, version, leftOutRelease: others.get(id) ?? null };
  });
  // One that stands on the page twice counts once.
  return [...new Map(seen.flatMap((one) => (one === null ? [] : [[one.id, one]]))).values()];
}

function endless(pages: number, studentGroups: number): string {
  const last = `pages ${pages - MOST_IDLE + 1} to ${pages} of the LMS's listing brought no further student group and no newer version`;
  return `${last}; it has no end. ${studentGroups} were read, and who else there is is not known. Have its paging mended, then "retry"`;
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
    const found: { id: string; releaseId: string }[] = [];
    for (const id of ids) {
      const place = await pullGroup(ctx, id);
      if (place !== null) found.push({ id, releaseId: place });
    }
    const { id: pullId, pass } = walk.at;
    await walk.move({ cursor: last }, async (trx) => {
      const present = found.filter((one) => one.releaseId === releaseId);
      await plan.onPage(
        trx,
        present.map(({ id }) => id),
      );
      // Whoever was moved since is told of as left out.
      const seen = found.map((one) => ({
        id: one.id,
        version: null,
        leftOutRelease: one.releaseId === releaseId ? null : one.releaseId,
      }));
      return recordSeen(trx, { id: pullId, pass }, seen);
    });
  }
  await walk.move({ step: 'evaluate', cursor: null }, async (trx) => {
    await plan.onRead(trx);
    return {};
  });
}

/** Once a pull is over: what stood on its pages, or was known before, and is of other releases. */
async function tellLeftOut(ctx: IngestContext, { id, releaseId, leftOut }: ReleasePull): Promise<void> {
  if (leftOut === 0) return;
  const named = await selectLeftOut(ctx.db, id, NAMED);
  ctx.log.warn(
    { event: 'student-groups-left-out', pullId: id, releaseId, count: leftOut, named },
    'the LMS answered with student groups of other releases; they are no part of the pull',
  );
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
      return {};
    });
  }
}

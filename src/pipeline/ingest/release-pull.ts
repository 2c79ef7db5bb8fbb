import { message } from '../../domain/messages/message.ts';
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

/** Small enough to keep the memory of the process constant for any release. */
const PAGE = 100;
const EVALUATIONS = 1000;
const UNSEEN = 100;
/** Maximum number of named student groups of other releases. */
const NAMED = 100;
/** Empty or repeated pages are legal, but this many in a row without news mean an endless listing. */
const MOST_IDLE = 5;
/**
 * Changes are requested by the LMS's own clock (from its answers), because ours may differ. The greatest `updatedAt`
 * is not used: it may lie in the future and would hide earlier changes. The margin covers slow answers, and changes
 * committed later than dated. Reading a record twice is harmless.
 */
const MARGIN_MS = 2 * 60_000;
/** Margin when the LMS does not send its time and our clock is used. */
const CLOCKS_MAY_DIFFER_MS = 15 * 60_000;

/** What to do with the results of a pull. */
export interface PullPlan {
  /** The batch that controls the evaluations; null: none. */
  batchId: string | null;
  /** Called with each page's student groups, in the transaction that stores them. */
  onPage(trx: Db, ids: string[]): Promise<void>;
  /** Called after everything is read, before the first evaluation is enqueued. */
  onRead(trx: Db): Promise<void>;
  /** Ids to evaluate, in pages, ordered by id. */
  toEvaluate(db: Db, after: string, limit: number): Promise<string[]>;
}

const nothing = async () => undefined;
/** Everybody, because the release itself may have changed. */
const evaluateAll = ({ releaseId }: ReleasePull): PullPlan => ({
  batchId: null,
  onPage: nothing,
  onRead: nothing,
  toEvaluate: (db, after, limit) => selectGroupIdsOfRelease(db, releaseId, after, limit),
});
/**
 * Those whose last judgement is outdated and that this pull found changed: the ones that a missed event would have
 * covered.
 */
export const evaluateUnjudged = ({ id: pullId }: ReleasePull): PullPlan => ({
  batchId: null,
  onPage: nothing,
  onRead: nothing,
  toEvaluate: (db, after, limit) => selectUnjudged(db, { pullId, after, limit }),
});

/** Pulls a whole release after an event about it, and enqueues everybody's evaluation. */
export async function pullWholeRelease(ctx: IngestContext, releaseId: string): Promise<void> {
  const wanted = { id: ctx.newId(), releaseId, cause: 'event' as const, batchId: null, updatedSince: null };
  const pull = await insertOrReturnPull(ctx.db, wanted, ctx.clock.now());
  // An interrupted pull may have to cover events since its start, so it checks for changes once more.
  const again = { ...pull, ...fromBeginning(pull), step: 'again' as const };
  const settled = pull.step !== 'pages' && (await recordPullProgress(ctx.db, pull, again));
  await runPull(ctx, settled ? again : pull, evaluateAll(pull));
}

/** Restarts the listing at its first page; earlier pages may come again and count as new. */
const fromBeginning = ({ pass }: ReleasePull) => ({ cursor: null, unreadable: 0, pass: pass + 1 });

/**
 * Continues a pull to its end from its stored position. The whole release is read before any evaluation, because
 * shared addresses and second memberships are visible only then. Each page is stored together with the position, so a
 * killed pull continues after its last page.
 *
 * An LMS may page endlessly, by ignoring the cursor or always returning a new one. After several pages in a row
 * without news the pull is stopped. Then nobody is evaluated, because the listing is incomplete. A student group of
 * another release on a page is ignored.
 *
 * Pages may shift while they are read. So a whole release is queried a second time for changes since the start, and
 * known student groups missing from all pages are queried by id; this also finds deletions.
 * @throws AdvancedElsewhere while another worker continues the same pull; the pull has not ended, and that worker may
 * die
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
  await logLeftOut(ctx, walk.at);
}

/** Reads a release; false when the pull was stopped. */
async function readRelease(ctx: IngestContext, walk: Walk, plan: PullPlan): Promise<boolean> {
  const whole = walk.at.updatedSince === null;
  if (walk.at.step === 'pages' && !(await readPages(ctx, walk, plan, whole ? 'again' : 'evaluate'))) return false;
  if (walk.at.step === 'again' && !(await readPages(ctx, walk, plan, 'unseen'))) return false;
  if (walk.at.step === 'unseen') await queryUnseen(ctx, walk, plan);
  return true;
}

/** Another worker advanced the pull at the same time; one of the two was believed dead. */
export class AdvancedElsewhere extends Error {}

/** The position of a pull, and its changes. */
class Walk {
  at: ReleasePull;
  readonly #ctx: IngestContext;
  constructor(ctx: IngestContext, pull: ReleasePull) {
    this.#ctx = ctx;
    this.at = pull;
  }
  /**
   * Stores the new position together with the results, which may change the position further.
   * @throws AdvancedElsewhere
   */
  async move(
    to: Partial<PullProgress>,
    bring: (trx: Db) => Promise<Partial<ReleasePull>> = async () => ({}),
  ): Promise<void> {
    const next = { ...this.at, ...to };
    const brought = await this.#ctx.db.transaction(async (trx) => {
      if (!(await recordPullProgress(trx, this.at, next))) throw new AdvancedElsewhere();
      return bring(trx);
    });
    this.at = { ...next, ...brought };
  }
}

/** Reads a listing to its end; false when it is endless and the pull is stopped. */
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
      // A cursor that the LMS no longer accepts would be refused for ever: start again; reading pages twice is
      // harmless.
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

/** Decides whether a page has news. A record without an id never counts as news, because it could be any record. */
function seenOn({ items }: StudentGroupPage, leftOut: readonly LeftOut[]): Seen[] {
  const others = new Map(leftOut.map(({ id, releaseId }) => [id, releaseId]));
  const seen = items.map((item): Seen | null => {
    const id = item.ok ? item.studentGroup.id : item.id;
    const version = item.ok ? item.studentGroup.updatedAt : null;
    return id === null ? null : { id, version, leftOutRelease: others.get(id) ?? null };
  });
  // A student group that is on the page twice counts once.
  return [...new Map(seen.flatMap((one) => (one === null ? [] : [[one.id, one]]))).values()];
}

function endless(pages: number, studentGroups: number): string {
  return message('pull.endless', { first: pages - MOST_IDLE + 1, last: pages, count: studentGroups });
}

function beginningOf({ lmsTime }: StudentGroupPage, asked: Date): Date {
  if (lmsTime === null) return new Date(asked.getTime() - CLOCKS_MAY_DIFFER_MS);
  return new Date(lmsTime.getTime() - MARGIN_MS);
}

function isRefusal(error: unknown): boolean {
  if (!(error instanceof LmsUnavailable) || error.status === null) return false;
  return error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status);
}

async function queryUnseen(ctx: IngestContext, walk: Walk, plan: PullPlan): Promise<void> {
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
      // A group that was moved meanwhile counts as left out.
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

/** After a pull: logs student groups on its pages, or known before, that belong to other releases. */
async function logLeftOut(ctx: IngestContext, { id, releaseId, leftOut }: ReleasePull): Promise<void> {
  if (leftOut === 0) return;
  const named = await selectLeftOut(ctx.db, id, NAMED);
  ctx.log.warn(
    { event: 'student-groups-left-out', pullId: id, releaseId, count: leftOut, named },
    'the LMS listed student groups of other releases; they were ignored',
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

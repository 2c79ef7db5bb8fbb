import { needsSecondPersonFor, SUBJECT_OF } from '../../domain/bulk-verb.ts';
import { message } from '../../domain/messages/message.ts';
import type { StageContext } from '../../pipeline/context.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type BulkAct,
  countBulkRows,
  insertBulkAct,
  selectBulkAct,
  selectBulkActByKey,
  updateBulkAct,
} from '../../records/bulk/bulk-acts.ts';
import { freezeRows } from '../../records/bulk/freeze-rows.ts';
import type { Db } from '../../records/rows.ts';
import type { FlagKind } from '../../records/student-groups/flags.ts';
import { selectStudentGroupIds } from '../../records/student-groups/student-group-search.ts';
import { recordAct } from '../../records/tokens.ts';
import { readFilter } from '../student-group-list.ts';
import { type BulkRequest, hashBulkRequest, type Selection } from './bulk-request.ts';

export interface BulkContext extends Pick<StageContext, 'db' | 'enqueue' | 'newId'> {
  clock: Pick<Clock, 'now'>;
}

/** Larger selections are narrowed by the person, so that the statement that copies them stays short. */
export const MOST_ROWS = 100_000;

/**
 * Copies the selection into rows, and starts the job that handles them; all in one transaction with the act. Or returns
 * what the same actor started with the same Idempotency-Key before.
 * @throws Problem 409 when the selection has another number of rows than `expect`, or for a key of another request; 400
 * when it has too many
 */
export async function startBulk(
  ctx: BulkContext,
  request: BulkRequest,
  { actor, idempotencyKey }: { actor: string; idempotencyKey: string | null },
): Promise<BulkAct> {
  const { verb, reason, dryRun, options, selection, expect } = request;
  const requestHash = hashBulkRequest(request);
  const started = await ctx.db.transaction(async (trx) => {
    const at = ctx.clock.now();
    const id = ctx.newId();
    const wanted = { id, verb, options, reason, actor, dryRun, filter: shown(selection), idempotencyKey, requestHash };
    if ((await insertBulkAct(trx, wanted, at)) === null) return null;
    const kinds = (options['kinds'] as FlagKind[] | undefined) ?? null;
    let total = 0;
    for await (const names of namesOf(trx, selection)) {
      total += await freezeRows(trx, { id, of: SUBJECT_OF[verb], kinds, after: total }, names);
      if (total > MOST_ROWS) break;
    }
    if (total > MOST_ROWS) {
      const errors = [{ pointer: '/selection', detail: message('input.most-rows', { most: MOST_ROWS }) }];
      throw new Problem(400, message('http.form'), { errors });
    }
    if (expect !== null && expect !== total)
      throw new Problem(409, message('bulk.count-differs', { count: total, expected: expect }));
    const needsSecondPerson = !dryRun && needsSecondPersonFor(verb, total);
    await updateBulkAct(trx, id, {
      total,
      needsSecondPerson,
      ...(total === 0 ? { finishedAt: at, counts: await countBulkRows(trx, id) } : {}),
    });
    const detail = { verb, total, dryRun, ...options };
    await recordAct(trx, { id: ctx.newId(), actor, verb: 'bulk.start', subject: id, reason, detail }, at);
    if (total > 0 && !needsSecondPerson) await ctx.enqueue(trx, 'bulk', [{ id }], { singletonKey: id });
    return selectBulkAct(trx, id);
  });
  const bulk = started ?? (idempotencyKey === null ? null : await selectBulkActByKey(ctx.db, actor, idempotencyKey));
  if (bulk === null) throw new Error('a bulk act is never deleted');
  if (bulk.requestHash !== requestHash) throw new Problem(409, message('bulk.key-reused'));
  return bulk;
}

const PAGE = 5000;

/** What the selection names, in pages. */
async function* namesOf(trx: Db, { ids, filter: asked }: Selection): AsyncGenerator<string[]> {
  if (ids != null) yield ids;
  const filter = asked == null ? null : await readFilter(trx, asked);
  if (filter === null) return;
  const found = await selectStudentGroupIds(trx, filter, MOST_ROWS + 1);
  found.sort();
  for (let from = 0; from < found.length; from += PAGE) yield found.slice(from, from + PAGE);
}

/** The filter for display. What was typed to search for people may be a name or an address, so it is not kept. */
function shown({ filter }: Selection): object | null {
  if (filter == null) return null;
  const { q, ...rest } = filter;
  return { ...rest, ...(q === undefined ? {} : { q: '…' }) };
}

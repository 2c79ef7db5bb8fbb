import { codeOf, message } from '../../domain/messages/message.ts';
import { HELD_REASONS, OTHER_REASONS } from '../../domain/reason-codes.ts';
import { transaction } from '../../platform/database/database.ts';
import { isDatabaseDown } from '../../platform/database/database-down.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { Log } from '../../platform/log.ts';
import { selectActs } from '../../records/acts.ts';
import type { BulkAct } from '../../records/bulk/bulk-acts.ts';
import {
  claimRow,
  type OpenRow,
  type RowOutcome,
  recordFailedTry,
  recordRowResult,
} from '../../records/bulk/bulk-rows.ts';
import type { Db } from '../../records/rows.ts';
import { type BulkActContext, ROW_ACTS, type Work } from './row-acts.ts';

export interface RowContext extends BulkActContext {
  log: Pick<Log, 'warn' | 'error'>;
}

/** `waiting`: the LMS did not answer, so the row is tried again later. */
export type Handled = { ok: true } | { ok: false; waiting: { code: string; detail: string; seconds: number } };

const MOST_TRIES = 3;
/** An answer that cannot be read may concern one student group only, so that the other rows must not wait for it. */
const MOST_UNREADABLE = 5;
const PAUSE_SECONDS = 5;

/**
 * Does the act of one row. The act and the row's result are one transaction: whenever the process is killed, either both
 * are stored or neither is. A refusal, or an error of this row alone, does not touch other rows.
 */
export async function handleRow(ctx: RowContext, bulk: BulkAct, row: OpenRow): Promise<Handled> {
  const store = (outcome: (trx: Db) => Promise<RowOutcome>) =>
    transaction(ctx.db, async (trx) => {
      if (!(await claimRow(trx, bulk.id, row.position))) return;
      await recordRowResult(trx, bulk.id, row.position, await outcome(trx), ctx.clock.now());
    });
  let work: Work | null = null;
  try {
    const opened = await ROW_ACTS[bulk.verb](ctx, bulk, row);
    work = opened;
    if (!bulk.dryRun) await opened.prepare(ctx);
    await store((trx) => act(ctx, trx, bulk, opened));
    return { ok: true };
  } catch (error) {
    if (isDatabaseDown(error)) throw error;
    const { id } = bulk;
    const dueAt = new Date(ctx.clock.now().getTime() + PAUSE_SECONDS * 2 ** Math.min(row.tries, 6) * 1000);
    if (error instanceof Problem && error.status === 503) {
      const waiting = waitingOf(error);
      if (waiting.code === 'lms-unavailable' || row.tries + 1 < MOST_UNREADABLE) {
        await recordFailedTry(ctx.db, id, row.position, dueAt);
        return { ok: false, waiting };
      }
    }
    if (error instanceof Problem) {
      await store((trx) => refused(trx, error, work));
      return { ok: true };
    }
    const { name, code } = error as { name?: unknown; code?: unknown };
    ctx.log.error(
      { event: 'bulk-row-failed', bulkActId: id, position: row.position, tries: row.tries + 1, error: name, code },
      'a row of a bulk act failed',
    );
    if (row.tries + 1 < MOST_TRIES) await recordFailedTry(ctx.db, id, row.position, dueAt);
    else
      await store(async () => ({
        result: 'failed',
        reason: { code: 'internal-error', detail: message('bulk.row-failed') },
        state: null,
        formerAct: null,
      }));
    return { ok: true };
  }
}

/** Rolls a dry run's act back. */
class RolledBack extends Error {}

/** Does the act in a savepoint of the row's transaction; a refused act and a dry run's act leave nothing behind. */
async function act(ctx: BulkActContext, trx: Db, bulk: BulkAct, work: Work): Promise<RowOutcome> {
  try {
    await trx.transaction(async (inner) => {
      await work.act({ ...ctx, db: inner });
      if (bulk.dryRun) throw new RolledBack();
    });
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return refused(trx, error, work);
    if (!(error instanceof RolledBack)) throw error;
  }
  const result = bulk.dryRun ? 'possible' : 'done';
  return { result, reason: null, state: await work.state(trx), formerAct: null };
}

/** A refusal tells the present state and what somebody did last, since that may have been done in the meantime. */
async function refused(trx: Db, problem: Problem, work: Work | null): Promise<RowOutcome> {
  const [last] = work === null ? [] : await selectActs(trx, work.subjects, 1);
  return {
    result: 'refused',
    reason: reasonOf(problem),
    state: work === null ? null : await work.state(trx),
    formerAct: last ? { verb: last.verb, actor: last.actor, at: last.at.toISOString() } : null,
  };
}

const KNOWN: ReadonlySet<string> = new Set<string>([...HELD_REASONS, ...Object.keys(OTHER_REASONS)]);

/** Code and text of a refusal: the code of its reason, else the last part of the message's name. */
function reasonOf({ message: text, errors }: Problem): { code: string; detail: string } {
  const detail = errors === undefined || errors.length === 0 ? text : errors.map((fault) => fault.detail).join('; ');
  const [, code = '', rest = ''] = /^([a-z-]+): (.+)$/s.exec(detail) ?? [];
  if (KNOWN.has(code)) return { code, detail: rest };
  const [group, name] = codeOf(errors?.[0]?.detail ?? text)?.split('.') ?? [];
  return { code: (group === 'unknown' ? group : name) ?? 'refused', detail };
}

function waitingOf(problem: Problem): { code: string; detail: string; seconds: number } {
  const code = codeOf(problem.message) === 'down.lms' ? 'lms-unavailable' : 'lms-unreadable';
  return { code, detail: problem.message, seconds: Number(problem.headers['Retry-After'] ?? 0) };
}

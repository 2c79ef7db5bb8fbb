import type { Knex } from 'knex';
import { isDatabaseLost } from './database-down.ts';
import { type GroupSize, inGroups } from './in-groups.ts';

/**
 * Runs `work` in a transaction that it may share with other calls; resolves after the commit.
 * @param subjects what the call is about: calls with a common subject run one after the other in a shared transaction, all
 * others at once
 */
export type GroupedTransactions = <T>(
  subjects: readonly string[],
  work: (trx: Knex.Transaction) => Promise<T>,
) => Promise<T>;

export interface GroupOptions extends GroupSize {
  /**
   * A shared transaction that waits longer for a lock is given up, in milliseconds. Default 250: less than PostgreSQL's
   * `deadlock_timeout` (1 s), so that in a deadlock the shared transaction ends and no other one is chosen.
   */
  lockTimeoutMs?: number;
}

interface Call {
  subjects: readonly string[];
  work: (trx: Knex.Transaction) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (reason: unknown) => void;
}

type Collected = Map<string, { items: unknown[]; act: (trx: Knex.Transaction, items: unknown[]) => Promise<unknown> }>;

/** What each running shared transaction does before its commit. */
const endings = new WeakMap<object, Collected>();

/** What each running shared transaction has read for all of its calls. */
const shared = new WeakMap<object, Map<string, Promise<unknown>>>();

/**
 * Groups short transactions: calls that arrive while one transaction runs share the next one. They share its commit, and
 * with it the flush to disk, deferred triggers, and notifications. They run at once, so that their `sharedStatement`s
 * become one; calls about a common subject run in their order, and each sees the changes of the earlier ones.
 *
 * No call stops another: when one fails, or waits long for a lock, the shared transaction is rolled back, and both halves
 * of its calls get a transaction each, down to the single call. Without a database each call is tried alone at once, so
 * that nobody waits for it at every halving. So `work` may run several times and must have no effects outside its
 * transaction.
 */
export function groupTransactions(db: Knex, { lockTimeoutMs = 250, ...size }: GroupOptions = {}): GroupedTransactions {
  const add = inGroups<Call>((group) => runGroup(db, group, lockTimeoutMs), size);
  return <T>(subjects: readonly string[], work: (trx: Knex.Transaction) => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      add({ subjects, work, resolve: resolve as (value: unknown) => void, reject });
    });
}

async function runGroup(db: Knex, group: Call[], lockTimeoutMs: number): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  if (group.length === 1) return void (await db.transaction(first.work).then(first.resolve, first.reject));
  const outcome = await runShared(db, group, lockTimeoutMs).then(
    (results) => ({ results }),
    (failure: unknown) => ({ failure }),
  );
  if ('results' in outcome) {
    for (const [index, { resolve }] of group.entries()) resolve(outcome.results[index]);
    return;
  }
  const part = isDatabaseLost(outcome.failure) ? 1 : Math.ceil(group.length / 2);
  const parts = Array.from({ length: Math.ceil(group.length / part) }, (_, index) =>
    group.slice(index * part, (index + 1) * part),
  );
  await Promise.all(parts.map((calls) => runGroup(db, calls, lockTimeoutMs)));
}

function runShared(db: Knex, group: Call[], lockTimeoutMs: number): Promise<unknown[]> {
  return db.transaction(async (trx) => {
    const collected: Collected = new Map();
    endings.set(trx, collected);
    shared.set(trx, new Map());
    await trx.raw(`set local lock_timeout = ${Math.round(lockTimeoutMs)}`);
    const latest = new Map<string, Promise<unknown>>();
    const works = group.map(({ subjects, work }) => {
      const earlier = subjects.flatMap((subject) => latest.get(subject) ?? []);
      const done = earlier.length === 0 ? work(trx) : Promise.all(earlier).then(() => work(trx));
      for (const subject of subjects) latest.set(subject, done);
      return done;
    });
    // All of them end before a rollback.
    await Promise.allSettled(works);
    const results = await Promise.all(works);
    endings.delete(trx);
    for (const { items, act } of collected.values()) await act(trx, items);
    return results;
  });
}

/** Whether several calls run in this transaction at once. */
export const isSharedTransaction = (db: Knex): boolean => shared.has(db);

/**
 * In a shared transaction, collects items for one call of `act` right before its commit.
 * @param key items with the same key go to the same call
 * @returns false when the transaction is not shared; then nothing is collected
 */
export function collectBeforeCommit<T>(
  trx: Knex,
  key: string,
  items: readonly T[],
  act: (trx: Knex.Transaction, items: T[]) => Promise<unknown>,
): boolean {
  const collected = endings.get(trx);
  if (collected === undefined) return false;
  const known = collected.get(key);
  if (known === undefined)
    collected.set(key, {
      items: [...items],
      act: act as (trx: Knex.Transaction, items: unknown[]) => Promise<unknown>,
    });
  else known.items.push(...items);
  return true;
}

/**
 * Reads once for all calls of a shared transaction, and each time in any other one. For facts that calls neither change
 * nor lock, such as settings: a change that is committed while the transaction runs counts from the next one on.
 * @param key reads with the same key have the same result
 */
export function readOnce<T>(trx: Knex, key: string, read: (trx: Knex) => Promise<T>): Promise<T> {
  const reads = shared.get(trx);
  if (reads === undefined) return read(trx);
  const earlier = reads.get(key);
  if (earlier !== undefined) return earlier as Promise<T>;
  const first = read(trx);
  reads.set(key, first);
  return first;
}

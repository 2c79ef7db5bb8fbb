import type { Knex } from 'knex';
import { isDatabaseLost } from './database-down.ts';
import { isSharedTransaction } from './grouped-transactions.ts';
import { type GroupSize, inGroups } from './in-groups.ts';

/** A row reader by key, for callers that ask one by one. */
export type CoalescedRead<K, V> = (db: Knex, key: K) => Promise<V | undefined>;

interface Asked<K, V> {
  key: K;
  resolve: (value: V | undefined) => void;
  reject: (reason: unknown) => void;
}

/** Most keys of one statement. */
export const MOST_TOGETHER = 50;

/** Calls that are made in the same turn of the event loop, on one connection pool or in one transaction, are done together. */
function together<K, V>(runAll: (db: Knex, asked: Asked<K, V>[]) => Promise<void>): CoalescedRead<K, V> {
  const waiting = new WeakMap<Knex, Asked<K, V>[]>();
  return (db, key) =>
    new Promise((resolve, reject) => {
      const asked = { key, resolve, reject };
      const others = waiting.get(db);
      if (others !== undefined) return void others.push(asked);
      const all = [asked];
      waiting.set(db, all);
      setImmediate(() => {
        waiting.delete(db);
        for (let from = 0; from < all.length; from += MOST_TOGETHER)
          void runAll(db, all.slice(from, from + MOST_TOGETHER));
      });
    });
}

/** @param failed what becomes of the calls when their statement fails; by default each gets the error */
async function runMany<K, V>(
  db: Knex,
  asked: Asked<K, V>[],
  statement: (db: Knex, keys: K[]) => Promise<(V | undefined)[]>,
  failed: (error: unknown) => void | Promise<void> = (error) => {
    for (const { reject } of asked) reject(error);
  },
): Promise<void> {
  const keys = asked.map(({ key }) => key);
  await statement(db, keys).then((values) => {
    for (const [index, { resolve }] of asked.entries()) resolve(values[index]);
  }, failed);
}

/**
 * One statement for all; when it fails, one for each, at once: one that waits for a lock stops no other. Without a
 * database nobody waits for it twice.
 */
async function runAllOrEach<K, V>(
  db: Knex,
  asked: Asked<K, V>[],
  statement: (db: Knex, keys: K[]) => Promise<(V | undefined)[]>,
): Promise<void> {
  const runEach = async (failure?: unknown) => {
    if (isDatabaseLost(failure)) for (const { reject } of asked) reject(failure);
    else await Promise.all(asked.map((one) => runMany(db, [one], statement)));
  };
  if (asked.length > 1) await runMany(db, asked, statement, runEach);
  else await runEach();
}

/**
 * Reads that are asked for in the same turn of the event loop go to the database in one statement. Nothing is kept: a
 * read always begins after it was asked for. When the common statement fails, for example because one row cannot be
 * parsed, each key is read alone, so that nobody else suffers. In a transaction it is a `sharedStatement`.
 */
export function coalescedRead<K, V>(
  readMany: (db: Knex, keys: K[]) => Promise<(V | undefined)[]>,
): CoalescedRead<K, V> {
  const inTransaction = sharedStatement(readMany);
  const inPool = together<K, V>((db, asked) => runAllOrEach(db, asked, readMany));
  return (db, key) => (db.isTransaction === true ? inTransaction(db, key) : inPool(db, key));
}

/**
 * A statement that calls of a shared transaction (`groupTransactions`) make together when they come to it in the same
 * turn of the event loop: `statement` gets all their inputs and returns a result for each, in order. Everywhere else it
 * gets one input. When it fails, the shared transaction fails, and each call is repeated alone.
 */
export function sharedStatement<K, V>(
  statement: (db: Knex, inputs: K[]) => Promise<(V | undefined)[]>,
): CoalescedRead<K, V> {
  const shared = together<K, V>((trx, asked) => runMany(trx, asked, statement));
  return async (db, input) => (isSharedTransaction(db) ? shared(db, input) : (await statement(db, [input]))[0]);
}

/**
 * A statement that is a transaction of its own: calls that come while one runs share the next. When it fails, each call
 * is repeated alone, so that no call stops another. In a transaction it is a `sharedStatement`.
 */
export function groupedStatement<K, V>(
  statement: (db: Knex, inputs: K[]) => Promise<(V | undefined)[]>,
  size: GroupSize = {},
): CoalescedRead<K, V> {
  const inTransaction = sharedStatement(statement);
  const pools = new WeakMap<Knex, (asked: Asked<K, V>) => void>();
  const poolOf = (db: Knex) => {
    const known = pools.get(db);
    if (known !== undefined) return known;
    const added = inGroups<Asked<K, V>>((group) => runAllOrEach(db, group, statement), size);
    pools.set(db, added);
    return added;
  };
  return (db, key) =>
    db.isTransaction === true
      ? inTransaction(db, key)
      : new Promise((resolve, reject) => poolOf(db)({ key, resolve, reject }));
}

/** Reads the row whose `column` is the key; of several such rows, any. */
export function coalescedRow<T>(table: string, column: string, type: 'text' | 'uuid'): CoalescedRead<string, T> {
  return coalescedRead(async (db, keys) => {
    const { rows } = await db.raw<{ rows: Record<string, unknown>[] }>(
      `select * from ${table} where ${column} = any(?::${type}[])`,
      [keys],
    );
    const byKey = new Map(rows.map((row) => [row[column], row as T]));
    return keys.map((key) => byKey.get(key));
  });
}

/** The rows by a key, each key's in their order. */
export function rowsBy<K, Row>(rows: readonly Row[], keyOf: (row: Row) => K): Map<K, Row[]> {
  const grouped = new Map<K, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const others = grouped.get(key);
    if (others === undefined) grouped.set(key, [row]);
    else others.push(row);
  }
  return grouped;
}

import type { Knex } from 'knex';

/** A row reader by key, for callers that ask one by one. */
export type CoalescedRead<K, V> = (db: Knex, key: K) => Promise<V | undefined>;

interface Asked<K, V> {
  key: K;
  resolve: (value: V | undefined) => void;
  reject: (reason: unknown) => void;
}

/** Keys per statement. */
const MOST = 50;

/**
 * Reads that are asked for in the same turn of the event loop go to the database in one statement. Nothing is kept: a
 * read always begins after it was asked for. In a transaction each read is a statement of its own. When the common
 * statement fails, for example because one row cannot be parsed, each key is read alone, so that nobody else suffers.
 */
export function coalescedRead<K, V>(
  readMany: (db: Knex, keys: K[]) => Promise<(V | undefined)[]>,
): CoalescedRead<K, V> {
  const waiting = new WeakMap<Knex, Asked<K, V>[]>();
  const readOne = async (db: Knex, key: K): Promise<V | undefined> => (await readMany(db, [key]))[0];

  async function readAll(db: Knex, asked: Asked<K, V>[]): Promise<void> {
    if (asked.length > 1) {
      const keys = asked.map(({ key }) => key);
      const values = await readMany(db, keys).catch(() => null);
      if (values !== null) {
        for (const [index, { resolve }] of asked.entries()) resolve(values[index]);
        return;
      }
    }
    for (const { key, resolve, reject } of asked) await readOne(db, key).then(resolve, reject);
  }

  return (db, key) => {
    if (db.isTransaction === true) return readOne(db, key);
    return new Promise((resolve, reject) => {
      const asked = { key, resolve, reject };
      const others = waiting.get(db);
      if (others !== undefined) return void others.push(asked);
      const all = [asked];
      waiting.set(db, all);
      setImmediate(() => {
        waiting.delete(db);
        for (let from = 0; from < all.length; from += MOST) void readAll(db, all.slice(from, from + MOST));
      });
    });
  };
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

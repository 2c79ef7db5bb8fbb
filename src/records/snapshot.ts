import type { z } from 'zod';
import { type Db, parseRows } from './rows.ts';

/** How long an export may see the database as it was when it began: older row versions are kept for it meanwhile. */
export const LONGEST_SNAPSHOT_MS = 10 * 60_000;
const ROWS_AT_ONCE = 50;

export class SnapshotTooLong extends Error {
  override name = 'SnapshotTooLong';
}

/**
 * Several long reads of one state of the database (repeatable read, read only), in pieces that the reader takes one after the other. A
 * reader that stops early ends the transaction.
 */
export async function* inSnapshot<T>(db: Db, read: (snapshot: Snapshot) => AsyncIterable<T>): AsyncGenerator<T> {
  const trx = await db.transaction({ isolationLevel: 'repeatable read', readOnly: true });
  try {
    yield* read(new Snapshot(trx));
  } finally {
    // Nothing was written; the connection may be lost already.
    await trx.rollback().catch(() => undefined);
  }
}

export class Snapshot {
  readonly db: Db;
  readonly #end = performance.now() + LONGEST_SNAPSHOT_MS;
  #cursors = 0;

  constructor(trx: Db) {
    this.db = trx;
  }

  /**
   * The rows of a query, some at a time. A reader that stops early closes the cursor.
   * @throws SnapshotTooLong
   */
  async *rows<T extends z.ZodType>(
    schema: T,
    sql: string,
    bindings: Record<string, string>,
  ): AsyncGenerator<z.output<T>[]> {
    const cursor = `rows_${++this.#cursors}`;
    await this.db.raw(`declare ${cursor} no scroll cursor for ${sql}`, bindings);
    for (;;) {
      if (performance.now() > this.#end) throw new SnapshotTooLong('an export was read too slowly and was ended');
      const { rows } = await this.db.raw<{ rows: unknown[] }>(`fetch forward ${ROWS_AT_ONCE} from ${cursor}`);
      if (rows.length > 0) yield parseRows(schema, rows);
      if (rows.length < ROWS_AT_ONCE) break;
    }
    await this.db.raw(`close ${cursor}`);
  }
}

import type { Knex } from 'knex';
import type { z } from 'zod';

/** A connection pool or a transaction: every function of this folder takes one, so the scope is visible at the call. */
export type Db = Knex;

/**
 * Parses rows on their way in, so that a migration which breaks a reader fails in tests and not in letters.
 * @throws z.ZodError when a row does not have the shape its reader relies on
 */
export function parseRows<T extends z.ZodType>(schema: T, rows: unknown[]): z.infer<T>[] {
  return rows.map((row) => schema.parse(row));
}

export function parseRow<T extends z.ZodType>(schema: T, row: unknown): z.infer<T> | null {
  return row === undefined || row === null ? null : schema.parse(row);
}

import type { Knex } from 'knex';
import type { z } from 'zod';

/**
 * A connection pool or a transaction. Every function of this folder takes one, so the caller decides about the
 * transaction.
 */
export type Db = Knex;

/**
 * Validates rows, so that a migration that breaks a reader fails in tests and not in production.
 * @throws z.ZodError when a row has another shape than expected
 */
export function parseRows<T extends z.ZodType>(schema: T, rows: unknown[]): z.infer<T>[] {
  return rows.map((row) => schema.parse(row));
}

export function parseRow<T extends z.ZodType>(schema: T, row: unknown): z.infer<T> | null {
  return row === undefined || row === null ? null : schema.parse(row);
}

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

/**
 * Like `parseRow`, once for a row that many callers share because their reads were one statement
 * (`coalesced-reads.ts`). They share the result too, so nobody may change it.
 */
export function parseShared<T extends z.ZodType>(schema: T): (row: unknown) => z.infer<T> | null {
  const known = new WeakMap<object, z.infer<T>>();
  return (row) => {
    if (typeof row !== 'object' || row === null) return parseRow(schema, row);
    const earlier = known.get(row);
    if (earlier !== undefined) return earlier;
    const parsed = schema.parse(row);
    known.set(row, parsed);
    return parsed;
  };
}

/**
 * Inputs of one statement as a table: one array parameter for each column, so that the text, and with it the prepared
 * plan, is the same for any number of rows. The planner expects few of them.
 * @param columns the type of each column
 */
export function inputTable<Column extends string>(
  columns: Record<Column, string>,
): {
  /** SQL of a `from` item, with columns named as given; `place` counts its rows from 1. */
  as: (alias: string) => string;
  /** Named parameters of `as`. */
  values: (rows: readonly Record<Column, unknown>[]) => Record<Column, unknown[]>;
} {
  const names = Object.keys(columns) as Column[];
  const arrays = names.map((name) => `:${name}::${columns[name]}[]`).join(', ');
  return {
    as: (alias) =>
      `unnest(${arrays}) with ordinality as ${alias}(${names.map((name) => `"${name}"`).join(', ')}, place)`,
    values: (rows) =>
      Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])])) as Record<Column, unknown[]>,
  };
}

/** A result for each input, in their order, from rows that tell the `place` of theirs. */
export function byPlace<Row extends { place: number }>(count: number, rows: readonly Row[]): (Row | undefined)[] {
  const results: (Row | undefined)[] = Array.from({ length: count });
  for (const row of rows) results[row.place - 1] = row;
  return results;
}

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Knex } from 'knex';

/** Every table of the database but those of PostgreSQL itself, with its columns and their types. */
export async function tablesOf(knex: Knex): Promise<Map<string, { column: string; type: string }[]>> {
  const { rows } = await knex.raw<{ rows: { schema: string; name: string; column: string; type: string }[] }>(
    `select n.nspname as schema, c.relname as name, a.attname as column, format_type(a.atttypid, null) as type
     from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
     order by 1, 2, a.attnum`,
  );
  const tables = new Map<string, { column: string; type: string }[]>();
  for (const { schema, name, column, type } of rows) {
    const table = schema === 'public' ? name : `${schema}.${name}`;
    tables.set(table, [...(tables.get(table) ?? []), { column, type }]);
  }
  return tables;
}

/**
 * Where the database has one of these texts, in any column of any table, in bytes, or in the planner's statistics, as it is or
 * in small or capital letters.
 * @returns `table.column: text`
 */
export async function findStored(knex: Knex, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  const spelt = texts.map((text) => [...new Set([text, text.toLowerCase(), text.toUpperCase()])]);
  const patterns = spelt.flatMap((spellings) =>
    spellings.flatMap((one) => [`%${one}%`, `%${Buffer.from(one).toString('hex')}%`]),
  );
  for (const [table, columns] of await tablesOf(knex)) {
    const { rows } = await knex.raw<{ rows: Record<string, string | null>[] }>(
      `select ${columns.map(({ column }) => `t."${column}"::text as "${column}"`).join(', ')}
       from ${table} as t where t::text like any(?) limit 20`,
      [patterns],
    );
    for (const row of rows)
      for (const [column, value] of Object.entries(row))
        for (const [index, text] of texts.entries()) {
          const shown = `${value}`;
          const named = spelt[index]?.some(
            (one) => shown.includes(one) || shown.includes(Buffer.from(one).toString('hex')),
          );
          if (named) found.push(`${table}.${column}: ${text}`);
        }
  }
  const { rows: sampled } = await knex.raw<{ rows: { place: string }[] }>(
    `select tablename || '.' || attname as place from pg_stats where schemaname not in ('pg_catalog', 'information_schema')
       and concat(most_common_vals::text, histogram_bounds::text, most_common_elems::text) like any(?)`,
    [patterns],
  );
  return [...new Set([...found, ...sampled.map(({ place }) => `pg_stats: ${place}`)])].sort();
}

/** The database as text: by `pg_dump` where one of the server's version is there (PG_BIN), else every row of every table. */
export async function dumpOf(knex: Knex, url: string): Promise<string> {
  const program = join(process.env['PG_BIN'] ?? '/usr/lib/postgresql/15/bin', 'pg_dump');
  const dump = await promisify(execFile)(program, [url], { maxBuffer: 2 ** 30 }).catch(() => null);
  if (dump !== null) return dump.stdout;
  const rows: string[] = [];
  for (const table of (await tablesOf(knex)).keys()) {
    const { rows: found } = await knex.raw<{ rows: { text: string }[] }>(`select t::text as text from ${table} as t`);
    rows.push(...found.map(({ text }) => text));
  }
  return rows.join('\n');
}

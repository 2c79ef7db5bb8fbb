import type { Db } from '../../src/records/rows.ts';

/**
 * Closes elements and attributes, would run as script or formula, breaks out of an isolate, and has a word that cannot be
 * broken. Not longer than the shortest text that the product reads.
 */
export const HOSTILE = `=1</title></textarea></option></td>"'><img src=x onerror=alert(1)><script>alert(2)</script><a href="javascript:alert(3)">\u2069\u202c\u202e${'Ж'.repeat(70)} {{7}}`;

/** Words of the LMS with a blank; no other is read. */
const WORDS = ['criteria met', 'certificate issued'];

/** Tables whose texts are the operator's files or ours. */
const OURS = ['template', 'template_asset', 'rulebook', 'signing_key', 'knex_migrations', 'knex_migrations_lock'];

/** Words that searches compare and no page shows; several hostile ones of a student group would be equal. */
const NEVER_SHOWN = ['find_word'];

/** Whether people or other systems wrote it: it has a blank, an \`@\`, or a letter beyond ASCII. */
const isForeign = (text: string): boolean => /[\s@]|[^\p{ASCII}]/u.test(text) && !WORDS.includes(text);

/**
 * Replaces every text in the database that people or other systems wrote, and the ids given, as if all of them were
 * hostile: validation, triggers and constraints are left aside, so that the pages are the only defence.
 */
export async function makeAllHostile(db: Db, ids: Record<string, string>): Promise<number> {
  let changed = 0;
  const put = (text: string): string => {
    const replaced = ids[text] ?? (isForeign(text) ? HOSTILE : text);
    if (replaced !== text) changed += 1;
    return replaced;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return put(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  await db.transaction(async (trx) => {
    await trx.raw("set local session_replication_role = 'replica'");
    const { rows: columns } = await trx.raw<{ rows: { table_name: string; column_name: string; data_type: string }[] }>(
      `select c.table_name, c.column_name, c.data_type from information_schema.columns as c
       join information_schema.tables as t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
         and c.data_type in ('text', 'jsonb') and not c.table_name = any(?)`,
      [[...OURS, ...NEVER_SHOWN]],
    );
    for (const { table_name: table, column_name: column, data_type: type } of columns) {
      const { rows } = await trx.raw<{ rows: { place: string; value: unknown }[] }>(
        'select ctid::text as place, ?? as value from ?? where ?? is not null',
        [column, table, column],
      );
      for (const { place, value } of rows) {
        const hostile = walk(value);
        if (JSON.stringify(hostile) === JSON.stringify(value)) continue;
        const stored = type === 'jsonb' ? JSON.stringify(hostile) : hostile;
        await trx.raw('update ?? set ?? = ? where ctid = ?::tid', [table, column, stored as string, place]);
      }
    }
  });
  return changed;
}

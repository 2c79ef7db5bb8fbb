import type { Db } from '../rows.ts';

/** Where people and outside systems write freely, and what a text that names an erased person becomes (SQL). */
export const FREE_TEXTS: readonly [table: string, column: string, becomes: string][] = [
  ['act', 'reason', 'null'],
  ['act', 'detail', 'null'],
  ['override', 'reason', `'erased'`],
  ['certificate_version', 'reason', 'null'],
  ['validity_act', 'reason', `'erased'`],
  ['batch', 'note', 'null'],
  ['bulk_act', 'reason', `'erased'`],
  ['bulk_act', 'options', `'{}'`],
  ['bulk_act', 'filter', `'{}'`],
  ['bulk_act_row', 'subject', `'erased:' || position`],
  ['bulk_act_row', 'reason_detail', 'null'],
  ['import', 'apply_reason', `'erased'`],
  ['import', 'unused_headings', `'[]'`],
  ['hold', 'detail', `'erased'`],
  ['flag', 'detail', `'erased'`],
  ['reissue', 'detail', `'erased'`],
  ['send_attempt', 'detail', 'null'],
  ['personal_issue', 'reason_detail', 'null'],
  ['lms_report', 'last_error', `'erased'`],
  ['batch_item', 'skipped_detail', 'null'],
  ['console_sign_in', 'interrupted', 'null'],
  ['console_sign_in', 'next', `'/console'`],
  ['pgboss.job', 'output', 'null'],
  ['pgboss.job', 'source_output', 'null'],
];

/** Rows of imported files that no student group was found for. */
const IMPORT_ROWS = ['"values"', 'changes', 'problems'];

/**
 * Empties every free text that names the person, whoever's it is. Call it inside an erasure.
 * @param known names, addresses, titles and ids of the person
 * @returns number of emptied texts, by `table.column`
 */
export async function eraseFreeTexts(trx: Db, known: readonly string[]): Promise<Record<string, number>> {
  const pattern = patternOf(known);
  const counts: Record<string, number> = {};
  for (const [table, column, becomes] of FREE_TEXTS) {
    const { rowCount } = await trx.raw<{ rowCount: number }>(
      `update ${table} set ${column} = ${becomes} where normalize(${column}::text, NFC) ~* ?`,
      [pattern],
    );
    if (rowCount > 0) counts[`${table}.${column}`] = rowCount;
  }
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `delete from import_row where ${IMPORT_ROWS.map((column) => `normalize(${column}::text, NFC) ~* :pattern`).join(' or ')}`,
    { pattern },
  );
  if (rowCount > 0) counts['import_row'] = rowCount;
  return counts;
}

/** A regular expression of PostgreSQL for any of the texts as whole words; letters of any script in either case. */
export function patternOf(known: readonly string[]): string {
  const spellings = known.flatMap((text) => {
    const said = text.normalize('NFC').trim();
    return [said, said.toLowerCase(), said.toUpperCase()].map((one) =>
      // As it is, and as a JSON text has it.
      [one, JSON.stringify(one).slice(1, -1)].map(escaped),
    );
  });
  const each = [...new Set(spellings.flat())].filter((one) => one !== '');
  return `(^|[^[:alnum:]_])(${each.join('|')})($|[^[:alnum:]_])`;
}

/** White space matches any white space. */
const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s+');

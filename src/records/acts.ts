import { z } from 'zod';
import { type Db, parseRows } from './rows.ts';

const Act = z
  .object({
    id: z.uuid(),
    actor: z.string(),
    verb: z.string(),
    subject: z.string(),
    reason: z.string().nullable(),
    detail: z.unknown(),
    bulk_act_id: z.uuid().nullable(),
    acted_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    actor: row.actor,
    verb: row.verb,
    subject: row.subject,
    reason: row.reason,
    detail: row.detail ?? null,
    /** The act on many that it is a row of. */
    bulkActId: row.bulk_act_id,
    at: row.acted_at,
  }));
export type Act = z.infer<typeof Act>;

/** Audit entries about any of the given objects (certificate, batch, student group), newest first. */
export async function selectActs(db: Db, subjects: readonly string[], limit: number): Promise<Act[]> {
  const rows = await db('act')
    .whereIn('subject', [...subjects])
    .orderBy('acted_at', 'desc')
    .orderBy('id')
    .limit(limit);
  return parseRows(Act, rows);
}

/** What a list of acts is narrowed to; null: not by this. */
export interface ActFilter {
  actor: string | null;
  verb: string | null;
  subject: string | null;
  since: Date | null;
  /** Rows of this act on many. */
  bulkActId: string | null;
}

/** One page of acts, newest first, after the act at the given place. */
export async function selectActPage(
  db: Db,
  { actor, verb, subject, since, bulkActId }: ActFilter,
  { after, limit }: { after: { at: Date; id: string } | null; limit: number },
): Promise<Act[]> {
  const query = db('act')
    .orderBy([
      { column: 'acted_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(limit);
  for (const [column, value] of Object.entries({ actor, verb, subject, bulk_act_id: bulkActId }))
    if (value !== null) query.where(column, value);
  if (since !== null) query.where('acted_at', '>=', since);
  if (after !== null) query.whereRaw('(acted_at, id) < (?, ?)', [after.at, after.id]);
  return parseRows(Act, await query);
}

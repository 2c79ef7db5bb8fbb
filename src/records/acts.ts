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
    acted_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    actor: row.actor,
    verb: row.verb,
    subject: row.subject,
    reason: row.reason,
    detail: row.detail ?? null,
    at: row.acted_at,
  }));
export type Act = z.infer<typeof Act>;

/** Actions of coordinators on any of these subjects, newest first. */
export async function selectActs(db: Db, subjects: readonly string[], limit: number): Promise<Act[]> {
  const rows = await db('act')
    .whereIn('subject', [...subjects])
    .orderBy('acted_at', 'desc')
    .orderBy('id')
    .limit(limit);
  return parseRows(Act, rows);
}

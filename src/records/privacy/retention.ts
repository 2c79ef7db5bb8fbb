import { PERSONAL_OVERRIDES } from '../../domain/student-group/override.ts';
import type { Db } from '../rows.ts';
import { eraseDecisions } from '../student-groups/decisions.ts';

/** Marks that the retention job has run on this day (UTC); false when it has. */
export async function beginRetentionDay(db: Db, at: Date): Promise<boolean> {
  const rows = await db('retention_run')
    .insert({ day: at.toISOString().slice(0, 10), begun_at: at })
    .onConflict('day')
    .ignore()
    .returning('day');
  return rows.length > 0;
}

export async function recordRetentionDay(db: Db, at: Date, counts: Record<string, number>): Promise<void> {
  await db('retention_run')
    .where({ day: at.toISOString().slice(0, 10) })
    .update({ counts: JSON.stringify(counts) });
}

/** Empties the judged data of dry runs; what a dry run came to stays. Call it inside an erasure. */
export async function forgetDryRuns(trx: Db, before: Date, limit: number): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `update decision set inputs = null, criteria = '[]', reason_detail = null,
       country = jsonb_strip_nulls(jsonb_build_object('code', country -> 'code'))
     where id in (select id from decision where dry_run and inputs is not null and decided_at < ? limit ?)`,
    [before, limit],
  );
  return rowCount;
}

/**
 * Empties student groups without a certificate that no pull has met for so long. If the LMS names one later, it is stored
 * again. Call it inside an erasure.
 */
export async function forgetUnawarded(trx: Db, before: Date, limit: number): Promise<number> {
  const ids: string[] = await trx('student_group as g')
    .whereNotNull('snapshot')
    .where('pulled_at', '<', before)
    .whereNotExists(trx('certificate').select(trx.raw('1')).whereRaw('student_group_id = g.id'))
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .skipLocked()
    .pluck('id');
  if (ids.length === 0) return 0;
  const empty = { student_id: null, snapshot: null, email: null, etag: null, changed_at: null };
  await trx('student_group').whereIn('id', ids).update(empty);
  await trx('find_words').whereIn('student_group_id', ids).update({ words: '' });
  await trx('override')
    .whereIn('student_group_id', ids)
    .whereIn('field', [...PERSONAL_OVERRIDES])
    .update({ value: null });
  await trx('import_row').whereIn('student_group_id', ids).delete();
  for (const id of ids) await eraseDecisions(trx, id);
  return ids.length;
}

/** An erasure whose time has come, not one that a person asked for: the transaction may empty frozen rows until its end. */
export async function beginRetention(trx: Db, id: string, at: Date): Promise<void> {
  const by = { asked_by: 'retention', asked_at: at, confirmed_by: 'retention', confirmed_at: at };
  await trx('erasure').insert({ id, ground: 'retention-ended', shown: '{}', ...by });
  await trx.raw(`select set_config('gramota.erasure', ?, true)`, [id]);
}

export async function endRetention(trx: Db, id: string, receipt: Record<string, number>, at: Date): Promise<void> {
  await trx('erasure')
    .where({ id })
    .update({ receipt: JSON.stringify(receipt), finished_at: at });
}

import { z } from 'zod';
import { type Db, parseRow, parseRows } from '../rows.ts';

/** What a person should look at although it stops nothing; each is documented in docs/coordinate.md. */
export const FLAG_KINDS = [
  'criteria-no-longer-met',
  'student-merged',
  'lms-template-differs',
  'deleted-after-sent',
  'lms-not-told-issued',
  'hours-differ',
  'release-moved',
] as const;
export type FlagKind = (typeof FLAG_KINDS)[number];

const FlagRow = z
  .object({
    id: z.uuid(),
    student_group_id: z.string(),
    certificate_id: z.uuid().nullable(),
    kind: z.enum(FLAG_KINDS),
    detail: z.string(),
    raised_at: z.date(),
    ended_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    studentGroupId: row.student_group_id,
    certificateId: row.certificate_id,
    kind: row.kind,
    detail: row.detail,
    raisedAt: row.raised_at,
    endedAt: row.ended_at,
  }));
export type Flag = z.infer<typeof FlagRow>;

/**
 * Raises a flag, or updates the detail of the open flag of that kind (without personal data). It is not raised again
 * when a person dismissed the same finding and it was not cleared since. True when a flag is open afterwards.
 */
export async function raiseFlag(
  trx: Db,
  flag: { id: string; studentGroupId: string; certificateId: string | null; kind: FlagKind; detail: string },
  at: Date,
): Promise<boolean> {
  const { kind, studentGroupId } = flag;
  const detail = flag.detail.slice(0, 2000);
  const newest = await trx('flag')
    .where({ student_group_id: studentGroupId, kind })
    .orderBy('raised_at', 'desc')
    .first<{ detail: string; dismissed: boolean } | undefined>(
      'detail',
      trx.raw('ended_by is not null and cleared_at is null as dismissed'),
    );
  if (newest?.dismissed && newest.detail === detail) return false;
  await trx('flag')
    .insert({
      id: flag.id,
      student_group_id: studentGroupId,
      certificate_id: flag.certificateId,
      kind,
      detail,
      raised_at: at,
    })
    .onConflict(trx.raw('(student_group_id, kind) where ended_at is null'))
    .merge(['detail']);
  return true;
}

/** Clears flags of these kinds because their causes are gone; dismissed ones may then be raised again. */
export async function clearFlag(
  trx: Db,
  studentGroupId: string,
  kinds: FlagKind | readonly FlagKind[],
  at: Date,
): Promise<void> {
  await trx('flag')
    .where({ student_group_id: studentGroupId })
    .whereIn('kind', [kinds].flat())
    .whereNull('cleared_at')
    .update({ cleared_at: at, ended_at: trx.raw('coalesce(ended_at, ?)', [at]) });
}

/** Clears the deletion flags of those student groups that the LMS has again. */
export async function endFlagsOfReturned(trx: Db, studentGroupIds: readonly string[], at: Date): Promise<void> {
  await trx.raw(
    `update flag as f set cleared_at = :at, ended_at = coalesce(f.ended_at, :at)
     from student_group as g
     where f.student_group_id = any(:studentGroupIds::text[]) and f.kind = 'deleted-after-sent' and f.cleared_at is null
       and g.id = f.student_group_id and g.gone_at is null`,
    { studentGroupIds: [...studentGroupIds], at },
  );
}

export async function selectFlag(db: Db, id: string): Promise<Flag | null> {
  return parseRow(FlagRow, await db('flag').where({ id }).first());
}

/** Open flags of one student group, oldest first. */
export async function selectFlagsOfGroup(db: Db, studentGroupId: string): Promise<Flag[]> {
  const rows = await db('flag').where({ student_group_id: studentGroupId }).whereNull('ended_at').orderBy('raised_at');
  return parseRows(FlagRow, rows);
}

/** Open flags of all student groups, newest first, after the one with the given id. */
export async function selectOpenFlags(
  db: Db,
  query: { kind: FlagKind | null; after: string | null; limit: number },
): Promise<Flag[]> {
  const flags = db('flag')
    .whereNull('ended_at')
    .orderBy([
      { column: 'raised_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(query.limit);
  if (query.kind) flags.where({ kind: query.kind });
  if (query.after) flags.whereRaw('(raised_at, id) < (select raised_at, id from flag where id = ?)', [query.after]);
  return parseRows(FlagRow, await flags);
}

/**
 * A person's act has resolved the finding: ends the open flag of a kind, so that the same finding is not raised
 * again.
 */
export async function dismissFlagsOf(
  trx: Db,
  studentGroupId: string,
  kind: FlagKind,
  actId: string,
  at: Date,
): Promise<void> {
  await trx('flag')
    .where({ student_group_id: studentGroupId, kind })
    .whereNull('ended_at')
    .update({ ended_at: at, ended_by: actId });
}

/** Ends a flag by a person's act; false when it has already ended. */
export async function dismissFlag(trx: Db, id: string, actId: string, at: Date): Promise<boolean> {
  return (await trx('flag').where({ id }).whereNull('ended_at').update({ ended_at: at, ended_by: actId })) > 0;
}

import type { NeedsSecondPerson } from '../../domain/second-person.ts';
import type { StudentGroup } from '../../domain/student-group/student-group.ts';
import type { Db } from '../rows.ts';

/** Pauses a batch until a second person confirms it. False when it was cancelled, or has been asked about already. */
export async function recordSecondPersonNeeded(
  trx: Db,
  id: string,
  why: NeedsSecondPerson,
  at: Date,
): Promise<boolean> {
  const changed = await trx('batch')
    .where({ id })
    .whereNull('cancelled_at')
    .whereNull('second_person_at')
    .update({
      second_person: JSON.stringify(why),
      second_person_at: at,
      paused_at: trx.raw('coalesce(paused_at, ?)', [at]),
    });
  return changed > 0;
}

/**
 * Records the second person's word. The wait's own pause ends; a pause that a person made before stays. Call under
 * `lockBatch`.
 */
export async function recordConfirmed(trx: Db, id: string, by: string, at: Date): Promise<void> {
  await trx('batch')
    .where({ id })
    .update({
      confirmed_at: at,
      confirmed_by: by,
      paused_at: trx.raw('nullif(paused_at, second_person_at)'),
    });
}

/**
 * Number of a batch's student groups that have no certificate in their release yet, by release. Those that the LMS
 * lost, or whose data cannot be used, are not counted: no batch can award them.
 */
export async function countWithoutCertificate(
  trx: Db,
  batchId: string,
): Promise<{ releaseId: string; count: number }[]> {
  const { rows } = await trx.raw<{ rows: { releaseId: string; count: number }[] }>(
    `select g.release_id as "releaseId", count(*)::int as count ${WITHOUT_CERTIFICATE} group by 1 order by 1`,
    { batchId },
  );
  return rows;
}

const WITHOUT_CERTIFICATE = `
  from batch_item as b join student_group as g on g.id = b.student_group_id
  where b.batch_id = :batchId and g.release_id is not null and g.gone_at is null and g.invalid is null
    and not exists (select 1 from certificate as c
      where c.student_group_id = g.id and c.release_id = g.release_id)`;

/** `country`: a coordinator's override; `fileCountry`: a registration file's. */
interface CountedGroup {
  id: string;
  snapshot: StudentGroup;
  country: string | null;
  fileCountry: string | null;
}

/** The same student groups one by one, in pages ordered by id: their data, and the coordinator's country for each. */
export async function selectWithoutCertificate(
  trx: Db,
  batchId: string,
  after: string,
  limit: number,
): Promise<CountedGroup[]> {
  const said = (field: string) =>
    `(select value #>> '{}' from override where student_group_id = g.id and field = '${field}' order by sequence desc limit 1)`;
  const { rows } = await trx.raw<{ rows: CountedGroup[] }>(
    `select g.id, g.snapshot, ${said('country')} as country, ${said('fileCountry')} as "fileCountry"
     ${WITHOUT_CERTIFICATE} and g.id > :after order by g.id limit :limit`,
    { batchId, after, limit },
  );
  return rows;
}

/**
 * Whether a batch with this student group waits for a second person. It locks such a batch, so that its confirmation
 * or cancellation comes after the caller's transaction and sees its decision.
 */
export async function isConfirmAwaited(trx: Db, studentGroupId: string): Promise<boolean> {
  const { rows } = await trx.raw(
    `select b.id from batch as b join batch_item as i on i.batch_id = b.id
     where i.student_group_id = ? and b.second_person_at is not null and b.confirmed_at is null
       and b.cancelled_at is null
     for share of b`,
    [studentGroupId],
  );
  return rows.length > 0;
}

/** Student groups of a batch that an event did not award, because the batch waited for a second person. */
export async function selectLeftForConfirm(db: Db, batchId: string): Promise<string[]> {
  return db('batch_item as i')
    .joinRaw(
      `cross join lateral (select reason_code from decision where student_group_id = i.student_group_id and not dry_run
         order by sequence desc limit 1) as d`,
    )
    .where({ 'i.batch_id': batchId, 'd.reason_code': 'awaiting-confirm' })
    .orderBy('i.student_group_id')
    .pluck('i.student_group_id');
}

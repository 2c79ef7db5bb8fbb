import { z } from 'zod';
import type { Approvable } from '../domain/approval.ts';
import { type Db, parseRows } from './rows.ts';

const ApprovalRow = z
  .object({ subject: z.string(), hash: z.string(), approved_by: z.string(), approved_at: z.date() })
  .transform((row) => ({ subject: row.subject, hash: row.hash, by: row.approved_by, at: row.approved_at }));
/** One person's approval of contents, in force. */
export type Approval = z.infer<typeof ApprovalRow>;

/** Stores an approval; false when this person's approval of the same contents is in force already. */
export async function insertApproval(
  trx: Db,
  { id, subject, hash, by }: Approvable & { id: string; by: string },
  at: Date,
): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `insert into approval (id, subject, hash, approved_by, approved_at) values (:id, :subject, :hash, :by, :at)
     on conflict (subject, hash, approved_by) where withdrawn_at is null do nothing`,
    { id, subject, hash, by, at },
  );
  return rowCount > 0;
}

/** Ends the approvals of contents, whoever gave them; returns how many there were. */
export async function withdrawApprovals(
  trx: Db,
  { subject, hash, by }: Approvable & { by: string },
  at: Date,
): Promise<number> {
  return trx('approval')
    .where({ subject, hash })
    .whereNull('withdrawn_at')
    .update({ withdrawn_at: at, withdrawn_by: by });
}

/** Approvals in force of these subjects, with any contents, oldest first. */
export async function selectApprovals(db: Db, subjects: readonly string[]): Promise<Approval[]> {
  const rows = await db('approval')
    .whereIn('subject', subjects)
    .whereNull('withdrawn_at')
    .orderBy(['approved_at', 'id']);
  return parseRows(ApprovalRow, rows);
}

/** Of these keys (`subject@hash`), those with an approval in force. */
export async function selectApproved(db: Db, keys: readonly string[]): Promise<Set<string>> {
  const { rows } = await db.raw<{ rows: { key: string }[] }>(
    `select distinct subject || '@' || hash as key from approval
     where subject || '@' || hash = any(?::text[]) and withdrawn_at is null`,
    [[...keys]],
  );
  return new Set(rows.map(({ key }) => key));
}

/**
 * Student groups without certificate that are held as `not-approved` for something that is not in `lacking` any more, in
 * pages by id, with the country of their decision.
 */
export async function selectGroupsApproved(
  db: Db,
  lacking: readonly string[],
  { after, limit }: { after: string; limit: number },
): Promise<{ id: string; country: string | null }[]> {
  const { rows } = await db.raw<{ rows: { id: string; country: string | null }[] }>(
    `select g.student_group_id as id, d.country ->> 'code' as country
     from find_bucket as b
     join find_entry as g on g.bucket_id = b.id
     cross join lateral (select * from decision where student_group_id = g.student_group_id and not dry_run
       order by sequence desc limit 1) as d
     where b.state = 'held' and b.reason_code = 'not-approved' and b.size > 0 and d.reason_code = 'not-approved'
       and g.student_group_id > :after
       and exists (
         select from jsonb_array_elements_text(coalesce(d.inputs #> '{circumstances,notApproved}', '[""]')) as l(key)
         where l.key <> all(:lacking::text[]))
     order by g.student_group_id limit :limit`,
    { lacking: [...lacking], after, limit },
  );
  return rows;
}

/**
 * Certificates that are held as `not-approved` for something that they do not lack any more, by id: their frozen template
 * is approved now, or the letter is none of `lacking`. `required` false: no approval is needed any more.
 */
export async function selectCertificatesApproved(
  db: Db,
  { lacking, required }: { lacking: readonly string[]; required: boolean },
  { after, limit }: { after: string; limit: number },
): Promise<{ id: string; studentGroupId: string }[]> {
  const { rows } = await db.raw<{ rows: { id: string; studentGroupId: string }[] }>(
    `select h.certificate_id as id, h.student_group_id as "studentGroupId"
     from hold as h
     where h.released_at is null and h.code = 'not-approved' and h.certificate_id is not null
       and h.certificate_id > :after::uuid
       and (not :required or exists (
         select from unnest(h.lacks) as l(key)
         where case when l.key like 'letter/%' then l.key <> all(:lacking::text[])
               else exists (select from approval as a where a.withdrawn_at is null
                 and a.subject || '@' || a.hash = l.key) end))
     order by h.certificate_id limit :limit`,
    { lacking: [...lacking], required, after, limit },
  );
  return rows;
}

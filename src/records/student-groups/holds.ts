import type { HeldReason } from '../../domain/reason-codes.ts';
import type { Db } from '../rows.ts';

/**
 * Subject of a hold: a student group without certificate in its release (`id` null), or a certificate. A student
 * group that the LMS moved may have certificates in several releases; each is held separately.
 */
export interface HoldSubject {
  studentGroupId: string;
  /** Id of the certificate; null: the hold is for the student group. */
  id: string | null;
}

/**
 * SQL condition: hold `h` is open and stops certificate `c` of student group `g`. It is the certificate's own hold,
 * or one from before the award, unless the LMS has moved `g` to another release since.
 */
export const HOLDS_CERTIFICATE = `
  h.student_group_id = c.student_group_id and h.released_at is null
  and (h.certificate_id = c.id or h.certificate_id is null and c.release_id = g.release_id)`;

/**
 * Opens a hold for a person; an existing open hold of the subject stays unchanged. The detail must not contain
 * personal data.
 */
export async function hold(
  db: Db,
  input: {
    id: string;
    studentGroupId: string;
    certificateId: string | null;
    stage: string;
    code: HeldReason;
    detail: string;
    /** Of `not-approved`: the contents that nobody has approved, each as `subject@hash`. */
    lacks?: readonly string[];
  },
  at: Date,
): Promise<void> {
  await db.raw(
    `insert into hold (id, student_group_id, certificate_id, stage, code, detail, held_at, lacks)
     select :id, :studentGroupId, :certificateId::uuid, :stage, :code, :detail, :at, :lacks::text[]
     where not exists (
       select 1 from hold h join student_group g on g.id = h.student_group_id
       left join certificate c on c.id = coalesce(h.certificate_id, :certificateId::uuid)
       where h.student_group_id = :studentGroupId and h.released_at is null
         and (h.certificate_id is not distinct from :certificateId::uuid
           or (h.certificate_id is null or :certificateId::uuid is null) and c.release_id = g.release_id))
     on conflict do nothing`,
    { ...input, lacks: input.lacks ? [...input.lacks] : null, detail: input.detail.slice(0, 2000), at },
  );
}

export interface OpenHold {
  stage: string;
  code: HeldReason;
  detail: string;
}

/** Open holds of a subject. */
const open = (db: Db, { studentGroupId, id }: HoldSubject) =>
  db('hold as h')
    .where('h.student_group_id', studentGroupId)
    .whereNull('h.released_at')
    .whereRaw(
      `(h.certificate_id is not distinct from :id::uuid or h.certificate_id is null and exists (
         select 1 from certificate c join student_group g on g.id = c.student_group_id
         where c.id = :id::uuid and c.release_id = g.release_id))`,
      { id },
    );

export async function selectOpenHold(db: Db, subject: HoldSubject): Promise<OpenHold | null> {
  return (await open(db, subject).orderBy('h.held_at').first('h.stage', 'h.code', 'h.detail')) ?? null;
}

/** Ends the open hold of a subject, with one code or any; true when there was one. */
export async function releaseHold(
  db: Db,
  subject: HoldSubject,
  by: string,
  at: Date,
  code?: HeldReason,
): Promise<boolean> {
  const released = await open(db, subject)
    .where(code === undefined ? {} : { code })
    .update({ released_at: at, released_by: by });
  return released > 0;
}

/**
 * Ends the open hold of a certificate that a new version resolves: holds of the stages that make a version, and those
 * with a reason that was checked again.
 */
export async function releaseHoldOfMaking(
  trx: Db,
  subject: HoldSubject,
  tried: { stages: readonly string[]; codes: readonly HeldReason[] },
  by: string,
  at: Date,
): Promise<void> {
  await open(trx, subject)
    .where((answered) => answered.whereIn('h.stage', tried.stages).orWhereIn('h.code', tried.codes))
    .update({ released_at: at, released_by: by });
}

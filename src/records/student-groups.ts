import { z } from 'zod';
import { normaliseNumber } from '../domain/certificate-number.ts';
import { Release, StudentGroup } from '../domain/student-group.ts';
import type { PulledStudentGroup } from '../ports/lms.ts';
import { type Db, parseRow } from './rows.ts';

const StoredGroup = z
  .object({
    id: z.string(),
    release_id: z.string().nullable(),
    snapshot: StudentGroup.nullable(),
    email: z.string().nullable(),
    etag: z.string().nullable(),
    invalid: z.string().nullable(),
    pulled_at: z.date(),
    gone_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    releaseId: row.release_id,
    snapshot: row.snapshot,
    email: row.email,
    etag: row.etag,
    invalid: row.invalid,
    pulledAt: row.pulled_at,
    goneAt: row.gone_at,
  }));
export type StoredGroup = z.infer<typeof StoredGroup>;

/**
 * Writes what the LMS just said of one student group: a valid snapshot, or why its answer does not fit (the last valid
 * snapshot stays). `at` is when the LMS was asked: a slower, older answer never overwrites a newer one. `normaliseEmail` is applied for the search for shared addresses only.
 */
export async function recordPull(
  db: Db,
  pulled: PulledStudentGroup,
  at: Date,
  normaliseEmail: (raw: string) => string | null,
  fallback: { id?: string; releaseId?: string | null } = {},
): Promise<string | null> {
  if (!pulled.ok) {
    const id = pulled.id ?? fallback.id ?? null;
    if (id === null) return null;
    await db('student_group')
      .insert({ id, release_id: fallback.releaseId ?? null, invalid: pulled.detail, pulled_at: at })
      .onConflict('id')
      .merge(['invalid', 'pulled_at'])
      .where('student_group.pulled_at', '<=', at);
    return id;
  }
  const { studentGroup, etag } = pulled;
  const row = {
    release_id: studentGroup.group.releaseId,
    student_id: studentGroup.student.id,
    snapshot: JSON.stringify(studentGroup),
    email: studentGroup.student.email === null ? null : normaliseEmail(studentGroup.student.email),
    etag,
    invalid: null,
    pulled_at: at,
    gone_at: null,
  };
  await db('student_group')
    .insert({ id: studentGroup.id, ...row })
    .onConflict('id')
    .merge(row)
    .where('student_group.pulled_at', '<=', at);
  return studentGroup.id;
}

/** Records that the LMS answered 404, or told us of a deletion. */
export async function recordGone(db: Db, id: string, releaseId: string | null, at: Date): Promise<void> {
  await db('student_group')
    .insert({ id, release_id: releaseId, pulled_at: at, gone_at: at })
    .onConflict('id')
    .merge({ pulled_at: at, gone_at: db.raw('coalesce(student_group.gone_at, excluded.gone_at)') })
    .where('student_group.pulled_at', '<=', at);
}

/** Keeps the ETag of our own PATCH, so that the next one does not collide with it. */
export async function recordEtag(db: Db, id: string, etag: string): Promise<void> {
  await db('student_group').where({ id }).update({ etag });
}

export async function selectGroup(db: Db, id: string): Promise<StoredGroup | null> {
  return parseRow(StoredGroup, await db('student_group').where({ id }).first());
}

/** True when another student has the same address. */
export async function isEmailShared(db: Db, email: string, studentId: string): Promise<boolean> {
  const row = await db('student_group').where({ email }).whereNot({ student_id: studentId }).first('id');
  return row !== undefined;
}

export async function recordRelease(db: Db, release: Release, at: Date): Promise<void> {
  const row = { snapshot: JSON.stringify(release), pulled_at: at };
  await db('release')
    .insert({ id: release.id, ...row })
    .onConflict('id')
    .merge(row);
  await db('number_series')
    .insert({ prefix: normaliseNumber(release.numberPrefix), release_id: release.id })
    .onConflict('prefix')
    .ignore();
}

const StoredRelease = z
  .object({ snapshot: Release, pulled_at: z.date() })
  .transform((row) => ({ release: row.snapshot, pulledAt: row.pulled_at }));

export async function selectRelease(db: Db, id: string): Promise<z.infer<typeof StoredRelease> | null> {
  return parseRow(StoredRelease, await db('release').where({ id }).first());
}

/** True when the snapshot is still the one of this `updatedAt`; holds it against change for the transaction. */
export async function isSnapshotCurrent(trx: Db, id: string, updatedAt: string): Promise<boolean> {
  const row = await trx('student_group')
    .where({ id })
    .forShare()
    .first(trx.raw(`snapshot ->> 'updatedAt' as updated_at`));
  return row?.updated_at === updatedAt;
}

/** Ids of a release's student groups in pages, in their order. */
export async function selectGroupIdsOfRelease(
  db: Db,
  releaseId: string,
  after: string,
  limit: number,
): Promise<string[]> {
  return db('student_group')
    .where({ release_id: releaseId })
    .whereNotNull('snapshot')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .pluck('id');
}

import { z } from 'zod';
import { foldNumber } from '../../domain/certificate/certificate-number.ts';
import { Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import { indexWords } from '../../domain/text/sound-keys.ts';
import { coalescedRead, coalescedRow } from '../../platform/database/coalesced-reads.ts';
import type { PulledStudentGroup } from '../../ports/lms.ts';
import { type Db, parseRow, parseRows, parseShared } from '../rows.ts';
import { addNames } from './names.ts';

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
    erased_at: z.date().nullable(),
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
    /** The person's data were erased; what the LMS says is not stored. */
    erasedAt: row.erased_at,
  }));
export type StoredGroup = z.infer<typeof StoredGroup>;

/** Normalises an address for finding shared ones; null when it is invalid. */
type NormaliseEmail = (raw: string) => string | null;

/**
 * Stores the LMS's answer about one student group: a valid snapshot, or why it is invalid (the last valid snapshot
 * stays). `at` is when the LMS was queried: an older answer never overwrites a newer one. The ETag stays until the
 * record changes, because pages have none.
 * @returns its id; null when neither the answer nor `fallback` has one, and nothing was stored
 */
export async function recordPull(
  db: Db,
  pulled: PulledStudentGroup,
  at: Date,
  normaliseEmail: NormaliseEmail,
  fallback: { id?: string; releaseId?: string | null } = {},
): Promise<string | null> {
  const row = toRow(pulled, normaliseEmail, fallback);
  if (row === null) return null;
  await upsert(db, [row], at);
  return row.id;
}

/** A record in a release's listing that belongs to another release. */
export interface LeftOut {
  id: string;
  releaseId: string;
}

/**
 * Like `recordPull`, for a page of a release in one statement; of a record that is on the page twice, the later one
 * counts. A record without an id is shown to a person by its number within the pull. Records of other releases are
 * not stored.
 * @param unreadable number of records without an id in the pull so far
 * @returns the ids in page order, and what was left out
 */
export async function recordPulls(
  db: Db,
  items: readonly PulledStudentGroup[],
  at: Date,
  normaliseEmail: NormaliseEmail,
  { releaseId, unreadable }: { releaseId: string; unreadable: number },
): Promise<{ ids: string[]; leftOut: LeftOut[] }> {
  const rows = new Map<string, GroupRow>();
  const leftOut = new Map<string, LeftOut>();
  let met = 0;
  for (const item of items) {
    const own = item.ok ? item.studentGroup.group.releaseId : (item.releaseId ?? releaseId);
    if (own !== releaseId) {
      const id = (item.ok ? item.studentGroup.id : item.id) ?? '(without an id)';
      leftOut.set(id, { id, releaseId: own });
      continue;
    }
    if (!item.ok && item.id === null) met += 1;
    const row = toRow(item, normaliseEmail, { id: `unreadable:${releaseId}:${unreadable + met}`, releaseId });
    if (row !== null) rows.set(row.id, row);
  }
  // The same order everywhere, so that concurrent pulls cannot deadlock.
  await upsert(
    db,
    [...rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    at,
  );
  return { ids: [...rows.keys()], leftOut: [...leftOut.values()] };
}

interface GroupRow {
  id: string;
  release_id: string | null;
  student_id: string | null;
  snapshot: StudentGroup | null;
  email: string | null;
  etag: string | null;
  invalid: string | null;
  /** The folded words of both names, and their keys; null: unknown. */
  words: string[] | null;
}

function toRow(
  pulled: PulledStudentGroup,
  normaliseEmail: NormaliseEmail,
  fallback: { id?: string; releaseId?: string | null },
): GroupRow | null {
  if (!pulled.ok) {
    const id = pulled.id ?? fallback.id ?? null;
    const unknown = { student_id: null, snapshot: null, email: null, etag: null, words: null };
    return id === null ? null : { id, release_id: fallback.releaseId ?? null, ...unknown, invalid: pulled.detail };
  }
  const { studentGroup, etag } = pulled;
  const { student, group } = studentGroup;
  return {
    id: studentGroup.id,
    release_id: group.releaseId,
    student_id: student.id,
    snapshot: studentGroup,
    email: student.email === null ? null : normaliseEmail(student.email),
    etag,
    invalid: null,
    words: indexWords(`${student.fullName} ${student.latinName ?? ''}`),
  };
}

/**
 * Of those `written`: flags student groups with a certificate in another release than their current one, and clears
 * the flags of those that returned. Like `raiseFlag`, it does not raise a dismissed finding again.
 */
const FLAG_MOVED = `, back as (
     update flag as f set cleared_at = :at, ended_at = coalesce(f.ended_at, :at) from written as w
     where f.student_group_id = w.id and f.kind = 'release-moved' and f.cleared_at is null
       and not exists (select 1 from certificate where student_group_id = w.id and release_id is distinct from w.release_id))
     insert into flag as f (id, student_group_id, certificate_id, kind, detail, raised_at)
     select gen_random_uuid(), w.id, c.id, 'release-moved', told.detail, :at
     from written as w
     cross join lateral (select * from certificate where student_group_id = w.id
       and release_id is distinct from w.release_id order by awarded_at desc limit 1) as c
     cross join lateral (select format('certificate %s was awarded in release %s and still belongs to that release; the LMS has since moved this student group to release %s',
       c.number, c.release_id, w.release_id) as detail) as told
     where not exists (select 1 from flag as d where d.student_group_id = w.id and d.kind = 'release-moved'
       and d.ended_by is not null and d.cleared_at is null and d.detail = told.detail)
     on conflict (student_group_id, kind) where ended_at is null do update set detail = excluded.detail
     where f.detail <> excluded.detail`;

/** What is not stored of an erased person; `is_erased_person` and the trigger of the table say who is one. */
const PERSONAL = ['student_id', 'snapshot', 'email', 'etag', 'invalid', 'words'] as const;

async function upsert(db: Db, rows: readonly GroupRow[], at: Date): Promise<void> {
  if (rows.length === 0) return;
  const unlessInvalid = (column: string) =>
    `${column} = case when excluded.invalid is null then excluded.${column} else g.${column} end`;
  await db.raw(
    `with answered as materialized (
     -- Found once for each row, by the index: an "exists" here may be answered by reading all student groups.
     select r.*, is_erased_person(r.student_id)
       or coalesce((select erased_at is not null from student_group where id = r.id), false) as erased
     from jsonb_to_recordset(:rows::jsonb) as r
       (id text, release_id text, student_id text, snapshot jsonb, email text, etag text, invalid text, words jsonb)),
     pulled as (
     select a.id, a.release_id, ${PERSONAL.map((column) => `case when not a.erased then a.${column} end as ${column}`).join(', ')},
       case when a.erased then :at::timestamptz end as erased_at
     from answered as a),
     named as (${addNames('pulled as r')}),
     written as (
     insert into student_group as g (id, release_id, student_id, snapshot, email, etag, invalid, pulled_at, changed_at, erased_at)
     select id, release_id, student_id, snapshot, email, etag, invalid, :at, case when snapshot is not null then :at::timestamptz end,
       erased_at from pulled
     on conflict (id) do update set
       ${['release_id', 'student_id', 'snapshot', 'email'].map(unlessInvalid).join(', ')},
       etag = case when excluded.invalid is not null then g.etag
                   when excluded.etag is null and g.snapshot = excluded.snapshot then g.etag
                   else excluded.etag end,
       gone_at = case when excluded.invalid is null then null else g.gone_at end,
       changed_at = case when excluded.invalid is null and g.snapshot is distinct from excluded.snapshot
                         then excluded.changed_at else g.changed_at end,
       invalid = excluded.invalid,
       erased_at = coalesce(g.erased_at, excluded.erased_at),
       pulled_at = excluded.pulled_at
     where g.pulled_at <= excluded.pulled_at
     returning g.id, g.release_id)
     ${FLAG_MOVED}`,
    { at, rows: JSON.stringify(rows) },
  );
}

/** Records that the LMS answered 404 or announced a deletion. */
export async function recordGone(db: Db, id: string, releaseId: string | null, at: Date): Promise<void> {
  await db('student_group')
    .insert({ id, release_id: releaseId, pulled_at: at, gone_at: at })
    .onConflict('id')
    .merge({ pulled_at: at, gone_at: db.raw('coalesce(student_group.gone_at, excluded.gone_at)') })
    .where('student_group.pulled_at', '<=', at);
}

const groupRow = coalescedRow('student_group', 'id', 'text');

export async function selectGroup(db: Db, id: string): Promise<StoredGroup | null> {
  return parseRow(StoredGroup, await groupRow(db, id));
}

/**
 * True when another student has the same address: the coordinator's value, else the LMS's.
 * @param email as returned by `normaliseEmail`
 */
export async function isEmailShared(db: Db, email: string, studentId: string): Promise<boolean> {
  return (await sharedEmail(db, { email, studentId })) ?? false;
}

const sharedEmail = coalescedRead<{ email: string; studentId: string }, boolean>(async (db, asked) => {
  const { rows } = await db.raw<{ rows: { place: number; shared: boolean }[] }>(
    `select i.place::int as place, s.shared
     from unnest(?::text[], ?::text[]) with ordinality as i(email, student_id, place)
     cross join lateral (
       with candidate as (
         select id from student_group where email = i.email
         union select student_group_id from override where field = 'email' and value = to_jsonb(i.email))
       select exists (
         select 1 from candidate as k join student_group as g on g.id = k.id
         left join lateral (select value #>> '{}' as email from override
           where student_group_id = k.id and field = 'email' order by sequence desc limit 1) o on true
         where g.student_id <> i.student_id and coalesce(o.email, g.email) = i.email) as shared) as s`,
    [asked.map(({ email }) => email), asked.map(({ studentId }) => studentId)],
  );
  const byPlace = new Map(rows.map(({ place, shared }) => [place - 1, shared]));
  return asked.map((_, place) => byPlace.get(place));
});

/** @returns whether the LMS's data about the release changed */
export async function recordRelease(db: Db, release: Release, at: Date): Promise<boolean> {
  const [row] = await db('release')
    .with('mended', db('release_fault').where({ release_id: release.id }).delete())
    .insert({ id: release.id, snapshot: JSON.stringify(release), pulled_at: at, changed_at: at })
    .onConflict('id')
    .merge({
      snapshot: db.raw('excluded.snapshot'),
      pulled_at: at,
      changed_at: db.raw(
        'case when release.snapshot is distinct from excluded.snapshot then excluded.changed_at else release.changed_at end',
      ),
    })
    .returning<{ changed_at: Date }[]>('changed_at');
  await db('number_series')
    .insert({
      prefix: release.numberPrefix,
      key: foldNumber(release.numberPrefix),
      release_id: release.id,
    })
    .onConflict()
    .ignore();
  return row?.changed_at.getTime() === at.getTime();
}

/** Records why the LMS's latest answer about a release is invalid; nobody is awarded until it is valid again. */
export async function recordReleaseFault(db: Db, releaseId: string, detail: string, at: Date): Promise<void> {
  await db('release_fault').insert({ release_id: releaseId, detail, at }).onConflict('release_id').merge();
}

const StoredRelease = z
  .object({ snapshot: Release, pulled_at: z.date() })
  .transform((row) => ({ release: row.snapshot, pulledAt: row.pulled_at }));

export async function selectRelease(db: Db, id: string): Promise<z.infer<typeof StoredRelease> | null> {
  return parseRow(StoredRelease, await db('release').where({ id }).first());
}

const ReleaseAndFault = z.object({ snapshot: Release.nullable(), fault: z.string().nullable() });

const storedRelease = coalescedRead(async (db, ids: string[]) => {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select i.id, r.snapshot, f.detail as fault from (select distinct unnest(?::text[]) as id) as i
     left join release as r on r.id = i.id left join release_fault as f on f.release_id = i.id`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
});

const parseRelease = parseShared(ReleaseAndFault);

/** A release's last valid snapshot, and why its latest answer is invalid; both null when it was never pulled. */
export async function selectStoredRelease(db: Db, id: string): Promise<z.infer<typeof ReleaseAndFault>> {
  return parseRelease(await storedRelease(db, id)) ?? { snapshot: null, fault: null };
}

/** The latest data of every release, ordered by id. */
export async function selectReleases(db: Db): Promise<Release[]> {
  const rows = await db('release').orderBy('id').select('snapshot', 'pulled_at');
  return parseRows(StoredRelease, rows).map(({ release }) => release);
}

/** Ids of a release's student groups in pages, in order. */
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

/** Ids of a release's student groups that were not queried since a given time, in pages. */
export async function selectUnseen(
  db: Db,
  releaseId: string,
  since: Date,
  after: string,
  limit: number,
): Promise<string[]> {
  return db('student_group')
    .where({ release_id: releaseId })
    .whereNull('gone_at')
    .whereNull('erased_at')
    .where('pulled_at', '<', since)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .pluck('id');
}

import { z } from 'zod';
import { CERTIFICATE_STATES } from '../../domain/certificate/certificate-state.ts';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { parseRows } from '../rows.ts';
import type { Snapshot } from '../snapshot.ts';
import { REASON, shownReason } from '../student-groups/standing.ts';

const State = z.enum(CERTIFICATE_STATES);

/** What programs are given, but sheets do not show: the greater part of the facts. */
const NOT_IN_SHEETS = { programme: true, project: true, signatory: true, issuer: true } as const;
const Facts = DiplomaFacts.omit({ credential: true });
const SheetFacts = Facts.omit(NOT_IN_SHEETS);

const Stored = z.object({
  id: z.uuid(),
  number: z.string(),
  code: z.string(),
  student_group_id: z.string(),
  student_id: z.string(),
  country: z.string(),
  cert_template: z.string(),
  issue_date: z.iso.date(),
  version: z.number().int(),
  credential_id: z.string().nullable(),
  sha256: z.string().nullable(),
  bytes: z.number().int().nullable(),
  rendered_at: z.date().nullable(),
  json_sha256: z.string().nullable(),
  jwt_sha256: z.string().nullable(),
  revoked_at: z.date().nullable(),
  state: State,
  ...REASON,
  next_at: z.date().nullable(),
  no_letter: z.boolean(),
});

const shaped = (row: z.output<typeof Stored>) => ({
  id: row.id,
  number: row.number,
  /** 25 symbols without dashes. */
  code: row.code,
  studentGroupId: row.student_group_id,
  studentId: row.student_id,
  country: row.country,
  template: row.cert_template,
  issueDate: row.issue_date,
  version: row.version,
  /** Null: not drawn yet. */
  diploma:
    row.sha256 === null || row.bytes === null || row.rendered_at === null
      ? null
      : { sha256: row.sha256, bytes: row.bytes, renderedAt: row.rendered_at },
  credential:
    row.credential_id === null || row.json_sha256 === null || row.jwt_sha256 === null
      ? null
      : { id: row.credential_id, jsonSha256: row.json_sha256, jwtSha256: row.jwt_sha256 },
  revokedAt: row.revoked_at,
  state: row.state,
  reason: shownReason(row),
  /** When a letter or another LMS attempt is due. */
  nextAt: row.next_at,
  /** Others send its letters. */
  noLetter: row.no_letter,
});

/** `facts` is null once erased. */
const SheetRow = Stored.extend({ facts: SheetFacts.nullable() }).transform((row) => ({
  ...shaped(row),
  facts: row.facts,
}));
const FullRow = Stored.extend({ facts: Facts.nullable() }).transform((row) => ({ ...shaped(row), facts: row.facts }));
/** A certificate with the version that the public is shown: the newest drawn one, or the newest where none is drawn. */
export type RegisterRow = z.output<typeof SheetRow>;
/** With everything that the diploma prints. */
export type FullRegisterRow = z.output<typeof FullRow>;

/**
 * `offset 0` keeps the planner from computing all states before it sorts. The rows are ordered by columns of that query, so that it does not
 * sort them again either, and the first rows come at once.
 * @param wanted condition on table `certificate`
 * @param without facts that are left out
 */
const certificates = (wanted: string, without: readonly string[]) => `
  select c.id, c.number, c.code, c.student_group_id, c.student_id, c.country, c.cert_template, c.issue_date, c.no_letter,
         v.version, v.facts - '{${without.join()}}'::text[] as facts, v.facts #>> '{credential,id}' as credential_id,
         v.sha256, v.bytes, v.rendered_at, v.json_sha256, v.jwt_sha256,
         case when a.kind = 'revoke' then a.acted_at end as revoked_at,
         s.state, s.reason_code, s.reason_detail, s.obstacle,
         coalesce(s.send_after, case when s.state = 'awarded' then r.next_attempt_at end) as next_at
  from (select *, length(number) as digits from certificate where ${wanted} order by digits, number offset 0) as c
  left join lateral (select next_attempt_at from lms_report where certificate_id = c.id offset 0) as r on true
  cross join lateral (
    select v.version, v.facts, p.sha256, p.bytes, p.rendered_at, k.json_sha256, k.jwt_sha256
    from certificate_version as v
    left join diploma as p on p.certificate_id = v.certificate_id and p.version = v.version
    left join diploma_credential as k on k.certificate_id = v.certificate_id and k.version = v.version
    where v.certificate_id = c.id order by p.sha256 is null, v.version desc limit 1) as v
  left join lateral (select kind, acted_at from validity_act where certificate_id = c.id
    order by sequence desc limit 1) as a on true
  cross join lateral (select state, reason_code, reason_detail, obstacle, send_after from membership_standing
    where student_group_id = c.student_group_id and release_id = c.release_id offset 0) as s
  order by c.digits, c.number`;

const LESS = ['credential', ...Object.keys(NOT_IN_SHEETS)];

/** All certificates of a release, by number. */
export function certificatesOf(snapshot: Snapshot, releaseId: string): AsyncGenerator<RegisterRow[]> {
  return snapshot.rows(SheetRow, certificates('release_id = :releaseId', LESS), { releaseId });
}

/** The same with everything that the diplomas print. */
export function fullCertificatesOf(snapshot: Snapshot, releaseId: string): AsyncGenerator<FullRegisterRow[]> {
  return snapshot.rows(FullRow, certificates('release_id = :releaseId', ['credential']), { releaseId });
}

/** Some certificates, by number. */
export async function certificatesById(snapshot: Snapshot, ids: readonly string[]): Promise<RegisterRow[]> {
  const { rows } = await snapshot.db.raw<{ rows: unknown[] }>(certificates('id = any(:ids)', LESS), { ids: [...ids] });
  return parseRows(SheetRow, rows);
}

const Without = z
  .object({
    student_group_id: z.string(),
    student_id: z.string().nullable(),
    full_name: z.string().nullable(),
    latin_name: z.string().nullable(),
    country: z.string().nullable(),
    cert_template: z.string().nullable(),
    state: State,
    ...REASON,
    send_after: z.date().nullable(),
  })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    studentId: row.student_id,
    fullName: row.full_name,
    latinName: row.latin_name,
    country: row.country,
    template: row.cert_template,
    state: row.state,
    reason: shownReason(row),
    nextAt: row.send_after,
  }));
/** A student group of a release without a certificate there; names as overridden, else as the LMS has them. */
export type WithoutCertificate = z.output<typeof Without>;

const named = (field: 'fullName' | 'latinName') => `
  coalesce((select value #>> '{}' from override where student_group_id = g.id and field = '${field}'
    order by sequence desc limit 1), g.snapshot #>> '{student,${field}}')`;

/** All student groups that are in a release now and have no certificate there, by id. */
export function withoutCertificate(snapshot: Snapshot, releaseId: string): AsyncGenerator<WithoutCertificate[]> {
  const sql = `
    select g.id as student_group_id, g.student_id, ${named('fullName')} as full_name, ${named('latinName')} as latin_name,
           s.country, s.cert_template, s.state, s.reason_code, s.reason_detail, s.obstacle, s.send_after
    from (select * from student_group as g where release_id = :releaseId and not exists
      (select 1 from certificate where student_group_id = g.id and release_id = g.release_id) order by id offset 0) as g
    cross join lateral (select * from membership_standing where student_group_id = g.id and is_present offset 0) as s
    order by g.id`;
  return snapshot.rows(Without, sql, { releaseId });
}

const Letter = z
  .object({
    number: z.string(),
    holder_name: z.string().nullable(),
    purpose: z.string(),
    version: z.number().int(),
    state: z.string(),
    reason_code: z.string().nullable(),
    reason_detail: z.string().nullable(),
    recipient: z.string(),
    due_at: z.date(),
    send_after: z.date(),
    shift_reason: z.string().nullable(),
    accepted_at: z.date().nullable(),
    sent_at: z.date().nullable(),
    delivered_at: z.date().nullable(),
    bounced_at: z.date().nullable(),
  })
  .transform((row) => ({
    number: row.number,
    holderName: row.holder_name,
    purpose: row.purpose,
    version: row.version,
    state: row.state,
    reasonCode: row.reason_code,
    reasonDetail: row.reason_detail,
    recipient: row.recipient,
    dueAt: row.due_at,
    sendAfter: row.send_after,
    shiftReason: row.shift_reason,
    acceptedAt: row.accepted_at,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
    bouncedAt: row.bounced_at,
  }));
export type RegisterLetter = z.output<typeof Letter>;

/** All letters of a release, by number, oldest first. */
export function lettersOf(snapshot: Snapshot, releaseId: string): AsyncGenerator<RegisterLetter[]> {
  const sql = `
    select c.number, v.facts ->> 'holderName' as holder_name, i.*
    from (select id, number, length(number) as digits from certificate where release_id = :releaseId
      order by digits, number offset 0) as c
    cross join lateral (select purpose, version, state, reason_code, reason_detail, recipient, due_at, send_after,
        shift_reason, accepted_at, sent_at, delivered_at, bounced_at, created_at
      from teacher_letter where certificate_id = c.id offset 0) as i
    left join lateral (select facts from certificate_version where certificate_id = c.id and version = i.version offset 0)
      as v on true
    order by c.digits, c.number, i.created_at`;
  return snapshot.rows(Letter, sql, { releaseId });
}

import { z } from 'zod';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { type Db, parseRows } from '../rows.ts';

const Version = z
  .object({
    version: z.number().int(),
    facts: DiplomaFacts.nullable(),
    template_hash: z.string(),
    actor: z.string(),
    reason: z.string().nullable(),
    created_at: z.date(),
    sha256: z.string().nullable(),
    rendered_at: z.date().nullable(),
    list: z.number().int().nullable(),
    index: z.number().int().nullable(),
    revoked_at: z.date().nullable(),
    reason_class: z.string().nullable(),
  })
  .transform((row) => ({
    version: row.version,
    /** Facts of the version; null after erasure. */
    facts: row.facts,
    templateHash: row.template_hash,
    actor: row.actor,
    reason: row.reason,
    createdAt: row.created_at,
    /** Diploma of the version; null until it is drawn. */
    diploma: row.sha256 && row.rendered_at ? { sha256: row.sha256, renderedAt: row.rendered_at } : null,
    statusPlace: row.list !== null && row.index !== null ? { list: row.list, index: row.index } : null,
    credentialRevoked: row.revoked_at && { at: row.revoked_at, class: row.reason_class },
  }));
export type VersionRecord = z.infer<typeof Version>;

/** All versions of a certificate, newest first, with diploma and status of the credential. */
export async function selectVersions(db: Db, certificateId: string): Promise<VersionRecord[]> {
  const sameVersion = (alias: string) => `${alias}.certificate_id = v.certificate_id and ${alias}.version = v.version`;
  const rows = await db
    .from('certificate_version as v')
    .joinRaw(`left join diploma as p on ${sameVersion('p')}`)
    .joinRaw(`left join status_entry as e on ${sameVersion('e')}`)
    .joinRaw(`left join credential_revocation as r on ${sameVersion('r')}`)
    .where('v.certificate_id', certificateId)
    .orderBy('v.version', 'desc')
    .select('v.*', 'p.sha256', 'p.rendered_at', 'e.list', 'e.index', 'r.revoked_at', 'r.reason_class');
  return parseRows(Version, rows);
}

const When = z.date().nullable();
const Letter = z
  .object({
    id: z.uuid(),
    version: z.number().int(),
    purpose: z.string(),
    state: z.string(),
    recipient: z.string(),
    copy_of: z.uuid().nullable(),
    due_at: z.date(),
    send_after: z.date(),
    shift_reason: z.string().nullable(),
    track_id: z.string().nullable(),
    letter: z.string().nullable(),
    reason_code: z.string().nullable(),
    reason_detail: z.string().nullable(),
    created_at: z.date(),
    changed_at: z.date(),
    accepted_at: When,
    sent_at: When,
    delivered_at: When,
    bounced_at: When,
  })
  .transform((row) => ({
    id: row.id,
    version: row.version,
    purpose: row.purpose,
    state: row.state,
    reason: row.reason_code === null ? null : { code: row.reason_code, detail: row.reason_detail ?? '' },
    recipient: row.recipient,
    copyOf: row.copy_of,
    dueAt: row.due_at,
    sendAfter: row.send_after,
    shiftReason: row.shift_reason,
    trackId: row.track_id,
    letterNumber: row.letter,
    createdAt: row.created_at,
    changedAt: row.changed_at,
    acceptedAt: row.accepted_at,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
    bouncedAt: row.bounced_at,
  }));
const Attempt = z
  .object({
    personal_issue_id: z.uuid(),
    request_id: z.uuid(),
    started_at: z.date(),
    deadline: z.date(),
    ended_at: When,
    outcome: z.string().nullable(),
    detail: z.string().nullable(),
  })
  .transform((row) => ({
    letterId: row.personal_issue_id,
    requestId: row.request_id,
    startedAt: row.started_at,
    deadline: row.deadline,
    endedAt: row.ended_at,
    outcome: row.outcome,
    detail: row.detail,
  }));
type AttemptRecord = Omit<z.infer<typeof Attempt>, 'letterId'>;
type CopyRecord = Omit<z.infer<typeof Letter>, 'copyOf'> & { attempts: AttemptRecord[] };
/** A letter to the teacher, with its copies to fixed addresses. */
export type LetterRecord = CopyRecord & { copies: CopyRecord[] };

/** All letters of a certificate, newest first, each with its copies by address, and with its attempts, oldest first. */
export async function selectLetters(db: Db, certificateId: string): Promise<LetterRecord[]> {
  const own = db('personal_issue').where({ certificate_id: certificateId });
  const all = parseRows(Letter, await own.clone().orderBy([{ column: 'created_at', order: 'desc' }, 'recipient']));
  const attempts = parseRows(
    Attempt,
    await db('send_attempt').whereIn('personal_issue_id', own.clone().select('id')).orderBy('started_at'),
  );
  const ofLetter = (wanted: string | null): CopyRecord[] =>
    all
      .filter(({ copyOf }) => copyOf === wanted)
      .map(({ copyOf: _, ...letter }) => ({
        ...letter,
        attempts: attempts
          .filter(({ letterId }) => letterId === letter.id)
          .map(({ letterId: __, ...attempt }) => attempt),
      }));
  return ofLetter(null).map((letter) => ({ ...letter, copies: ofLetter(letter.id) }));
}

const Hold = z.object({
  stage: z.string(),
  code: z.string(),
  detail: z.string(),
  heldAt: z.date(),
  releasedAt: When,
  releasedBy: z.string().nullable(),
});
const ValidityAct = z.object({
  id: z.uuid(),
  kind: z.enum(['revoke', 'reinstate']),
  version: z.number().int(),
  class: z.string(),
  reason: z.string(),
  actor: z.string(),
  at: z.date(),
});

/** All holds of a certificate, and of its student group before the award, newest first. */
export async function selectHolds(
  db: Db,
  { id, studentGroupId }: { id: string; studentGroupId: string },
): Promise<z.infer<typeof Hold>[]> {
  const rows = await db('hold')
    .where({ student_group_id: studentGroupId })
    .where((own) => own.whereNull('certificate_id').orWhere({ certificate_id: id }))
    .orderBy('held_at', 'desc')
    .select('stage', 'code', 'detail', 'held_at as heldAt', 'released_at as releasedAt', 'released_by as releasedBy');
  return parseRows(Hold, rows);
}

/** Acts on a certificate's validity, newest first; the first one is effective. */
export async function selectValidityActs(db: Db, certificateId: string): Promise<z.infer<typeof ValidityAct>[]> {
  const rows = await db('validity_act')
    .where({ certificate_id: certificateId })
    .orderBy('sequence', 'desc')
    .select('id', 'kind', 'version', 'reason_class as class', 'reason', 'actor', 'acted_at as at');
  return parseRows(ValidityAct, rows);
}

const LmsReport = z.object({
  patchedAt: When,
  attempts: z.number().int(),
  lastErrorCode: z.string().nullable(),
  lastError: z.string().nullable(),
  nextAttemptAt: When,
});

/** The report to the LMS about a certificate. */
export async function selectLmsReport(db: Db, certificateId: string): Promise<z.infer<typeof LmsReport> | null> {
  const rows = await db('lms_report')
    .where({ certificate_id: certificateId })
    .select(
      'patched_at as patchedAt',
      'attempts',
      'last_error_code as lastErrorCode',
      'last_error as lastError',
      'next_attempt_at as nextAttemptAt',
    );
  return parseRows(LmsReport, rows)[0] ?? null;
}

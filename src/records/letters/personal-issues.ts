import { z } from 'zod';
import { LETTER_PURPOSES } from '../../domain/letter/letter-text.ts';
import { PERSONAL_ISSUE_STATES } from '../../domain/letter/personal-issue.ts';
import { coalescedRow, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { type Db, inputTable, parseRow, parseRows } from '../rows.ts';
import { HOLDS_CERTIFICATE } from '../student-groups/holds.ts';
import { TrackerTaken } from './send-attempts.ts';

const PersonalIssue = z
  .object({
    id: z.uuid(),
    certificate_id: z.uuid(),
    version: z.number().int(),
    purpose: z.enum(LETTER_PURPOSES),
    state: z.enum(PERSONAL_ISSUE_STATES),
    recipient: z.string(),
    copy_of: z.uuid().nullable(),
    due_at: z.date(),
    send_after: z.date(),
    claim: z.uuid().nullable(),
    track_id: z.string().nullable(),
    created_at: z.date(),
    changed_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    certificateId: row.certificate_id,
    version: row.version,
    purpose: row.purpose,
    state: row.state,
    recipient: row.recipient,
    /** The letter of which this is a copy to a fixed address; null: the letter to the teacher. */
    copyOf: row.copy_of,
    dueAt: row.due_at,
    sendAfter: row.send_after,
    claim: row.claim,
    trackId: row.track_id,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }));
export type PersonalIssue = z.infer<typeof PersonalIssue>;

const personalIssueRow = coalescedRow('personal_issue', 'id', 'uuid');

export async function selectPersonalIssue(db: Db, id: string): Promise<PersonalIssue | null> {
  return parseRow(PersonalIssue, await personalIssueRow(db, id));
}

export interface NewPersonalIssue {
  id: string;
  certificateId: string;
  version: number;
  recipient: string;
  dueAt: Date;
  sendAfter: Date;
  shiftReason: string | null;
}

/** Opens the first letter of a certificate; false when it already exists. */
export async function insertFirstPersonalIssue(trx: Db, issue: NewPersonalIssue, at: Date): Promise<boolean> {
  return insertPersonalIssue(trx, 'first', issue, at);
}

/** Opens a letter; false while another letter of the certificate is in progress. */
export async function insertPersonalIssue(
  trx: Db,
  purpose: PersonalIssue['purpose'],
  issue: NewPersonalIssue,
  at: Date,
): Promise<boolean> {
  const opened = await openLetter(trx, {
    id: issue.id,
    certificate_id: issue.certificateId,
    version: issue.version,
    purpose,
    state: 'waiting',
    recipient: issue.recipient,
    due_at: issue.dueAt,
    send_after: issue.sendAfter,
    shift_reason: issue.shiftReason,
    created_at: at,
    changed_at: at,
  });
  return opened === true;
}

const NEW = {
  id: 'uuid',
  certificate_id: 'uuid',
  version: 'integer',
  purpose: 'text',
  state: 'text',
  recipient: 'text',
  due_at: 'timestamptz',
  send_after: 'timestamptz',
  shift_reason: 'text',
  created_at: 'timestamptz',
  changed_at: 'timestamptz',
};
const NEW_LETTERS = inputTable(NEW);
const NEW_COLUMNS = Object.keys(NEW).join(', ');

const openLetter = sharedStatement<Record<keyof typeof NEW, unknown>, boolean>(async (trx, letters) => {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `insert into personal_issue (${NEW_COLUMNS}) select ${NEW_COLUMNS} from ${NEW_LETTERS.as('i')}
     on conflict do nothing returning id`,
    NEW_LETTERS.values(letters),
  );
  const opened = new Set(rows.map(({ id }) => id));
  return letters.map(({ id }) => opened.has(id as string));
});

/** Whether a letter with this version's diploma was ever opened, in any state. */
export async function hasLetter(db: Db, certificateId: string, version: number): Promise<boolean> {
  return (await db('teacher_letter').where({ certificate_id: certificateId, version }).first('id')) !== undefined;
}

/** Whether a letter with this version's diploma was sent. */
export async function hasLeft(db: Db, certificateId: string, version: number): Promise<boolean> {
  const sent = db('teacher_letter')
    .where({ certificate_id: certificateId, version })
    .whereIn('state', ['sent', 'delivered']);
  return (await sent.first('id')) !== undefined;
}

/** Moves a waiting letter to a later permitted time. */
export async function shiftPersonalIssue(
  trx: Db,
  id: string,
  sendAfter: Date,
  shiftReason: string | null,
  at: Date,
): Promise<boolean> {
  const changed = await trx('personal_issue').where({ id, state: 'waiting' }).update({
    send_after: sendAfter,
    shift_reason: shiftReason,
    reason_code: null,
    reason_detail: null,
    changed_at: at,
  });
  return changed > 0;
}

/** Adds details to a refusal; no effect in any other state. */
export async function explainRefusal(db: Db, id: string, detail: string): Promise<void> {
  await db('personal_issue').where({ id, state: 'refused' }).update({ reason_detail: detail });
}

const Watched = z
  .object({
    id: z.uuid(),
    certificate_id: z.uuid(),
    copy_of: z.uuid().nullable(),
    state: z.enum(['sending', 'accepted', 'uncertain']),
    track_id: z.string().nullable(),
    request_id: z.uuid(),
    started_at: z.date(),
    deadline: z.date(),
    unseen_in: z.array(z.date()),
  })
  .transform((row) => ({
    id: row.id,
    certificateId: row.certificate_id,
    copyOf: row.copy_of,
    state: row.state,
    trackId: row.track_id,
    /** Request id of the attempt whose outcome is open. */
    requestId: row.request_id,
    startedAt: row.started_at,
    deadline: row.deadline,
    unseenIn: row.unseen_in,
  }));
export type Watched = z.infer<typeof Watched>;

function underWay(db: Db) {
  return (
    db('personal_issue as i')
      .joinRaw(
        'cross join lateral (select * from send_attempt where personal_issue_id = i.id order by started_at desc limit 1) a',
      )
      // Not as parameters: a prepared plan would read all letters ever sent, because it does not know that these are few.
      .whereRaw(`i.state in ('sending', 'accepted', 'uncertain')`)
      .orderBy('a.started_at')
      .select(
        'i.id',
        'i.certificate_id',
        'i.copy_of',
        'i.state',
        'i.track_id',
        'a.request_id',
        'a.started_at',
        'a.deadline',
        'a.unseen_in',
      )
  );
}

/** Letters with an open outcome, oldest first, each with its last attempt started after `since`. */
export async function selectWatched(db: Db, since: Date, limit: number): Promise<Watched[]> {
  return parseRows(Watched, await underWay(db).where('a.started_at', '>', since).limit(limit));
}

/**
 * Letters to teachers whose outcome the provider's listings can no longer show, and that are not yet held for a
 * coordinator.
 */
export async function selectHopeless(db: Db, before: { uncertain: Date; accepted: Date }): Promise<Watched[]> {
  const rows = await underWay(db)
    .whereNull('i.copy_of')
    .whereRaw(`a.started_at < case when i.state = 'accepted' then ?::timestamptz else ?::timestamptz end`, [
      before.accepted,
      before.uncertain,
    ])
    .whereNotExists((asked) =>
      asked
        .from('certificate as c')
        .join('student_group as g', 'g.id', 'c.student_group_id')
        .joinRaw(`join hold as h on ${HOLDS_CERTIFICATE}`)
        .whereRaw('c.id = i.certificate_id')
        .select(db.raw('1')),
    )
    .limit(1000);
  return parseRows(Watched, rows);
}

/** Known trackers of calls in a time range: a listing of that range without any of them is unusable. */
export async function selectKnownTrackers(db: Db, from: Date, to: Date): Promise<string[]> {
  return db('send_attempt as a')
    .join('personal_issue as i', 'i.id', 'a.personal_issue_id')
    .whereNotNull('i.track_id')
    .where({ 'a.outcome': 'accepted' })
    .whereBetween('a.started_at', [from, to])
    .orderBy('a.started_at', 'desc')
    .limit(20)
    .pluck('i.track_id');
}

export type RecordedEnd =
  | { state: 'accepted'; trackId: string }
  | { state: 'sent'; trackId: string; letter: string; providerIssueId: string | null }
  | { state: 'refused'; trackId: string; code: string; detail: string };

/**
 * Records the result of a tracker; late and repeated results are harmless. True when the state changed.
 * @throws TrackerTaken when another letter has this tracker
 */
export async function settlePersonalIssue(trx: Db, id: string, settlement: RecordedEnd, at: Date): Promise<boolean> {
  const from = settlement.state === 'accepted' ? ['sending', 'uncertain'] : ['sending', 'uncertain', 'accepted'];
  const changed = await trx('personal_issue')
    .where({ id })
    .whereIn('state', from)
    .update({
      state: settlement.state,
      track_id: settlement.trackId,
      changed_at: at,
      accepted_at: trx.raw('coalesce(accepted_at, ?)', [at]),
      reason_code: settlement.state === 'refused' ? settlement.code : null,
      reason_detail: settlement.state === 'refused' ? settlement.detail : null,
      ...(settlement.state === 'sent'
        ? { letter: settlement.letter, provider_issue_id: settlement.providerIssueId, sent_at: at }
        : {}),
    })
    .catch(TrackerTaken.from);
  if (changed > 0) {
    await trx('send_attempt')
      .where({ personal_issue_id: id })
      .where((open) => open.whereNull('outcome').orWhere('outcome', 'unknown'))
      .update({ outcome: 'accepted', ended_at: at });
  }
  return changed > 0;
}

/** Records that a complete listing started at `begunAt` should have contained this attempt and did not. */
export async function recordUnseen(db: Db, requestId: string, begunAt: Date): Promise<void> {
  await db('send_attempt')
    .where({ request_id: requestId, outcome: 'unknown' })
    .update({ unseen_in: db.raw('array_append(unseen_in, ?::timestamptz)', [begunAt]) });
}

/**
 * The provider is proven never to have received this attempt: closes it, and the letter waits for a new attempt.
 * False when the attempt was settled or followed by another one meanwhile.
 */
export async function recordAbsent(
  trx: Db,
  letter: { id: string; requestId: string },
  detail: string,
  at: Date,
): Promise<boolean> {
  const closed = await trx('send_attempt')
    .where({ request_id: letter.requestId, outcome: 'unknown' })
    .update({ outcome: 'absent', detail, ended_at: at });
  if (closed === 0) return false;
  const freed = await trx('personal_issue')
    .where({ id: letter.id, state: 'uncertain' })
    .update({ state: 'waiting', claim: null, send_after: at, reason_code: null, reason_detail: null, changed_at: at });
  if (freed === 0)
    throw new Error(`personal issue ${letter.id} got its final state while its attempt was being closed`);
  return true;
}

/** Changes the address of a certificate's unsent letters, after a person decided which one is right. */
export async function changeRecipient(trx: Db, certificateId: string, recipient: string): Promise<void> {
  await trx('certificate').where({ id: certificateId }).update({ recipient });
  await trx('personal_issue')
    .where({ certificate_id: certificateId, state: 'waiting', copy_of: null })
    .update({ recipient });
}

/** Letters that are due, longest due first; at most `limit`, or all. */
export async function selectDueLetters(db: Db, at: Date, limit?: number): Promise<string[]> {
  const due = db('personal_issue').where({ state: 'waiting' }).where('send_after', '<=', at).orderBy('send_after');
  return limit === undefined ? due.pluck<string[]>('id') : due.limit(limit).pluck<string[]>('id');
}

/** Number of due letters. */
export async function countDueLetters(db: Db, at: Date): Promise<number> {
  const row = await db('personal_issue')
    .where({ state: 'waiting' })
    .where('send_after', '<=', at)
    .count<{ count: string }[]>('id')
    .first();
  return Number(row?.count ?? 0);
}

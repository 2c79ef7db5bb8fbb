import { z } from 'zod';
import { type Db, parseRow, parseRows } from './rows.ts';

const PersonalIssue = z
  .object({
    id: z.uuid(),
    certificate_id: z.uuid(),
    version: z.number().int(),
    purpose: z.enum(['first', 'resend', 'reissue']),
    state: z.enum([
      'waiting',
      'sending',
      'accepted',
      'sent',
      'delivered',
      'bounced',
      'refused',
      'uncertain',
      'cancelled',
    ]),
    recipient: z.string(),
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
    dueAt: row.due_at,
    sendAfter: row.send_after,
    claim: row.claim,
    trackId: row.track_id,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }));
export type PersonalIssue = z.infer<typeof PersonalIssue>;

export async function selectPersonalIssue(db: Db, id: string): Promise<PersonalIssue | null> {
  return parseRow(PersonalIssue, await db('personal_issue').where({ id }).first());
}

/** Opens the first letter of a certificate; false when it has been opened before. */
export async function insertFirstPersonalIssue(
  trx: Db,
  issue: {
    id: string;
    certificateId: string;
    version: number;
    recipient: string;
    dueAt: Date;
    sendAfter: Date;
    shiftReason: string | null;
  },
  at: Date,
): Promise<boolean> {
  const rows = await trx('personal_issue')
    .insert({
      id: issue.id,
      certificate_id: issue.certificateId,
      version: issue.version,
      purpose: 'first',
      state: 'waiting',
      recipient: issue.recipient,
      due_at: issue.dueAt,
      send_after: issue.sendAfter,
      shift_reason: issue.shiftReason,
      created_at: at,
      changed_at: at,
    })
    .onConflict()
    .ignore()
    .returning('id');
  return rows.length > 0;
}

/** Moves a waiting letter to a later permitted instant. */
export async function shiftPersonalIssue(
  trx: Db,
  id: string,
  sendAfter: Date,
  shiftReason: string | null,
  at: Date,
): Promise<boolean> {
  const changed = await trx('personal_issue')
    .where({ id, state: 'waiting' })
    .update({ send_after: sendAfter, shift_reason: shiftReason, changed_at: at });
  return changed > 0;
}

/**
 * Commits the intent before the effect: waiting → sending with a fresh claim and an open attempt.
 * False when the letter is not waiting any more. An earlier attempt that is open, unknown or accepted makes it throw.
 */
export async function claimForSending(
  trx: Db,
  input: { id: string; claim: string; requestId: string; deadline: Date },
  at: Date,
): Promise<boolean> {
  const changed = await trx('personal_issue')
    .where({ id: input.id, state: 'waiting' })
    .update({ state: 'sending', claim: input.claim, changed_at: at, reason_code: null, reason_detail: null });
  if (changed === 0) return false;
  await trx('send_attempt').insert({
    request_id: input.requestId,
    personal_issue_id: input.id,
    started_at: at,
    deadline: input.deadline,
  });
  return true;
}

/** What an attempt's own worker may write, and only while its claim still holds. */
export type AttemptEnd =
  | { outcome: 'accepted'; trackId: string }
  | { outcome: 'refused'; code: string; detail: string }
  | { outcome: 'limited'; detail: string; sendAfter: Date }
  | { outcome: 'unknown'; detail: string };

const AFTER_ATTEMPT = { accepted: 'accepted', refused: 'refused', limited: 'waiting', unknown: 'uncertain' } as const;

/** Ends the attempt in hand; false when somebody else settled this letter meanwhile. */
export async function endAttempt(
  trx: Db,
  input: { id: string; claim: string; requestId: string; end: AttemptEnd },
  at: Date,
): Promise<boolean> {
  const { end } = input;
  const changed = await trx('personal_issue')
    .where({ id: input.id, claim: input.claim })
    .whereIn('state', ['sending', 'uncertain'])
    .update({
      state: AFTER_ATTEMPT[end.outcome],
      changed_at: at,
      ...(end.outcome === 'accepted'
        ? { track_id: end.trackId, accepted_at: at, reason_code: null, reason_detail: null }
        : {}),
      ...(end.outcome === 'refused' ? { reason_code: end.code, reason_detail: end.detail } : {}),
      ...(end.outcome === 'limited'
        ? { send_after: end.sendAfter, claim: null, reason_code: 'provider-limit', reason_detail: end.detail }
        : {}),
      ...(end.outcome === 'unknown' ? { reason_code: 'outcome-unknown', reason_detail: end.detail } : {}),
    });
  if (changed === 0) return false;
  await trx('send_attempt')
    .where({ request_id: input.requestId })
    .update({ outcome: end.outcome, detail: 'detail' in end ? end.detail : null, ended_at: at });
  return true;
}

/** A worker died between intent and answer: its letter becomes uncertain once the call's deadline has passed. */
export async function markOverdueUncertain(trx: Db, at: Date): Promise<number> {
  const ids = await trx('send_attempt as a')
    .join('personal_issue as i', 'i.id', 'a.personal_issue_id')
    .where('i.state', 'sending')
    .whereNull('a.outcome')
    .where('a.deadline', '<', at)
    .pluck<string[]>('i.id');
  if (ids.length === 0) return 0;
  const detail = 'the worker stopped before the provider answered';
  const changed = await trx('personal_issue')
    .whereIn('id', ids)
    .where({ state: 'sending' })
    .update({ state: 'uncertain', reason_code: 'outcome-unknown', reason_detail: detail, changed_at: at });
  await trx('send_attempt')
    .whereIn('personal_issue_id', ids)
    .whereNull('outcome')
    .update({ outcome: 'unknown', detail, ended_at: at });
  return changed;
}

const Watched = z
  .object({
    id: z.uuid(),
    state: z.enum(['sending', 'accepted', 'uncertain']),
    track_id: z.string().nullable(),
    started_at: z.date(),
    deadline: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    state: row.state,
    trackId: row.track_id,
    startedAt: row.started_at,
    deadline: row.deadline,
  }));
export type Watched = z.infer<typeof Watched>;

/** Letters whose outcome is still to be learnt, oldest first, each with its last attempt begun after `since`. */
export async function selectWatched(db: Db, since: Date, limit: number): Promise<Watched[]> {
  const rows = await db('personal_issue as i')
    .joinRaw(
      'cross join lateral (select started_at, deadline from send_attempt where personal_issue_id = i.id order by started_at desc limit 1) a',
    )
    .whereIn('i.state', ['sending', 'accepted', 'uncertain'])
    .where('a.started_at', '>', since)
    .orderBy('a.started_at')
    .limit(limit)
    .select('i.id', 'i.state', 'i.track_id', 'a.started_at', 'a.deadline');
  return parseRows(Watched, rows);
}

export type Settlement =
  | { state: 'accepted'; trackId: string }
  | { state: 'sent'; trackId: string; letter: string; providerIssueId: string | null }
  | { state: 'refused'; trackId: string; code: string; detail: string };

/** Writes what a tracker tells; late and repeated news is harmless. True when the state moved. */
export async function settlePersonalIssue(trx: Db, id: string, settlement: Settlement, at: Date): Promise<boolean> {
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
    });
  if (changed > 0) {
    await trx('send_attempt')
      .where({ personal_issue_id: id })
      .where((open) => open.whereNull('outcome').orWhere('outcome', 'unknown'))
      .update({ outcome: 'accepted', ended_at: at });
  }
  return changed > 0;
}

/** The provider is proven never to have had it: the attempt is closed and the letter waits for a new one. */
export async function recordAbsent(trx: Db, id: string, sendAfter: Date, detail: string, at: Date): Promise<boolean> {
  const changed = await trx('personal_issue').where({ id, state: 'uncertain' }).update({
    state: 'waiting',
    claim: null,
    send_after: sendAfter,
    reason_code: null,
    reason_detail: null,
    changed_at: at,
  });
  if (changed === 0) return false;
  await trx('send_attempt')
    .where({ personal_issue_id: id, outcome: 'unknown' })
    .update({ outcome: 'absent', detail, ended_at: at });
  return true;
}

/** A complete listing of trackers: evidence of what the provider had, and of what it had not. */
export async function insertListing(
  db: Db,
  listing: { id: string; begunAt: Date; reachesBackTo: Date; trackers: number },
): Promise<void> {
  await db('tracker_listing').insert({
    id: listing.id,
    begun_at: listing.begunAt,
    reaches_back_to: listing.reachesBackTo,
    trackers: listing.trackers,
  });
  await db('tracker_listing')
    .where('begun_at', '<', new Date(listing.begunAt.getTime() - 72 * 3_600_000))
    .del();
}

const Listing = z
  .object({ begun_at: z.date(), reaches_back_to: z.date() })
  .transform((row) => ({ begunAt: row.begun_at, reachesBackTo: row.reaches_back_to, complete: true }));

export async function selectListingsSince(db: Db, since: Date): Promise<z.infer<typeof Listing>[]> {
  return parseRows(
    Listing,
    await db('tracker_listing')
      .where('begun_at', '>=', since)
      .orderBy('begun_at')
      .select('begun_at', 'reaches_back_to'),
  );
}

import { message } from '../../domain/messages/message.ts';
import type { ReasonCode } from '../../domain/reason-codes.ts';
import { groupedStatement, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { IS_STOPPED_NOW } from '../certificates/obstacles.ts';
import { byPlace, type Db, inputTable } from '../rows.ts';
import { countUnknown, RELEASE } from './send-brake.ts';

export interface Attempt {
  id: string;
  claim: string;
  requestId: string;
  deadline: Date;
  recipient: string;
  /** Maximum letters with unknown outcome, calls in progress included. */
  mostUnknown: number;
  /** The id of the probe while sending is stopped; null: none. */
  probe: string | null;
}

const ATTEMPTS = inputTable({
  id: 'uuid',
  claim: 'uuid',
  requestId: 'uuid',
  deadline: 'timestamptz',
  recipient: 'text',
  at: 'timestamptz',
});

/**
 * The capacity is checked first: a caller that waits for it must hold no lock that others need. The share locks keep
 * batch, student group and certificate unchanged until the intent is recorded, so a pause or a reissue reliably stops
 * its letters. While another transaction holds student group or certificate, the answer is `no`: waiting would keep the
 * capacity from all other letters. The obstacles are read under these locks, as they are committed by then.
 * `charge` locks each batch once: a row that is locked again, in its former version, waits behind those who wait for this
 * transaction. `subject` reads `charge`, so the batch is locked before the obstacles are read, whatever the planner does. `clear` reads
 * them once for each letter; as a condition of `claimed` they were read for each pair of letters.
 */
const CLAIM = `
  with room as materialized (select room_for_letters(:mostUnknown, :probe) as places),
  input as materialized (select i.* from room, ${ATTEMPTS.as('i')} where i.place <= room.places),
  charge as materialized (
    select id from batch where id in (select c.batch_id from input as i join personal_issue as p on p.id = i.id
      join certificate as c on c.id = p.certificate_id)
    order by id for share),
  subject as materialized (
    select i.place, c.id, c.student_group_id from input as i join personal_issue as p on p.id = i.id
    join certificate as c on c.id = p.certificate_id join student_group as g on g.id = c.student_group_id
    where (select count(*) from charge) is not null
    order by c.id for share of g, c skip locked),
  clear as materialized (select place from subject as c where not ${IS_STOPPED_NOW('send')}),
  claimed as (
    update personal_issue as p
    set state = 'sending', claim = i.claim, changed_at = i.at, reason_code = null, reason_detail = null
    from input as i
    where p.id = i.id and p.id = any(:id::uuid[]) and p.state = 'waiting' and p.send_after <= i.at
      and p.recipient = i.recipient
      and i.place in (select place from clear)
    returning i.place),
  attempt as (
    insert into send_attempt (request_id, personal_issue_id, started_at, deadline)
    select i."requestId", i.id, i.at, i.deadline from input as i join claimed on claimed.place = i.place)
  select i.place::int, case when claimed.place is not null then 'begun'
    when room.places >= 0 and i.place > room.places then 'full' else 'no' end as claim
  from room cross join ${ATTEMPTS.as('i')} left join claimed on claimed.place = i.place`;

/**
 * Commits the intent before the effect: waiting → sending with a new claim and an open attempt. It is one statement and
 * one round trip for all letters of the moment, because its callers hold the provider's few slots. An earlier attempt that
 * is open, unknown or accepted makes it throw.
 *
 * - `no`: the letter is not waiting any more, is not due, or goes to another address than `recipient`, for whom it
 * was composed; an obstacle stops it; or sending is stopped.
 * - `full`: too many calls have no outcome yet.
 */
export async function claimForSending(db: Db, attempt: Attempt, at: Date): Promise<Claim> {
  const one = { ...attempt, at };
  // The letter that tries whether the provider answers again goes alone.
  const said = attempt.probe === null ? await claimTogether(db, one) : (await claimAll(db, [one]))[0];
  return said ?? 'no';
}

type Claim = 'begun' | 'full' | 'no';

async function claimAll(db: Db, attempts: readonly (Attempt & { at: Date })[]): Promise<Claim[]> {
  const mostUnknown = Math.min(...attempts.map((attempt) => attempt.mostUnknown));
  const probe = attempts[0]?.probe ?? null;
  const { rows } = await db.raw<{ rows: { place: number; claim: Claim }[] }>(CLAIM, {
    ...ATTEMPTS.values(attempts),
    mostUnknown,
    probe,
  });
  return byPlace(attempts.length, rows).map((row) => row?.claim ?? 'no');
}

const claimTogether = groupedStatement(claimAll);

/** What an attempt's own worker may record, while it still holds the claim. */
export type AttemptEnd =
  | { outcome: 'accepted'; trackId: string }
  | { outcome: 'refused'; code: string; detail: string }
  | { outcome: 'limited'; detail: string; sendAfter: Date }
  | { outcome: 'unknown'; detail: string };

const AFTER_ATTEMPT = { accepted: 'accepted', refused: 'refused', limited: 'waiting', unknown: 'uncertain' } as const;

export interface Ended {
  /** False when the letter already had a final outcome from elsewhere. */
  ended: boolean;
  /** `stopped`: sending stops now; `released`: sending continues. */
  brake: 'stopped' | 'released' | null;
}

const NOT_ENDED: Ended = { ended: false, brake: null };

/**
 * The provider answered with a `track.id` that another letter already has, so it is unclear which letter it belongs
 * to.
 */
export class TrackerTaken extends Error {
  override readonly name = 'TrackerTaken';

  constructor() {
    super('the response has the track.id of another letter');
  }

  /** Rejects with this error in place of the database's own error. */
  static from(error: unknown): never {
    const taken = (error as { constraint?: unknown }).constraint === 'personal_issue_track_id_key';
    throw taken ? new TrackerTaken() : error;
  }
}

const ACCEPTED = inputTable({ id: 'uuid', claim: 'uuid', requestId: 'uuid', trackId: 'text', at: 'timestamptz' });

/** The usual end, of many calls in one statement. Each id is looked up, however small the planner believes a table is. */
const acceptTogether = sharedStatement<Record<'id' | 'claim' | 'requestId' | 'trackId', string> & { at: Date }, Ended>(
  async (trx, accepted) => {
    const { rows } = await trx.raw<{ rows: { place: number; stopped: boolean | null }[] }>(
      `with input as materialized (select * from ${ACCEPTED.as('i')}),
       changed as (
         update personal_issue as p set state = 'accepted', changed_at = i.at, track_id = i."trackId", accepted_at = i.at,
           reason_code = null, reason_detail = null
         from input as i where p.id = i.id and p.id = any(:id::uuid[]) and p.claim = i.claim
           -- After its deadline it may already be unknown.
           and p.state in ('sending', 'uncertain')
         returning i.place),
       released as (${RELEASE} and exists (select 1 from changed) returning before.stopped)
       update send_attempt as a set outcome = 'accepted', detail = null, ended_at = i.at
       from input as i join changed on changed.place = i.place
       where a.request_id = i."requestId" and a.request_id = any(:requestId::uuid[]) and a.personal_issue_id = i.id
       returning i.place::int as place, (select stopped from released) as stopped`,
      ACCEPTED.values(accepted),
    );
    const [first] = rows;
    return byPlace(accepted.length, rows).map(
      (row) => row && { ended: true, brake: row === first && row.stopped === true ? 'released' : null },
    );
  },
);

/**
 * Ends the current attempt in one statement, and returns the effect on the sending of all letters. An unknown outcome
 * takes two statements and counts only in a transaction.
 * @throws TrackerTaken
 */
export async function endAttempt(
  trx: Db,
  input: { id: string; claim: string; requestId: string; end: AttemptEnd; firstTry: Date },
  at: Date,
): Promise<Ended> {
  const { end } = input;
  if (end.outcome === 'accepted') {
    const { id, claim, requestId } = input;
    const accepted = await acceptTogether(trx, { id, claim, requestId, trackId: end.trackId, at }).catch(
      TrackerTaken.from,
    );
    return accepted ?? NOT_ENDED;
  }
  const changed = trx('personal_issue')
    .where({ id: input.id, claim: input.claim })
    // After its deadline it may already be unknown.
    .whereIn('state', end.outcome === 'unknown' ? ['sending'] : ['sending', 'uncertain'])
    .update({
      state: AFTER_ATTEMPT[end.outcome],
      changed_at: at,
      ...(end.outcome === 'refused' ? { reason_code: end.code, reason_detail: end.detail } : {}),
      ...(end.outcome === 'limited'
        ? {
            send_after: end.sendAfter,
            claim: null,
            reason_code: 'provider-limit' satisfies ReasonCode,
            reason_detail: end.detail,
          }
        : {}),
      ...(end.outcome === 'unknown'
        ? { reason_code: 'outcome-unknown' satisfies ReasonCode, reason_detail: end.detail }
        : {}),
    })
    .returning('id');
  const rows: { stopped?: boolean | null }[] = await trx('send_attempt')
    .with('changed', changed)
    .with(
      'released',
      trx.raw(`${RELEASE} and ? and exists (select 1 from changed) returning before.stopped`, [
        end.outcome === 'refused',
      ]),
    )
    .where({ request_id: input.requestId })
    .whereIn('personal_issue_id', (mine) => mine.from('changed').select('id'))
    .update({ outcome: end.outcome, detail: 'detail' in end ? end.detail : null, ended_at: at })
    .returning(trx.raw('(select stopped from released) as stopped'))
    .catch(TrackerTaken.from);
  const [row] = rows;
  if (row === undefined) return NOT_ENDED;
  if (end.outcome !== 'unknown') return { ended: true, brake: row.stopped === true ? 'released' : null };
  const stopped = await countUnknown(trx, { count: 1, detail: end.detail, firstTry: input.firstTry }, at);
  return { ended: true, brake: stopped ? 'stopped' : null };
}

/**
 * For a worker that died between intent and answer: the letter becomes uncertain after the call's deadline. Runs in
 * one transaction. True when this stopped the sending.
 */
export async function markOverdueUncertain(trx: Db, firstTry: Date, at: Date): Promise<boolean> {
  const ids = await trx('send_attempt as a')
    .join('personal_issue as i', 'i.id', 'a.personal_issue_id')
    // Not as a parameter, so that a prepared plan knows that these are few.
    .whereRaw(`i.state = 'sending'`)
    .whereNull('a.outcome')
    .where('a.deadline', '<', at)
    .pluck<string[]>('i.id');
  if (ids.length === 0) return false;
  const detail = message('letter.worker-stopped');
  const changed = await trx('personal_issue')
    .whereIn('id', ids)
    .where({ state: 'sending' })
    .update({
      state: 'uncertain',
      reason_code: 'outcome-unknown' satisfies ReasonCode,
      reason_detail: detail,
      changed_at: at,
    });
  await trx('send_attempt')
    .whereIn('personal_issue_id', ids)
    .whereNull('outcome')
    .update({ outcome: 'unknown', detail, ended_at: at });
  return changed > 0 && countUnknown(trx, { count: changed, detail, firstTry }, at);
}

/**
 * A listing shows that the tracker of this accepted letter belongs to another letter, so its outcome is unknown. Runs
 * in one transaction. False when the letter was settled meanwhile.
 */
export async function recordForeignTracker(
  trx: Db,
  letter: { id: string; requestId: string; trackId: string },
  at: Date,
): Promise<boolean> {
  const detail = message('letter.foreign-track', { track: letter.trackId });
  const changed = await trx('personal_issue')
    .where({ id: letter.id, state: 'accepted', track_id: letter.trackId })
    .update({
      state: 'uncertain',
      track_id: null,
      accepted_at: null,
      reason_code: 'outcome-unknown' satisfies ReasonCode,
      reason_detail: detail,
      changed_at: at,
    });
  if (changed === 0) return false;
  await trx('send_attempt').where({ request_id: letter.requestId }).update({ outcome: 'unknown', detail });
  return true;
}

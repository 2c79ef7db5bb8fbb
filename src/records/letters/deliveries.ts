import { z } from 'zod';
import { bounceReason, type ConcludedDelivery } from '../../domain/letter/delivery.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';

/** When letters are queried: first after a delay, then less often with their age, and finally no more. */
export interface AskTimes {
  now: Date;
  /** Delay in milliseconds. */
  askAfterMs: number;
  untilMs: number;
  slowestMs: number;
}

/** When a letter is to be queried next: after a quarter of its age at the last query. */
const DUE_AT = `
  case when delivery_asked_at is null then sent_at + ?::float8 * interval '1 ms'
       else delivery_asked_at + least(greatest((delivery_asked_at - sent_at) / 4, ?::float8 * interval '1 ms'),
         ?::float8 * interval '1 ms') end`;

/** Sent letters without an outcome; those without the provider's numbers cannot be recognised and are excluded. */
function open(db: Db, { now, untilMs }: Pick<AskTimes, 'now' | 'untilMs'>) {
  return db('personal_issue')
    .where({ state: 'sent' })
    .whereNotNull('letter')
    .whereNotNull('provider_issue_id')
    .where('sent_at', '>', new Date(now.getTime() - untilMs));
}

/** The provider's issues with a letter to query now, longest due first. */
export async function selectIssuesDue(db: Db, times: AskTimes, limit: number): Promise<string[]> {
  const { now, askAfterMs, slowestMs } = times;
  return open(db, times)
    .whereRaw(`${DUE_AT} <= ?`, [askAfterMs, askAfterMs, slowestMs, now])
    .groupBy('provider_issue_id')
    .orderByRaw(`min(${DUE_AT})`, [askAfterMs, askAfterMs, slowestMs])
    .limit(limit)
    .pluck('provider_issue_id');
}

/** The provider's issues with an open letter that was not queried since a given time. */
export async function selectIssuesNotAskedSince(
  db: Db,
  times: AskTimes,
  since: Date,
  limit: number,
): Promise<string[]> {
  return open(db, times)
    .where((unasked) => unasked.whereNull('delivery_asked_at').orWhere('delivery_asked_at', '<=', since))
    .groupBy('provider_issue_id')
    .orderByRaw('min(coalesce(delivery_asked_at, sent_at))')
    .limit(limit)
    .pluck('provider_issue_id');
}

/** When the next open letter is to be queried; null when none is open. */
export async function selectNextAsk(db: Db, times: AskTimes): Promise<Date | null> {
  const { askAfterMs, slowestMs } = times;
  const row = await open(db, times).first<{ due: Date | null }>(
    db.raw(`min(${DUE_AT}) as due`, [askAfterMs, askAfterMs, slowestMs]),
  );
  return row?.due ?? null;
}

const OpenLetter = z.object({ id: z.uuid(), letter: z.string() });

/** Open letters of one of the provider's issues. */
export async function selectOpenLetters(
  db: Db,
  times: Pick<AskTimes, 'now' | 'untilMs'>,
  issueId: string,
): Promise<z.infer<typeof OpenLetter>[]> {
  return parseRows(OpenLetter, await open(db, times).where({ provider_issue_id: issueId }).select('id', 'letter'));
}

export async function recordAsked(db: Db, ids: readonly string[], at: Date): Promise<void> {
  await db('personal_issue')
    .whereRaw('id = any(?::uuid[])', [[...ids]])
    .where({ state: 'sent' })
    .update({ delivery_asked_at: at });
}

/** Records the delivery result of a sent letter. The first outcome stays: false when there was one already. */
export async function recordDelivery(db: Db, id: string, delivery: ConcludedDelivery, at: Date): Promise<boolean> {
  const reason = bounceReason(delivery);
  const changed = await db('personal_issue')
    .where({ id, state: 'sent' })
    .update({
      state: reason === null ? 'delivered' : 'bounced',
      changed_at: at,
      [reason === null ? 'delivered_at' : 'bounced_at']: delivery.at,
      reason_code: reason?.code ?? null,
      reason_detail: reason?.detail ?? null,
    });
  return changed > 0;
}

/** Whether a letter of this certificate to this address hard-bounced; no further letter may go there. */
export async function isDeadAddress(db: Db, certificateId: string, email: string): Promise<boolean> {
  const row = await db('teacher_letter')
    .where({ certificate_id: certificateId, recipient: email, state: 'bounced', reason_code: 'hard-bounce' })
    .first('id');
  return parseRow(z.object({ id: z.uuid() }), row) !== null;
}

import { eventBody, pauseAfter } from '../../domain/outgoing-event.ts';
import { type Log, messageOf } from '../../platform/log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { SubscriberAnswer, Subscribers } from '../../ports/subscriber.ts';
import { type ClaimedDelivery, claimDeliveries, endDelivery } from '../../records/outgoing-events.ts';
import type { Db } from '../../records/rows.ts';

export interface AnnounceContext {
  db: Db;
  clock: Clock;
  log: Log;
  subscribers: Subscribers;
}

/** How often the database is asked for events that are due. */
const EVERY_MS = 1_000;
/** Events posted at the same time by one process. */
const AT_ONCE = 16;
/** Longer than the longest attempt: then the process that claimed it has died. */
const LOST_MS = 60_000;

/**
 * Posts events to other systems until the signal aborts, and then waits for those under way. An event is posted at
 * least once; its id is the same for every attempt, so a receiver can recognise a repetition.
 */
export async function announceUntil(ctx: AnnounceContext, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const posted = await postDue(ctx).catch((error: unknown) => {
      ctx.log.warn({ event: 'events-not-read', error: messageOf(error) }, 'events for other systems could not be read');
      return 0;
    });
    if (posted < AT_ONCE) await ctx.clock.sleep(EVERY_MS, signal).catch(() => undefined);
  }
}

/** Posts the deliveries that are due now; returns how many were claimed. */
export async function postDue(ctx: AnnounceContext): Promise<number> {
  const at = ctx.clock.now();
  const claimed = await claimDeliveries(ctx.db, { most: AT_ONCE, lostAt: new Date(at.getTime() + LOST_MS) }, at);
  await Promise.all(claimed.map((delivery) => postOne(ctx, delivery)));
  return claimed.length;
}

async function postOne(ctx: AnnounceContext, delivery: ClaimedDelivery): Promise<void> {
  const { event, url, attempts } = delivery;
  const answer = await ctx.subscribers.post(url, { id: event.id, body: eventBody(event) }, ctx.clock.now());
  const at = ctx.clock.now();
  const { status, error } = answer;
  if (status !== null && status >= 200 && status < 300)
    return endDelivery(ctx.db, delivery, { state: 'delivered', nextAt: null, status, error }, at);
  const pause = isGone(answer) ? null : pauseAfter(attempts, answer.retryAfter);
  const what = { eventId: event.id, subscriber: delivery.subscriberId, status, error, attempt: attempts };
  if (pause === null) {
    ctx.log.error({ event: 'event-given-up', ...what }, 'another system did not take an event; it can be replayed');
    return endDelivery(ctx.db, delivery, { state: 'given-up', nextAt: null, status, error }, at);
  }
  if (attempts > 1) ctx.log.warn({ event: 'event-refused', ...what }, 'another system did not take an event');
  return endDelivery(
    ctx.db,
    delivery,
    { state: 'waiting', nextAt: new Date(at.getTime() + pause * 1000), status, error },
    at,
  );
}

/** Standard Webhooks: the receiver does not want events any more. */
const isGone = ({ status }: SubscriberAnswer): boolean => status === 410;

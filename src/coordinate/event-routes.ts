import { z } from 'zod';
import { EVENT_TYPES } from '../domain/outgoing-event.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import {
  DELIVERY_STATES,
  type ListedEvent,
  replayEvent,
  selectEvent,
  selectEvents,
} from '../records/outgoing-events.ts';
import type { Db } from '../records/rows.ts';
import { recordAct } from '../records/tokens.ts';
import { Instant, SAMPLE } from './shared-schemas.ts';

const Place = z.string().regex(/^\d{1,18}$/);
export const EventList = z.strictObject({
  limit: Limit,
  cursor: cursorOf(Place),
  type: z
    .enum(EVENT_TYPES, `expected one of ${EVENT_TYPES.join(', ')}`)
    .optional()
    .describe('Only events of this type.'),
  state: z
    .enum(DELIVERY_STATES, `expected one of ${DELIVERY_STATES.join(', ')}`)
    .optional()
    .describe('Only events with a delivery in this state.'),
  studentGroupId: plainText(250).optional().describe('Only events about this student group.'),
});

const EventItem = z
  .object({
    id: z.uuid().describe('`webhook-id` of every attempt.'),
    type: z.enum(EVENT_TYPES),
    at: Instant.describe('Time of what happened.'),
    studentGroupId: z.string(),
    releaseId: z.string().nullable(),
    certificateId: z.uuid().nullable(),
    letterId: z.uuid().nullable().describe('Id of the letter; null if the event is not about one.'),
    reason: z.string().nullable().describe('Reason code of a bounced letter or a held student group.'),
    deliveries: z
      .array(
        z.object({
          subscriberId: z.int().describe('Number of the address, as log lines name it.'),
          host: z.string().describe('Host of the address; the address itself may hold a secret.'),
          state: z
            .enum(DELIVERY_STATES)
            .describe(
              '`waiting`: it is posted at `nextAt`. `given-up`: the last attempt failed, or the receiver answered 410.',
            ),
          attempts: z.int(),
          nextAt: Instant.nullable().describe('Time of the next attempt; null if there is none.'),
          lastStatus: z.int().nullable().describe('HTTP status of the last answer; null without an answer.'),
          lastError: z.string().nullable(),
          endedAt: Instant.nullable(),
        }),
      )
      .describe('One for each address.'),
  })
  .meta({ id: 'Event', description: 'An event for other systems, and how each address took it.' });
type EventItem = z.infer<typeof EventItem>;

const EXAMPLE: EventItem = {
  id: SAMPLE.act,
  type: 'certificate.sent',
  at: '2026-11-23T10:00:00.000Z',
  studentGroupId: SAMPLE.studentGroup,
  releaseId: 'rel_2026a',
  certificateId: SAMPLE.certificate,
  letterId: SAMPLE.letter,
  reason: null,
  deliveries: [
    {
      subscriberId: 1,
      host: 'hooks.school.example',
      state: 'waiting',
      attempts: 2,
      nextAt: '2026-11-23T10:05:05.000Z',
      lastStatus: 503,
      lastError: null,
      endedAt: null,
    },
  ],
};

export interface EventContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
}

/** One page of the log of events, newest first. */
export async function listEvents(db: Db, query: z.output<typeof EventList>) {
  const { limit, cursor, type, state, studentGroupId } = query;
  const filter = { type: type ?? null, state: state ?? null, studentGroupId: studentGroupId ?? null };
  const before = cursor === null ? null : Number(cursor);
  const rows = await selectEvents(db, filter, { before, limit: limit + 1 });
  return toPage(rows, limit, ({ sequence }) => String(sequence), viewEvent);
}

/**
 * Posts an event once more to every address of the settings.
 * @throws Problem 409 when the settings name no address
 */
export async function replay(
  { db, clock, newId }: EventContext,
  event: ListedEvent,
  actor: string,
): Promise<EventItem> {
  const at = clock.now();
  await db.transaction(async (trx) => {
    if ((await replayEvent(trx, event.id, at)) === 0)
      throw new Problem(409, 'No address gets events: set EVENTS_URLS and start a worker.');
    await recordAct(
      trx,
      { id: newId(), actor, verb: 'event.replay', subject: event.id, reason: null, detail: null },
      at,
    );
  });
  return viewEvent((await selectEvent(db, event.id)) ?? event);
}

function viewEvent({ happenedAt, reasonCode, sequence: _, deliveries, ...event }: ListedEvent): EventItem {
  return {
    ...event,
    at: happenedAt.toISOString(),
    reason: reasonCode,
    deliveries: deliveries.map((one) => ({
      ...one,
      nextAt: one.nextAt?.toISOString() ?? null,
      endedAt: one.endedAt?.toISOString() ?? null,
    })),
  };
}

/** The log of events for other systems. */
export function eventRoutes(ctx: EventContext): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/events',
      name: 'listEvents',
      tag: 'Events',
      summary: 'List events for other systems',
      description:
        'Events that Gramota posts to the addresses of EVENTS_URLS, newest first, kept for 30 days. Ids and codes only.',
      role: 'viewer',
      query: EventList,
      answer: {
        description: 'One page of events.',
        schema: pageOf(EventItem),
        example: { items: [EXAMPLE], nextCursor: null },
      },
      handle: ({ query }) => listEvents(ctx.db, query),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/events/:id/replay',
      name: 'replayEvent',
      tag: 'Events',
      summary: 'Post an event again',
      description:
        'Posts an event once more to every address of EVENTS_URLS, with the same `webhook-id`, so that a receiver can recognise it.',
      role: 'coordinator',
      subject: {
        params: z.object({ id: z.uuid().describe('Id of the event.') }),
        find: ({ id }) => selectEvent(ctx.db, id),
        missing: 'There is no event with this id.',
      },
      answer: { status: 202, description: 'The event waits to be posted.', schema: EventItem, example: EXAMPLE },
      problems: {
        409: problemAnswer(
          409,
          'No address gets events.',
          'No address gets events: set EVENTS_URLS and start a worker.',
        ),
      },
      handle: ({ subject, actor }) => {
        if (subject === null) throw new Problem(404, 'There is no event with this id.');
        return replay(ctx, subject, actor);
      },
    }),
  ];
}

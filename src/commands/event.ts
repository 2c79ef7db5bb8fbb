import { randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { EventList, listEvents, replay } from '../coordinate/event-routes.ts';
import { InputError } from '../domain/failure.ts';
import { systemClock } from '../platform/system-clock.ts';
import { selectEvent } from '../records/outgoing-events.ts';
import { actor } from './actor.ts';
import { type PageOptions, readOptions, showPage } from './listings.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';
import { inLines } from './with-desk.ts';

type Say = (line: string) => void;

export interface EventOptions extends PageOptions {
  type?: string;
  state?: string;
  studentGroup?: string;
}

const HEADER = ['id', 'when', 'type', 'student group', 'host', 'state', 'attempts', 'last answer'];

/** `gramota event list`: like `GET /api/events`, as a table with a line for each address. */
export async function runEventList(config: Config, options: EventOptions, say: Say): Promise<void> {
  const { json, studentGroup, ...narrowing } = options;
  const query = readOptions(EventList, {
    ...narrowing,
    ...(studentGroup === undefined ? {} : { studentGroupId: studentGroup }),
  });
  const page = await withDatabase(config, (db) => listEvents(db, query));
  showPage(page, json, say, HEADER, ({ id, at, type, studentGroupId, deliveries }) =>
    deliveries.map(({ host, state, attempts, lastStatus, lastError }) => [
      ...[id, shownTime(at), type, studentGroupId, host, state, String(attempts)],
      lastError ?? String(lastStatus ?? '-'),
    ]),
  );
}

/** `gramota event replay`: a worker posts the event again. */
export async function runEventReplay(config: Config, id: string, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    const event = /^[\da-f-]{36}$/i.test(id) ? await selectEvent(db, id) : null;
    if (event === null) throw new InputError(`there is no event ${id}; "gramota event list" prints the ids`);
    const view = await inLines(() => replay({ db, clock: systemClock, newId: randomUUID }, event, actor()));
    say(`event ${id} waits to be posted to ${view.deliveries.map(({ host }) => host).join(', ')}`);
  });
}

import type { Knex } from 'knex';
import { systemClock } from '../system-clock.ts';

const MEASURE_EVERY_MS = 5 * 60_000;

export interface DatabaseClock {
  now(): Date;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
  /** How far this host's clock is behind the database's clock, in milliseconds (negative: ahead). */
  offset(): number;
  close(): void;
}

/** A host's clock that moves so much more or less than time passes was set, or the host was suspended. */
const SET_MS = 1000;

/**
 * The database's clock, by an offset that is measured regularly. Hosts with different clocks thus agree on deadlines
 * and on order. When somebody sets the clock of this host, the offset is measured again at once; until then the time
 * that has passed counts.
 */
export async function createDatabaseClock(db: Knex): Promise<DatabaseClock> {
  const measured = async () => ({ offset: await measure(db), epoch: hostEpoch() });
  let { offset, epoch } = await measured();
  let measuring = false;
  const measureAgain = (): void => {
    if (measuring) return;
    measuring = true;
    measured()
      .then(
        (now) => {
          ({ offset, epoch } = now);
        },
        // Other code detects a database outage; until it is over, the last offset is used.
        () => undefined,
      )
      .finally(() => {
        measuring = false;
      });
  };
  const timer = setInterval(measureAgain, MEASURE_EVERY_MS);
  timer.unref();
  return {
    now() {
      const found = hostEpoch();
      if (Math.abs(found - epoch) <= SET_MS) return new Date(Date.now() + offset);
      measureAgain();
      return new Date(epoch + performance.now() + offset);
    },
    sleep: systemClock.sleep,
    offset: () => offset,
    close: () => clearInterval(timer),
  };
}

/** When this process began by the host's clock, in milliseconds; it changes only when that clock is set. */
const hostEpoch = (): number => Date.now() - performance.now();

/** The best of three: the shortest round trip has the smallest error. */
async function measure(db: Knex): Promise<number> {
  let best = { trip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let round = 0; round < 3; round++) {
    const before = Date.now();
    const { rows } = await db.raw<{ rows: { now: Date }[] }>('select clock_timestamp() as now');
    const after = Date.now();
    const there = rows[0]?.now.getTime() ?? after;
    if (after - before < best.trip) best = { trip: after - before, offset: there - (before + after) / 2 };
  }
  // A difference below the measurement error counts as zero, so hosts with correct clocks use their own.
  return Math.abs(best.offset) <= best.trip + 1 ? 0 : Math.round(best.offset);
}

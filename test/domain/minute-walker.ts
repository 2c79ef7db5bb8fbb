import type { ContactPolicy } from '../../src/domain/time/send-window.ts';
import type { WallClock } from './wall-clock.ts';

const DAY = 1440;
/** Counted in days since 1 January 1970, a Thursday. */
const NAMES = ['thu', 'fri', 'sat', 'sun', 'mon', 'tue', 'wed'];

function clockMinutes(text: string): number {
  return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
}

/** Defines an open send window for one value of the local clock. */
function windowOpen(policy: ContactPolicy): (wall: number) => boolean {
  const holidays = new Set(policy.holidays.map((date) => Date.parse(date) / 60_000 / DAY));
  const windows = (policy.windows ?? []).map(({ days, from, to }) => ({
    from: clockMinutes(from),
    to: clockMinutes(to),
    begins: (day: number) => days.some((name) => name === NAMES[day % 7]) && !holidays.has(day),
  }));
  return (wall) => {
    const day = Math.floor(wall / DAY);
    const minute = wall - day * DAY;
    return windows.some(({ begins, from, to }) => {
      if (from < to) return from <= minute && minute < to && begins(day);
      return minute >= from ? begins(day) : minute < to && begins(day - 1);
    });
  };
}

/**
 * The first minute in `[from, until)` when a letter may be sent, found by testing every minute on the wall clock: a
 * window must be open now and for more than `closeMargin` further minutes.
 */
export function walkWindows(policy: ContactPolicy, clock: WallClock, from: number, until: number): number | null {
  const open = windowOpen(policy);
  let run = 0;
  for (let minute = from; minute < until + policy.closeMargin; minute += 1) {
    run = open(clock.wall(minute)) ? run + 1 : 0;
    if (run > policy.closeMargin) return minute - policy.closeMargin;
  }
  return null;
}

/** The same search for slots: each slot opens in the first minute when the clock shows its time or a later one. */
export function walkSlots(policy: ContactPolicy, clock: WallClock, from: number): number | null {
  const moments = (policy.slots ?? []).flatMap((slot) => {
    const wanted = Date.parse(`${slot}Z`) / 60_000;
    let opens = wanted - 2 * DAY;
    while (clock.wall(opens) < wanted) opens += 1;
    const last = opens + policy.for - 1;
    return last < from ? [] : [Math.max(opens, from)];
  });
  return moments.length === 0 ? null : Math.min(...moments);
}

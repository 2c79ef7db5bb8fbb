import { hostZone, localTime } from '../domain/time/local-time.ts';

/** A moment for people at a terminal: their host's local time, with its zone. JSON stays UTC. @param at a Date, or RFC 3339 */
export function shownTime(at: Date | string): string {
  const zone = hostZone();
  return `${localTime(new Date(at).getTime(), zone).toFormat('yyyy-MM-dd HH:mm:ss ZZ')} (${zone})`;
}

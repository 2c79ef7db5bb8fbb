import { localTime } from '../domain/time/local-time.ts';

/** A moment for people at a terminal: their host's local time, with its zone. JSON stays UTC. @param at a Date, or RFC 3339 */
export function shownTime(at: Date | string): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return localTime(new Date(at).getTime(), timeZone).toFormat("yyyy-MM-dd HH:mm:ss ZZ '('z')'", { locale: 'en' });
}

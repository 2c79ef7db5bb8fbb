import { inEach, type Language, messageIn } from '../messages/message.ts';
import { localTime } from './local-time.ts';
import { type CountriesFile, nextPermitted, policyFor } from './send-window.ts';
import { cityOf } from './zone-cities.ts';

/** Letters of one country and zone that may leave from one moment on. */
export interface LettersDue {
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** IANA zone of the recipients. */
  zone: string;
  /** Null: at once. */
  due: Date | null;
  count: number;
}

export interface LastLetter {
  at: Date;
  country: string;
  zone: string;
}

/** No country has more windows in the 400 days that are searched. */
const MOST_SPANS = 10_000;

/**
 * When the last of these letters leaves at the latest. Letters share one limit: each group is counted as if all letters,
 * `ahead` included, left before its last one, inside its own permitted times. So more letters never make it earlier.
 * @param input.ahead letters that wait already
 * @param input.perSecond letters that all workers together send in a second
 * @returns `last`: null when none leaves. `never`: letters for which the policies leave no permitted time
 */
export function forecastLastLetter(input: {
  policies: CountriesFile;
  letters: readonly LettersDue[];
  ahead: number;
  perSecond: number;
  now: Date;
}): { last: LastLetter | null; never: number } {
  const { policies, letters, ahead, perSecond, now } = input;
  const total = letters.reduce((sum, { count }) => sum + count, ahead);
  let last: LastLetter | null = null;
  let never = 0;
  for (const { country, zone, due, count } of letters) {
    if (count === 0) continue;
    const from = due !== null && due > now ? due : now;
    const at = endOf({ policy: policyFor(policies, country), zone, from }, (total / perSecond) * 1000);
    if (at === null) never += count;
    else if (last === null || at > last.at) last = { at, country, zone };
  }
  return { last, never };
}

/** The moment at which the permitted times from `from` on add up to `need` milliseconds; null: they never do. */
function endOf(at: Parameters<typeof nextPermitted>[0], need: number): Date | null {
  let { from } = at;
  let left = need;
  for (let spans = 0; spans < MOST_SPANS; spans += 1) {
    const open = nextPermitted({ ...at, from });
    if (open === null) return null;
    const room = open.until.getTime() - open.at.getTime();
    if (left < room) return new Date(open.at.getTime() + Math.ceil(left));
    left -= room;
    from = open.until;
  }
  return null;
}

const DAY_MS = 86_400_000;
/** From here on a weekday alone is ambiguous. */
const DATED_FROM = 6 * DAY_MS;

/** "until Mon 10:00, Ulaanbaatar": the recipients' own clock, to the next full minute. */
export function lastLetterInWords({ at, zone }: LastLetter, now: Date): Record<Language, string> {
  return inEach((language) => {
    const time = localTime(Math.ceil(at.getTime() / 60_000) * 60_000, zone).setLocale(language);
    const parameters = { weekday: time.toFormat('ccc'), time: time.toFormat('HH:mm'), place: cityOf(zone, language) };
    return at.getTime() - now.getTime() < DATED_FROM
      ? messageIn(language, 'forecast.until', parameters)
      : messageIn(language, 'forecast.until-date', { ...parameters, date: time.toFormat('d LLL') });
  });
}

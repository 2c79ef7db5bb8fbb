import { createHash } from 'node:crypto';
import { beginOfDay } from '../../src/domain/time/local-time.ts';
import { CountriesFile, nextPermitted } from '../../src/domain/time/send-window.ts';
import { ALL_ZONES } from '../domain/wall-clock.ts';

const DAY = 86_400_000;
const SPAN = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2028, 0, 1) };
const CONTACT = { windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'], from: '09:00', to: '20:00' }] };

/**
 * The send windows of every zone in 2026 and 2027 as one SHA-256; two hosts with the same value agree.
 * @param every days between two checks; 1 covers every window
 */
export function windowDigest(every: number): { windows: number; sha256: string } {
  const { contact: policy } = CountriesFile.parse({ default: { contact: CONTACT } }).default;
  const hash = createHash('sha256');
  let windows = 0;
  for (const zone of ALL_ZONES) {
    for (let at = SPAN.from; at < SPAN.to; at += every * DAY) {
      const date = new Date(at).toISOString().slice(0, 10);
      const begins = beginOfDay(date, zone);
      const opens = nextPermitted({ policy, zone, from: new Date(begins) })?.at.getTime();
      hash.update(`${zone} ${date} ${begins} ${opens}\n`);
      windows += 1;
    }
  }
  return { windows, sha256: hash.digest('hex') };
}

import { X509Certificate } from 'node:crypto';
import { describeSending } from '../../coordinate/sending.ts';
import { zoneDataEdition } from '../../domain/time/zone-data.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { selectSigningKeys } from '../../records/certificates/signing-keys.ts';
import { selectCredentialRefusals } from '../../records/credential-refusals.ts';
import { countAlarming } from '../../records/waiting-for-people.ts';
import type { DeskContext } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import { momentText, note, queryString, said } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { HOME_WORDS } from './home-words.ts';

const DAY_MS = 86_400_000;
/** Days before the end of the seal's certificate from which it is told; the renewal takes weeks. */
const SEAL_SOON_DAYS = 60;
/** As `gramota check` warns. */
const ZONE_DATA_OLD_DAYS = 180;
const STATES = ['uncertain', 'bounced', 'refused'] as const;
const REASONS = ['lms-unavailable', 'lms-unreadable', 'provider-limit'] as const;

/** What is wrong beyond single people: letters stopped, no answer from outside, outcomes unknown, the seal ends. */
export async function alarms(ctx: DeskContext, input: DeskInput): Promise<Html[]> {
  const words = HOME_WORDS[input.language];
  const now = ctx.clock.now();
  const refused = await credentialAlarms(ctx, input);
  const sending = await describeSending(ctx.db);
  const stopped =
    sending.state === 'stopped' ? [note('bad', fill(words.stopped, { detail: said(input, sending.detail) }))] : [];
  const counted = (await countAlarming(ctx.db, { states: STATES, reasons: REASONS })).map(({ state, reason, size }) => {
    const name = (state || reason) as (typeof STATES)[number] | (typeof REASONS)[number];
    const query = queryString(state === '' ? { reason } : { state });
    return note(
      state === 'uncertain' ? 'bad' : 'warn',
      html`<a href="${input.base}/console/people${query}">${fill(words[name], { count: size })}</a>`,
    );
  });
  const sealDays = await daysOfSeal(ctx, now);
  const seal =
    sealDays !== null && sealDays < SEAL_SOON_DAYS ? [note('warn', fill(words.seal, { days: sealDays }))] : [];
  const { version, publishedOn } = zoneDataEdition();
  const age = publishedOn === null ? 0 : Math.floor((now.getTime() - Date.parse(publishedOn)) / DAY_MS);
  const zones = age > ZONE_DATA_OLD_DAYS ? [note('warn', fill(words.zones, { version, days: age }))] : [];
  return [...refused, ...stopped, ...counted, ...seal, ...zones];
}

/** LMS or mail provider refuse our credentials: nothing goes on until somebody has corrected them. */
export async function credentialAlarms({ db }: Pick<DeskContext, 'db'>, input: DeskInput): Promise<Html[]> {
  const words = HOME_WORDS[input.language];
  return (await selectCredentialRefusals(db)).map(({ party, since }) =>
    note('bad', fill(words[`refuses-${party}`], { since: momentText(input, since) })),
  );
}

/** Days until the certificate of the seal in use ends; null without one. */
async function daysOfSeal({ db }: Pick<DeskContext, 'db'>, now: Date): Promise<number | null> {
  const ends = (await selectSigningKeys(db))
    .filter(({ purpose, retiredAt }) => purpose === 'seal' && retiredAt === null)
    .flatMap(({ certificates: [own] }) => (own === undefined ? [] : [Date.parse(new X509Certificate(own).validTo)]));
  return ends.length === 0 ? null : Math.floor((Math.min(...ends) - now.getTime()) / DAY_MS);
}

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadRulebook } from '../../../src/adapters/templates-dir/load-rulebook.ts';
import { loadTemplates } from '../../../src/diploma/template/load-templates.ts';
import type { Rulebook } from '../../../src/domain/rulebook.ts';
import { contactWarnings } from '../../../src/domain/time/contact-warnings.ts';
import { planSending } from '../../../src/domain/time/send-plan.ts';
import { mskWarnings, zoneFor } from '../../../src/domain/time/send-window.ts';
import { MINUTE, readWallClock } from '../../domain/wall-clock.ts';

/** The templates folder shipped with the product, loaded as `gramota check` does. */
const SHIPPED = fileURLToPath(new URL('../../../../templates', import.meta.url));

describe('the shipped templates folder', () => {
  let bundles: Awaited<ReturnType<typeof loadTemplates>>;
  let rulebook: Rulebook;
  let countries: string[];
  before(async () => {
    bundles = await loadTemplates(SHIPPED);
    rulebook = await loadRulebook(SHIPPED, bundles);
    const named = JSON.stringify(rulebook.criteria).match(/"[A-Z]{2}"/g) ?? [];
    countries = [...new Set(named.map((code) => code.slice(1, 3)))];
    assert.deepEqual(countries.sort(), ['AM', 'AZ', 'BY', 'GE', 'KG', 'KZ', 'MD', 'MN', 'TJ', 'TM', 'UZ']);
  });

  it('sends no letter between 21:00 and 08:00 local time in any country of the criteria, all year', () => {
    const [start, end] = [new Date(), new Date(Date.now() + 380 * 86_400_000)];
    for (const country of countries) {
      const zone = zoneFor(rulebook.countries, country, null);
      assert.ok(zone.ok, country);
      const clock = readWallClock(zone.zone, start, end);
      for (let at = start.getTime(); at < start.getTime() + 366 * 86_400_000; at += 47 * MINUTE) {
        const plan = planSending(rulebook.countries, { country, timezone: null, from: new Date(at) });
        assert.ok(plan.ok, country);
        const hour = Math.floor(clock.wall(Math.floor(plan.at.getTime() / MINUTE)) / 60) % 24;
        assert.ok(hour >= 8 && hour < 21, `${country} ${plan.at.toISOString()}`);
      }
    }
  });

  it('has no slot in the past, and "gramota check" gives no warning about it', () => {
    const now = new Date();
    assert.deepEqual([...mskWarnings(rulebook.countries, now), ...contactWarnings(rulebook.countries, now)], []);
    const { default: fallback, countries: entries } = rulebook.countries;
    for (const { contact } of [fallback, ...Object.values(entries)])
      for (const slot of contact?.slots ?? []) assert.ok(Date.parse(`${slot}Z`) > now.getTime(), slot);
  });

  it('has a letter in the language of every diploma', () => {
    const languages = new Set([...rulebook.letters.values()].flatMap((letter) => [...letter.keys()]));
    const printed = new Set(bundles.map(({ definition }) => definition.language));
    assert.deepEqual([...printed].sort(), [...languages].sort());
  });
});

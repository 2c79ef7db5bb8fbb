import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitWarnings } from '../../../src/adapters/sendsay/limits.ts';
import { readConfig } from '../../../src/config.ts';

const warnings = (rate: number, atOnce: number) =>
  limitWarnings({ SENDSAY_RATE_PER_SECOND: rate, SENDSAY_CONCURRENCY: atOnce });

describe("the settings for Sendsay's limits", () => {
  it("are within Sendsay's limits by default", () => {
    const { SENDSAY_RATE_PER_SECOND: rate, SENDSAY_CONCURRENCY: atOnce } = readConfig({}, []);
    assert.deepEqual([rate, atOnce], [75, 5]);
    assert.deepEqual(warnings(rate, atOnce), []);
  });
  it("give a warning when they are above Sendsay's limits", () => {
    assert.match(warnings(76, 5).join(), /^SENDSAY_RATE_PER_SECOND is 76; Sendsay allows 80/);
    assert.match(warnings(75, 6).join(), /^SENDSAY_CONCURRENCY is 6; Sendsay allows 5/);
    assert.equal(warnings(200, 20).length, 2);
    assert.deepEqual(warnings(1, 1), []);
  });
});

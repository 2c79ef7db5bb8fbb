import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pauseBeforeTry, spreadOfLooks } from '../../src/domain/letter/send-brake-limits.ts';

describe('the waiting letters while sending is stopped', () => {
  it('check again near the time of the next test call if there are ten, and about eleven times per second in total if ten thousand', () => {
    assert.equal(spreadOfLooks(10, 30_000), 30_000);
    assert.ok(10_000 / (spreadOfLooks(10_000, 30_000) / 1000) < 12);
  });

  it('check more and more rarely, but at least every 15 minutes', () => {
    assert.deepEqual(
      [0, 1, 2, 30].map((tries) => pauseBeforeTry(tries, 30_000) / 1000),
      [30, 60, 120, 900],
    );
  });
});

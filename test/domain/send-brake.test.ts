import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pauseBeforeTry, spreadOfLooks } from '../../src/domain/letter/send-brake-limits.ts';

describe('while sending is stopped', () => {
  it('ten letters check at about the next try, ten thousand about eleven times per second', () => {
    assert.equal(spreadOfLooks(10, 30_000), 30_000);
    assert.ok(10_000 / (spreadOfLooks(10_000, 30_000) / 1000) < 12);
  });

  it('tries become rarer, and are never more than 15 minutes apart', () => {
    assert.deepEqual(
      [0, 1, 2, 30].map((tries) => pauseBeforeTry(tries, 30_000) / 1000),
      [30, 60, 120, 900],
    );
  });
});

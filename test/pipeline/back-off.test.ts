import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BACK_OFF, pauseFor } from '../../src/pipeline/back-off.ts';

describe('the pause before the LMS is called again', () => {
  const asked = fc.record({
    retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 900 })),
    attempt: fc.nat(50),
    grows: fc.constantFrom(BACK_OFF.lms, BACK_OFF.lmsBeforeLetter, BACK_OFF.reportIssued),
  });

  it('is never shorter than the LMS asks for, and at most 15 minutes', () => {
    fc.assert(
      fc.property(asked, ({ retryAfterSeconds, attempt, grows }) => {
        const pause = pauseFor({ retryAfterSeconds }, grows, attempt);
        assert.ok(pause >= (retryAfterSeconds ?? 0) * 1000);
        assert.ok(pause >= Math.min(grows.mostSeconds, grows.firstSeconds * 2 ** attempt) * 1000);
        assert.ok(pause <= 15 * 60_000);
      }),
    );
  });

  it('differs for callers that were refused at one moment, so that they do not call again at one moment', () => {
    const pauses = Array.from({ length: 1000 }, () => pauseFor({ retryAfterSeconds: 1 }, BACK_OFF.lms, 4));
    // 16 to 32 seconds: with 1,000 callers no second has 200.
    const perSecond = new Array<number>(32).fill(0);
    for (const second of pauses.map((pause) => Math.floor(pause / 1000)))
      perSecond[second] = (perSecond[second] ?? 0) + 1;
    assert.ok(Math.max(...perSecond) < 200, perSecond.join(' '));
  });
});

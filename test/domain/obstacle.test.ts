import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  codesThatPark,
  codesThatStop,
  OBSTACLES,
  type ObstacleCode,
  PURPOSES,
  type Purpose,
} from '../../src/domain/obstacle/obstacle.ts';
import { OBSTACLE_TEXTS } from '../../src/domain/obstacle/obstacle-texts.ts';

/**
 * The obstacles that stop each purpose, written a second time on purpose. If the test used the table in `src/`, a
 * mistake in that table would agree with itself. `x`: stopped.
 */
const MATRIX = `
                      patch render keep-diploma send new-letter ask-version new-version reinstate revoke report-issued allow
  revoked             x     x      x            x    x          x           x           .         x      x             .
  erased              x     x      x            x    x          x           x           x         x      x             .
  outcome-unknown     x     x      .            x    x          x           x           .         .      .             .
  signing-key-missing x     x      .            x    .          .           .           .         .      .             .
  held                x     x      .            x    .          .           .           .         .      .             .
  lms-gone            x     x      .            x    x          x           .           .         .      .             .
  lms-invalid         x     x      .            x    x          x           .           .         .      .             .
  moved-untold        x     x      .            x    x          .           .           .         .      .             .
  moved-unseen        x     x      .            x    x          .           .           .         .      .             .
  release-moved       .     .      .            .    .          x           .           .         .      x             .
  batch-cancelled     x     x      .            x    .          .           .           .         .      .             .
  batch-paused        x     x      .            x    .          .           .           .         .      .             .
  excluded            x     x      .            x    x          x           x           x         .      .             x
  excluded-elsewhere  x     x      .            x    x          x           x           x         .      .             x
  expelled            x     x      .            x    x          x           .           .         .      .             x
  other-student       .     .      .            .    .          x           .           .         .      .             .
  consent-withdrawn   x     x      .            x    x          x           x           x         .      .             .
  judged-not-met      x     .      .            .    .          x           x           x         .      .             .
  lms-not-told        .     x      .            x    .          .           .           .         .      x             .
  address-changed     .     .      .            x    .          .           .           .         .      .             .
  version-asked       x     x      x            x    x          x           .           x         .      .             .
  letter-in-flight    .     .      .            .    x          x           x           .         .      .             .
  letter-waiting      .     .      .            .    x          .           .           .         .      .             .
  not-drawn           .     .      .            .    x          .           .           .         .      .             .`;

describe('the table of obstacles (reasons why a certificate may not go on)', () => {
  const [purposes = [], ...lines] = MATRIX.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/));

  it('has the expected obstacles with their purposes, in this order', () => {
    assert.deepEqual(
      lines.map(([code]) => code),
      Object.keys(OBSTACLES),
    );
    assert.deepEqual(purposes, Object.keys(PURPOSES));
  });

  for (const [column, purpose] of purposes.entries())
    it(`has exactly the expected obstacles for the purpose ${purpose}`, () => {
      const expected = lines.filter((line) => line[column + 1] === 'x').map(([code]) => code);
      assert.deepEqual(codesThatStop(purpose as Purpose), expected);
    });

  it('refuses a new letter for every obstacle that would stop the letter and does not end by itself', () => {
    const later = new Set<ObstacleCode>([
      // The new letter ends these obstacles: it ends the hold, leaves the batch, and uses the current address.
      ...(['signing-key-missing', 'held', 'batch-cancelled', 'batch-paused', 'address-changed'] as const),
      // This obstacle ends by itself.
      'lms-not-told',
    ]);
    const silent = codesThatStop('send').filter((code) => !codesThatStop('new-letter').includes(code));
    assert.deepEqual(new Set(silent), later);
  });

  it('knows which obstacles of sending a person sees only as a hold', () => {
    const shown = codesThatStop('send').filter((code) => !codesThatPark('send').includes(code));
    assert.deepEqual(shown, ['excluded', 'excluded-elsewhere', 'expelled', 'consent-withdrawn', 'address-changed']);
  });

  it('stops rendering and sending by the same obstacles, and the report to the LMS by all of these but lms-not-told', () => {
    const render = codesThatPark('render');
    assert.deepEqual(new Set(render), new Set([...codesThatPark('patch'), 'lms-not-told']));
    assert.deepEqual(codesThatPark('send'), render);
  });

  it('has a text for each obstacle in both languages', () => {
    for (const [code, { en, ru }] of Object.entries(OBSTACLE_TEXTS)) {
      assert.ok(en('it').length > 0 && ru('it').length > 0, code);
      assert.ok(code === 'held' || code === 'signing-key-missing' || /[а-я]/.test(ru('')), code);
    }
  });
});

import assert from 'node:assert/strict';
import { it } from 'node:test';
import { RecentCache } from '../../src/diploma/recent-cache.ts';

it('a recent cache keeps half of its values that were used last, and no more than its cap', () => {
  const cache = new RecentCache<number>(10);
  const all = Array.from({ length: 100 }, (_, index) => `${index}`);
  for (const [index, key] of all.entries()) {
    cache.set(key, index);
    assert.equal(cache.get('0'), 0, 'asked for all the time');
  }
  const kept = all.filter((key) => cache.get(key) !== undefined);
  assert.ok(kept.length <= 10, `${kept.length} are kept`);
  const known = new RecentCache<number>(10);
  for (const [index, key] of all.entries()) known.set(key, index);
  assert.deepEqual(
    all.slice(-5).map((key) => known.get(key)),
    [95, 96, 97, 98, 99],
  );
});

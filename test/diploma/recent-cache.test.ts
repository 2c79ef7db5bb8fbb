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

it('values that are asked for in turn all stay, as long as they are no more than the cap: 27 templates of 32', () => {
  const cache = new RecentCache<number>(32);
  const made: string[] = [];
  for (let turn = 0; turn < 10 * 27; turn += 1) {
    const key = `${turn % 27}`;
    if (cache.get(key) !== undefined) continue;
    cache.set(key, turn);
    made.push(key);
  }
  assert.equal(made.length, 27, 'each was made once');
});

it('a recent cache drops what was not asked for the longest', () => {
  const cache = new RecentCache<number>(10);
  for (let value = 0; value < 10; value += 1) cache.set(String(value), value);
  for (const value of [0, 1, 2]) assert.equal(cache.get(String(value)), value);
  for (let value = 10; value < 17; value += 1) cache.set(String(value), value);
  const left = Array.from({ length: 17 }, (_, value) => value).filter((value) => cache.get(String(value)) === value);
  assert.deepEqual(left, [0, 1, 2, 10, 11, 12, 13, 14, 15, 16]);
});

import assert from 'node:assert/strict';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectEarly } from '../../src/platform/early-collection.ts';
import { until } from '../support/world.ts';

const MEGABYTE = 1024 * 1024;
const EVERY_MS = 20;

/** Memory that nobody uses any more; old, so that a collection of young objects does not find it. */
function leaveGarbage(megabytes: number): void {
  Array.from({ length: megabytes }, () => new Array<number>(MEGABYTE / 8).fill(0.5));
}

/** Counts the collections that were requested, and not begun by V8 itself. */
function watchRequested(): { count(): number; end(): void } {
  let requested = 0;
  const watch = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { flags } = (entry as unknown as { detail: { flags: number } }).detail;
      if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) requested += 1;
    }
  });
  watch.observe({ entryTypes: ['gc'] });
  return { count: () => requested, end: () => watch.disconnect() };
}

describe('collectEarly (which collects garbage before V8 would)', () => {
  it('collects all garbage whenever memory has grown by so much', async () => {
    const requested = watchRequested();
    const end = collectEarly({ mostGrowth: 10 * MEGABYTE, everyMs: EVERY_MS });
    try {
      for (const times of [1, 2]) {
        // V8 may collect some of it before; then more comes.
        await until(`collection ${times}`, async () => {
          leaveGarbage(15);
          return requested.count() >= times;
        });
      }
    } finally {
      end();
      requested.end();
    }
  });

  it('collects nothing while memory has grown by less', async () => {
    const requested = watchRequested();
    const end = collectEarly({ mostGrowth: 1000 * MEGABYTE, everyMs: EVERY_MS });
    leaveGarbage(5);
    await sleep(10 * EVERY_MS);
    end();
    requested.end();
    assert.equal(requested.count(), 0);
  });
});

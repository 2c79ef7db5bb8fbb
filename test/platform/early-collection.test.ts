import assert from 'node:assert/strict';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { collectEarly } from '../../src/platform/early-collection.ts';
import { until } from '../support/world.ts';

const MEGABYTE = 1024 * 1024;
const EVERY_MS = 20;

/** Memory that nobody uses any more; old, so that a collection of young objects does not find it. */
function leaveGarbage(megabytes: number): WeakRef<object> {
  const held = Array.from({ length: megabytes }, () => new Array<number>(MEGABYTE / 8).fill(0.5));
  return new WeakRef(held);
}

describe('collectEarly (which collects garbage before V8 would)', () => {
  it('collects all garbage when memory has grown by so much', async () => {
    const end = collectEarly({ mostGrowth: 20 * MEGABYTE, everyMs: EVERY_MS });
    try {
      const garbage = leaveGarbage(30);
      await until('the garbage to be collected', async () => garbage.deref() === undefined);
    } finally {
      end();
    }
  });

  it('collects nothing while memory has grown by less', async () => {
    let forced = 0;
    const watch = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { flags } = (entry as unknown as { detail: { flags: number } }).detail;
        if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0) forced += 1;
      }
    });
    watch.observe({ entryTypes: ['gc'] });
    const end = collectEarly({ mostGrowth: 1000 * MEGABYTE, everyMs: EVERY_MS });
    leaveGarbage(5);
    await sleep(10 * EVERY_MS);
    end();
    watch.disconnect();
    assert.equal(forced, 0);
  });
});

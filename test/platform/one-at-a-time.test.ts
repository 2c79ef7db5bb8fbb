import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oneAtATime } from '../../src/platform/one-at-a-time.ts';

describe('a task that many callers share (oneAtATime)', () => {
  it('runs once for all callers that come during a run, and starts after the last of them has called', async () => {
    let fact = 0;
    let runs = 0;
    const ends: (() => void)[] = [];
    const ask = oneAtATime(async () => {
      runs += 1;
      const seen = fact;
      await new Promise<void>((resolve) => ends.push(resolve));
      return seen;
    });
    const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
    const first = [ask(), ask()];
    await turn();
    fact = 1;
    const later = [ask(), ask(), ask()];
    await turn();
    assert.equal(runs, 1);
    ends[0]?.();
    assert.deepEqual(await Promise.all(first), [0, 0]);
    await turn();
    assert.equal(runs, 2);
    ends[1]?.();
    assert.deepEqual(await Promise.all(later), [1, 1, 1]);
  });

  it('runs again for the next caller after a failure', async () => {
    let runs = 0;
    const ask = oneAtATime(async () => {
      runs += 1;
      if (runs === 1) throw new Error('down');
      return runs;
    });
    await assert.rejects(ask(), /down/);
    assert.equal(await ask(), 2);
  });
});

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

export interface GroupSize {
  /** Calls per group. Default 20. */
  most?: number;
  /**
   * Least time between the beginnings of two groups, in milliseconds, so that more calls share one. The first call after
   * a pause never waits. Default 0.
   */
  paceMs?: number;
}

/** Calls that come while one group runs, or in the same turn of the event loop, are handled as the next group. */
export function inGroups<Call>(
  run: (group: Call[]) => Promise<void>,
  { most = 20, paceMs = 0 }: GroupSize,
): (call: Call) => void {
  let waiting: Call[] = [];
  let running = false;
  let began = Number.NEGATIVE_INFINITY;

  async function runAll(): Promise<void> {
    await nextTurn();
    while (waiting.length > 0) {
      const pause = began + paceMs - performance.now();
      if (pause > 0 && waiting.length < most) await sleep(pause);
      began = performance.now();
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await run(group);
    }
    running = false;
  }

  return (call) => {
    waiting.push(call);
    if (running) return;
    running = true;
    void runAll();
  };
}

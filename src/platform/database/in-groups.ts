import { setImmediate as nextTurn } from 'node:timers/promises';

export interface GroupSize {
  /** Calls per group. Default 20. */
  most?: number;
  /**
   * Least time between the beginnings of two groups, in milliseconds, so that more calls share one. The first call after
   * a pause never waits. Default 0.
   */
  paceMs?: number;
  /** So many waiting calls need no more time to gather. Default: `most`. */
  enough?: () => number;
  /**
   * A group that takes longer, for example because one of its calls waits for a lock, no longer keeps the next one from
   * beginning, in milliseconds. Default 1000.
   */
  patienceMs?: number;
}

/**
 * Calls that come while one group runs, or in the same turn of the event loop, are handled as the next group.
 * @param run ends when all calls of the group are answered
 */
export function inGroups<Call>(
  run: (group: Call[]) => Promise<void>,
  { most = 20, paceMs = 0, enough = () => most, patienceMs = 1000 }: GroupSize,
): (call: Call) => void {
  let waiting: Call[] = [];
  let running = false;
  let began = Number.NEGATIVE_INFINITY;
  /** Ends the time to gather. */
  let gathered: (() => void) | undefined;
  const areEnough = () => waiting.length >= Math.min(most, enough());

  function gather(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(end, milliseconds);
      function end(): void {
        clearTimeout(timer);
        gathered = undefined;
        resolve();
      }
      gathered = end;
    });
  }

  /** Without an abort signal: an error that nobody reads, with its stack, would be made for each group. */
  async function endOrPatience(run: Promise<void>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMs);
    });
    await Promise.race([run, patience]).finally(() => clearTimeout(timer));
  }

  async function runAll(): Promise<void> {
    await nextTurn();
    while (waiting.length > 0) {
      const early = began + paceMs - performance.now();
      if (early > 0 && !areEnough()) await gather(early);
      began = performance.now();
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      await endOrPatience(run(group));
    }
    running = false;
  }

  return (call) => {
    waiting.push(call);
    if (gathered !== undefined && areEnough()) gathered();
    if (running) return;
    running = true;
    void runAll();
  };
}

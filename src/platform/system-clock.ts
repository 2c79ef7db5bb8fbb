import { setTimeout as wait } from 'node:timers/promises';

/** The wall clock and real waiting. */
export const systemClock = {
  now: (): Date => new Date(),
  sleep: async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};

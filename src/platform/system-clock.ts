import { setTimeout as wait } from 'node:timers/promises';

/** The host's clock and real sleeping. */
export const systemClock = {
  now: (): Date => new Date(),
  sleep: async (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal });
  },
};

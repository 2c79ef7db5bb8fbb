/** The only source of the current time and of sleeping; tests pass their own. */
export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`, or rejects as soon as `signal` aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Counts since the meter was created or reset. */
export interface MeterRecord {
  requests: number;
  /** Number of requests in progress. */
  underWay: number;
  peakConcurrent: number;
  /** Maximum of concurrent changing requests. */
  peakChanging: number;
  /** Maximum of requests within any 1000 ms. */
  peakPerRollingSecond: number;
  refused: number;
}

export interface MeterLimits {
  perSecond: number;
  concurrent: number;
  /** Maximum of concurrent changing requests. */
  changing: number;
}

/** One request in the meter. */
export interface Passage {
  /** True when the request exceeded the rate or the concurrency on arrival. */
  readonly overLimit: boolean;
  /** Marks the request as changing; returns false when too many changing requests are in progress. */
  change(): boolean;
  leave(): void;
}

/**
 * Measures and limits requests: per rolling second, all concurrent, and concurrent changing ones. Refused requests
 * count too, so a client that keeps retrying stays blocked.
 */
export class Meter {
  readonly #limits: MeterLimits;
  readonly #monotonicMs: () => number;
  #starts: number[] = [];
  #concurrent = 0;
  #changing = 0;
  #record: MeterRecord = emptyRecord();

  /** `monotonicMs`: a monotonic clock in milliseconds. */
  constructor(limits: MeterLimits, monotonicMs: () => number) {
    this.#limits = limits;
    this.#monotonicMs = monotonicMs;
  }

  enter(): Passage {
    const now = this.#monotonicMs();
    const firstInside = this.#starts.findIndex((start) => start > now - 1000);
    this.#starts = firstInside === -1 ? [] : this.#starts.slice(firstInside);
    this.#starts.push(now);
    this.#concurrent += 1;
    const record = this.#record;
    record.requests += 1;
    record.peakConcurrent = Math.max(record.peakConcurrent, this.#concurrent);
    record.peakPerRollingSecond = Math.max(record.peakPerRollingSecond, this.#starts.length);
    const overLimit = this.#starts.length > this.#limits.perSecond || this.#concurrent > this.#limits.concurrent;
    if (overLimit) record.refused += 1;

    let inside = true;
    let changes = false;
    return {
      overLimit,
      change: () => {
        if (!changes && inside) {
          changes = true;
          this.#changing += 1;
          this.#record.peakChanging = Math.max(this.#record.peakChanging, this.#changing);
        }
        const allowed = this.#changing <= this.#limits.changing;
        if (!allowed && !overLimit) this.#record.refused += 1;
        return allowed;
      },
      leave: () => {
        if (!inside) return;
        inside = false;
        this.#concurrent -= 1;
        if (changes) this.#changing -= 1;
      },
    };
  }

  record(): MeterRecord {
    return { ...this.#record, underWay: this.#concurrent };
  }

  /** Resets maxima and counts; requests in progress stay counted. */
  reset(): void {
    this.#record = emptyRecord();
    this.#starts = [];
  }
}

function emptyRecord(): MeterRecord {
  return { requests: 0, underWay: 0, peakConcurrent: 0, peakChanging: 0, peakPerRollingSecond: 0, refused: 0 };
}

/** What a meter has seen since it was made or reset. */
export interface MeterRecord {
  requests: number;
  /** Requests under way at this moment. */
  underWay: number;
  peakConcurrent: number;
  /** Most requests at once among those marked as changing. */
  peakChanging: number;
  /** Most requests that began within any 1000 ms. */
  peakPerRollingSecond: number;
  refused: number;
}

export interface MeterLimits {
  perSecond: number;
  concurrent: number;
  /** At once among the changing ones. */
  changing: number;
}

/** One request inside the meter. */
export interface Passage {
  /** Over the rate or over the concurrency when it came. */
  readonly overLimit: boolean;
  /** Marks the request as one that changes data; false when too many such are under way. */
  change(): boolean;
  leave(): void;
}

/**
 * Measures and limits requests: a rolling second and two counts of what is under way. Every request counts,
 * refused ones too, so a client that hammers stays shut out.
 */
export class Meter {
  readonly #limits: MeterLimits;
  readonly #monotonicMs: () => number;
  #starts: number[] = [];
  #concurrent = 0;
  #changing = 0;
  #record: MeterRecord = emptyRecord();

  /** `monotonicMs`: a clock in milliseconds that never goes back. */
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

  /** Forgets peaks and counts; what is under way stays counted. */
  reset(): void {
    this.#record = emptyRecord();
    this.#starts = [];
  }
}

function emptyRecord(): MeterRecord {
  return { requests: 0, underWay: 0, peakConcurrent: 0, peakChanging: 0, peakPerRollingSecond: 0, refused: 0 };
}

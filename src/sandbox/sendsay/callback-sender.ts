import { fetch } from 'undici';
import type { StoredTracker, Trackers } from './trackers.ts';

/** Milliseconds during which events are collected before they are sent; the real provider takes about a minute. */
const BUNDLE_MS = 1000;

/**
 * Announces ended trackers to the client's address. The provider documents neither fields nor retries, so the sandbox
 * varies them: two formats in turn, newest first, and every third bundle twice.
 */
export class Callbacks {
  readonly #url: string;
  readonly #trackers: Trackers;
  readonly #delayMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #events: Record<string, unknown>[] = [];
  #bundles = 0;

  /** `delayMs`: time from acceptance to the check of a tracker. */
  constructor(url: string, trackers: Trackers, delayMs: number) {
    this.#url = url;
    this.#trackers = trackers;
    this.#delayMs = delayMs;
  }

  /** Schedules a check of a new tracker at its expected end. */
  watch(tracker: StoredTracker): void {
    this.#after(this.#delayMs, () => {
      const { status, final } = this.#trackers.state(tracker);
      if (!final) return;
      if (this.#events.length === 0) this.#after(BUNDLE_MS, () => void this.#flush());
      this.#events.push({ event: 'track', 'track.id': tracker.id, status, 'customer.id': tracker.customerId });
    });
  }

  /** Cancels events that are not sent yet. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#events = [];
  }

  async #flush(): Promise<void> {
    const events = this.#events.reverse();
    this.#events = [];
    this.#bundles += 1;
    const stream = this.#bundles % 2 === 0;
    const body = stream ? events.map((event) => JSON.stringify(event)).join('\n') : JSON.stringify({ events });
    const times = this.#bundles % 3 === 0 ? 2 : 1;
    for (let time = 0; time < times; time += 1) await this.#post(body);
  }

  async #post(body: string): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    try {
      const response = await fetch(this.#url, { method: 'POST', body, headers, signal: AbortSignal.timeout(10_000) });
      await response.arrayBuffer();
    } catch {
      // This callback is lost, because callbacks are not retried.
    }
  }

  #after(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

import type { CheckedLetter } from './issue-send.ts';
import type { TrackerOutcome } from './outcomes.ts';
import { type ApiAnswer, type Habits, readNumber, refused, writeMoscowTime } from './protocol.ts';

/** The provider's record of an accepted personal letter. */
export interface StoredTracker {
  id: number;
  createdAt: Date;
  info: string | null;
  email: string;
  customerId: string | null;
  outcome: TrackerOutcome;
  /** Why no letter was sent, if the letter itself is the cause. */
  skipReason: string | null;
  issueId: number;
  letterNumber: number;
  size: number;
  deferredUntil: Date | 'saved' | null;
}

/** State of a tracker at a given time. */
export interface TrackerState {
  status: number;
  statusAt: Date;
  final: boolean;
}

/** Final or resting status of a tracker; `final` tells which. */
const RESTS: Record<TrackerOutcome, { status: number; final: boolean }> = {
  sent: { status: -1, final: true },
  skipped: { status: -1, final: true },
  error: { status: -2, final: true },
  cancelled: { status: -3, final: true },
  deferred: { status: -4, final: false },
  moderation: { status: -5, final: false },
  'moderation-failed': { status: -6, final: true },
  paused: { status: -7, final: false },
  never: { status: 2, final: false },
};
const ERRORS: Partial<Record<TrackerOutcome, string>> = {
  skipped: 'error/member/unsubscribed',
  error: 'error/issue/failed',
  'moderation-failed': 'error/issue/moderation',
};
/** Intermediate statuses, one per quarter of the time. */
const ON_THE_WAY = [0, 1, 2, 4];

/** All trackers of personal letters within the retention time. */
export class Trackers {
  #trackers = new Map<number, StoredTracker>();
  #issues = new Map<string, number>();
  #nextId = 500_001;
  #nextLetter = 1;
  readonly #durationMs: number;
  readonly #retentionMs: number;
  readonly #habits: Habits;
  readonly #now: () => Date;

  constructor(times: { trackerSeconds: number; retentionHours: number }, habits: Habits, now: () => Date) {
    this.#durationMs = times.trackerSeconds * 1000;
    this.#retentionMs = times.retentionHours * 3600 * 1000;
    this.#habits = habits;
    this.#now = now;
  }

  reset(): void {
    this.#trackers.clear();
  }

  add(letter: CheckedLetter, outcome: TrackerOutcome, skipReason: string | null): StoredTracker {
    const createdAt = this.#now();
    const tracker: StoredTracker = {
      id: this.#nextId++,
      createdAt,
      info: letter.trackInfo,
      email: letter.email,
      customerId: letter.customerId,
      outcome,
      skipReason,
      issueId: this.#issueOf(createdAt),
      letterNumber: this.#nextLetter++,
      size: letter.html.length + letter.text.length + letter.attachments.reduce((sum, { bytes }) => sum + bytes, 0),
      deferredUntil: letter.deferredUntil,
    };
    this.#trackers.set(tracker.id, tracker);
    return tracker;
  }

  /** Trackers younger than the retention time, oldest first. */
  alive(): StoredTracker[] {
    const oldest = this.#now().getTime() - this.#retentionMs;
    for (const [id, tracker] of this.#trackers) {
      if (tracker.createdAt.getTime() >= oldest) break;
      this.#trackers.delete(id);
    }
    return [...this.#trackers.values()];
  }

  deferredCount(): number {
    return this.alive().filter(({ deferredUntil }) => deferredUntil === 'saved' || (deferredUntil ?? 0) > this.#now())
      .length;
  }

  state(tracker: StoredTracker): TrackerState {
    const { createdAt, deferredUntil } = tracker;
    const now = this.#now().getTime();
    if (deferredUntil === 'saved' || (deferredUntil !== null && now < deferredUntil.getTime())) {
      return { status: -4, statusAt: createdAt, final: false };
    }
    const start = (deferredUntil ?? createdAt).getTime();
    const quarter = this.#durationMs / ON_THE_WAY.length;
    const rest = RESTS[tracker.outcome];
    const step = quarter === 0 ? ON_THE_WAY.length : Math.floor((now - start) / quarter);
    const restStep = rest.final ? ON_THE_WAY.length : 1;
    if (step >= restStep) return { ...rest, statusAt: new Date(start + restStep * quarter) };
    return { status: ON_THE_WAY[Math.max(0, step)] ?? 0, statusAt: new Date(start + step * quarter), final: false };
  }

  /** Executes the action `track.get`. */
  get(call: Record<string, unknown>): ApiAnswer {
    const id = readNumber(call['id']);
    this.alive();
    const tracker = id === null ? undefined : this.#trackers.get(id);
    return tracker
      ? { obj: this.describe(tracker) }
      : refused({ id: 'error/track/unknown', explain: 'there is no such tracker' });
  }

  /** A tracker in the form of track.get and track.list. */
  describe(tracker: StoredTracker): Record<string, unknown> {
    const { status, statusAt, final } = this.state(tracker);
    const sent = final && tracker.outcome === 'sent' && tracker.skipReason === null;
    const error = final ? (tracker.skipReason ?? ERRORS[tracker.outcome] ?? null) : null;
    const begun = status !== 0 && status !== -4;
    return {
      id: this.#habits.number(tracker.id),
      dt: writeMoscowTime(tracker.createdAt),
      action: 'issue.send/personal',
      status: this.#habits.number(status),
      'status.dt': writeMoscowTime(statusAt),
      'cron.id': null,
      ...(error === null ? {} : { error }),
      'track.info': tracker.info,
      param: {
        'group.id': 'personal',
        'group.name': 'personal',
        ...(begun ? { 'issue.id': this.#habits.number(tracker.issueId), 'issue.format': 'email' } : {}),
        ...(begun ? { 'issue.size': this.#habits.number(tracker.size), 'issue.members': this.#habits.number(1) } : {}),
        ...(status === 2 ? { eta: { rest: this.#habits.number(1), perc: this.#habits.number(50) } } : {}),
        ...(final ? { letter: sent ? this.#habits.number(tracker.letterNumber) : '', email: tracker.email } : {}),
        ...(error === null ? {} : { error, 'error.info': { text: error } }),
      },
    };
  }

  /** Personal letters of one calendar day (Moscow time) share one issue. */
  #issueOf(at: Date): number {
    const day = writeMoscowTime(at).slice(0, 10);
    const issue = this.#issues.get(day) ?? 9000 + this.#issues.size + 1;
    this.#issues.set(day, issue);
    return issue;
  }
}

import { z } from 'zod';
import type { AddressBook } from './addresses.ts';
import { DELIVERIES, type Delivery } from './delivery-kinds.ts';
import { type ApiAnswer, type Habits, isEmpty, isRecord, readNumber, refused, writeMoscowTime } from './protocol.ts';
import type { StoredTracker, Trackers } from './trackers.ts';

const FIELDS = ['letter', 'issue', 'status', 'at', 'detail', 'email'] as const;
type Field = (typeof FIELDS)[number];

/**
 * The provider does not publish names of fields and statuses, so these are invented; each installation must find the
 * names of its own account. A test can change the names through the control API.
 */
export const Vocabulary = z.strictObject({
  fields: z.partialRecord(z.enum(FIELDS), z.string().min(1)).optional(),
  statuses: z.partialRecord(z.enum(DELIVERIES), z.union([z.string(), z.number()])).optional(),
});
export type Vocabulary = z.infer<typeof Vocabulary>;

const INVENTED_FIELDS: Record<Field, string> = {
  letter: 'deliv.letter.id',
  issue: 'deliv.issue.id',
  status: 'deliv.status',
  at: 'deliv.dt',
  detail: 'deliv.error',
  email: 'deliv.member.email',
};
const INVENTED_STATUSES: Record<Delivery, string | number> = {
  delivered: 'taken',
  'hard-bounce': 'no-mailbox',
  'soft-bounce': 'given-up',
  queued: 'trying',
  odd: 'sandbox-surprise',
  silent: '',
};
const SERVER_REPLIES: Partial<Record<Delivery, (email: string) => string>> = {
  'hard-bounce': (email) => `host mx.school.example said: 550 5.1.1 <${email}>: User unknown`,
  'soft-bounce': (email) => `host mx.school.example said: 452 4.2.2 <${email}>: Mailbox full`,
};

type Row = Record<Field, string | number>;

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 1000;

/**
 * Action `stat.uni` for deliveries: one row per letter from the end of its tracker, `queued` until the receiving
 * server has decided, every third row twice. Only `result: response` is supported, at most 1000 rows, cut without
 * notice.
 */
export class Statistics {
  #words: { fields: Record<Field, string>; statuses: Record<Delivery, string | number> } = {
    fields: INVENTED_FIELDS,
    statuses: INVENTED_STATUSES,
  };
  readonly #trackers: Trackers;
  readonly #addresses: AddressBook;
  readonly #habits: Habits;
  readonly #deliveryMs: number;
  readonly #now: () => Date;

  constructor(
    sources: { trackers: Trackers; addresses: AddressBook; habits: Habits },
    deliverySeconds: number,
    now: () => Date,
  ) {
    this.#trackers = sources.trackers;
    this.#addresses = sources.addresses;
    this.#habits = sources.habits;
    this.#deliveryMs = deliverySeconds * 1000;
    this.#now = now;
  }

  speak({ fields, statuses }: Vocabulary): void {
    this.#words = {
      fields: { ...INVENTED_FIELDS, ...fields },
      statuses: { ...INVENTED_STATUSES, ...statuses },
    };
  }

  answer(call: Record<string, unknown>): ApiAnswer {
    const fault = (text: string) => refused(this.#habits.error('error/stat/request', text));
    if (call['result'] !== 'response') return fault('the sandbox supports only result=response');
    const fieldOf = (name: unknown) => FIELDS.find((field) => this.#words.fields[field] === name);
    const select = listOf(call['select']).map(fieldOf);
    if (select.length === 0 || select.includes(undefined)) return fault('select names a field that does not exist');
    let rows = this.#rows();
    for (const condition of listOf(call['filter'])) {
      const field = isRecord(condition) && condition['op'] === '==' ? fieldOf(condition['a']) : undefined;
      if (field === undefined || !isRecord(condition)) return fault('a condition has an unknown form');
      rows = rows.filter((row) => String(row[field]) === String(condition['v']));
    }
    for (const key of listOf(call['order']).reverse()) {
      const field = fieldOf(String(key).replace(/^[-+]/, ''));
      if (field === undefined) return fault('order names a field that does not exist');
      const sign = String(key).startsWith('-') ? -1 : 1;
      rows.sort((a, b) => sign * (a[field] < b[field] ? -1 : a[field] > b[field] ? 1 : 0));
    }
    const first = isEmpty(call['first']) ? DEFAULT_PAGE : readNumber(call['first']);
    const skip = isEmpty(call['skip']) ? 0 : readNumber(call['skip']);
    if (first === null || skip === null || first < 1 || skip < 0) return fault('first and skip must be whole numbers');
    const list = rows.slice(skip, skip + Math.min(first, LARGEST_PAGE)).map((row) =>
      select.map((field) => {
        const value = field === undefined ? '' : row[field];
        return typeof value === 'number' ? this.#habits.number(value) : value;
      }),
    );
    return { list };
  }

  /** Newest first, because without ORDER BY the API promises no order. */
  #rows(): Row[] {
    return this.#trackers
      .alive()
      .reverse()
      .flatMap((tracker) => {
        const row = this.#row(tracker);
        if (row === null) return [];
        return tracker.letterNumber % 3 === 0 ? [row, row] : [row];
      });
  }

  #row(tracker: StoredTracker): Row | null {
    const { status, statusAt, final } = this.#trackers.state(tracker);
    const delivery = this.#addresses.delivery(tracker.email);
    const sent = final && status === -1 && tracker.outcome === 'sent' && tracker.skipReason === null;
    if (!sent || delivery === 'silent') return null;
    const decidedAt = new Date(statusAt.getTime() + this.#deliveryMs);
    const outcome = decidedAt <= this.#now() ? delivery : 'queued';
    return {
      letter: tracker.letterNumber,
      issue: tracker.issueId,
      status: this.#words.statuses[outcome],
      at: writeMoscowTime(outcome === 'queued' ? statusAt : decidedAt),
      detail: SERVER_REPLIES[outcome]?.(tracker.email) ?? '',
      email: tracker.email,
    };
  }
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? [...value] : isEmpty(value) ? [] : [value];
}

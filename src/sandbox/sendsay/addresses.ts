import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { DELIVERIES, type Delivery } from './delivery-kinds.ts';
import { OUTCOMES, type TrackerOutcome } from './outcomes.ts';
import { type ApiAnswer, type ApiError, type Habits, refused, writeMoscowTime } from './protocol.ts';

/** A test's setting for one address. */
export const AddressOrder = z.strictObject({
  email: z.string(),
  /** Bit mask: 1 unsubscribed or on a stop list, 2 not confirmed, 4 fatal delivery errors. */
  haslock: z.number().int().min(0).max(7).optional(),
  outcome: z.enum(OUTCOMES).optional(),
  /** Delivery result of a sent letter. By default it depends on the address, see `delivery`. */
  delivery: z.enum(DELIVERIES).optional(),
  /** Id and explanation of the refusal, to override the default. */
  errorId: z.string().optional(),
  explain: z.unknown().optional(),
});
export type AddressOrder = z.infer<typeof AddressOrder>;

/** Checks and normalises an address as the provider does: lower case; non-ASCII letters are kept. */
export function checkSyntax(input: unknown): { email: string } | { code: string } {
  if (typeof input !== 'string' || input === '') return { code: 'error/email/empty' };
  const email = input.toLowerCase();
  const parts = email.split('@');
  if (parts.length > 2) return { code: 'error/email/multydog' };
  const [local = '', domain = ''] = parts;
  if (parts.length < 2) return { code: 'error/email/nodog' };
  const atoms = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+)*$/u;
  if (!atoms.test(local) || Buffer.byteLength(local) > 64) return { code: 'error/email/localpart' };
  const ascii = domainToASCII(domain);
  const labels = ascii.split('.');
  const wellFormed = labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  const zone = labels.at(-1) ?? '';
  if (labels.length < 2 || ascii.length > 253 || !wellFormed || !/^(?:[a-z]{2,}|xn--[a-z0-9-]+)$/.test(zone)) {
    return { code: 'error/email/domain' };
  }
  return { email };
}

/** The provider's data about addresses, with or without a subscriber. */
export class AddressBook {
  #orders = new Map<string, AddressOrder>();
  readonly #habits: Habits;

  constructor(habits: Habits) {
    this.#habits = habits;
  }

  order(order: AddressOrder): void {
    this.#orders.set(order.email.toLowerCase(), { ...this.#orders.get(order.email.toLowerCase()), ...order });
  }

  reset(): void {
    this.#orders.clear();
  }

  outcome(email: string): TrackerOutcome {
    return this.#orders.get(email)?.outcome ?? 'sent';
  }

  /** Unless set otherwise, `hard-bounce…@` and `soft-bounce…@` bounce, and all others are delivered. */
  delivery(email: string): Delivery {
    const [, bounce] = /^(hard-bounce|soft-bounce)\b/.exec(email) ?? [];
    return this.#orders.get(email)?.delivery ?? (bounce as Delivery | undefined) ?? 'delivered';
  }

  /** Why transactional letters to this address are blocked, or null. An unconfirmed address (bit 2) is not blocked. */
  block(email: string): ApiError | null {
    const order = this.#orders.get(email);
    const lock = order?.haslock ?? 0;
    if (order?.errorId !== undefined) return { id: order.errorId, explain: order.explain };
    if (lock & 1)
      return this.#habits.error('error/email/stoplist', 'Email is in the account stoplist', { haslock: lock });
    if (lock & 4)
      return this.#habits.error('error/email/delivery', 'Email has permanent delivery errors', { haslock: lock });
    return null;
  }

  /** Action `email.get`. Here `haslock` is only 0, 1, 4 or 5; `stoplist` has another shape with `with_stoplist`. */
  get(call: Record<string, unknown>, now: Date): ApiAnswer {
    const checked = checkSyntax(call['email']);
    if ('code' in checked) return refused({ id: checked.code });
    const lock = (this.#orders.get(checked.email)?.haslock ?? 0) & 5;
    const removed = lock & 1;
    const failing = lock & 4 ? 1 : 0;
    const entry = { dt: writeMoscowTime(now), source: '192.0.2.1' };
    const extended = String(call['with_stoplist'] ?? '') === '2';
    const plain = removed ? { member: entry } : {};
    return {
      obj: {
        member: {
          id: this.#habits.number(1_380_900 + checked.email.length),
          addr_type: 'email',
          email: checked.email,
          haslock: this.#habits.number(lock),
          error: failing
            ? { lock: 1, date: entry.dt, str: 'host said: 550 5.1.1 User unknown', error: this.#habits.number(3) }
            : { lock: 0 },
          lockremove: this.#habits.number(removed),
          stoplist: extended ? (removed ? [{ ...entry, type: 'member', sender: '' }] : []) : plain,
        },
      },
    };
  }
}

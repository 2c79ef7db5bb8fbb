import { type ApiObject, flagOf, numberOf, objectOf, quoteSafely, readMoscowTime, wireText } from './wire.ts';

/** Bits of `haslock`. Bit 2 (not confirmed) is ignored, because transactional letters need no confirmation. */
const UNSUBSCRIBED = 1;
const FAILING = 4;

/**
 * Why `email.get` reports an address as blocked, in words fit for a reason. It contains neither the address nor the
 * receiving server's text, only its status code.
 * @param member `obj.member` of the answer
 * @param sender our own address: unsubscribing from other senders is not a block
 * @returns null when nothing blocks a transactional letter
 */
export function blockOf(member: ApiObject, sender: string): string | null {
  const lock = numberOf(member['haslock']) ?? 0;
  const failure = objectOf(member['error']);
  const stops = stopListsOf(member['stoplist'], sender);
  const parts: string[] = [...stops];
  if (stops.length === 0 && ((lock & UNSUBSCRIBED) !== 0 || flagOf(member['lockremove']))) {
    parts.push('the recipient has unsubscribed, or the address is on a stop-list');
  }
  if ((lock & FAILING) !== 0 || flagOf(failure?.['lock'])) parts.push(deliveryErrors(failure));
  return parts.length === 0 ? null : parts.join('; ');
}

/**
 * `stoplist` has two shapes: an object with `owner` and `member` for the global list, or (with `with_stoplist`) a
 * list whose elements name their sender, empty for the global list.
 */
function stopListsOf(value: unknown, sender: string): string[] {
  const object = objectOf(value);
  const listed: unknown[] = Array.isArray(value)
    ? value
    : ['owner', 'member'].map((type) =>
        objectOf(object?.[type]) === null ? null : { ...objectOf(object?.[type]), type },
      );
  const entries = listed.map(objectOf).filter((entry) => entry !== null);
  const reasons = entries.flatMap((entry): string[] => {
    const scope = wireText(entry['sender'])?.trim().toLowerCase() ?? null;
    if (scope !== null && scope !== sender.trim().toLowerCase()) return [];
    const list = scope === null ? 'global' : 'of this sender';
    const by = entry['type'] === 'owner' ? ', added by the account owner' : '';
    return [`the address is on a stop-list (${list}${by})${since(entry['dt'])}`];
  });
  return [...new Set(reasons)];
}

function deliveryErrors(failure: ApiObject | null): string {
  const code = /\b[45]\.\d{1,3}\.\d{1,3}\b/.exec(wireText(failure?.['str']) ?? '')?.[0];
  return `permanent delivery errors${since(failure?.['date'])}${code === undefined ? '' : ` (${quoteSafely(code)})`}`;
}

/** A date without time is enough for a person, and makes the provider's time zone irrelevant. */
function since(value: unknown): string {
  const at = readMoscowTime(value);
  return at === null || typeof value !== 'string' ? '' : ` since ${at.toISOString().slice(0, 10)}`;
}

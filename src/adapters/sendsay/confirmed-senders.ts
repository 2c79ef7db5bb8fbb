import { type ApiObject, objectOf } from './wire.ts';

/**
 * Whether an answer to `issue.emailsender.list` names an address. The provider does not document the shape of this
 * answer, so any text or key in it that equals the address counts.
 * @returns null when the answer has no list, so that it says nothing
 */
export function namesSender(content: ApiObject, email: string): boolean | null {
  const list = content['list'] ?? content['obj'];
  if (!Array.isArray(list) && objectOf(list) === null) return null;
  const wanted = email.toLowerCase();
  const isNamed = (value: unknown): boolean => {
    if (typeof value === 'string') return value.trim().toLowerCase() === wanted;
    if (Array.isArray(value)) return value.some(isNamed);
    return Object.entries(objectOf(value) ?? {}).some(([key, inner]) => key.toLowerCase() === wanted || isNamed(inner));
  };
  return isNamed(list);
}

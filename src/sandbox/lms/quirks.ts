import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** Deviations of this LMS from the contract, although each answer is well-formed. */
export const Quirks = z.strictObject({
  /** A listing contains all student groups, whatever release was requested. */
  ignoreFilter: z.boolean().optional(),
  /** A listing also contains unchanged student groups, whatever `updatedSince` says. */
  ignoreSince: z.boolean().optional(),
  /**
   * Faults of paging. `first-page`: the cursor is ignored, and each answer has a new one. `in-turn`: two pages lead
   * to each other. `same-cursor`: every page has the same cursor. `empty`: every page is empty and has a new cursor.
   * Two are legal: `each-twice` (every page comes twice) and `empty-first` (the first page is empty).
   */
  paging: z.enum(['first-page', 'in-turn', 'same-cursor', 'empty', 'each-twice', 'empty-first']).optional(),
  /** Requested id → id of the returned record, for student groups and releases. */
  answersWith: z.record(z.string(), z.string()).optional(),
});
export type Quirks = z.infer<typeof Quirks>;

/** One page of a listing; `next` is the position of the following page, null at the end. */
interface Page<T> {
  items: T[];
  next: number | null;
}

/**
 * Applies `paging` to a page.
 * @param read reads the page after a position
 * @param cursorOf the contract's cursor for a position; `placeOf` is its inverse, null for an invalid cursor
 * @returns null for an invalid cursor
 */
export function strayPage<T>(
  paging: NonNullable<Quirks['paging']>,
  cursor: string | null,
  read: (after: number) => Page<T>,
  { cursorOf, placeOf }: { cursorOf: (place: number) => string; placeOf: (cursor: string) => number | null },
): { items: T[]; nextCursor: string | null } | null {
  const fresh = () => randomBytes(9).toString('base64url');
  const straight = (from: string | null) => {
    const place = from === null ? 0 : placeOf(from);
    if (place === null) return null;
    const { items, next } = read(place);
    return { items, nextCursor: next === null ? null : cursorOf(next) };
  };
  switch (paging) {
    case 'first-page': {
      const { items, next } = read(0);
      return { items, nextCursor: next === null ? null : fresh() };
    }
    case 'in-turn': {
      const first = read(0);
      if (first.next === null) return { items: first.items, nextCursor: null };
      return cursor === 'second'
        ? { items: read(first.next).items, nextCursor: 'first' }
        : { items: first.items, nextCursor: 'second' };
    }
    case 'same-cursor':
      return { items: read(0).items, nextCursor: 'same' };
    case 'empty':
      return { items: [], nextCursor: fresh() };
    case 'each-twice': {
      const second = cursor?.endsWith('~') ?? false;
      const own = second ? (cursor ?? '').slice(0, -1) : (cursor ?? '');
      const page = straight(own === '' ? null : own);
      return page && !second ? { ...page, nextCursor: `${own}~` } : page;
    }
    case 'empty-first':
      return cursor === null ? { items: [], nextCursor: cursorOf(0) } : straight(cursor);
  }
}

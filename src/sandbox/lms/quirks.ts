import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** How this LMS strays from the contract although every answer has the right form. */
export const Quirks = z.strictObject({
  /** A listing holds every student group, whatever release was asked for. */
  ignoreFilter: z.boolean().optional(),
  /** A listing holds what has not changed either, whatever `updatedSince` says. */
  ignoreSince: z.boolean().optional(),
  /**
   * `first-page`: the cursor is ignored, and each answer has a new one. `in-turn`: two pages lead to each other.
   * `same-cursor`: every page names one and the same cursor. `empty`: no page has an item, and each has a new cursor.
   * Legal are `each-twice`: every page comes twice, and `empty-first`: the first page is empty.
   */
  paging: z.enum(['first-page', 'in-turn', 'same-cursor', 'empty', 'each-twice', 'empty-first']).optional(),
  /** Id that is asked for → id of the record that is answered, of student groups and of releases. */
  answersWith: z.record(z.string(), z.string()).optional(),
});
export type Quirks = z.infer<typeof Quirks>;

/** A listing's page, read from behind a place; `next` is where the following one begins, null at the end. */
interface Page<T> {
  items: T[];
  next: number | null;
}

/**
 * A page as `paging` has it.
 * @param read the page behind a place
 * @param cursorOf the contract's cursor for a place, and `placeOf` the other way round, null where it is none
 * @returns null where the cursor is none
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

import { z } from 'zod';
import { message } from '../../domain/messages/message.ts';
import { type InputFault, Problem } from './problem.ts';

const MAX_FAULTS = 50;

/**
 * External text that may be stored: no control characters (PostgreSQL rejects U+0000) and no lone surrogates. `\n`
 * and `\t` only with `lines`.
 */
export function plainText(max: number, { lines = false } = {}) {
  const forbidden = lines ? /[^\P{Cc}\n\r\t]|\p{Cs}/u : /[\p{Cc}\p{Cs}]/u;
  return z
    .string(message('input.text'))
    .min(1, message('input.some-text'))
    .max(max, message('input.most-characters', { most: max }))
    .refine((text) => !forbidden.test(text), message('input.plain-text'));
}

/**
 * Parses an input by its schema.
 * @throws Problem 400 with a JSON pointer and a cause per fault; values are never repeated
 */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(toFaults).slice(0, MAX_FAULTS);
  throw new Problem(400, message('http.form'), { errors });
}

function toFaults(issue: z.core.$ZodIssue): InputFault[] {
  const pointer = pointerTo(issue.path);
  if (issue.code !== 'unrecognized_keys') return [{ pointer, detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: `${pointer}${pointerTo([key])}`,
    detail: message('input.unknown-field'),
  }));
}

/** Writes a path as JSON pointer (RFC 6901). */
function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** `?limit=`: 1 to 200, 50 when absent. Described as the number that its text is. */
export const Limit = z
  .string(message('input.whole', { least: 1, most: 200 }))
  .regex(/^([1-9]\d?|1\d\d|200)$/, message('input.whole', { least: 1, most: 200 }))
  .transform(Number)
  .default(50)
  .meta({
    description: 'Maximum number of items in the response.',
    override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 200, default: 50 });
    },
  });

/** `?cursor=`: opaque to clients; contains the key of the last row. */
export function cursorOf(key: z.ZodType<string>) {
  return z
    .string(message('input.cursor'))
    .max(400, message('input.cursor'))
    .refine((text) => toCursor(decode(text)) === text, message('input.cursor'))
    .transform(decode)
    .refine((text) => key.safeParse(text).success, message('input.cursor'))
    .optional()
    .transform((text) => text ?? null)
    .meta({ description: 'Start of the page: the `nextCursor` of the previous page. Default: the first page.' });
}

/** The answer of a list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item).describe('One page of the list.'),
    nextCursor: z.string().nullable().describe('`cursor` of the next page; null on the last one.'),
  });
}

/** Makes a page from `limit + 1` rows; the additional row only shows that there are more. */
export function toPage<Row, Item>(
  rows: Row[],
  limit: number,
  keyOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: more ? toCursor(keyOf(last)) : null };
}

/** The cursor of the page after the row with this key. */
export const toCursor = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');
const decode = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('utf8');

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { type DeskInput, type Fields, fieldOf } from '../desk-route.ts';
import { sessionIdOf } from './session-cookie.ts';

/** Query parameter with the sealed words. */
const PARAMETER = 'search';
const CIPHER = 'aes-256-gcm';
const [IV_BYTES, TAG_BYTES] = [12, 16];
/** Of one typed value; longer ones find nothing anyway. */
const MOST_LENGTH = 500;

const Words = z.record(z.string(), z.string());

/**
 * The query of a list in which people are searched for by name. Names must not stand in addresses, which browsers keep
 * and proxies log. So typed words are in the address encrypted, with a key made of the session's id, which only the
 * cookie has: nothing is stored, the address can be opened again and shared between tabs, and it is worthless when the
 * session is over.
 */
export interface SealedQuery {
  /** What is asked for, typed words included. */
  asked: Record<string, string>;
  /** The same for an address. */
  shown: Record<string, string>;
  /** The words cannot be read: their session is over. */
  isLost: boolean;
}

/**
 * Reads the query of a page.
 * @param of.plain parameters that stand in the address as they are
 * @param of.words parameters that may hold names
 */
export function openQuery(
  { req, query }: Pick<DeskInput, 'req' | 'query'>,
  of: { plain: readonly string[]; words: readonly string[] },
): SealedQuery {
  const plain = Object.fromEntries(
    Object.entries(query).filter(([name, value]) => of.plain.includes(name) && value !== ''),
  );
  const sealed = query[PARAMETER];
  if (sealed === undefined || sealed === '') return { asked: plain, shown: plain, isLost: false };
  const words = open(req, sealed);
  const known = Object.entries(words ?? {}).filter(([name]) => of.words.includes(name));
  const shown = words === null ? plain : { ...plain, [PARAMETER]: sealed };
  return { asked: { ...plain, ...Object.fromEntries(known) }, shown, isLost: words === null };
}

/** What was typed into the form of a search, as the query of an address. */
export function sealQuery(
  req: Request,
  fields: Fields,
  of: { plain: readonly string[]; words: readonly string[] },
): string {
  const typed = (names: readonly string[]): [string, string][] =>
    names.flatMap((name) => {
      const value = fieldOf(fields, name);
      return value === undefined ? [] : [[name, value.slice(0, MOST_LENGTH)] as [string, string]];
    });
  const words = typed(of.words);
  const sealed: [string, string][] = words.length === 0 ? [] : [[PARAMETER, seal(req, Object.fromEntries(words))]];
  const query = new URLSearchParams([...typed(of.plain), ...sealed]).toString();
  return query === '' ? '' : `?${query}`;
}

/** The address without readable words, for one that was opened with them; null when it has none. */
export function withoutWords(
  { req, query }: Pick<DeskInput, 'req' | 'query'>,
  of: { plain: readonly string[]; words: readonly string[] },
): string | null {
  const isPlain = of.words.every((name) => (query[name] ?? '') === '');
  return isPlain ? null : sealQuery(req, query, of);
}

const keyOf = (req: Request): Buffer =>
  Buffer.from(hkdfSync('sha256', sessionIdOf(req) ?? '', '', 'words of a search in the console', 32));

function seal(req: Request, words: Record<string, string>): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(req), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(words)), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
}

function open(req: Request, sealed: string): Record<string, string> | null {
  const bytes = Buffer.from(sealed, 'base64url');
  const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
  if (tag.length < TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, keyOf(req), iv, { authTagLength: TAG_BYTES }).setAuthTag(tag);
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    return Words.safeParse(JSON.parse(text.toString())).data ?? null;
  } catch {
    return null;
  }
}

import { Unreadable } from './findings.ts';

/**
 * Decodes strict UTF-8 and removes a byte order mark.
 * @throws Unreadable
 */
export function strictText(bytes: Uint8Array): string {
  return decode(bytes, 'utf-8', 'not a text in UTF-8');
}

/**
 * Like `textOf`, but also decodes UTF-16 with a byte order mark, which some editors save.
 * @throws Unreadable
 */
export function fileTextOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le', 'not a text in UTF-16');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be', 'not a text in UTF-16');
  return decode(bytes, 'utf-8', 'not a text in UTF-8, nor in UTF-16 with a byte order mark');
}

function decode(bytes: Uint8Array, encoding: string, otherwise: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable(otherwise);
  }
}

/** Restores a token as it was issued: removes JSON quotes and the line breaks that mail programs and editors add. */
export function bareToken(text: string): string {
  const bare = text.replace(/\s+/g, '');
  return /^".*"$/.test(bare) ? bare.slice(1, -1) : bare;
}

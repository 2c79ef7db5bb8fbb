import { Unreadable } from './findings.ts';

/** Strict UTF-8; a byte order mark is dropped. @throws Unreadable */
export function strictText(bytes: Uint8Array): string {
  return decode(bytes, 'utf-8', 'no text in UTF-8');
}

/** As `textOf`, for files that people saved: UTF-16 is read too, where a byte order mark says so. @throws Unreadable */
export function fileTextOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return decode(bytes, 'utf-16le', 'no text in UTF-16');
  if (first === 0xfe && second === 0xff) return decode(bytes, 'utf-16be', 'no text in UTF-16');
  return decode(bytes, 'utf-8', 'no text in UTF-8, nor in UTF-16 with its mark');
}

function decode(bytes: Uint8Array, encoding: string, otherwise: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new Unreadable(otherwise);
  }
}

/** A token as it was issued: without the quotes of a JSON text, and not folded into lines, as mail and editors leave it. */
export function bareToken(text: string): string {
  const bare = text.replace(/\s+/g, '');
  return /^".*"$/.test(bare) ? bare.slice(1, -1) : bare;
}

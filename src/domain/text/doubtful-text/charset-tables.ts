import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Byte by character for single-byte character sets; built at first use. */
const tables = new Map<string, ReadonlyMap<string, number>>();
const decoded = new Map<string, string>();

/** The 256 characters of a single-byte set; U+FFFD for undefined bytes. */
function charactersOf(charset: string): string {
  const known = decoded.get(charset);
  if (known !== undefined) return known;
  const iconv: typeof import('iconv-lite') = require('iconv-lite');
  const characters = iconv.decode(Buffer.from(Array.from({ length: 256 }, (_, octet) => octet)), charset);
  decoded.set(charset, characters);
  return characters;
}

/** The byte of each character. For undefined bytes many programs use a C1 control character, so those count too. */
export function octetsBy(charset: string): ReadonlyMap<string, number> {
  const known = tables.get(charset);
  if (known) return known;
  const table = new Map<string, number>();
  for (let octet = 0x80; octet < 0xa0; octet++) table.set(String.fromCharCode(octet), octet);
  [...charactersOf(charset)].forEach((character, octet) => {
    // Names are stored in NFC, which has one omega for both the letter and the ohm sign.
    if (character !== '\uFFFD') table.set(character.normalize('NFC'), octet);
  });
  tables.set(charset, table);
  return table;
}

/** Decodes bytes by a single-byte set; null when a byte is undefined. */
export function decodeOctets(octets: readonly number[], charset: string): string | null {
  const characters = charactersOf(charset);
  let text = '';
  for (const octet of octets) {
    const character = characters[octet];
    if (character === undefined || character === '\uFFFD') return null;
    text += character;
  }
  return text;
}

/**
 * Whether bytes of Russian or Armenian letters in `own` are lost when shown by `shown`: undefined there, or a
 * no-break space.
 */
export function losesLetters(shown: string, own: string): boolean {
  const seen = charactersOf(shown);
  const meant = charactersOf(own);
  return [...meant].some(
    (letter, octet) => /[А-яЁё\p{Script=Armenian}]/u.test(letter) && /[\uFFFD\u00A0]/.test(seen[octet] ?? ''),
  );
}

/** Whether the set defines every byte that can start a UTF-8 letter. */
export function showsLeads(charset: string): boolean {
  return !charactersOf(charset).slice(0xc2, 0xe4).includes('\uFFFD');
}

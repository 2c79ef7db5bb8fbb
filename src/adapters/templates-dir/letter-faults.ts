import type { LetterParts } from '../../domain/letter/letter-text.ts';
import { LETTER_FIELDS } from '../../domain/letter/letter-text.ts';
import { ALLOWED_LINKS, htmlFaults } from './letter-html.ts';

const PLACEHOLDER = /\{\{\s*([^}]*?)\s*\}\}/g;
const ADDRESS = /(?:https?|ftps?|mailto|tel):\S*|www\.\S+|[^\s@{}]+@[^\s@{}]+\.\S+/gi;

/**
 * Faults of one part of a letter, one per line: unknown placeholders, the provider's template marks, empty texts, and
 * anything that a transactional letter does not need (`transactional only`): it may link only to the verification
 * page, the diploma and the issuer, has no images, and asks for nothing.
 * @param words placeholders that `occasions.yaml` of this letter adds
 */
export function letterFaults(
  file: string,
  text: string,
  part: keyof LetterParts,
  words: readonly string[] = [],
): string[] {
  const faults: string[] = [];
  if (text.trim() === '')
    return [`${file}:1: empty; write the ${part === 'subject' ? 'subject' : 'text'} of the letter`];
  for (const [index, line] of text.split('\n').entries()) {
    const at = `${file}:${index + 1}`;
    faults.push(...markFaults(at, line, [...LETTER_FIELDS, ...words]));
    if (part !== 'html') faults.push(...linkFaults(at, line));
  }
  if (part === 'html') faults.push(...htmlFaults(file, text));
  if (part !== 'subject' && !/\{\{\s*lookupUrl\s*\}\}/.test(text))
    faults.push(`${file}:1: {{lookupUrl}} is missing; a letter must contain the link to the verification page`);
  return faults;
}

/** Faults of a text that becomes part of a letter; `at` is its file and line. */
export function textFaults(at: string, text: string, known: readonly string[]): string[] {
  return [...markFaults(at, text, known), ...linkFaults(at, text)];
}

function markFaults(at: string, text: string, known: readonly string[]): string[] {
  const faults = [...text.matchAll(PLACEHOLDER)]
    .map((match) => match[1] ?? '')
    .filter((name) => !known.includes(name))
    .map((name) => `${at}: {{${name}}} is unknown; use one of ${known.join(', ')}`);
  if (text.includes('[%') || text.includes('%]'))
    faults.push(`${at}: "[%" and "%]" are the provider's template language; use {{placeholders}} instead`);
  return faults;
}

const linkFaults = (at: string, text: string): string[] =>
  [...text.matchAll(ADDRESS)].map(
    ([address]) =>
      `${at}: ${JSON.stringify(address.slice(0, 60))} links to another site; a letter may contain only the links ${ALLOWED_LINKS}`,
  );

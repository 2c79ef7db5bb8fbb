import type { LetterTemplate } from '../../domain/letter/letter-text.ts';
import { LETTER_FIELDS } from '../../domain/letter/letter-text.ts';
import { htmlFaults } from './letter-html.ts';

const PLACEHOLDER = /\{\{\s*([^}]*?)\s*\}\}/g;
const ADDRESS = /(?:https?|ftps?|mailto|tel):\S*|www\.\S+|[^\s@{}]+@[^\s@{}]+\.\S+/gi;

/**
 * Faults of one part of a letter, one per line: unknown placeholders, the provider's template marks, empty texts, and
 * anything that a transactional letter does not need (`transactional only`): it may link only to the verification
 * page and the issuer, has no images, and asks for nothing.
 */
export function letterFaults(file: string, text: string, part: keyof LetterTemplate): string[] {
  const faults: string[] = [];
  if (text.trim() === '')
    return [`${file}:1: empty; write the ${part === 'subject' ? 'subject' : 'text'} of the letter`];
  for (const [index, line] of text.split('\n').entries()) {
    const at = `${file}:${index + 1}`;
    for (const match of line.matchAll(PLACEHOLDER)) {
      const name = match[1] ?? '';
      if (!LETTER_FIELDS.includes(name as never))
        faults.push(`${at}: {{${name}}} is unknown; use one of ${LETTER_FIELDS.join(', ')}`);
    }
    if (line.includes('[%') || line.includes('%]'))
      faults.push(`${at}: "[%" and "%]" are the provider's template language; use {{placeholders}} instead`);
    if (part === 'html') continue;
    for (const [address] of line.matchAll(ADDRESS))
      faults.push(
        `${at}: ${JSON.stringify(address.slice(0, 60))} links to another site; a letter may contain only the links {{lookupUrl}} and {{issuerUrl}}`,
      );
  }
  if (part === 'html') faults.push(...htmlFaults(file, text));
  if (part !== 'subject' && !/\{\{\s*lookupUrl\s*\}\}/.test(text))
    faults.push(`${file}:1: {{lookupUrl}} is missing; a letter must contain the link to the verification page`);
  return faults;
}

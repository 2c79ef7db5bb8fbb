import { LETTER_FIELDS } from '../../domain/letter-text.ts';
import type { LetterTemplate } from '../../domain/rulebook.ts';

const PLACEHOLDER = /\{\{\s*([^}]*?)\s*\}\}/g;

/** What is wrong with one part of a letter, line by line: unknown placeholders, the provider's template marks, emptiness. */
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
  }
  if (part !== 'subject' && !text.includes('{{lookupUrl}}'))
    faults.push(`${file}:1: {{lookupUrl}} is missing; a letter must lead to the verification page`);
  return faults;
}

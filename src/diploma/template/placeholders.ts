import { RecentCache } from '../recent-cache.ts';

/** The texts of a few dozen templates. They are read for each diploma, twice. */
const READ_TEXTS = 2000;
const readTexts = new RecentCache<readonly string[]>(READ_TEXTS);

/** Plain text and placeholders in turn; plain text comes first and last, and may be empty. */
export function partedText(text: string): readonly string[] {
  return readTexts.keep(text, () => text.split(/\{([^{}]*)\}/));
}

/** Placeholders in a text. */
export function placeholdersOf(text: string): string[] {
  if (!text.includes('{')) return [];
  return partedText(text).filter((_, index) => index % 2 === 1);
}

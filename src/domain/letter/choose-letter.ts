import type { Rulebook } from '../rulebook.ts';
import type { LetterTemplate } from './letter-text.ts';

/** In `letter` of a programme or batch: others send the letters, Gramota sends none. */
export const NO_LETTER = 'none';

/**
 * The text of a letter in the first language that it has: the teacher's, the diploma's, those of the country, English,
 * Russian. Null: it has none of them.
 * @param of.locale of the teacher, BCP 47
 */
export function chooseLetter(
  { letters, countries }: Pick<Rulebook, 'letters' | 'countries'>,
  of: { letter: string; locale: string | null; language: string; country: string },
): { language: string; template: LetterTemplate } | null {
  const texts = letters.get(of.letter);
  const spoken = countries.countries[of.country]?.languages ?? [];
  for (const language of [of.locale?.split('-')[0], of.language, ...spoken, 'en', 'ru']) {
    const template = language === undefined ? undefined : texts?.get(language);
    if (language !== undefined && template) return { language, template };
  }
  return null;
}

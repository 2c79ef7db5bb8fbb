import { z } from 'zod';
import { type Alphabet, alphabetsOf } from './alphabets.ts';
import { doubtOf } from './doubtful-text.ts';

/** A text that files of the school declare and diplomas print. */
export const PrintedText = z
  .string()
  .trim()
  .min(1, 'is empty: enter the text, or remove this language')
  .superRefine((text, context) => {
    const doubt = doubtOf(text, 'title');
    if (doubt === null) return;
    const meant = doubt.suggestion === null ? '' : ` Probably meant: ${doubt.suggestion}`;
    context.addIssue({ code: 'custom', message: `${doubt.finding}${meant}` });
  });

/** Key of a text that is the same in every language (BCP 47: undetermined). */
const EVERY_LANGUAGE = 'und';

/** A text per language, or one text for all languages; parsed into a text per language. */
export const PrintedTexts = z
  .union(
    [PrintedText, z.record(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'expected a language'), PrintedText)],
    {
      error: 'expected a text, or a text for each language such as { ru: …, en: … }',
    },
  )
  .transform((text): Record<string, string> => (typeof text === 'string' ? { [EVERY_LANGUAGE]: text } : text))
  .refine((texts) => Object.keys(texts).length > 0, 'expected the text in at least one language');

/** Script codes (ISO 15924) and their alphabets. */
const ALPHABETS: Readonly<Record<string, Alphabet>> = {
  Latn: 'Latin',
  Cyrl: 'Cyrillic',
  Grek: 'Greek',
  Armn: 'Armenian',
  Geor: 'Georgian',
  Arab: 'Arabic',
  Hebr: 'Hebrew',
  Deva: 'Devanagari',
  Beng: 'Bengali',
  Thai: 'Thai',
  Ethi: 'Ethiopic',
  Mong: 'Mongolian',
  ...{ Hans: 'East Asian', Hant: 'East Asian', Jpan: 'East Asian', Kore: 'East Asian' },
};

/** The alphabet in which a language (BCP 47) is written today by CLDR; null when it is not known. */
export function alphabetOf(language: string): Alphabet | null {
  const { script } = new Intl.Locale(language).maximize();
  return ALPHABETS[script ?? ''] ?? null;
}

/** Whether a text has letters of another alphabet than its language's; texts without letters have none. */
export function isForeign(text: string, language: string): boolean {
  const own = alphabetOf(language);
  return own !== null && [...alphabetsOf(text)].some((alphabet) => alphabet !== own);
}

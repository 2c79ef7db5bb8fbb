import { PAGE_LANGUAGES, type PageLanguage } from './texts/page-texts.ts';

/** Date, time and number formats of a language. */
interface Formats {
  /** Long form of a UTC date. */
  date: Intl.DateTimeFormat;
  /** Long form of a UTC date with hours and minutes. */
  time: Intl.DateTimeFormat;
  number: Intl.NumberFormat;
  plural: Intl.PluralRules;
}

const localeOf = (language: PageLanguage): string => (language === 'en' ? 'en-GB' : language);

function formatsOf(language: PageLanguage): Formats {
  const locale = localeOf(language);
  return {
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }),
    time: new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }),
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }),
    plural: new Intl.PluralRules(locale),
  };
}

/** Created once, because creation takes longer than rendering a page. */
export const FORMATS = Object.fromEntries(PAGE_LANGUAGES.map((language) => [language, formatsOf(language)])) as Record<
  PageLanguage,
  Formats
>;

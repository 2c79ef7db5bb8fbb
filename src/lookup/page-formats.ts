import { keptTexts } from './kept-texts.ts';
import { PAGE_LANGUAGES, type PageLanguage } from './texts/page-texts.ts';

const localeOf = (language: PageLanguage): string => (language === 'en' ? 'en-GB' : language);

/**
 * Date, time and number formats of a language. Each is created once, because creation takes longer than rendering a page,
 * and at its first use, because those of all languages hold 10 MB.
 */
class PageFormats {
  readonly #locale: string;
  #date: Intl.DateTimeFormat | undefined;
  #time: Intl.DateTimeFormat | undefined;
  #number: Intl.NumberFormat | undefined;
  #plural: Intl.PluralRules | undefined;

  constructor(language: PageLanguage) {
    this.#locale = localeOf(language);
  }

  /** Long form of a UTC date. */
  get date(): Intl.DateTimeFormat {
    this.#date ??= new Intl.DateTimeFormat(this.#locale, { dateStyle: 'long', timeZone: 'UTC' });
    return this.#date;
  }

  /** Long form of a UTC date with hours and minutes. */
  get time(): Intl.DateTimeFormat {
    this.#time ??= new Intl.DateTimeFormat(this.#locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' });
    return this.#time;
  }

  get number(): Intl.NumberFormat {
    this.#number ??= new Intl.NumberFormat(this.#locale, { maximumFractionDigits: 2 });
    return this.#number;
  }

  /** Long form of a date `YYYY-MM-DD`. */
  readonly longDate = keptTexts((date: string) => {
    const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
    return this.date.format(Date.UTC(year, month - 1, day));
  });

  /** Long form of a UTC date with hours and minutes, by minutes since 1970. */
  readonly longMinute = keptTexts((minutes: number) => this.time.format(minutes * 60_000));

  readonly numeral = keptTexts((n: number) => this.number.format(n));

  get plural(): Intl.PluralRules {
    this.#plural ??= new Intl.PluralRules(this.#locale);
    return this.#plural;
  }
}

export const FORMATS = Object.fromEntries(
  PAGE_LANGUAGES.map((language) => [language, new PageFormats(language)]),
) as Record<PageLanguage, PageFormats>;

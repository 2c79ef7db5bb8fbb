import { Html, html } from './html.ts';
import { PAGE_STYLE } from './page-style.ts';
import { LANGUAGE_NAMES, PAGE_LANGUAGES, PAGE_TEXTS, type PageLanguage } from './page-texts.ts';

const MARKS = {
  valid: new Html('<path d="M10 17.5l4.5 4.5L24 12.5"/>'),
  revoked: new Html('<path d="M11.5 11.5l10 10m0-10l-10 10"/>'),
  expired: new Html('<path d="M16.5 9.5v7.5l5 3"/>'),
  erased: new Html('<path d="M10.5 16.5h12"/>'),
  unknown: new Html('<path d="M12.8 13a3.8 3.8 0 1 1 5.4 3.5c-1.1.6-1.7 1.2-1.7 2.5m0 4v.1"/>'),
  notice: new Html('<path d="M16.5 10v8m0 4.5v.1"/>'),
} as const;
export type Mark = keyof typeof MARKS;

/** The first thing on every page: how it stands, in words, colour and sign alike. */
export function verdict(mark: Mark, title: string, text: string): Html {
  return html`<section class="verdict ${mark}"><svg viewBox="0 0 33 33" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><circle cx="16.5" cy="16.5" r="14.5"/>${MARKS[mark]}</svg><div><h1>${title}</h1><p>${text}</p></div></section>`;
}

/** A whole page. The links to other languages are relative, so that a page never repeats what was asked. */
export function frame(language: PageLanguage, title: string, content: Html): string {
  const texts = PAGE_TEXTS[language];
  const links = PAGE_LANGUAGES.map((other) =>
    other === language
      ? html`<li><span aria-current="true" lang="${other}">${LANGUAGE_NAMES[other]}</span></li>`
      : html`<li><a href="?lang=${other}" lang="${other}" hreflang="${other}">${LANGUAGE_NAMES[other]}</a></li>`,
  );
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Html(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">${texts.skip}</a>
<header class="bar"><a class="site" href="/">${texts.site}</a><nav aria-label="${texts.languages}"><ul>${links}</ul></nav></header>
<main id="content">
${content}
</main>
</body>
</html>
`.text;
}

/** A civil date (`YYYY-MM-DD`) or an instant's UTC date in the long form of the page's language. */
export function longDate(date: string, language: PageLanguage): string {
  const [year = 0, month = 1, day = 1] = date.slice(0, 10).split('-').map(Number);
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1, day),
  );
}

/** The page's language: the one asked for by `?lang=`, else the reader's, else the diploma's, else Russian. */
export function chooseLanguage(asked: unknown, accepted: string | false, diploma: string | null): PageLanguage {
  const known = (tag: unknown) =>
    PAGE_LANGUAGES.find((language) => typeof tag === 'string' && tag.toLowerCase().split('-')[0] === language);
  return known(asked) ?? known(accepted) ?? known(diploma) ?? 'ru';
}

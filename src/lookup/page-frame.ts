import { inLanguage } from '../domain/rulebook.ts';
import { Html, html } from '../platform/http/html.ts';
import { LOOK_FOLDER, styleOf } from './page-assets.ts';
import { FORMATS } from './page-formats.ts';
import { reachOf, type School } from './school.ts';
import { PAGE_LANGUAGES, PAGE_TEXTS, type PageLanguage } from './texts/page-texts.ts';

const MARKS = {
  valid: new Html('<path d="M10 17.5l4.5 4.5L24 12.5"/>'),
  revoked: new Html('<path d="M11.5 11.5l10 10m0-10l-10 10"/>'),
  expired: new Html('<path d="M16.5 9.5v7.5l5 3"/>'),
  erased: new Html('<path d="M10.5 16.5h12"/>'),
  superseded: new Html('<path d="M11 13.5h9.5a3.5 3.5 0 0 1 0 7H12m2.5-3l-3 3 3 3"/>'),
  unknown: new Html('<path d="M12.8 13a3.8 3.8 0 1 1 5.4 3.5c-1.1.6-1.7 1.2-1.7 2.5m0 4v.1"/>'),
  notice: new Html('<path d="M16.5 10v8m0 4.5v.1"/>'),
} as const;
export type Mark = keyof typeof MARKS;

const sign = (mark: Mark): Html =>
  html`<svg viewBox="0 0 33 33" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><circle cx="16.5" cy="16.5" r="14.5"/>${MARKS[mark]}</svg>`;

/** The first section of every page: the status in words, colour and sign. */
export function verdict(mark: Mark, title: string, text: string, more: Html | null = null): Html {
  return html`<section class="verdict ${mark}">${sign(mark)}<div><h1>${title}</h1><p>${text}</p>${more}</div></section>`;
}

/** An answer to an action of the reader on the page; a smaller verdict. */
export function answer(mark: Mark, title: string, text: string, more: Html | null = null): Html {
  return html`<div class="verdict answer ${mark}">${sign(mark)}<div><h3>${title}</h3><p>${text}</p>${more}</div></div>`;
}

/** Language and location of a page. */
export interface Page {
  language: PageLanguage;
  /** Relative path from the page to the root of the product (`./`, `../` …), because a proxy may add a path prefix. */
  root: string;
  /** The school that issues the diplomas. */
  school: School;
}

/** Optional parts of a page. */
export interface FrameParts {
  /** Further elements of the head. */
  head?: Html;
  /**
   * The page's own address for links to other languages; never the requested address. Null: no links to other
   * languages, because no address would lead to this page again. Default: the requested address without query.
   */
  own?: string | null;
  /** The last lines of the page. */
  foot?: Html;
}

/** What follows the address in a link to each language, and how the page's own language is named. */
const THERE = byLanguage((tag, name) => html`lang=${tag}" lang="${tag}" hreflang="${tag}">${name}</a></li>`);
const HERE = byLanguage((tag, name) => html`<li><span aria-current="true" lang="${tag}">${name}</span></li>`);

function byLanguage(write: (tag: string, name: string) => Html): Record<PageLanguage, string> {
  const all = PAGE_LANGUAGES.map((tag) => [tag, write(tag, PAGE_TEXTS[tag].name).text]);
  return Object.fromEntries(all) as Record<PageLanguage, string>;
}

/** Renders a whole page. Links to other languages are relative, so a page never repeats the request. */
export function frame(page: Page, title: string, content: Html, parts: FrameParts = {}): string {
  const { language, root } = page;
  const { head, own = '' } = parts;
  const texts = PAGE_TEXTS[language];
  const query = own?.includes('?') ? `${own}&` : `${own}?`;
  const start = html`<li><a href="${query}`.text;
  const links = PAGE_LANGUAGES.map((other) => (other === language ? HERE[other] : `${start}${THERE[other]}`)).join('');
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
${head ?? null}
<link rel="icon" type="image/svg+xml" href="${ICON}">
<link rel="stylesheet" href="${root}${styleOf(page.school.look).address}">
</head>
<body>
<a class="skip" href="#content">${texts.skip}</a>
<header class="bar">${masthead(page)}${own !== null && html`<nav class="langs" aria-label="${texts.languages}"><details><summary><span lang="${language}">${texts.name}</span></summary><ul>${new Html(links)}</ul></details></nav>`}</header>
<main id="content">
${content}
${doubtOf(page)}${parts.foot ?? null}
</main>
</body>
</html>
`.text;
}

/** A seal with a tick, the same in light and dark. */
const ICON = new Html(
  `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#17365d"/><circle cx="16" cy="16" r="12" fill="none" stroke="#c9a962" stroke-width="1.5"/><path d="M10 16.5l4.2 4.2L22.5 12" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/></svg>')}`,
);

/** The school with its logo, and what the page is for. */
function masthead({ language, root, school }: Page): Html {
  const { logo } = school.look;
  const picture =
    logo && html`<img src="${root}${LOOK_FOLDER}/${logo.name}" width="${logo.width}" height="${logo.height}" alt="">`;
  return html`<a class="site" href="${root}">${picture}<span><b dir="auto">${inLanguage(school.name, language, 'ru', 'en')}</b><small>${PAGE_TEXTS[language].site}</small></span></a>`;
}

/** Whom to write when a diploma looks forged. */
function doubtOf({ language, school }: Page): Html {
  const { doubt } = PAGE_TEXTS[language];
  const { href, text } = reachOf(school);
  return html`<p class="doubt"><b>${doubt.title}</b> ${doubt.text} <a href="${href}" rel="noopener noreferrer">${text}</a></p>`;
}

/** A date (`YYYY-MM-DD`), or the UTC date of a time, in the long form of the page's language. */
export function longDate(date: string, language: PageLanguage): string {
  return FORMATS[language].longDate(date.slice(0, 10));
}

/**
 * The page's language: from `?lang=`, else the reader's, else the diploma's, else Russian.
 * @param accepted the reader's languages, most preferred first
 */
export function chooseLanguage(asked: unknown, accepted: readonly string[], diploma: string | null): PageLanguage {
  const known = (tag: unknown) =>
    PAGE_LANGUAGES.find((language) => typeof tag === 'string' && tag.toLowerCase().split('-')[0] === language);
  const [wished] = accepted.flatMap((tag) => known(tag) ?? []);
  return known(asked) ?? wished ?? known(diploma) ?? 'ru';
}

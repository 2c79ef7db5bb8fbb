import { type Html, html } from '../platform/http/html.ts';
import { frame, type Page, verdict } from './page-frame.ts';
import { formHints, queryOf, type SearchInput } from './search-input.ts';
import { PAGE_TEXTS } from './texts/page-texts.ts';

/** Two small forms with the typed values; the form that was used comes first. */
function forms({ language, root }: Page, { code = '', number = '', surname = '' }: SearchInput = {}): Html {
  const texts = PAGE_TEXTS[language];
  const plain = html`<input type="hidden" name="lang" value="${language}">`;
  const byCode = html`<form action="${root}certificates/lookup" method="get" aria-labelledby="by-code">${plain}
<h2 id="by-code">${texts.byCode}</h2>
<div><label for="code">${texts.code}</label><span class="hint" id="code-hint">${texts.codeHint}</span><input class="mono" id="code" name="code" value="${code}" required maxlength="100" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-describedby="code-hint"></div>
<button type="submit">${texts.find}</button></form>`;
  const byNumber = html`<form action="${root}certificates/lookup" method="get" aria-labelledby="by-number">${plain}
<h2 id="by-number">${texts.byNumber}</h2>
<div class="pair"><div><label for="number">${texts.number}</label><span class="hint" id="number-hint">${texts.numberHint}</span><input id="number" name="number" value="${number}" required maxlength="100" autocomplete="off" spellcheck="false" aria-describedby="number-hint"></div>
<div><label for="surname">${texts.surname}</label><span class="hint" id="surname-hint">${texts.surnameHint}</span><input id="surname" name="surname" value="${surname}" required maxlength="200" autocomplete="off" spellcheck="false" aria-describedby="surname-hint"></div></div>
<button type="submit">${texts.find}</button></form>`;
  return code === '' && number !== ''
    ? html`${byNumber}
${byCode}`
    : html`${byCode}
${byNumber}`;
}

/** The page with the empty search form. */
export function searchPage(page: Page): string {
  const texts = PAGE_TEXTS[page.language];
  const content = html`<div class="sheet"><h1 class="title">${texts.search}</h1><p class="lead">${texts.searchIntro}</p>${forms(page)}<p class="note after">${texts.searchFile}</p></div>`;
  return frame(page, texts.search, content);
}

/**
 * Page for a miss: the typed values, hints about their form, and the search form. It follows from the request alone,
 * so it does not reveal whether such a code, number or name exists.
 * @param own query that repeats the search, for links to other languages
 */
export function missPage(page: Page, asked: SearchInput, own: string): string {
  const texts = PAGE_TEXTS[page.language];
  const help = [...formHints(asked, texts), ...texts.missHelp].map((line) => html`<li>${line}</li>`);
  const content = html`${verdict('unknown', texts.unknown.title, texts.unknown.text)}
<div class="sheet"><ul class="help">${help}</ul><h2>${texts.searchAgain}</h2>
${forms(page, asked)}</div>`;
  return frame(page, texts.unknown.title, content, { own });
}

/** Page for a request that was not looked up: incomplete, or over the rate limit. */
export function refusedPage(page: Page, cause: 'tooMany' | 'badQuery', asked: SearchInput): string {
  const texts = PAGE_TEXTS[page.language];
  const { title, text } = texts[cause];
  const content = html`${verdict('notice', title, text)}<div class="sheet">${forms(page, asked)}</div>`;
  return frame(page, title, content, { own: queryOf(asked) });
}

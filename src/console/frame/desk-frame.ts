import type { Language } from '../../domain/messages/message.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { SCRIPT_ASSET, STYLE_ASSET } from './desk-assets.ts';
import { FRAME_WORDS } from './frame-words.ts';
import { icon } from './icons.ts';

/** The pages of the menu, in its order: name and path. */
export const MENU = [
  ['home', '/console'],
  ['releases', '/console/releases'],
  ['batches', '/console/batches'],
  ['people', '/console/people'],
  ['held', '/console/held'],
  ['reconciliation', '/console/reconciliation'],
  ['templates', '/console/templates'],
  ['imports', '/console/imports'],
  ['reports', '/console/reports'],
  ['access', '/console/access'],
  ['audit', '/console/audit'],
] as const;
export type MenuName = (typeof MENU)[number][0];

/** What the frame needs to know of the reader. `name`: null before the sign-in. */
export interface Reader {
  language: Language;
  name: string | null;
  /** Path of the product behind a proxy, such as `/certificates`; usually empty. */
  base: string;
  /** IANA name of the zone in which times are shown. */
  zone: string;
  /** Path and query of the present page, to come back to it. */
  here: string;
}

export interface DeskView {
  title: string;
  content: Html;
  /** The entry of the menu that the page belongs to. */
  menu: MenuName | null;
  /** What is shown changes soon: the script loads the page again; without it there is a link. */
  again?: boolean;
}

/** A whole page of the console. */
export function deskPage(reader: Reader, { title, content, menu, again = false }: DeskView): string {
  const { language, base } = reader;
  const words = FRAME_WORDS[language];
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${title} · ${words.product}</title>
<link rel="icon" href="${base}/console/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="${base}${STYLE_ASSET.path}">
<script type="module" src="${base}${SCRIPT_ASSET.path}"></script>
</head>
<body>
<a class="skip" href="#content">${words.skip}</a>
<header class="bar"><a class="site" href="${base}/console">${words.product}</a>${reader.name !== null && searchForm(reader)}<div class="who">${reader.name !== null && html`<span><bdi>${reader.name}</bdi></span>`}${languageForm(reader)}${reader.name !== null && signOutForm(reader)}</div></header>
${reader.name !== null && menuOf(reader, menu)}
<main id="content"${again && html` data-again`}>
${content}
${again && html`<noscript><p><a class="button quiet" href="${reader.here}">${words.again}</a></p></noscript>`}
${reader.name !== null && html`<p class="small soft">${words.zone.replace('{zone}', reader.zone)}</p>`}
</main>
</body>
</html>
`.text;
}

function menuOf({ language, base }: Reader, current: MenuName | null): Html {
  const entries = MENU.map(
    ([name, path]) =>
      html`<li><a href="${base}${path}"${name === current && html` aria-current="page"`}>${FRAME_WORDS[language][name]}</a></li>`,
  );
  return html`<nav class="menu" aria-label="${FRAME_WORDS[language].menu}"><ul>${entries}</ul></nav>`;
}

function searchForm({ language, base }: Reader): Html {
  const words = FRAME_WORDS[language];
  return html`<form class="find" role="search" action="${base}/console/people" method="get"><input type="search" name="q" aria-label="${words.find}" placeholder="${words.findHint}" autocomplete="off"><button class="quiet">${icon('search')}${words.search}</button></form>`;
}

function languageForm({ language, base, here, name }: Reader): Html {
  const words = FRAME_WORDS[language];
  // Before the sign-in there is no session to keep the choice in.
  if (name === null)
    return html`<a href="${base}/console/sign-in?${new URLSearchParams({ next: here, lang: words.otherLanguage }).toString()}" lang="${words.otherLanguage}" hreflang="${words.otherLanguage}">${words.other}</a>`;
  return html`<form method="post" action="${base}/console/language"><input type="hidden" name="language" value="${words.otherLanguage}"><input type="hidden" name="next" value="${here}"><button class="link" lang="${words.otherLanguage}">${words.other}</button></form>`;
}

function signOutForm({ language, base }: Reader): Html {
  return html`<form method="post" action="${base}/console/session/end"><button class="link">${FRAME_WORDS[language].signOut}</button></form>`;
}

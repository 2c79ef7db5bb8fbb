import { type Html, html } from '../platform/http/html.ts';
import { COMPARE_SCRIPT_INTEGRITY, COMPARE_SCRIPT_PATH } from './compare-script.ts';
import { answer, type Mark } from './page-frame.ts';
import { fillSentence } from './page-parts.ts';
import type { View } from './page-view.ts';
import { sentenceWords } from './page-view.ts';
import type { StatementText } from './texts/page-texts.ts';

/** Hash commands of operating systems. */
const COMMANDS: [string, string][] = [
  ['Windows', 'certutil -hashfile diploma.pdf SHA256'],
  ['macOS', 'shasum -a 256 diploma.pdf'],
  ['Linux', 'sha256sum diploma.pdf'],
];

/**
 * Section where a reader compares a file. The page contains the answers for all versions by SHA-256; the script only
 * selects one. Without script, or when the browser cannot hash, the section explains how to do it by hand.
 */
export function checkSheet(view: View): Html {
  const { check } = view.texts;
  const commands = COMMANDS.map(([system, line]) => html`<div><dt>${system}</dt><dd><code>${line}</code></dd></div>`);
  return html`<section class="sheet no-print" aria-labelledby="check"><h2 id="check">${check.title}</h2>
<div id="check-file" hidden>
<div id="check-place"><p id="check-intro">${check.intro}</p>
<p class="drop"><input class="file" id="check-input" type="file" accept="application/pdf,.pdf" aria-describedby="check-intro"><label class="button" for="check-input">${check.choose}</label> <span>${check.drop}</span></p></div>
<div id="check-answer" role="status" aria-live="polite"></div>
</div>
<details><summary>${check.manual}</summary><p class="note">${check.manualNote}</p><dl class="commands">${commands}</dl></details>
${answers(view)}
</section>`;
}

/** The script for {@link checkSheet}; belongs into the head. */
export function checkScript(root: string): Html {
  return html`<script type="module" src="${root}${COMPARE_SCRIPT_PATH}" integrity="${COMPARE_SCRIPT_INTEGRITY}"></script>`;
}

function answers(view: View): Html[] {
  const { check } = view.texts;
  const own = html`<p class="note">${check.yours}: <span class="mono" data-own></span></p>`;
  const points = check.differsPoints.map((point) => html`<li>${point}</li>`);
  const statement = (name: string, { title, text }: StatementText, more: Html | null = null) =>
    html`<template data-answer="${name}">${answer('notice', title, text, more)}</template>`;
  return [
    html`<template data-answer="busy"><p class="note">${check.busy}</p></template>`,
    ...view.record.versions.map((one) => sameAs({ ...view, version: one })),
    statement('differs', check.differs, html`<ul>${points}</ul>${own}`),
    statement('not-pdf', check.notPdf, own),
    statement('unreadable', check.unreadable),
    statement('insecure', check.insecure),
  ];
}

/** The answer for the exact file of a version. */
function sameAs(view: View): Html {
  const { version, newest, status, path } = view;
  const { check } = view.texts;
  const former = version !== newest;
  const standing = status === 'revoked' ? 'revoked' : former ? 'superseded' : status;
  const kinds: Record<typeof standing, { mark: Mark; words: StatementText }> = {
    valid: { mark: 'valid', words: check.same },
    expired: { mark: 'expired', words: check.sameExpired },
    revoked: { mark: 'revoked', words: check.sameRevoked },
    superseded: { mark: 'superseded', words: check.sameFormer },
    erased: { mark: 'erased', words: view.texts.erased },
  };
  const { mark, words } = kinds[standing];
  const named = {
    ...sentenceWords({ ...view, standing }),
    ...(standing === 'revoked' && { version: version.version }),
  };
  const ways = html`<p><a href="${path}">${view.texts.toCurrent}</a> · <a href="${path}?version=${version.version}">${fillSentence(check.openFormer, named)}</a></p>`;
  const text = fillSentence(words.text, named);
  return html`<template data-sha256="${version.sha256}">${answer(mark, words.title, text, standing === 'superseded' ? ways : null)}</template>`;
}

import { Html, html } from '../platform/http/html.ts';
import type { ComparedFacts } from './browser/file-facts.ts';
import { PAGE_SCRIPT, PAGE_SCRIPT_INTEGRITY } from './page-assets.ts';
import { answer, longDate, type Mark } from './page-frame.ts';
import { fillSentence, hours } from './page-parts.ts';
import type { View } from './page-view.ts';
import { sentenceWords } from './page-view.ts';
import type { PageTexts, StatementText } from './texts/page-texts.ts';

/** Hash commands of operating systems. */
const COMMANDS: [string, string][] = [
  ['Windows', 'certutil -hashfile diploma.pdf SHA256'],
  ['macOS', 'shasum -a 256 diploma.pdf'],
  ['Linux', 'sha256sum diploma.pdf'],
];

const COMMAND_LIST = html`${COMMANDS.map(([system, line]) => html`<div><dt>${system}</dt><dd><code>${line}</code></dd></div>`)}`;

/**
 * Section where a reader compares a file. The page contains all answers and the facts to compare; the script selects an
 * answer by SHA-256, or by what it reads in the file. Without script, or when the browser cannot hash, the section explains
 * how to do it by hand.
 */
export function checkSheet(view: View): Html {
  const { check } = view.texts;
  return html`<section class="sheet no-print" aria-labelledby="check"><h2 id="check">${check.title}</h2>
<div id="check-file" data-facts='${attribute(comparedFacts(view))}' hidden>
<div id="check-place"><p id="check-intro">${check.intro}</p>
<p class="drop"><input class="file" id="check-input" type="file" accept="application/pdf,.pdf" aria-describedby="check-intro"><label class="button" for="check-input">${check.choose}</label> <span>${check.drop}</span></p></div>
<div id="check-answer" role="status" aria-live="polite"></div>
</div>
<details><summary>${check.manual}</summary><p class="note">${check.manualNote}</p><dl class="commands">${COMMAND_LIST}</dl></details>
${commonAnswers(view.texts)}${view.record.versions.map((one) => sameAs({ ...view, version: one }))}
</section>`;
}

/** The script of the page; belongs into the head. */
export function pageScript(root: string): Html {
  return html`<script type="module" src="${root}${PAGE_SCRIPT.address}" integrity="${PAGE_SCRIPT_INTEGRITY}"></script>`;
}

/** JSON for an attribute in single quotation marks: its own double ones need no entities, which would be many. */
const attribute = (data: object): Html =>
  new Html(JSON.stringify(data).replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('<', '&lt;'));

/** What the script compares with a file. */
function comparedFacts({ facts, record, texts, language, address, initials }: View): ComparedFacts {
  const { project, signatory, hoursTotal } = facts;
  const fact = (key: string, label: string, value: string, shown = value) => ({ key, label, value, shown });
  const dated = (key: string, label: string, date: string) =>
    fact(key, label, date.slice(0, 10), longDate(date, language));
  return {
    code: record.code,
    prefix: address.slice(0, -record.code.length),
    facts: [
      ...(initials ? [] : [fact('holderName', texts.holder, facts.holderName)]),
      fact('courseTitle', texts.completed, facts.courseTitle),
      ...(hoursTotal > 0
        ? [fact('hoursTotal', texts.hours, String(hoursTotal), hours(hoursTotal, texts, language))]
        : []),
      fact('number', texts.number, record.number),
      dated('issueDate', texts.issued, facts.issueDate),
      ...(facts.validUntil === null ? [] : [dated('validUntil', texts.validUntil, facts.validUntil)]),
      fact('signatory', texts.signatory, signatory.name),
      fact('issuer', texts.issuer, facts.issuer.name),
      ...(project === null ? [] : [fact('project', texts.project, project.title)]),
    ],
  };
}

/** Answers that are the same on every page of a language: made once, because they are a third of a page. */
function commonAnswers({ check }: PageTexts): Html {
  const known = common.get(check);
  if (known !== undefined) return known;
  const own = html`<p class="note">${check.yours}: <span class="mono" data-own></span></p>`;
  const points = check.differsPoints.map((point) => html`<li>${point}</li>`);
  const table = html`<table><thead><tr><th scope="col">${check.fact}</th><th scope="col">${check.inFile}</th><th scope="col">${check.onPage}</th></tr></thead><tbody data-rows data-absent="${check.absent}"></tbody></table>`;
  const statement = (name: string, { title, text }: StatementText, more: Html | null = null) =>
    html`<template data-answer="${name}">${answer('notice', title, text, more)}</template>`;
  const made = html`${[
    html`<template data-answer="busy"><p class="note">${check.busy}</p></template>`,
    statement('differs', check.differs, html`<ul>${points}</ul>${own}`),
    statement('facts-differ', check.factsDiffer, html`${table}${own}`),
    statement('facts-agree', check.factsAgree, html`<ul>${points}</ul>${own}`),
    statement('other', check.other, html`${table}${own}`),
    statement('not-ours', check.notOurs, own),
    statement('not-pdf', check.notPdf, own),
    statement('unreadable', check.unreadable),
    statement('insecure', check.insecure),
  ]}`;
  common.set(check, made);
  return made;
}

const common = new WeakMap<PageTexts['check'], Html>();

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

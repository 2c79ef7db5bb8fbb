import { formatCode } from '../domain/certificate/lookup-code.ts';
import { type Html, html, webAddress } from '../platform/http/html.ts';
import type { LookupRecord, PrintedFacts } from '../records/certificates/lookup.ts';
import { dateElement, entry, hours, issuerOf, programmeTable } from './page-parts.ts';
import type { View } from './page-view.ts';
import type { PageLanguage, PageTexts } from './texts/page-texts.ts';

/** The contents of the diploma's first page. Names can be in any script, so each has its own `dir`. */
export function mainSheet(view: View): Html {
  const { record, facts, texts, language, words, standing, initials } = view;
  const latin = facts.latinName !== null && facts.latinName !== facts.holderName ? facts.latinName : null;
  const inDiploma = (text: string) => html`<span lang="${facts.language}" dir="auto">${text}</span>`;
  const own = (text: string | null, printed: string) =>
    text === null ? inDiploma(printed) : html`${text}${printedBelow(view, printed)}`;
  const { name, position } = facts.signatory;
  const signatory = html`<span dir="auto">${name}</span><small>${own(words.position, position)}</small>`;
  const issuer = html`${issuerOf({ ...facts.issuer, name: words.issuer ?? facts.issuer.name })}${words.issuer !== null && printedBelow(view, facts.issuer.name)}`;
  const isOver = standing === 'revoked' || standing === 'superseded';
  const validUntil = facts.validUntil?.slice(0, 10) ?? null;
  return html`<article class="sheet diploma${isOver && ' muted'}" aria-labelledby="holder">
<p class="kind">${texts.holder}</p>
<h2 class="name" id="holder" lang="${facts.language}"><bdi>${facts.holderName}</bdi></h2>
${latin !== null && html`<p class="latin" lang="und-Latn">${latin}</p>`}
${initials && html`<p class="note">${texts.initials}</p>`}
<p class="course"${words.courseTitle === null && html` lang="${facts.language}"`}><bdi>${words.courseTitle ?? facts.courseTitle}</bdi></p>${words.courseTitle !== null && printedBelow(view, facts.courseTitle)}
<dl>
${entry(texts.issued, dateElement(facts.issueDate, language))}
${facts.hoursTotal > 0 && entry(texts.hours, hours(facts.hoursTotal, texts, language))}
${validUntil !== null && entry(texts.validUntil, dateElement(validUntil, language))}
${entry(texts.number, html`<span class="mono">${record.number}</span>`)}
${entry(texts.signatory, signatory)}
${entry(texts.issuer, issuer, true)}
${entry(texts.code, html`<span class="codes"><span class="mono">${formatCode(record.code)}</span><button class="quiet no-print" id="copy" type="button" data-copy="${view.address}" data-done="${texts.copied}" hidden>${texts.copyLink}</button></span>`, true)}
</dl>
</article>`;
}

/** The wording that the diploma prints, below a text in the reader's language. */
function printedBelow({ facts, texts }: View, printed: string): Html {
  return html`<span class="printed">${texts.printed}: <bdi lang="${facts.language}">${printed}</bdi></span>`;
}

/** The contents of the following pages. */
export function programmeSheet({ facts, texts, language, words }: View): Html | null {
  if (facts.programme.length === 0 && facts.project === null) return null;
  const table = html`<h2 id="programme">${texts.programme}</h2>
${programmeTable({ ...facts, modules: words.modules }, texts, language, 'programme')}`;
  return html`${facts.programme.length > 0 && html`<section class="sheet" aria-labelledby="programme">${table}</section>`}${projectSheet(facts, texts)}`;
}

function projectSheet({ project, language }: PrintedFacts, texts: PageTexts): Html | null {
  if (project === null) return null;
  const address = webAddress(project.url);
  return html`<section class="sheet" aria-labelledby="project"><h2 id="project">${texts.project}</h2>
<p class="work" lang="${language}"><bdi>${project.title}</bdi></p>
${project.grade !== null && html`<p class="meta">${texts.grade}: <bdi lang="${language}">${project.grade}</bdi></p>`}
${address !== null && html`<p class="meta"><a href="${address}" rel="noopener noreferrer nofollow ugc">${texts.openProject}</a></p>`}
</section>`;
}

/** All data that remain of an erased certificate. */
export function erasedSheet(record: LookupRecord, texts: PageTexts, language: PageLanguage): Html {
  return html`<article class="sheet"><p class="kind">${texts.certificate}</p><dl>
${entry(texts.number, html`<span class="mono">${record.number}</span>`)}
${entry(texts.issued, dateElement(record.issueDate, language))}
${entry(texts.code, html`<span class="mono">${formatCode(record.code)}</span>`, true)}</dl></article>`;
}

import { formatCode } from '../domain/certificate/lookup-code.ts';
import { type Html, html, webAddress } from '../platform/http/html.ts';
import type { LookupRecord, PrintedFacts } from '../records/certificates/lookup.ts';
import { dateElement, entry, hours, issuerOf, programmeTable } from './page-parts.ts';
import type { View } from './page-view.ts';
import type { PageLanguage, PageTexts } from './texts/page-texts.ts';

/** The contents of the diploma's first page. Names can be in any script, so each has its own `dir`. */
export function mainSheet({ record, facts, texts, language }: View): Html {
  const latin = facts.latinName !== null && facts.latinName !== facts.holderName ? facts.latinName : null;
  const signatory = html`<span dir="auto">${facts.signatory.name}</span><small lang="${facts.language}" dir="auto">${facts.signatory.position}</small>`;
  const validUntil = facts.validUntil?.slice(0, 10) ?? null;
  return html`<article class="sheet" aria-labelledby="holder">
<p class="kind">${texts.holder}</p>
<h2 class="name" id="holder" lang="${facts.language}"><bdi>${facts.holderName}</bdi></h2>
${latin !== null && html`<p class="latin" lang="und-Latn">${latin}</p>`}
<p class="course" lang="${facts.language}"><bdi>${facts.courseTitle}</bdi></p>
<dl>
${entry(texts.issued, dateElement(facts.issueDate, language))}
${facts.hoursTotal > 0 && entry(texts.hours, hours(facts.hoursTotal, texts, language))}
${validUntil !== null && entry(texts.validUntil, dateElement(validUntil, language))}
${entry(texts.number, html`<span class="mono">${record.number}</span>`)}
${entry(texts.signatory, signatory)}
${entry(texts.issuer, issuerOf(facts.issuer), true)}
${entry(texts.code, html`<span class="mono">${formatCode(record.code)}</span>`, true)}
</dl>
</article>`;
}

/** The contents of the following pages. */
export function programmeSheet({ facts, texts, language }: View): Html | null {
  if (facts.programme.length === 0 && facts.project === null) return null;
  const table = html`<h2 id="programme">${texts.programme}</h2>
${programmeTable(facts, texts, language, 'programme')}`;
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

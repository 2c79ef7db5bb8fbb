import type { DiplomaFacts } from '../domain/diploma-facts.ts';
import { formatCode } from '../domain/lookup-code.ts';
import type { LookupRecord } from '../records/lookup.ts';
import { type Html, html, webAddress } from './html.ts';
import { frame, longDate, verdict } from './page-frame.ts';
import { PAGE_TEXTS, type PageLanguage, type PageTexts } from './page-texts.ts';
import { type LookupStatus, type NumberObject, statusOf } from './standing.ts';

interface View {
  record: LookupRecord;
  facts: DiplomaFacts;
  status: LookupStatus;
  texts: PageTexts;
  language: PageLanguage;
}

/** The verification page: how the certificate stands, everything its diploma prints, and the diploma itself. */
export function certificatePage(record: LookupRecord, language: PageLanguage, now: Date): string {
  const texts = PAGE_TEXTS[language];
  const status = statusOf(record, now);
  const ending =
    status === 'revoked' ? record.revokedAt?.toISOString() : status === 'expired' ? record.validUntil : null;
  const { title, text } = texts[status];
  const head = verdict(status, title, text.replace('{date}', ending ? longDate(ending, language) : ''));
  const pageTitle = `${title} · ${record.number}`;
  if (record.facts === null) return frame(language, pageTitle, html`${head}${erasedSheet(record, texts, language)}`);
  const view: View = { record, facts: record.facts, status, texts, language };
  return frame(
    language,
    pageTitle,
    html`${head}${mainSheet(view)}${fileSheet(view)}${programmeSheet(view)}${historySheet(view)}`,
  );
}

/** What a search by number and surname tells. */
export function numberPage(found: NumberObject, record: LookupRecord, language: PageLanguage): string {
  const texts = PAGE_TEXTS[language];
  const { title, text } = texts[found.status];
  const ending = found.status === 'revoked' ? record.revokedAt?.toISOString() : record.validUntil;
  const head = verdict(found.status, title, text.replace('{date}', ending ? longDate(ending, language) : ''));
  const content = html`${head}<article class="sheet"><p class="kind">${texts.completed}</p><p class="course" lang="${record.facts?.language ?? ''}">${found.courseTitle}</p>
<dl>${entry(texts.number, found.number)}${entry(texts.issued, dateOf(found.issueDate, language))}${entry(texts.issuer, issuerOf(found.issuer))}</dl>
<p class="note">${texts.numberNote}</p></article>`;
  return frame(language, `${title} · ${found.number}`, content);
}

function entry(term: string, value: Html | string, wide = false): Html {
  return html`<div${wide && html` class="wide"`}><dt>${term}</dt><dd>${value}</dd></div>`;
}

function dateOf(date: string, language: PageLanguage): Html {
  return html`<time datetime="${date.slice(0, 10)}">${longDate(date, language)}</time>`;
}

function issuerOf({ name, url }: { name: string; url: string }): Html {
  const address = webAddress(url);
  return address === null ? html`${name}` : html`<a href="${address}" rel="noopener noreferrer">${name}</a>`;
}

function hours(n: number, texts: PageTexts, language: PageLanguage): string {
  const form = texts.hoursForms[new Intl.PluralRules(language).select(n)] ?? texts.hoursForms.other;
  return form.replace('{n}', number(n, language));
}

function number(n: number, language: PageLanguage): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 2 }).format(n);
}

function mainSheet({ record, facts, texts, language }: View): Html {
  const latin = facts.latinName !== null && facts.latinName !== facts.holderName ? facts.latinName : null;
  const signatory = html`${facts.signatory.name}<small lang="${facts.language}">${facts.signatory.position}</small>`;
  return html`<article class="sheet" aria-labelledby="holder">
<p class="kind">${texts.holder}</p>
<h2 class="name" id="holder" lang="${facts.language}">${facts.holderName}</h2>
${latin !== null && html`<p class="latin" lang="und-Latn">${latin}</p>`}
<p class="course" lang="${facts.language}">${facts.courseTitle}</p>
<dl>
${entry(texts.issued, dateOf(record.issueDate, language))}
${entry(texts.hours, hours(facts.hoursTotal, texts, language))}
${record.validUntil !== null && entry(texts.validUntil, dateOf(record.validUntil, language))}
${entry(texts.number, html`<span class="mono">${record.number}</span>`)}
${entry(texts.signatory, signatory)}
${entry(texts.issuer, issuerOf(facts.issuer), true)}
${entry(texts.code, html`<span class="mono">${formatCode(record.code)}</span>`, true)}
</dl>
</article>`;
}

function programmeSheet({ facts, texts, language }: View): Html | null {
  if (facts.programme.length === 0 && facts.project === null) return null;
  const rows = facts.programme.map(
    (part) => html`<tr><td lang="${facts.language}">${part.title}</td><td>${number(part.hours, language)}</td></tr>`,
  );
  const table = html`<h2 id="programme">${texts.programme}</h2>
<table aria-labelledby="programme"><thead><tr><th scope="col">${texts.module}</th><th scope="col">${texts.hoursColumn}</th></tr></thead>
<tbody>${rows}</tbody>
<tfoot><tr><th scope="row">${texts.total}</th><td>${number(facts.hoursTotal, language)}</td></tr></tfoot></table>`;
  return html`${rows.length > 0 && html`<section class="sheet" aria-labelledby="programme">${table}</section>`}${projectSheet(facts, texts)}`;
}

function projectSheet({ project, language }: DiplomaFacts, texts: PageTexts): Html | null {
  if (project === null) return null;
  const address = webAddress(project.url);
  return html`<section class="sheet" aria-labelledby="project"><h2 id="project">${texts.project}</h2>
<p class="work" lang="${language}">${project.title}</p>
${project.grade !== null && html`<p class="meta">${texts.grade}: <span lang="${language}">${project.grade}</span></p>`}
${address !== null && html`<p class="meta"><a href="${address}" rel="noopener noreferrer nofollow ugc">${texts.openProject}</a></p>`}
</section>`;
}

function fileSheet({ record, status, texts }: View): Html {
  const download = html`<p class="no-print"><a class="button" href="/c/${record.code}/diploma.pdf" type="application/pdf">${texts.download}</a></p>
<p class="note">${texts.fileNote}</p>`;
  return html`<section class="sheet" aria-labelledby="file"><h2 id="file">${texts.file}</h2>
${status !== 'revoked' && download}
<div class="print"><h3>${texts.fingerprint}</h3><span class="mono">${record.versions[0]?.sha256 ?? ''}</span><p class="note">${texts.fingerprintNote}</p></div></section>`;
}

function historySheet({ record, status, texts, language }: View): Html | null {
  if (record.versions.length < 2) return null;
  const items = record.versions.map(({ version, sha256, issuedAt }, index) => {
    const name = `${texts.version} ${version}`;
    const open = status !== 'revoked';
    const link = open ? html`<a href="/c/${record.code}/diploma.pdf?version=${version}">${name}</a>` : html`${name}`;
    const standing = index > 0 ? texts.superseded : open ? texts.current : texts.revoked.title;
    return html`<li>${link} · ${dateOf(issuedAt.toISOString(), language)} · ${standing}<span class="mono">${sha256}</span></li>`;
  });
  return html`<section class="sheet" aria-labelledby="history"><h2 id="history">${texts.versions}</h2><ul class="history">${items}</ul></section>`;
}

function erasedSheet(record: LookupRecord, texts: PageTexts, language: PageLanguage): Html {
  return html`<article class="sheet"><p class="kind">${texts.certificate}</p><dl>
${entry(texts.number, html`<span class="mono">${record.number}</span>`)}
${entry(texts.issued, dateOf(record.issueDate, language))}
${entry(texts.code, html`<span class="mono">${formatCode(record.code)}</span>`, true)}</dl></article>`;
}

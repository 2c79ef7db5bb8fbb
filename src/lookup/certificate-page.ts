import { type Html, html } from '../platform/http/html.ts';
import type { LookupRecord } from '../records/certificates/lookup.ts';
import { downloadSheet, fingerprintSheet, pictureSheet } from './certificate-file.ts';
import { erasedSheet, mainSheet, programmeSheet } from './certificate-sheets.ts';
import { checkSheet } from './file-check.ts';
import type { NumberObject } from './lookup-object.ts';
import { FORMATS } from './page-formats.ts';
import { frame, longDate, type Page, verdict } from './page-frame.ts';
import { headOf } from './page-head.ts';
import { dateElement, entry, fillSentence, issuerOf } from './page-parts.ts';
import { type Shown, sentenceWords, type View, viewOf } from './page-view.ts';
import { PAGE_TEXTS } from './texts/page-texts.ts';

/** The verification page: the status of the certificate, the contents of its diploma, and the diploma itself. */
export function certificatePage(record: LookupRecord, page: Page, shown: Shown): string {
  const view = viewOf(record, { page, ...shown });
  if (view === null) return erasedPage(record, page);
  const { texts, standing, version, newest, path } = view;
  const { title, text } = texts[standing];
  const head = verdict(standing, title, fillSentence(text, sentenceWords(view)), statusNotes(view));
  const content = html`${head}${mainSheet(view)}${pictureSheet(view)}${programmeSheet(view)}${checkSheet(view)}${downloadSheet(view)}${fingerprintSheet(view)}`;
  const own = version === newest ? path : `${path}?version=${version.version}`;
  return frame(page, `${title} · ${record.number}`, content, { head: headOf(view, page), own, foot: colophon(view) });
}

/** Notes below the status: link to the valid version, reason for the revocation, hint to other versions. */
function statusNotes(view: View): Html | null {
  const { texts, standing, record, newest, path, language } = view;
  if (standing === 'superseded') return html`<p><a class="no-print" href="${path}">${texts.toCurrent}</a></p>`;
  const reasons: Readonly<Record<string, string>> = texts.reasons;
  const reason = reasons[record.revokedFor ?? ''];
  if (standing === 'revoked')
    return reason === undefined ? null : html`<p>${fillSentence(texts.reason, { reason })}</p>`;
  if (record.versions.length < 2) return null;
  const words = { version: newest.version, date: longDate(newest.issuedAt.toISOString(), language) };
  return html`<p>${fillSentence(texts.replacedFormer, words)}</p>`;
}

/** Time and address of the check, needed on a printed page. */
function colophon({ texts, language, now, address }: View): Html {
  const time = FORMATS[language].longMinute(Math.floor(now.getTime() / 60_000));
  return html`<footer class="colophon"><p>${fillSentence(texts.checkedAt, { time: `${time} UTC` })}</p><p class="mono">${address}</p></footer>`;
}

function erasedPage(record: LookupRecord, page: Page): string {
  const texts = PAGE_TEXTS[page.language];
  const { title, text } = texts.erased;
  const content = html`${verdict('erased', title, text)}${erasedSheet(record, texts, page.language)}`;
  return frame(page, `${title} · ${record.number}`, content, { own: `${page.root}c/${record.code}` });
}

/** Page of a search by number and surname. */
export function numberPage(found: NumberObject, record: LookupRecord, page: Page): string {
  const { language } = page;
  const texts = PAGE_TEXTS[language];
  const { title, text } = texts[found.status];
  const ending = found.status === 'revoked' ? record.revokedAt?.toISOString() : record.validUntil;
  const head = verdict(found.status, title, fillSentence(text, { date: ending ? longDate(ending, language) : '' }));
  const content = html`${head}<article class="sheet"><p class="kind">${texts.completed}</p><p class="course" lang="${record.facts?.language ?? ''}"><bdi>${found.courseTitle}</bdi></p>
<dl>${entry(texts.number, found.number)}${entry(texts.issued, dateElement(found.issueDate, language))}${entry(texts.issuer, issuerOf(found.issuer))}</dl>
<p class="note">${texts.numberNote}</p></article>`;
  return frame(page, `${title} · ${found.number}`, content, { own: null });
}

import { type Html, html } from '../platform/http/html.ts';
import { linkedInAddress } from './linked-in.ts';
import { awaitsCredential } from './lookup-object.ts';
import { dateElement, fillSentence } from './page-parts.ts';
import type { View } from './page-view.ts';

/** Query for the files of an older version; empty for the newest. */
const query = ({ version, newest }: View): string => (version === newest ? '' : `?version=${version.version}`);

/** The image of the diploma, linked to the file. */
export function pictureSheet(view: View): Html | null {
  const { status, texts, path, record, initials } = view;
  if (status === 'revoked' || initials) return null;
  const alt = fillSentence(texts.picture, { number: record.number });
  const address = `${path}/diploma.png${query(view)}`;
  return html`<p class="picture"><a id="picture" href="${address}" type="image/png" data-close="${texts.close}"><img src="${address}" width="1400" height="990" alt="${alt}"><span class="no-print">${texts.enlarge}</span></a></p>`;
}

/** The file, the credential, and the link for the holder's LinkedIn profile; nothing of a revoked certificate. */
export function downloadSheet(view: View): Html | null {
  const { status, standing, texts, path, version, record, initials } = view;
  if (status === 'revoked' || initials) return null;
  const waits = awaitsCredential(record, version);
  const credential =
    version.credential !== null &&
    !waits &&
    html`<p class="way"><a href="${path}/credential.json${query(view)}" type="application/json">${texts.credential}</a> · <a href="${path}/badge.png${query(view)}" type="image/png">${texts.badge}</a></p><p class="note">${texts.credentialNote}</p>`;
  const profile =
    standing === 'valid' &&
    !waits &&
    html`<p class="way"><a href="${linkedInAddress(view)}" rel="noopener noreferrer nofollow">${texts.linkedIn}</a></p><p class="note">${texts.linkedInNote}</p>`;
  return html`<section class="sheet no-print" aria-labelledby="file"><h2 id="file">${texts.file}</h2>
<p><a class="button" href="${path}/diploma.pdf${query(view)}" type="application/pdf">${texts.download}</a></p>
<p class="note">${texts.fileNote}</p>${credential}${profile}</section>`;
}

/** The hash of the file; below it all versions, newest first, with links to those not shown. */
export function fingerprintSheet(view: View): Html {
  const { texts, version } = view;
  return html`<section class="sheet" aria-labelledby="print"><h2 id="print">${texts.fingerprint}</h2>
<span class="mono">${version.sha256}</span><p class="note">${texts.fingerprintNote}</p>${history(view)}</section>`;
}

function history(view: View): Html | null {
  const { record, status, texts, language, path } = view;
  if (record.versions.length < 2) return null;
  const items = record.versions.map((one) => {
    const { version, sha256, issuedAt } = one;
    const name = `${texts.version} ${version}`;
    const address = one === view.newest ? path : `${path}?version=${version}`;
    const link =
      one === view.version
        ? html`<strong aria-current="page">${name}</strong>`
        : html`<a href="${address}">${name}</a>`;
    const current = status === 'valid' ? texts.current : texts[status].title;
    const standing = one === view.newest ? current : texts.former;
    return html`<li>${link} · ${dateElement(issuedAt.toISOString(), language)} · ${standing}<span class="mono">${sha256}</span></li>`;
  });
  return html`<h3 class="after" id="history">${texts.versions}</h3><ul class="history">${items}</ul>`;
}

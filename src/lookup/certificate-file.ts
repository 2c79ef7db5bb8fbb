import { type Html, html } from '../platform/http/html.ts';
import { linkedInAddress } from './linked-in.ts';
import { awaitsCredential } from './lookup-object.ts';
import { dateElement, fillSentence } from './page-parts.ts';
import type { View } from './page-view.ts';

/** Query for the files of an older version; empty for the newest. */
const query = ({ version, newest }: View): string => (version === newest ? '' : `?version=${version.version}`);

/** The image of the diploma, linked to the file. */
export function pictureSheet(view: View): Html | null {
  const { status, texts, path, record } = view;
  if (status === 'revoked') return null;
  const alt = fillSentence(texts.picture, { number: record.number });
  return html`<p class="picture"><a href="${path}/diploma.pdf${query(view)}" type="application/pdf"><img src="${path}/diploma.png${query(view)}" alt="${alt}"></a></p>`;
}

/** The file and its hash, the credential, and the link for the holder's LinkedIn profile. */
export function fileSheet(view: View): Html {
  const { status, standing, texts, path, version, record } = view;
  const waits = awaitsCredential(record, version);
  const credential =
    version.credential !== null &&
    !waits &&
    html`<p class="way no-print"><a href="${path}/credential.json${query(view)}" type="application/json">${texts.credential}</a> · <a href="${path}/badge.png${query(view)}" type="image/png">${texts.badge}</a></p><p class="note no-print">${texts.credentialNote}</p>`;
  const profile =
    standing === 'valid' &&
    !waits &&
    html`<p class="way no-print"><a href="${linkedInAddress(view)}" rel="noopener noreferrer nofollow">${texts.linkedIn}</a></p><p class="note no-print">${texts.linkedInNote}</p>`;
  const download = html`<p class="no-print"><a class="button" href="${path}/diploma.pdf${query(view)}" type="application/pdf">${texts.download}</a></p>
<p class="note no-print">${texts.fileNote}</p>${credential}${profile}`;
  return html`<section class="sheet" aria-labelledby="file"><h2 id="file">${texts.file}</h2>
${status !== 'revoked' && download}
<div class="print"><h3>${texts.fingerprint}</h3><span class="mono">${version.sha256}</span><p class="note">${texts.fingerprintNote}</p></div></section>`;
}

/** All versions, newest first, with links to those not shown. */
export function historySheet(view: View): Html | null {
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
  return html`<section class="sheet" aria-labelledby="history"><h2 id="history">${texts.versions}</h2><ul class="history">${items}</ul></section>`;
}

import type { CertificateAnswer } from '../../coordinate/certificate-schema.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { actName } from '../frame/act-words.ts';
import { dataTable, dayText, emailText, facts, moment, type PartContext, paper } from '../frame/parts.ts';
import { stateTag } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { CERTIFICATE_WORDS } from './certificate-words.ts';

/** The diploma as a picture, what it says, its versions, letters and history. */
export function certificateFacts(shown: PartContext, view: CertificateAnswer): Html {
  const words = CERTIFICATE_WORDS[shown.language];
  const code = view.code.replaceAll('-', '');
  // Nobody gets the file or the picture of a revoked diploma.
  const isRevoked = view.validity === 'revoked';
  const links =
    view.links === null
      ? null
      : html`<p class="row"><a href="${view.links.page}">${words.page}</a>${!isRevoked && html`<a href="${view.links.pdf}">${words.pdf}</a>`}<a href="${view.links.credential}">${words.credential}</a></p>`;
  const picture =
    view.links === null
      ? null
      : isRevoked
        ? html`<p class="soft">${words.noFile}</p>`
        : paper(shown, { src: `${shown.base}/c/${code}/diploma.png`, alt: words.picture, width: 1400, height: 990 });
  return html`<section class="card">${picture}${links}
${facts([
  [words.holder, view.holderName === null ? null : html`<bdi>${view.holderName}</bdi>`],
  [words.latinName, view.latinName],
  [words.course, view.courseTitle === null ? null : html`<bdi>${view.courseTitle}</bdi>`],
  [words.hours, view.hoursTotal],
  [words.issueDate, dayText({ ...shown, zone: 'UTC' }, view.issueDate)],
  [words.code, html`<span class="mono">${view.code}</span>`],
  [words.template, view.certTemplate],
  [words.country, view.country],
  [words.recipient, view.recipient === null ? null : emailText(view.recipient)],
  [
    words.release,
    html`<a href="${shown.base}/console/releases/${encodeURIComponent(view.releaseId)}">${view.releaseId}</a>`,
  ],
  [
    words.student,
    html`<a href="${shown.base}/console/student-groups/${encodeURIComponent(view.studentGroupId)}">${words.person}</a>`,
  ],
])}</section>
${lettersSheet(shown, view)}${versionsSheet(shown, view)}${actsSheet(shown, view)}`;
}

/** The former and the present diploma as pictures, so that a correction can be checked at a glance. */
function sideBySide(shown: PartContext, { code, links, validity, versions }: CertificateAnswer): Html | null {
  const words = CERTIFICATE_WORDS[shown.language];
  const newest = versions.map(({ version }) => version).sort((a, b) => b - a);
  const [present, former] = newest;
  if (links === null || validity === 'revoked' || present === undefined || former === undefined) return null;
  const figures = [former, present].map((version) => {
    const name = fill(words.versionOf, { version });
    const picture = `${shown.base}/c/${code.replaceAll('-', '')}/diploma.png?version=${version}`;
    const shot = { src: picture, alt: `${words.picture}, ${name}`, width: 1400, height: 990, lazy: true };
    return html`<figure><a href="${picture}">${paper(shown, shot)}</a><figcaption>${name}</figcaption></figure>`;
  });
  return html`<h3>${words.sideBySide}</h3><div class="cards">${figures}</div>`;
}

function versionsSheet(shown: PartContext, view: CertificateAnswer): Html {
  const words = CERTIFICATE_WORDS[shown.language];
  type Version = CertificateAnswer['versions'][number];
  const columns = [
    { head: words.version, cell: (one: Version) => one.version },
    { head: words.state, cell: (one: Version) => (words as Record<string, string>)[one.status] ?? one.status },
    { head: words.holder, cell: (one: Version) => html`<bdi>${one.holderName ?? '—'}</bdi>` },
    { head: words.made, cell: (one: Version) => moment(shown, one.createdAt) },
    { head: words.by, cell: (one: Version) => one.actor },
    { head: words.reason, cell: (one: Version) => one.reason ?? '—' },
  ];
  return html`<section class="card"><h2>${words.versions}</h2>${sideBySide(shown, view)}${dataTable(shown, { caption: words.versions, columns, rows: view.versions })}</section>`;
}

function lettersSheet(shown: PartContext, { id, letters }: CertificateAnswer): Html {
  const words = CERTIFICATE_WORDS[shown.language];
  type Letter = CertificateAnswer['letters'][number];
  const columns = [
    {
      head: words.purpose,
      cell: (one: Letter) =>
        html`<p>${(words as Record<string, string>)[one.purpose] ?? one.purpose} ${stateTag(shown, one.state)}</p><p><a href="${shown.base}/console/certificates/${id}/letters/${one.id}">${words.preview}</a></p>`,
    },
    {
      head: words.to,
      cell: (one: Letter) =>
        html`<p>${emailText(one.recipient)}</p>${one.copies.map(({ recipient, state }) => html`<p>${words.copy}: ${emailText(recipient)} ${stateTag(shown, state)}</p>`)}`,
    },
    { head: words.due, cell: (one: Letter) => moment(shown, one.sendAfter) },
    { head: words.sent, cell: (one: Letter) => moment(shown, one.sentAt) },
    { head: words.delivered, cell: (one: Letter) => moment(shown, one.deliveredAt ?? one.bouncedAt) },
  ];
  return html`<section class="card"><h2>${words.letters}</h2>${dataTable(shown, { caption: words.letters, columns, rows: letters, empty: words.noLetters })}</section>`;
}

function actsSheet(shown: PartContext, { acts }: CertificateAnswer): Html {
  const words = CERTIFICATE_WORDS[shown.language];
  type Act = CertificateAnswer['acts'][number];
  const columns = [
    { head: words.made, cell: (one: Act) => moment(shown, one.at) },
    { head: words.act, cell: (one: Act) => actName(shown, one.verb) },
    { head: words.by, cell: (one: Act) => one.actor },
    { head: words.reason, cell: (one: Act) => one.reason ?? '—' },
  ];
  return html`<section class="card"><h2>${words.acts}</h2>${dataTable(shown, { caption: words.acts, columns, rows: acts, empty: words.noActs })}</section>`;
}

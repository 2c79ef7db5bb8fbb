import type { StudentGroupView } from '../../coordinate/student-group-schema.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { actName, fieldName, valueText } from '../frame/act-words.ts';
import { dataTable, facts, moment, note, type PartContext, said, tag } from '../frame/parts.ts';
import { plainly, sourceName } from '../frame/plain-words.ts';
import { nextOf, stateTag } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { mendingOf, reasonName } from '../held/reason-words.ts';
import { GROUP_WORDS } from './student-group-words.ts';

/** What is known of a student group: why it stands as it does, the person, country, decision, certificate, history. */
export function groupFacts(shown: PartContext, view: StudentGroupView): Html {
  return html`${whySheet(shown, view)}${certificateSheet(shown, view)}${personSheet(shown, view)}${countrySheet(shown, view)}${decisionSheet(shown, view)}${historySheet(shown, view)}`;
}

function whySheet(shown: PartContext, view: StudentGroupView): Html {
  const { reason, since, sendAfter, decision, flags, state } = view;
  const words = GROUP_WORDS[shown.language];
  const change = decision?.change?.[shown.language] ?? null;
  const mending = reason !== null && state === 'held' ? mendingOf(shown, reason.code) : null;
  return html`<section class="card"><h2>${words.why}</h2>
${reason === null ? html`<p>${nextOf(shown, state)}</p>` : note('warn', html`<strong>${reasonName(shown, reason.code)}.</strong> ${whyText(shown, view, reason.detail)}`)}
${facts([
  [words.todo, mending ?? (reason === null ? null : nextOf(shown, state))],
  [words.since, moment(shown, since)],
  [words.sendAfter, sendAfter === null ? null : moment(shown, sendAfter)],
  [words.suggestion, reason?.suggestion ?? null],
  [words.change, change],
])}
${flags.length > 0 && html`<h3>${words.flags}</h3><ul class="timeline">${flags.map((flag) => html`<li>${said(shown, flag.detail)} <span class="soft small">${moment(shown, flag.raisedAt)}</span></li>`)}</ul>`}</section>`;
}

/** The cause in words: of an unclear country the question to a person, of unmet criteria the table below. */
function whyText(shown: PartContext, { country, reason, state }: StudentGroupView, detail: string): string {
  if (state === 'held' && reason?.code.startsWith('country-') && country !== null && country.kind !== 'known')
    return country.question[shown.language];
  return plainly(shown, detail);
}

function certificateSheet(shown: PartContext, { certificate, formerCertificates }: StudentGroupView): Html {
  const words = GROUP_WORDS[shown.language];
  const link = (one: { id: string; number: string }) =>
    html`<a href="${shown.base}/console/certificates/${one.id}">${one.number}</a>`;
  const present =
    certificate === null
      ? html`<p class="soft">${words.noCertificate}</p>`
      : html`${certificate.needsReissue && note('warn', words.needsReissue)}<p class="row"><span class="big">${link(certificate)}</span>${stateTag(shown, certificate.state)}</p>`;
  const former = formerCertificates.map(
    (one) => html`<li>${link(one)} ${stateTag(shown, one.state)} <span class="soft">${one.releaseId}</span></li>`,
  );
  return html`<section class="card"><h2>${words.certificate}</h2>${present}${former.length > 0 && html`<h3>${words.former}</h3><ul class="timeline">${former}</ul>`}</section>`;
}

function personSheet(
  shown: PartContext,
  { id, releaseId, snapshot, pulledAt, goneAt, invalid, overrides }: StudentGroupView,
): Html {
  const words = GROUP_WORDS[shown.language];
  const student = snapshot?.student;
  const progress = snapshot?.progress;
  // What a coordinator said counts; what the LMS says stands beside it.
  const stands = (field: string, inLms: string | null): Html | null => {
    const said = overrides.find((one) => one.field === field)?.value;
    if (typeof said !== 'string' || said === inLms) return inLms === null ? null : html`<bdi>${inLms}</bdi>`;
    return html`<bdi>${said}</bdi> <span class="soft small">${fill(words.inLms, { value: inLms ?? '—' })}</span>`;
  };
  return html`<section class="card"><h2>${words.person}</h2>
${invalid !== null && note('bad', html`${words.invalid}: ${said(shown, invalid)}`)}
${facts([
  [words.fullName, stands('fullName', student?.fullName ?? null)],
  [words.latinName, stands('latinName', student?.latinName ?? null)],
  [words.email, stands('email', student?.email ?? null)],
  [words.phone, student?.phone ?? null],
  [words.release, releaseId],
  [words.lmsStatus, snapshot?.status ?? null],
  [words.lessons, progress ? `${progress.lessonsCompleted} / ${progress.lessonsTotal}` : null],
  [words.score, progress?.score ?? null],
  [words.project, snapshot?.project ? stands('projectTitle', snapshot.project.title) : null],
  [words.student, student?.id ?? null],
  [words.group, html`<span class="mono">${id}</span>`],
  [words.pulled, moment(shown, pulledAt)],
  [words.gone, goneAt === null ? null : moment(shown, goneAt)],
])}</section>`;
}

function countrySheet(shown: PartContext, { country }: StudentGroupView): Html | null {
  if (country === null) return null;
  const words = GROUP_WORDS[shown.language];
  const names = new Intl.DisplayNames([shown.language], { type: 'region' });
  const nameOf = (code: string | null) => (code === null ? '—' : `${names.of(code) ?? code} (${code})`);
  const head =
    country.kind === 'known'
      ? html`<p class="big">${nameOf(country.code)}</p>`
      : note('warn', country.question[shown.language]);
  const columns = [
    {
      head: words.source,
      cell: (seen: (typeof country.seen)[number]) => sourceName(shown, seen.source),
    },
    { head: words.says, cell: (seen: (typeof country.seen)[number]) => nameOf(seen.code) },
  ];
  return html`<section class="card"><h2>${words.country}</h2>${head}${dataTable(shown, { caption: words.source, columns, rows: country.seen, empty: words.noSource })}</section>`;
}

function decisionSheet(shown: PartContext, { decision }: StudentGroupView): Html {
  const words = GROUP_WORDS[shown.language];
  if (decision === null)
    return html`<section class="card"><h2>${words.decision}</h2><p class="soft">${words.noDecision}</p></section>`;
  type Criterion = (typeof decision.criteria)[number];
  const columns = [
    { head: words.criterion, cell: (one: Criterion) => one.sentence[shown.language] },
    {
      head: words.result,
      cell: (one: Criterion) =>
        one.waived ? tag('warn', words.waived) : one.met ? tag('good', words.met) : tag('bad', words.notMet),
    },
  ];
  return html`<section class="card"><h2>${words.decision}</h2>${facts([
    [words.decided, moment(shown, decision.decidedAt)],
    [words.change, decision.change?.[shown.language] ?? null],
  ])}${dataTable(shown, { caption: words.decision, columns, rows: decision.criteria })}</section>`;
}

function historySheet(shown: PartContext, { history }: StudentGroupView): Html {
  const words = GROUP_WORDS[shown.language];
  const entries = history.map(
    ({ verb, actor, reason, at, overrides }) =>
      html`<li>${moment(shown, at)} <strong>${actName(shown, verb)}</strong> · ${actor}${(overrides ?? []).map(({ field, value }) => html` · ${fieldName(shown, field)}: <bdi>${valueText(shown, value)}</bdi>`)}${reason !== null && html`<br><span class="soft">${reason}</span>`}</li>`,
  );
  const list =
    entries.length > 0 ? html`<ul class="timeline">${entries}</ul>` : html`<p class="soft">${words.noHistory}</p>`;
  return html`<section class="card"><h2>${words.history}</h2>${list}</section>`;
}

/** The overrides in force, each with a button that withdraws it is made by `withdrawal`. */
export function overridesSheet(
  shown: PartContext,
  { overrides }: StudentGroupView,
  withdrawal: (field: string) => Html,
): Html | null {
  if (overrides.length === 0) return null;
  const words = GROUP_WORDS[shown.language];
  const entries = overrides.map(
    ({ field, value, actor, reason, at }) =>
      html`<li><strong>${fieldName(shown, field)}</strong>: <bdi>${valueText(shown, value)}</bdi><br><span class="soft">${moment(shown, at)} ${fill(words.by, { actor, reason })}</span>${withdrawal(field)}</li>`,
  );
  return html`<section class="card"><h2>${words.overrides}</h2><ul class="timeline">${entries}</ul></section>`;
}

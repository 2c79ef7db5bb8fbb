import { viewCertificate } from '../../coordinate/certificate-view.ts';
import { findCertificate } from '../../coordinate/find-certificate.ts';
import {
  previewReissue,
  type ReissuePreview,
  ReissueRequest,
  reissueCertificate,
} from '../../coordinate/reissue-certificate.ts';
import { message } from '../../domain/messages/message.ts';
import { OVERRIDE_FIELDS } from '../../domain/student-group/override.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { type Certificate, selectCurrentVersion } from '../../records/certificates/certificates.ts';
import { inForce, selectOverrideRows } from '../../records/student-groups/overrides.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, fieldOf } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { dataTable, form, note, paper, queryString, reasonField, said } from '../frame/parts.ts';
import { sendDrawn } from '../frame/send-drawn.ts';
import { fill } from '../frame/words.ts';
import { CERTIFICATE_WORDS } from './certificate-words.ts';

/** The new diploma, seen before it is made and mailed. */
export function reissuePages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showReissue(ctx, input);
  return {
    pages: [{ path: '/console/certificates/:id/reissue', show }],
    files: [{ path: '/console/certificates/:id/reissue.png', send: (input) => sendPicture(ctx, input) }],
    acts: [
      {
        path: '/console/certificates/:id/reissue',
        page: show,
        act: async ({ params, fields, visitor }) => {
          const certificate = await find(ctx, params['id']);
          const { reason, issueDate, expect } = parseInput(ReissueRequest, {
            reason: fieldOf(fields, 'reason'),
            issueDate: fieldOf(fields, 'issueDate'),
            expect: fieldOf(fields, 'expect'),
          });
          await reissueCertificate(ctx, certificate, { actor: visitor.actor, reason: reason ?? '', issueDate, expect });
          return `/console/certificates/${certificate.id}?done=1`;
        },
      },
    ],
  };
}

async function find(ctx: DeskContext, id: string | undefined): Promise<Certificate> {
  const certificate = await findCertificate(ctx.db, id ?? '');
  if (certificate === null) throw new Problem(404, message('unknown.certificate'));
  return certificate;
}

async function showReissue(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = CERTIFICATE_WORDS[input.language];
  const certificate = await find(ctx, input.params['id']);
  const { number } = await viewCertificate(ctx, certificate, ctx.clock.now());
  const title = fill(words.title, { number });
  const issueDate = input.query['issueDate'] || undefined;
  const seen = await look(ctx, certificate, { actor: input.visitor.actor, issueDate });
  const reason = await reasonOfCorrection(ctx, certificate);
  const content = html`<h1>${words.reissueAct}</h1><p class="lead">${'fault' in seen ? null : words.reissueLead} <a href="${input.base}/console/certificates/${certificate.id}">${title}</a></p>${'fault' in seen ? note('bad', said(input, seen.fault)) : previewPart(input, certificate, { ...seen, reason }, issueDate)}`;
  return { title: words.reissueAct, content, menu: 'people' };
}

/** The reason of the newest correction since the present version, because the reissue prints that correction. */
async function reasonOfCorrection({ db }: DeskContext, { id, studentGroupId }: Certificate): Promise<string> {
  const version = await selectCurrentVersion(db, id);
  const rows = inForce(await selectOverrideRows(db, studentGroupId), OVERRIDE_FIELDS);
  const newest = rows.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  return newest !== undefined && version !== null && newest.at > version.createdAt ? newest.reason : '';
}

/** Why no version can be made is shown on the page. */
async function look(
  ctx: DeskContext,
  certificate: Certificate,
  wanted: { actor: string; issueDate: string | undefined },
) {
  try {
    return await previewReissue(ctx, certificate, wanted);
  } catch (error) {
    if (error instanceof Problem && error.status < 500) return { fault: error.errors?.[0]?.detail ?? error.message };
    throw error;
  }
}

function previewPart(
  input: DeskInput,
  { id }: Certificate,
  seen: ReissuePreview & { reason: string },
  issueDate: string | undefined,
): Html {
  const words = CERTIFICATE_WORDS[input.language];
  type Change = ReissuePreview['changes'][number];
  const columns = [
    { head: words.field, cell: (one: Change) => factName(input, one.field) },
    {
      head: words.after,
      cell: (one: Change) =>
        html`<span class="any"><del><bdi>${textOf(one.before)}</bdi></del> → <strong><bdi>${textOf(one.after)}</bdi></strong></span>`,
    },
  ];
  const query = new URLSearchParams({ facts: seen.factsHash, ...(issueDate === undefined ? {} : { issueDate }) });
  const act = form(input, {
    action: `/console/certificates/${id}/reissue`,
    submit: words.reissueDo,
    fields: [{ ...reasonField(input), value: seen.reason }],
    hidden: { expect: seen.factsHash, ...(issueDate === undefined ? {} : { issueDate }) },
  });
  const mockup = `${input.base}/console/certificates/${id}/reissue.png${queryString(query)}`;
  return html`<div class="split"><section class="card"><h2>${words.mockup}</h2>${paper(input, { src: mockup, alt: words.mockup, width: 1200, height: 849 })}</section>
<section class="card"><h2>${words.changes}</h2>${dataTable(input, { caption: words.reissueAct, columns, rows: seen.changes, empty: words.nothing })}${latinStays(seen.changes, seen.facts.latinName) && note('warn', fill(words.latinStays, { latin: seen.facts.latinName ?? '' }))}<p>${words.recipient}: ${seen.recipient}</p>${letterPart(input, seen)}${act}
<details><summary>${words.issueDate}</summary><form method="get"><div class="field"><label for="issue-date">${words.issueDate}</label><input type="date" id="issue-date" name="issueDate" value="${issueDate ?? seen.facts.issueDate}"></div><button class="quiet">${words.reissueSee}</button></form></details></section></div>`;
}

/** Whether the name changes but the Latin form below it does not. */
const latinStays = (changes: ReissuePreview['changes'], latinName: string | null | undefined): boolean =>
  Boolean(latinName) &&
  changes.some(({ field }) => field === 'holderName') &&
  changes.every(({ field }) => field !== 'latinName');

function letterPart(input: DeskInput, { letter }: ReissuePreview): Html {
  const words = CERTIFICATE_WORDS[input.language];
  if (letter === null) return html`<p class="soft">${words.letterNone}</p>`;
  return html`<details><summary>${words.letterSee}: <bdi>${letter.subject}</bdi></summary><p class="letter" lang="${letter.language}">${letter.text}</p></details>`;
}

const FACTS = {
  holderName: 'holder',
  latinName: 'latinName',
  courseTitle: 'course',
  hoursTotal: 'hours',
  issueDate: 'issueDate',
  country: 'country',
  templateId: 'template',
} as const;

function factName({ language }: DeskInput, field: string): string {
  const name = (FACTS as Record<string, (typeof FACTS)[keyof typeof FACTS]>)[field];
  return name === undefined ? field : CERTIFICATE_WORDS[language][name];
}

const textOf = (value: unknown): string =>
  value === null || value === undefined ? '—' : typeof value === 'string' ? value : JSON.stringify(value);

async function sendPicture(ctx: DeskContext, { res, params, query, visitor }: DeskInput): Promise<void> {
  const certificate = await find(ctx, params['id']);
  const wanted = { actor: visitor.actor, expect: query['facts'], issueDate: query['issueDate'] };
  const { facts } = await previewReissue(ctx, certificate, wanted);
  await sendDrawn(res, ctx.previews.drawFacts(facts, 'png'));
}

import { unlessBusy } from '../../coordinate/template-routes.ts';
import { previewLetter } from '../../domain/letter/letter-preview.ts';
import { LETTER_OCCASIONS } from '../../domain/letter/occasions.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { PreviewChoice, TemplateField } from '../../ports/previews.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, isDone } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { dataTable, note, paper } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { approvalActs, approvalPart, approvalsBySubject, approvalTag } from './approval-part.ts';
import { FRAMED_CONTENT } from './framed-content.ts';
import { languageName } from './language-name.ts';
import { showLetter } from './letter-page.ts';
import { TEMPLATE_WORDS } from './template-words.ts';

/** The gallery of mock-ups, the field sheet of each template, and the letters. */
export function templatePages(ctx: DeskContext): DeskPart {
  return {
    pages: [
      { path: '/console/templates', show: (input) => showGallery(ctx, input) },
      { path: '/console/templates/:id', show: (input) => showTemplate(ctx, input) },
      { path: '/console/letters/:id', show: (input) => showLetter(ctx, input) },
    ],
    acts: [
      ...approvalActs(ctx, '/console/templates/:id', {
        page: (input) => showTemplate(ctx, input),
        subject: ({ id }) => `certificate/${id}`,
        back: ({ id = '' }) => `/console/templates/${encodeURIComponent(id)}`,
      }),
      ...approvalActs(ctx, '/console/letters/:id/:language', {
        page: (input) => showLetter(ctx, input),
        subject: ({ id, language }) => `letter/${id}/${language}`,
        back: ({ id = '' }) => `/console/letters/${encodeURIComponent(id)}`,
      }),
    ],
    files: [
      { path: '/console/templates/:id/preview.png', send: (input) => sendPreview(ctx, input, 'png') },
      { path: '/console/templates/:id/preview.pdf', send: (input) => sendPreview(ctx, input, 'pdf') },
      { path: '/console/letters/:id/preview', send: (input) => sendLetter(ctx, input) },
    ],
  };
}

async function showGallery(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = TEMPLATE_WORDS[input.language];
  const templates = ctx.previews.templates().sort((a, b) => (a.id < b.id ? -1 : 1));
  const approvals = await approvalsBySubject(ctx);
  const cards = templates.map(
    ({ id, language }) =>
      html`<article class="card"><a href="${input.base}/console/templates/${id}">${picture(input, id, '')}</a><h3><a href="${input.base}/console/templates/${id}">${id}</a></h3><p class="soft">${languageName(input, language)} ${approvalTag(input, approvals.get(`certificate/${id}`))}</p></article>`,
  );
  const letters = [...ctx.letters.letters].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = letters.map(([id, letter]) => ({ id, languages: [...letter.keys()] }));
  const list = dataTable(input, {
    caption: words.letters,
    rows,
    empty: words.noLetters,
    columns: [
      {
        head: words.letters,
        cell: (row: (typeof rows)[number]) => html`<a href="${input.base}/console/letters/${row.id}">${row.id}</a>`,
      },
      {
        head: words.language,
        cell: (row: (typeof rows)[number]) =>
          html`${row.languages.map((language) => html`<a href="${input.base}/console/letters/${row.id}/preview?language=${language}">${languageName(input, language)}</a> ${approvalTag(input, approvals.get(`letter/${row.id}/${language}`))} `)}`,
      },
    ],
  });
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p><p>${ctx.rulebook.issuer.approvals === 'required' ? words.needed : words.optional}</p><h2>${words.diplomas}</h2><div class="cards">${cards}</div><section class="card"><h2>${words.letters}</h2>${list}</section>`;
  return { title: words.title, content, menu: 'templates' };
}

async function showTemplate(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const words = TEMPLATE_WORDS[input.language];
  const id = input.params['id'] ?? '';
  const template = ctx.previews.templates().find((one) => one.id === id);
  const fields = template && (await ctx.previews.fields(id));
  if (!template || !fields) return null;
  const view = (await approvalsBySubject(ctx)).get(`certificate/${id}`);
  const samples = ctx.previews
    .samples()
    .map(
      (sample) =>
        html`<figure class="card">${picture(input, id, `?sample=${sample}`)}<figcaption>${sample}</figcaption></figure>`,
    );
  const columns = [
    { head: words.field, cell: (one: TemplateField) => html`<span class="mono">${one.name}</span>` },
    { head: words.type, cell: (one: TemplateField) => one.type },
    { head: words.required, cell: (one: TemplateField) => (one.required ? words.yes : words.no) },
    { head: words.most, cell: (one: TemplateField) => one.maxLength ?? '—', numeric: true },
    { head: words.example, cell: (one: TemplateField) => html`<bdi>${one.sample}</bdi>` },
  ];
  const content = html`<h1>${id}</h1><p class="lead">${languageName(input, template.language)} · <a href="${input.base}/console/templates/${id}/preview.pdf">${words.pdf}</a></p>${isDone(input) && note('good', FRAME_WORDS[input.language].done)}
<div class="cards"><figure class="card">${picture(input, id, '')}<figcaption>${words.sample}</figcaption></figure><figure class="card">${picture(input, id, '?extreme=true')}<figcaption>${words.extreme}</figcaption></figure></div>${view !== undefined && html`<section class="card"><h2>${words.approval}</h2>${approvalPart(input, `/console/templates/${encodeURIComponent(id)}`, view)}</section>`}
<section class="card"><h2>${words.fields}</h2>${dataTable(input, { caption: words.fields, columns, rows: fields })}</section>
<h2>${words.scripts}</h2><div class="cards">${samples}</div>`;
  return { title: id, content, menu: 'templates' };
}

function picture(input: DeskInput, id: string, query: string): Html {
  const alt = fill(TEMPLATE_WORDS[input.language].picture, { id });
  const src = `${input.base}/console/templates/${id}/preview.png${query}`;
  return paper(input, { src, alt, width: 600, height: 424, lazy: true });
}

async function sendPreview(ctx: DeskContext, { res, params, query }: DeskInput, format: 'png' | 'pdf'): Promise<void> {
  const id = params['id'] ?? '';
  const { sample, extreme } = query;
  const isKnown = ctx.previews.templates().some((one) => one.id === id);
  if (!isKnown || (sample !== undefined && !ctx.previews.samples().includes(sample))) throw new Problem(404, 'unknown');
  const choice: PreviewChoice =
    sample !== undefined ? { kind: 'sample', id: sample } : { kind: extreme === 'true' ? 'extreme' : 'own' };
  const bytes = await unlessBusy(ctx.previews.draw(id, choice, format));
  if (format === 'pdf') res.set('Content-Security-Policy', `${FRAMED_CONTENT} 'none'`);
  res.type(format).send(bytes);
}

function sendLetter(ctx: DeskContext, { res, params, query }: DeskInput): void {
  const letter = params['id'] ?? '';
  if (!ctx.letters.letters.has(letter)) throw new Problem(404, 'unknown');
  const preview = previewLetter(ctx.letters, {
    letter,
    language: query['language'] ?? null,
    extreme: query['extreme'] === 'true',
    occasion: LETTER_OCCASIONS.find((one) => one === query['occasion']) ?? 'first',
    publicUrl: ctx.publicUrl,
    instructions: ctx.mailInstructions,
  });
  if (!preview.ok) throw new Problem(404, preview.detail);
  res
    .set({ 'Content-Security-Policy': `${FRAMED_CONTENT} 'self'`, 'X-Frame-Options': 'SAMEORIGIN' })
    .type('html')
    .send(preview.preview.html);
}

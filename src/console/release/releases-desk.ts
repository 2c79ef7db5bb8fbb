import { viewBatch } from '../../coordinate/create-batch.ts';
import { viewForecast } from '../../coordinate/forecast.ts';
import { EXPORTS, exportSender } from '../../coordinate/release-export-routes.ts';
import { listReleases, type ReleaseItem, ReleaseList } from '../../coordinate/release-list.ts';
import { html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { selectBatchesOfRelease } from '../../records/batches/batches.ts';
import { isReleaseSeen } from '../../records/batches/report-rows.ts';
import { selectListedRelease } from '../../records/student-groups/release-counts.ts';
import { batchTable } from '../batches/batches-desk.ts';
import { forecastSheet } from '../batches/forecast-sheet.ts';
import { startForm } from '../batches/start-batch.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { formToken } from '../frame/form-token.ts';
import { dataTable, form, momentText, type PartContext, pager, queryString, tag } from '../frame/parts.ts';
import { STATE_NAMES, stateName } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { RELEASE_WORDS } from './release-words.ts';

const LATEST = 5;

/** All releases, and one of them with its counts, batches and downloads. */
export function releasePages(ctx: DeskContext): DeskPart {
  const send = exportSender(ctx);
  return {
    pages: [
      { path: '/console/releases', show: (input) => showList(ctx, input) },
      { path: '/console/releases/:id', show: (input) => showRelease(ctx, input) },
    ],
    files: EXPORTS.map(({ form: kind, path }) => ({
      path: `/console/releases/:id/${path}`,
      send: async ({ req, res, params, language, visitor }: DeskInput) => {
        const releaseId = params['id'] ?? '';
        if (!(await isReleaseSeen(ctx.db, releaseId))) throw new Problem(404, 'unknown');
        await send({ req, res, releaseId, form: kind, language, actor: visitor.actor });
      },
    })),
  };
}

async function showList(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = RELEASE_WORDS[input.language];
  const asked = input.query['cursor'] === undefined ? {} : { cursor: input.query['cursor'] };
  const page = await listReleases(ctx.db, parseInput(ReleaseList, asked));
  const columns = [
    {
      head: words.release,
      cell: (one: ReleaseItem) =>
        html`<a href="${input.base}/console/releases/${encodeURIComponent(one.id)}">${one.title ?? one.id}</a><br><span class="mono small soft">${one.id}</span>`,
    },
    { head: words.state, cell: (one: ReleaseItem) => tag('none', one.closed ? words.closed : words.open) },
    { head: words.total, cell: (one: ReleaseItem) => one.counts.total, numeric: true },
    { head: words.counts, cell: (one: ReleaseItem) => countLinks(input, one) },
    {
      head: words.last,
      cell: (one: ReleaseItem) =>
        (one.lastBatchId !== null &&
          html`<a href="${input.base}/console/batches/${one.lastBatchId}">${words.show}</a>`) ||
        '—',
    },
  ];
  const content = html`<h1>${words.list}</h1><p class="lead">${words.lead}</p><section class="card">${dataTable(input, { caption: words.list, columns, rows: page.items, empty: words.empty })}${pager(input, input.query, page.nextCursor)}</section>`;
  return { title: words.list, content, menu: 'releases' };
}

/** The states of a release's people with their counts, each leading to the list of them. */
function countLinks({ base, language }: PartContext, { id, counts }: ReleaseItem) {
  const states = Object.keys(STATE_NAMES.en).filter((state) => (counts[state] ?? 0) > 0);
  return html`${states.map((state) => html`<a href="${base}/console/people${queryString({ release: id, state })}">${stateName(language, state)}: ${counts[state] ?? 0}</a><br>`)}`;
}

async function showRelease(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const words = RELEASE_WORDS[input.language];
  const one = await selectListedRelease(ctx.db, input.params['id'] ?? '');
  if (one === null) return null;
  const batches = await selectBatchesOfRelease(ctx.db, one.id, LATEST);
  const views = await Promise.all(batches.map((batch) => viewBatch(ctx.db, batch, ctx.clock.now())));
  const states = Object.keys(STATE_NAMES.en).filter((state) => (one.counts[state] ?? 0) > 0);
  const counts = states.map(
    (state) =>
      html`<div><p class="big">${one.counts[state] ?? 0}</p><p class="small"><a href="${input.base}/console/people${queryString({ release: one.id, state })}">${stateName(input.language, state)}</a></p></div>`,
  );
  const newest = batches[0];
  const isForetold = newest?.dryRun === true && views[0]?.state === 'finished';
  const forecast = isForetold ? await viewForecast(ctx.db, newest, ctx, ctx.clock.now()) : null;
  const total = Object.values(one.counts).reduce((sum, count) => sum + count, 0);
  const dry = form(input, {
    action: '/console/batches',
    submit: forecast === null ? words.dryRun : words.dryAgain,
    fields: [],
    hidden: { releaseId: one.id, ...formToken() },
    ...(forecast === null ? {} : { tone: 'quiet' }),
  });
  const downloads = EXPORTS.map(
    ({ form: kind, path }) =>
      html`<li><a href="${input.base}/console/releases/${encodeURIComponent(one.id)}/${path}">${words[kind]}</a></li>`,
  );
  const content = html`<h1>${one.title ?? one.id}</h1><p class="lead"><span class="mono">${one.id}</span> ${tag('none', one.closed ? words.closed : words.open)}</p>
<div class="split"><div><section class="card"><h2>${words.counts}: ${total}</h2><div class="counts">${counts}</div></section>${forecast !== null && forecastSheet(input, forecast)}<section class="card"><h2>${words.batches}</h2>${batchTable(input, views)}</section></div>
<div>${forecast !== null && newest !== undefined && startForm(ctx, input, newest, forecast)}<section class="card"><h2>${words.dry}</h2><p>${forecast === null ? words.dryText : fill(words.dryDone, { date: momentText(input, newest?.createdAt ?? ctx.clock.now()) })}</p>${dry}</section><section class="card"><h2>${words.take}</h2><ul>${downloads}</ul><p class="soft small">${words.takeText}</p></section></div></div>`;
  return { title: one.title ?? one.id, content, menu: 'releases' };
}

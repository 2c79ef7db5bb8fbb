import { EXPORTS } from '../../coordinate/release-export-routes.ts';
import { listReleases, ReleaseList } from '../../coordinate/release-list.ts';
import { releaseReport } from '../../coordinate/release-report.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { parseInput } from '../../platform/http/validate.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { dataTable, note, pager, queryString } from '../frame/parts.ts';
import { stateName } from '../frame/state-words.ts';
import { RELEASE_WORDS } from '../release/release-words.ts';
import { REPORT_WORDS } from './reports-words.ts';

/** Counts of a release as tables with bars, and its downloads. */
export function reportPages(ctx: DeskContext): DeskPart {
  return { pages: [{ path: '/console/reports', show: (input) => showReport(ctx, input) }] };
}

async function showReport(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = REPORT_WORDS[input.language];
  const release = input.query['release'] ?? '';
  const choice = html`<form class="row" method="get"><div class="field"><label for="report-release">${words.release}</label><input id="report-release" name="release" value="${release}" required autocomplete="off"></div><button>${words.show}</button></form>`;
  const chosen = release === '' ? await releaseLinks(ctx, input) : await reportPart(ctx, input, release);
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p><section class="card">${choice}</section>${chosen}`;
  return { title: words.title, content, menu: 'reports' };
}

/** The releases, newest first, each leading to its report. */
async function releaseLinks({ db }: DeskContext, input: DeskInput): Promise<Html | null> {
  const asked = input.query['cursor'] === undefined ? {} : { cursor: input.query['cursor'] };
  const { items, nextCursor } = await listReleases(db, parseInput(ReleaseList, asked));
  if (items.length === 0) return null;
  const links = items.map(
    ({ id, title }) =>
      html`<li><a href="${queryString({ release: id })}">${title ?? id}</a> <span class="mono small soft">${id}</span></li>`,
  );
  return html`<section class="card"><h2>${RELEASE_WORDS[input.language].list}</h2><ul>${links}</ul>${pager(input, input.query, nextCursor)}</section>`;
}

async function reportPart(ctx: DeskContext, input: DeskInput, releaseId: string): Promise<Html> {
  const words = REPORT_WORDS[input.language];
  const report = await releaseReport(ctx.db, releaseId);
  if (report === null) return note('warn', words.none);
  const sums = (groups: Record<string, Record<string, number>>) =>
    Object.fromEntries(
      Object.entries(groups).map(([key, counts]) => [
        key,
        Object.values(counts).reduce((sum, count) => sum + count, 0),
      ]),
    );
  const downloads = EXPORTS.map(
    ({ form, path }) =>
      html`<li><a href="${input.base}/console/releases/${encodeURIComponent(releaseId)}/${path}">${RELEASE_WORDS[input.language][form]}</a></li>`,
  );
  const byState = Object.fromEntries(
    Object.entries(report.byState).map(([state, count]) => [stateName(input.language, state), count]),
  );
  return html`<section class="card"><h2>${words.download}</h2><ul>${downloads}</ul></section>
${barsOf(input, words.byState, byState)}${barsOf(input, words.byCountry, named(sums(report.byCountry), 'unknown', words.unknownCountry))}${barsOf(input, words.byTemplate, named(sums(report.byTemplate), 'none', words.noTemplate))}`;
}

/** The counts with the report's word for a missing value in the reader's language. */
function named(counts: Record<string, number>, missing: string, name: string): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([key, count]) => [key === missing ? name : key, count]));
}

/** A table of counts with a bar per row; the numbers stand beside the bars. */
function barsOf(input: DeskInput, title: string, counts: Record<string, number>): Html {
  const words = REPORT_WORDS[input.language];
  const rows = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  type Row = (typeof rows)[number];
  const columns = [
    { head: words.name, cell: ([name]: Row) => name },
    { head: words.count, cell: ([, count]: Row) => count, numeric: true },
    {
      head: words.share,
      cell: ([, count]: Row) =>
        html`<svg class="bar-of" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect width="${(count / most) * 100}" height="8" rx="1"/></svg>`,
    },
  ];
  return html`<section class="card"><h2>${title}</h2>${dataTable(input, { caption: title, columns, rows })}</section>`;
}

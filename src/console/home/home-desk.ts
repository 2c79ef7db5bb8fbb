import { viewBatch } from '../../coordinate/create-batch.ts';
import { listReleases, type ReleaseItem, ReleaseList } from '../../coordinate/release-list.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { selectBatches } from '../../records/batches/batches.ts';
import { countHeldByReason } from '../../records/student-groups/held-counts.ts';
import { selectWaitingThings, type WaitingThing } from '../../records/waiting-for-people.ts';
import { batchTable } from '../batches/batches-desk.ts';
import { BULK_WORDS } from '../bulk/bulk-words.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { formToken } from '../frame/form-token.ts';
import { dataTable, form } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { reasonName } from '../held/reason-words.ts';
import { alarms } from './home-alarms.ts';
import { HOME_WORDS } from './home-words.ts';

const LATEST = 5;
const RELEASES = '10';

/** The first page: what needs a person, the releases with a dry run by one click, and the latest batches. */
export function homePages(ctx: DeskContext): DeskPart {
  return { pages: [{ path: '/console', show: (input) => showHome(ctx, input) }] };
}

async function showHome(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = HOME_WORDS[input.language];
  const raised = await alarms(ctx, input);
  const releases = await listReleases(ctx.db, parseInput(ReleaseList, { limit: RELEASES }));
  const batches = await Promise.all(
    (await selectBatches(ctx.db, LATEST, null)).map((one) => viewBatch(ctx.db, one, ctx.clock.now())),
  );
  const other = form(input, {
    action: '/console/batches',
    submit: words.dryRun,
    tone: 'quiet',
    fields: [{ name: 'releaseId', label: words.releaseId, hint: words.dryText, required: true }],
    hidden: formToken(),
  });
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>${raised}
<div class="split"><div><section class="card"><h2>${words.needs}</h2>${await needsPart(ctx, input)}</section>
<section class="card"><h2>${words.releases}</h2>${releaseTable(input, releases.items)}<p><a href="${input.base}/console/releases">${words.allReleases}</a></p></section>
<section class="card"><h2>${words.recent}</h2>${batchTable(input, batches)}<p><a href="${input.base}/console/batches">${words.all}</a></p></section></div><div><section class="card"><h2>${words.release}</h2>${other}</section></div></div>`;
  return { title: words.title, content, menu: 'home' };
}

async function needsPart(ctx: DeskContext, input: DeskInput): Promise<Html> {
  const words = HOME_WORDS[input.language];
  const held = (await countHeldByReason(ctx.db)).map(({ reason, count }) => ({
    what: html`<a href="${input.base}/console/held/${encodeURIComponent(reason)}">${reasonName(input, reason)}</a>`,
    count: String(count),
  }));
  const things = (await selectWaitingThings(ctx.db)).map((one) => ({ what: thingLink(input, one), count: '' }));
  const rows = [...things, ...held];
  return dataTable(input, {
    caption: words.needs,
    rows,
    empty: words.nothing,
    columns: [
      { head: words.what, cell: ({ what }: (typeof rows)[number]) => what },
      { head: words.people, cell: ({ count }: (typeof rows)[number]) => count, numeric: true },
    ],
  });
}

const PLACES = { batch: 'batches', bulk: 'bulk', import: 'imports', 'half-import': 'imports' } as const;

function thingLink({ base, language }: DeskInput, { kind, id, of }: WaitingThing): Html {
  const name = kind === 'bulk' && of !== null ? ((BULK_WORDS[language] as Record<string, string>)[of] ?? of) : of;
  return html`<a href="${base}/console/${PLACES[kind]}/${id}">${fill(HOME_WORDS[language][kind], { of: name ?? '' })}</a>`;
}

function releaseTable(input: DeskInput, items: ReleaseItem[]): Html {
  const words = HOME_WORDS[input.language];
  const columns = [
    {
      head: words.name,
      cell: (one: ReleaseItem) =>
        html`<a href="${input.base}/console/releases/${encodeURIComponent(one.id)}">${one.title ?? one.id}</a><br><span class="mono small soft">${one.id}</span>`,
    },
    { head: words.people, cell: (one: ReleaseItem) => one.counts.total, numeric: true },
    {
      head: words.begin,
      cell: (one: ReleaseItem) =>
        form(input, {
          action: '/console/batches',
          submit: words.dryRun,
          tone: 'quiet',
          fields: [],
          hidden: { releaseId: one.id, ...formToken() },
        }),
    },
  ];
  return dataTable(input, { caption: words.releases, columns, rows: items, empty: words.noRelease });
}

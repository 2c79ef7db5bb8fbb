import { pipeline } from 'node:stream/promises';
import { type ActItem, ActList, ActNarrowing, actsCsv, everyAct, listActs } from '../../coordinate/act-routes.ts';
import { html } from '../../platform/http/html.ts';
import { parseInput } from '../../platform/http/validate.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { dataTable, moment, pager, queryString } from '../frame/parts.ts';
import { AUDIT_WORDS } from './audit-words.ts';

const FILTERS = ['actor', 'verb', 'subject'] as const;

/** The audit list: who did what, to what, when and why. */
export function auditPages(ctx: DeskContext): DeskPart {
  return {
    pages: [{ path: '/console/audit', show: (input) => showAudit(ctx, input) }],
    files: [
      {
        path: '/console/audit.csv',
        send: async ({ res, query }) => {
          res.type('text/csv').attachment('acts.csv');
          await pipeline(everyAct(ctx.db, parseInput(ActNarrowing, asked(query, FILTERS))), actsCsv(), res);
        },
      },
    ],
  };
}

function asked(query: Record<string, string>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter(([name, value]) => names.includes(name) && value !== ''));
}

async function showAudit(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = AUDIT_WORDS[input.language];
  const filter = asked(input.query, [...FILTERS, 'cursor']);
  const page = await listActs(ctx.db, parseInput(ActList, filter));
  const columns = [
    { head: words.at, cell: (one: ActItem) => moment(input, one.at) },
    {
      head: words.actor,
      cell: (one: ActItem) => html`<a href="${queryString({ actor: one.actor })}">${one.actor}</a>`,
    },
    { head: words.verb, cell: (one: ActItem) => html`<span class="mono">${one.verb}</span>` },
    { head: words.subject, cell: (one: ActItem) => subjectCell(input, one) },
    { head: words.reason, cell: (one: ActItem) => one.reason ?? '' },
  ];
  const fields = FILTERS.map(
    (name) =>
      html`<div class="field"><label for="audit-${name}">${words[name]}</label><input id="audit-${name}" name="${name}" value="${filter[name] ?? ''}" autocomplete="off"></div>`,
  );
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p><section class="card"><form class="row" method="get">${fields}<button class="quiet">${words.show}</button><a class="button quiet" href="${input.base}/console/audit.csv${queryString(asked(input.query, FILTERS))}">CSV</a></form>${dataTable(input, { caption: words.title, columns, rows: page.items })}${pager(input, filter, page.nextCursor)}</section>`;
  return { title: words.title, content, menu: 'audit' };
}

/** The subject as a link to its page, by the kind of act. */
function subjectCell({ base }: DeskInput, { verb, subject }: ActItem) {
  const [kind = ''] = verb.split('.');
  const folder = {
    'student-group': 'student-groups',
    certificate: 'certificates',
    batch: 'batches',
    bulk: 'bulk',
    release: 'releases',
    import: 'imports',
  }[kind];
  const text = html`<span class="mono">${subject}</span>`;
  return folder === undefined
    ? text
    : html`<a href="${base}/console/${folder}/${encodeURIComponent(subject)}">${text}</a>`;
}

import { pipeline } from 'node:stream/promises';
import { type ActItem, ActList, ActNarrowing, actsCsv, everyAct, listActs } from '../../coordinate/act-routes.ts';
import { html } from '../../platform/http/html.ts';
import { parseInput } from '../../platform/http/validate.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import { ACT_NAMES, actName } from '../frame/act-words.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { dataTable, moment, note, pager, queryString } from '../frame/parts.ts';
import { openQuery, sealQuery, withoutWords } from '../session/sealed-query.ts';
import { AUDIT_WORDS } from './audit-words.ts';

const FILTERS = ['actor', 'verb', 'subject'] as const;
/** The actor is a person's name. */
const QUERY = { plain: ['verb', 'subject', 'cursor'], words: ['actor'] };
const PATH = '/console/audit';

/** The audit list: who did what, to what, when and why. */
export function auditPages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showAudit(ctx, input);
  return {
    pages: [{ path: PATH, show }],
    acts: [{ path: PATH, page: show, act: async ({ req, fields }) => `${PATH}${sealQuery(req, fields, QUERY)}` }],
    files: [
      {
        path: '/console/audit.csv',
        send: async (input) => {
          const { cursor: _, ...filter } = openQuery(input, QUERY).asked;
          input.res.type('text/csv').attachment('acts.csv');
          await pipeline(everyAct(ctx.db, parseInput(ActNarrowing, filter)), actsCsv(), input.res);
        },
      },
    ],
  };
}

async function showAudit(ctx: DeskContext, input: DeskInput): Promise<DeskView | string> {
  const words = AUDIT_WORDS[input.language];
  const sealed = withoutWords(input, QUERY);
  if (sealed !== null) return `${PATH}${sealed}`;
  const { asked: filter, shown, isLost } = openQuery(input, QUERY);
  const { cursor: _, ...narrowing } = shown;
  const page = await listActs(ctx.db, parseInput(ActList, filter));
  const columns = [
    { head: words.at, cell: (one: ActItem) => moment(input, one.at) },
    {
      head: words.actor,
      cell: (one: ActItem) => html`<a href="${sealQuery(input.req, { actor: one.actor }, QUERY)}">${one.actor}</a>`,
    },
    { head: words.verb, cell: (one: ActItem) => actName(input, one.verb) },
    { head: words.subject, cell: (one: ActItem) => subjectCell(input, one) },
    { head: words.reason, cell: (one: ActItem) => one.reason ?? '' },
  ];
  const verbs = ACT_NAMES.map(
    (verb) =>
      html`<option value="${verb}"${verb === filter['verb'] && html` selected`}>${actName(input, verb)}</option>`,
  );
  const fields = FILTERS.map((name) =>
    name === 'verb'
      ? html`<div class="field"><label for="audit-verb">${words.verb}</label><select id="audit-verb" name="verb"><option value="">${words.any}</option>${verbs}</select></div>`
      : html`<div class="field"><label for="audit-${name}">${words[name]}</label><input id="audit-${name}" name="${name}" value="${filter[name] ?? ''}" autocomplete="off"></div>`,
  );
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p><section class="card">${isLost && note('warn', FRAME_WORDS[input.language].searchLost)}<form class="row" method="post" action="${input.base}${PATH}" accept-charset="utf-8">${fields}<button class="quiet">${words.show}</button><a class="button quiet" href="${input.base}/console/audit.csv${queryString(narrowing)}">CSV</a></form>${dataTable(input, { caption: words.title, columns, rows: page.items })}${pager(input, shown, page.nextCursor)}</section>`;
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

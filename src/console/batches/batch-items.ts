import type { BatchView } from '../../coordinate/create-batch.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { cursorOf, parseInput, plainText, toPage } from '../../platform/http/validate.ts';
import { type BatchItem, selectBatchItems } from '../../records/student-groups/standing.ts';
import type { DeskContext } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import { formToken } from '../frame/form-token.ts';
import { dataTable, form, moment, pager, reasonField, tag } from '../frame/parts.ts';
import { STATE_NAMES, stateName, stateTag } from '../frame/state-words.ts';
import { reasonText } from '../held/reason-words.ts';
import { RELEASE_WORDS } from '../release/release-words.ts';
import { BATCH_WORDS } from './batch-words.ts';

const LIMIT = 100;

/** The people of a batch, narrowed by state, or by class and cause of a dry run. */
export async function batchItems(ctx: DeskContext, input: DeskInput, view: BatchView): Promise<Html> {
  const words = BATCH_WORDS[input.language];
  const { query } = input;
  const after = parseInput(cursorOf(plainText(250)), query['cursor']);
  const chosen = Object.keys(STATE_NAMES.en).find((name) => name === query['state']) ?? null;
  const { class: found = null, cause = null } = query;
  const rows = await selectBatchItems(ctx.db, view.id, {
    ...(view.dryRun ? { state: null, wouldBe: chosen } : { state: chosen, wouldBe: null }),
    class: found,
    cause,
    reason: null,
    ids: null,
    words: [],
    after,
    limit: LIMIT + 1,
  });
  const page = toPage<BatchItem, BatchItem>(
    rows,
    LIMIT,
    (row) => row.studentGroupId,
    (row) => row,
  );
  const canRetry = !view.dryRun && view.state !== 'cancelled' && page.items.some(isRetriable);
  const choose = {
    head: html`<input type="checkbox" data-all hidden aria-label="${words.selectAll}">`,
    cell: (one: BatchItem) =>
      isRetriable(one) &&
      html`<input type="checkbox" name="id" value="${one.studentGroupId}" aria-label="${words.select}: ${one.fullName ?? one.studentGroupId}">`,
  };
  const sendAfter = {
    head: words.sendAfter,
    cell: (one: BatchItem) => (one.sendAfter === null ? '' : moment(input, one.sendAfter)),
  };
  const columns = [
    ...(canRetry ? [choose] : []),
    {
      head: words.name,
      cell: (one: BatchItem) =>
        html`<a href="${input.base}/console/student-groups/${encodeURIComponent(one.studentGroupId)}"><bdi>${one.fullName ?? one.studentGroupId}</bdi></a>`,
    },
    { head: words.country, cell: (one: BatchItem) => one.country ?? '—' },
    {
      head: view.dryRun ? words.wouldBe : words.state,
      // The reason below it: a column of its own would leave room for one word a line.
      cell: (one: BatchItem) =>
        html`<p>${view.dryRun ? foretold(input, one) : stateTag(input, one.state)}</p>${one.reason !== null && html`<p>${reasonText(input, one.reason)}</p>`}`,
    },
    ...(page.items.some((one) => one.sendAfter !== null) ? [sendAfter] : []),
  ];
  const options = Object.keys(STATE_NAMES.en).map(
    (name) =>
      html`<option value="${name}"${name === chosen && html` selected`}>${stateName(input.language, name)}</option>`,
  );
  const choice = html`<form class="row" method="get"><div class="field"><label for="state">${words.state}</label><select id="state" name="state"><option value="">${words.all}</option>${options}</select></div><button class="quiet">${words.show}</button></form>`;
  const list = dataTable(input, { caption: words.items, columns, rows: page.items, id: 'people' });
  return html`<section class="card" id="items"><h2>${words.items}</h2>${choice}${page.items.length > 1 && filterField(words.filter)}${canRetry ? retryForm(input, view.id, list) : list}${pager(input, query, page.nextCursor)}</section>`;
}

/** In a dry run: what would become of the person. Who has a certificate keeps it, in the state that it has. */
function foretold(input: DeskInput, { class: found, wouldBe, state }: BatchItem): Html {
  if (found === null) return stateTag(input, wouldBe ?? state);
  if (found !== 'new' && found !== 'already-issued' && found !== 'written-again') return stateTag(input, found);
  const name = RELEASE_WORDS[input.language][found];
  return found === 'new' ? tag('good', name) : tag('none', `${name}: ${stateName(input.language, wouldBe ?? state)}`);
}

const isRetriable = ({ state }: BatchItem): boolean => ['held', 'refused', 'bounced'].includes(state);

/** Narrows the rows shown while a person types; useless without the script, so it is hidden then. */
const filterField = (label: string): Html =>
  html`<div class="field" data-script hidden><label for="people-filter">${label}</label><input type="search" id="people-filter" data-filter="#people" autocomplete="off"></div>`;

function retryForm(input: DeskInput, batchId: string, list: Html): Html {
  const words = BATCH_WORDS[input.language];
  return form(input, {
    action: `/console/batches/${batchId}/retry-selected`,
    submit: words.retrySelected,
    tone: 'quiet',
    before: list,
    fields: [reasonField(input)],
    hidden: formToken(),
    extra: html`<p>${words.selected}<span data-count>0</span></p>`,
  });
}

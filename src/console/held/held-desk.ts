import { BulkRequest } from '../../coordinate/bulk/bulk-request.ts';
import { startBulk } from '../../coordinate/bulk/start-bulk.ts';
import { listStudentGroups, type StudentGroupItem, StudentGroupList } from '../../coordinate/student-group-list.ts';
import { HELD_REASONS } from '../../domain/reason-codes.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { selectBulkActUnderWay } from '../../records/bulk/bulk-acts.ts';
import { countHeldByReason } from '../../records/student-groups/held-counts.ts';
import { selectAddresses } from '../../records/student-groups/names.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, type Fields, fieldOf, isDone, valuesOf } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { formToken, keyOfForm } from '../frame/form-token.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { dataTable, foldedForm, form, note, pager, reasonField, refusalOf, said } from '../frame/parts.ts';
import { plainly } from '../frame/plain-words.ts';
import { fill } from '../frame/words.ts';
import { credentialAlarms } from '../home/home-alarms.ts';
import { HELD_WORDS } from './held-words.ts';
import { mendingOf, reasonName } from './reason-words.ts';
import { type RowRepair, repairField, repairRows } from './repair-rows.ts';

const LIMIT = 100;

/** Everybody who waits for a person, grouped by reason, with one-step repairs. */
export function heldPages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showReason(ctx, input, null);
  return {
    pages: [
      { path: '/console/held', show: (input) => showReasons(ctx, input) },
      { path: '/console/held/:reason', show },
    ],
    acts: [
      {
        path: '/console/held/:reason',
        page: show,
        act: async (input) => {
          const { params, fields, visitor } = input;
          const reason = params['reason'] ?? '';
          const verb = fieldOf(fields, 'verb');
          if (verb === 'retry' || verb === 'exclude' || verb === 'override')
            return startOnMany(ctx, reason, fields, visitor.actor);
          const done = await repairRows(ctx, reason, fields, visitor.actor);
          const rest = fieldOf(fields, 'rest') ?? '';
          return (await showReason(ctx, input, { rows: done, fields, rest })) ?? '/console/held';
        },
      },
    ],
  };
}

/** What one press of a button did to the rows of the table. */
interface Repaired {
  rows: RowRepair[];
  fields: Fields;
  /** Pasted rows that have no place in the table. */
  rest: string;
}

/**
 * Retry and exclude are bulk acts, on the selected people or on all with the reason. A form that is sent twice starts one,
 * and an act on all with the reason that is under way already is shown instead of a second one.
 */
async function startOnMany(ctx: DeskContext, reason: string, fields: Fields, actor: string): Promise<string> {
  const verb = fieldOf(fields, 'verb');
  const isAll = fieldOf(fields, 'all') !== undefined;
  const expect = Number(fieldOf(fields, 'expect'));
  const request = parseInput(BulkRequest, {
    verb,
    reason: fieldOf(fields, 'reason'),
    selection: isAll ? { filter: { state: 'held', reason } } : { ids: valuesOf(fields, 'id') },
    ...(isAll ? { expect } : {}),
    ...(verb === 'override' ? { changes: { country: fieldOf(fields, 'country') } } : {}),
  });
  const by = { actor, idempotencyKey: keyOfForm(fields) };
  const running = await selectBulkActUnderWay(ctx.db, request, by);
  if (running !== null) return `/console/bulk/${running}?already=1`;
  return `/console/bulk/${(await startBulk(ctx, request, by)).id}`;
}

async function showReasons(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = HELD_WORDS[input.language];
  const rows = await countHeldByReason(ctx.db);
  type Row = (typeof rows)[number];
  const columns = [
    {
      head: words.reason,
      cell: (one: Row) =>
        html`<a href="${input.base}/console/held/${encodeURIComponent(one.reason)}">${reasonName(input, one.reason)}</a><br><span class="small soft">${mendingOf(input, one.reason)}</span>`,
    },
    { head: words.count, cell: (one: Row) => one.count, numeric: true },
  ];
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>${await credentialAlarms(ctx, input)}<section class="card">${dataTable(input, { caption: words.title, columns, rows, empty: words.nothing })}</section>`;
  return { title: words.title, content, menu: 'held' };
}

async function showReason(ctx: DeskContext, input: DeskInput, done: Repaired | null): Promise<DeskView | null> {
  const reason = input.params['reason'] ?? '';
  if (!(HELD_REASONS as readonly string[]).includes(reason)) return null;
  const words = HELD_WORDS[input.language];
  const cursor = input.query['cursor'];
  const asked = { state: 'held', reason, limit: String(LIMIT), ...(cursor === undefined ? {} : { cursor }) };
  const page = await listStudentGroups(ctx.db, parseInput(StudentGroupList, asked));
  // Whom the button has repaired is being judged again, and still has the old reason for a moment.
  const repaired = new Set(
    done?.rows.filter(({ fault }) => fault === null).map(({ studentGroupId }) => studentGroupId),
  );
  const rows = page.items.filter(({ studentGroupId }) => !repaired.has(studentGroupId));
  const count = (await countHeldByReason(ctx.db)).find((one) => one.reason === reason)?.count ?? 0;
  const ids = page.items.map(({ studentGroupId }) => studentGroupId);
  const addresses = repairField(reason) === 'email' ? await selectAddresses(ctx.db, ids) : new Map<string, string>();
  const rest = done?.rest ?? fieldOf((input.refusal?.values ?? {}) as Fields, 'rest') ?? '';
  const mending = repairField(reason) === null ? mendingOf(input, reason) : null;
  const content = html`<h1>${reasonName(input, reason)}</h1><p class="lead">${mending} <a href="${input.base}/console/held">${words.back}</a></p>
${await credentialAlarms(ctx, input)}${isDone(input) && note('good', FRAME_WORDS[input.language].done)}${done !== null && resultNote(input, done.rows, page.items)}
<section class="card">${rows.length === 0 ? html`<p class="soft">${words.nothingMore}</p>${rest !== '' && restPart(input, rest)}` : repairForm(input, reason, { rows, addresses, done, rest })}${pager(input, input.query, page.nextCursor)}</section>
${done === null && count > 0 && allForms(input, reason, count)}`;
  return { title: reasonName(input, reason), content, menu: 'held' };
}

interface HeldRows {
  rows: StudentGroupItem[];
  addresses: ReadonlyMap<string, string>;
  done: Repaired | null;
  rest: string;
}

function repairForm(input: DeskInput, reason: string, { rows, addresses, done, rest }: HeldRows): Html {
  const words = HELD_WORDS[input.language];
  const action = `/console/held/${reason}`;
  const field = repairField(reason);
  const refusal = refusalOf(input, { action });
  const sent = (refusal?.values ?? done?.fields ?? {}) as Fields;
  const chosen = new Set(valuesOf(sent, 'id'));
  const typed = (id: string) => fieldOf(sent, `value-${id}`) ?? '';
  const faultOf = (id: string) => done?.rows.find(({ studentGroupId }) => studentGroupId === id)?.fault ?? null;
  const hasSuggestions = rows.some((one) => one.reason?.suggestion != null);
  const body = rows.map(
    (
      one,
    ) => html`<tr><td data-label="${words.select}"><input type="checkbox" name="id" value="${one.studentGroupId}"${chosen.has(one.studentGroupId) && html` checked`} aria-label="${words.select}: ${one.fullName ?? one.studentGroupId}"><input type="hidden" name="row" value="${one.studentGroupId}"></td>
<td data-label="${words.person}"><a href="${input.base}/console/student-groups/${encodeURIComponent(one.studentGroupId)}"><bdi>${one.fullName ?? one.studentGroupId}</bdi></a><br><span class="soft small">${one.latinName ?? ''}</span></td>
<td data-label="${words.why}">${field === 'email' && html`<bdi>${addresses.get(one.studentGroupId) ?? '—'}</bdi><br>`}<span class="soft">${one.reason === null ? '' : plainly(input, one.reason.detail)}</span></td>
${hasSuggestions && html`<td data-label="${words.suggestion}"><bdi>${one.reason?.suggestion ?? '—'}</bdi></td>`}
${field !== null && html`<td data-label="${words[field]}"><input type="text" name="value-${one.studentGroupId}" value="${typed(one.studentGroupId)}" aria-label="${words[field]}: ${one.fullName ?? one.studentGroupId}" autocomplete="off"${faultOf(one.studentGroupId) !== null && html` aria-invalid="true"`}>${faultOf(one.studentGroupId) !== null && html`<span class="fault">${said(input, faultOf(one.studentGroupId) ?? '')}</span>`}</td>`}</tr>`,
  );
  const head = html`<tr><th scope="col"><input type="checkbox" data-all hidden aria-label="${words.selectAll}"></th><th scope="col">${words.person}</th><th scope="col">${words.why}</th>${hasSuggestions && html`<th scope="col">${words.suggestion}</th>`}${field !== null && html`<th scope="col">${words[field]}</th>`}</tr>`;
  const buttons = html`<div class="row">${field !== null && html`<button name="verb" value="save">${words.save}</button>`}${hasSuggestions && html`<button name="verb" value="take">${words.take}</button>`}<button name="verb" value="retry" class="quiet">${words.retry}</button><button name="verb" value="exclude" class="quiet">${words.exclude}</button><span>${words.selected}<span data-count>0</span></span></div>`;
  const list = html`<div class="scroll" tabindex="0" role="region" aria-label="${words.title}"><table class="wide" data-cells><thead>${head}</thead><tbody>${body}</tbody></table></div>`;
  return form(input, {
    action,
    submit: '',
    fields: [{ ...reasonField(input), value: fieldOf(sent, 'reason') ?? '' }],
    hidden: formToken(),
    extra: html`${field !== null && html`<p class="soft">${words.cells} ${words.nextStep}</p>`}${list}${field !== null && restPart(input, rest)}${buttons}`,
    ownButtons: true,
  });
}

/** Pasted rows for which the page has no row. They stay until they are pasted on, also when the values are saved. */
function restPart({ language }: DeskInput, rest: string): Html {
  const words = HELD_WORDS[language];
  return html`<div class="note warn" role="status" data-rest${rest === '' && html` hidden`}><p data-text="${words.rest}">${rest !== '' && words.restKept}</p><div class="field"><label for="rest">${words.restText}</label><textarea id="rest" name="rest">${rest}</textarea></div></div>`;
}

function allForms(input: DeskInput, reason: string, count: number): Html {
  const words = HELD_WORDS[input.language];
  const action = `/console/held/${reason}`;
  const every = (verb: 'retry' | 'exclude', summary: string, tone: 'quiet' | 'danger') =>
    foldedForm(input, fill(summary, { count }), {
      action,
      name: `all-${verb}`,
      submit: fill(summary, { count }),
      fields: [reasonField(input)],
      hidden: { verb, all: 'yes', expect: String(count), ...formToken() },
      tone,
      ...(verb === 'exclude' ? { ask: fill(words.ask, { count }) } : {}),
    });
  const oneCountry =
    repairField(reason) === 'country' &&
    foldedForm(input, fill(words.countryAll, { count }), {
      action,
      name: 'all-country',
      submit: fill(words.countryAll, { count }),
      fields: [{ name: 'country', label: words.country, hint: words.countryHint, required: true }, reasonField(input)],
      hidden: { verb: 'override', all: 'yes', expect: String(count), ...formToken() },
    });
  return html`<section class="card"><h2>${fill(words.all, { count })}</h2>${oneCountry}${every('retry', words.retryAll, 'quiet')}${every('exclude', words.excludeAll, 'danger')}</section>`;
}

function resultNote(input: DeskInput, done: RowRepair[], shown: StudentGroupItem[]): Html {
  const words = HELD_WORDS[input.language];
  const refused = done.filter(({ fault }) => fault !== null);
  const nameOf = (id: string) => shown.find(({ studentGroupId }) => studentGroupId === id)?.fullName ?? id;
  const lines = refused.map(
    ({ studentGroupId, fault }) =>
      html`<li><a href="${input.base}/console/student-groups/${encodeURIComponent(studentGroupId)}"><bdi>${nameOf(studentGroupId)}</bdi></a>: ${said(input, fault ?? '')}</li>`,
  );
  return html`<div class="note ${refused.length === 0 ? 'good' : 'warn'}" role="status"><p>${fill(words.done, { count: done.length - refused.length })}</p>${lines.length > 0 && html`<p>${words.refused}:</p><ul>${lines}</ul>`}</div>`;
}

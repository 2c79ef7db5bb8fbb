import {
  listStudentGroups,
  readListFilter,
  type StudentGroupItem,
  StudentGroupList,
} from '../../coordinate/student-group-list.ts';
import { HELD_REASONS } from '../../domain/reason-codes.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { countStudentGroups } from '../../records/student-groups/student-group-search.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import type { DeskInput } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { type DataColumn, dataTable, note, type PartContext, pager, said, tag } from '../frame/parts.ts';
import { STATE_NAMES, stateName, stateTag } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { reasonName, reasonText } from '../held/reason-words.ts';
import { openQuery, sealQuery, withoutWords } from '../session/sealed-query.ts';
import { PEOPLE_WORDS } from './people-words.ts';

const QUERY = {
  plain: ['state', 'reason', 'release', 'country', 'template', 'needsReissue', 'cursor', 'limit'],
  words: ['q'],
};

/** Matches of a search by words are counted to this number. */
const COUNTED = 1000;

/** One search over everybody. */
export function peoplePages(ctx: DeskContext): DeskPart {
  const path = '/console/people';
  const show = (input: DeskInput) => showPeople(ctx, input);
  return {
    pages: [{ path, show }],
    acts: [{ path, page: show, act: async ({ req, fields }) => `${path}${sealQuery(req, fields, QUERY)}` }],
  };
}

async function showPeople(ctx: DeskContext, input: DeskInput): Promise<DeskView | string> {
  const words = PEOPLE_WORDS[input.language];
  const sealed = withoutWords(input, QUERY);
  if (sealed !== null) return `/console/people${sealed}`;
  const { asked, shown, isLost } = openQuery(input, QUERY);
  const found = await search(ctx, asked);
  const only =
    'items' in found && found.items.length === 1 && !found.isAlike && Object.keys(asked).join() === 'q'
      ? found.items[0]
      : undefined;
  if (only !== undefined) return `/console/student-groups/${encodeURIComponent(only.studentGroupId)}`;
  const list =
    'fault' in found
      ? note('bad', said(input, found.fault))
      : html`${found.isAlike && note('none', words.alike)}<p class="soft">${totalOf(input, asked, found.total)}</p>${dataTable(input, { caption: words.found, rows: found.items, empty: words.empty, columns: peopleColumns(input) })}${pager(input, shown, found.nextCursor)}`;
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p><section class="card">${isLost && note('warn', FRAME_WORDS[input.language].searchLost)}${searchForm(input, asked)}</section><section class="card">${list}</section>`;
  return { title: words.title, content, menu: 'people' };
}

/** A search by words counts to a bound only; other lists know their size. */
function totalOf({ language }: DeskInput, { q }: Record<string, string>, count: number): string {
  const words = PEOPLE_WORDS[language];
  return q !== undefined && count > COUNTED ? fill(words.many, { count: COUNTED }) : fill(words.total, { count });
}

type Page = Awaited<ReturnType<typeof listStudentGroups>> & { total: number; isAlike: boolean };

async function search(ctx: DeskContext, asked: Record<string, string>): Promise<Page | { fault: string }> {
  try {
    const query = parseInput(StudentGroupList, asked);
    const { limit: _, cursor: _after, ...narrowing } = query;
    const filter = await readListFilter(ctx.db, narrowing);
    const total = filter === null ? 0 : await countStudentGroups(ctx.db, filter, COUNTED);
    return { ...(await listStudentGroups(ctx.db, query)), total, isAlike: filter?.isAlike ?? false };
  } catch (error) {
    if (error instanceof Problem && error.status === 400) return { fault: error.errors?.[0]?.detail ?? error.message };
    throw error;
  }
}

function searchForm({ base, language }: DeskInput, asked: Record<string, string>): Html {
  const words = PEOPLE_WORDS[language];
  const states = Object.keys(STATE_NAMES.en).map(
    (state) =>
      html`<option value="${state}"${state === asked['state'] && html` selected`}>${stateName(language, state)}</option>`,
  );
  const known = [...new Set([...HELD_REASONS, ...(asked['reason'] === undefined ? [] : [asked['reason']])])];
  const reasons = known.map(
    (reason) =>
      html`<option value="${reason}"${reason === asked['reason'] && html` selected`}>${reasonName({ language }, reason)}</option>`,
  );
  const text = (name: string, label: string, hint?: string) =>
    html`<div class="field${name === 'q' && html` long`}"><label for="people-${name}">${label}</label><input type="text" id="people-${name}" name="${name}" value="${asked[name] ?? ''}" autocomplete="off"${hint !== undefined && html` placeholder="${hint}"`}></div>`;
  return html`<form class="row" method="post" action="${base}/console/people" accept-charset="utf-8" role="search" aria-label="${words.title}">${text('q', words.q)}<div class="field"><label for="people-state">${words.state}</label><select id="people-state" name="state"><option value="">${words.any}</option>${states}</select></div><div class="field"><label for="people-reason">${words.reason}</label><select id="people-reason" name="reason"><option value="">${words.any}</option>${reasons}</select></div>${text('release', words.release)}${text('country', words.country, 'KZ')}<button>${words.find}</button></form>`;
}

/** The columns of a list of people. */
export function peopleColumns(shown: PartContext): DataColumn<StudentGroupItem>[] {
  const words = PEOPLE_WORDS[shown.language];
  return [
    {
      head: words.name,
      cell: (one) =>
        html`<a href="${shown.base}/console/student-groups/${encodeURIComponent(one.studentGroupId)}"><bdi>${one.fullName ?? one.studentGroupId}</bdi></a>${one.latinName !== null && html`<br><span class="soft small">${one.latinName}</span>`}`,
    },
    { head: words.country, cell: (one) => one.country ?? '—' },
    { head: words.release, cell: (one) => one.releaseId ?? '—' },
    {
      head: words.state,
      cell: (one) => html`${stateTag(shown, one.state)}${one.needsReissue && tag('warn', words.reissue)}`,
    },
    { head: words.why, cell: (one) => (one.reason === null ? '' : reasonText(shown, one.reason)) },
    {
      head: words.number,
      cell: (one) =>
        one.certificateId === null
          ? ''
          : html`<a class="mono" href="${shown.base}/console/certificates/${one.certificateId}">${one.number ?? ''}</a>`,
    },
  ];
}

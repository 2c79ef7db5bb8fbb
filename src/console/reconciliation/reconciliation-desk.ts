import { z } from 'zod';
import { repairDifferences } from '../../coordinate/reconciliation.ts';
import { Why } from '../../coordinate/shared-schemas.ts';
import { message } from '../../domain/messages/message.ts';
import { differenceInWords } from '../../domain/student-group/difference.ts';
import { html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { countDifferences, type Difference, selectDifferences } from '../../records/student-groups/differences.ts';
import { selectDrift } from '../../records/student-groups/drift.ts';
import { selectNames } from '../../records/student-groups/names.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, fieldOf, isDone, valuesOf } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { dataTable, form, moment, note, reasonField, said, tag } from '../frame/parts.ts';
import { stateName } from '../frame/state-words.ts';
import { driftSheet } from './drift-sheet.ts';
import { RECONCILIATION_WORDS } from './reconciliation-words.ts';

const LIMIT = 200;
const DRIFT_DAYS = 56;
const Repair = z.strictObject({ reason: Why });

/** The board of differences between LMS, Gramota and mail provider, with their safe repairs. */
export function reconciliationPages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showBoard(ctx, input);
  return {
    pages: [{ path: '/console/reconciliation', show }],
    acts: [
      {
        path: '/console/reconciliation/repair',
        page: show,
        act: async ({ fields, visitor }) => {
          const chosen = valuesOf(fields, 'studentGroupId');
          if (fieldOf(fields, 'form') === 'selected' && chosen.length === 0)
            throw new Problem(400, message('console.nothing-chosen'));
          const scope = { releaseId: null, kinds: null, studentGroupIds: chosen.length > 0 ? chosen : null };
          const { reason } = parseInput(Repair, { reason: fieldOf(fields, 'reason') });
          await repairDifferences(ctx, scope, { actor: visitor.actor, reason });
          return '/console/reconciliation?done=1';
        },
      },
    ],
  };
}

async function showBoard(ctx: DeskContext, input: DeskInput): Promise<DeskView> {
  const words = RECONCILIATION_WORDS[input.language];
  const now = ctx.clock.now();
  const scope = { releaseId: null, studentGroupIds: null, kinds: null };
  const counts = await countDifferences(ctx.db, scope, now);
  const repairable = counts.some(({ count, forPerson }) => count > forPerson);
  const rows = await selectDifferences(ctx.db, scope, now, { after: null, limit: LIMIT });
  const names = await selectNames(
    ctx.db,
    rows.map(({ studentGroupId }) => studentGroupId),
  );
  const drift = await selectDrift(ctx.db, new Date(now.getTime() - DRIFT_DAYS * 86_400_000));
  const summary = dataTable(input, {
    caption: words.counts,
    rows: counts,
    empty: words.none,
    columns: [
      { head: words.kind, cell: (one: (typeof counts)[number]) => said(input, differenceInWords(one.kind)) },
      { head: words.count, cell: (one: (typeof counts)[number]) => one.count, numeric: true },
    ],
  });
  const choose = {
    head: html`<input type="checkbox" data-all hidden aria-label="${words.selectAll}">`,
    cell: (one: Difference) =>
      one.repair !== null &&
      html`<input type="checkbox" name="studentGroupId" value="${one.studentGroupId}" aria-label="${words.select}: ${names.get(one.studentGroupId) ?? one.studentGroupId}">`,
  };
  const list = dataTable(input, {
    caption: words.list,
    rows,
    empty: words.none,
    columns: [
      ...(repairable ? [choose] : []),
      { head: words.group, cell: (one: Difference) => personCell(input, one, names) },
      { head: words.means, cell: (one: Difference) => said(input, differenceInWords(one.kind)) },
      { head: words.lms, cell: (one: Difference) => one.lms.status ?? '—' },
      {
        head: words.ours,
        cell: (one: Difference) => (one.ours.state === null ? '—' : stateName(input.language, one.ours.state)),
      },
      {
        head: words.provider,
        cell: (one: Difference) => (one.provider.state === null ? '—' : stateName(input.language, one.provider.state)),
      },
      {
        head: words.repair,
        cell: (one: Difference) => (one.repair === null ? tag('warn', words.person) : tag('good', words.safe)),
      },
    ],
  });
  const action = '/console/reconciliation/repair';
  const repairAll =
    repairable &&
    html`<p>${words.repairText}</p>${form(input, { action, submit: words.repairAll, fields: [reasonField(input)] })}`;
  const repairSelected = form(input, {
    action,
    name: 'selected',
    submit: words.repairSelected,
    before: list,
    fields: [reasonField(input)],
  });
  const content = html`<h1>${words.title}</h1><p class="lead">${words.lead}</p>${isDone(input) && note('good', FRAME_WORDS[input.language].done)}
<div class="split"><section class="card"><h2>${words.counts}</h2>${summary}${repairAll}<p class="soft small">${words.checked}: ${moment(input, now)}</p></section>${driftSheet(input, drift)}</div>
<section class="card"><h2>${words.list}</h2>${repairable ? repairSelected : list}</section>`;
  return { title: words.title, content, menu: 'reconciliation' };
}

function personCell({ base }: DeskInput, { studentGroupId }: Difference, names: ReadonlyMap<string, string>) {
  const name = names.get(studentGroupId);
  const id = name === undefined ? null : html`<br><span class="mono small soft">${studentGroupId}</span>`;
  return html`<a href="${base}/console/student-groups/${encodeURIComponent(studentGroupId)}"><bdi>${name ?? studentGroupId}</bdi></a>${id}`;
}

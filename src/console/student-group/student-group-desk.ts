import { OverrideRequest } from '../../coordinate/override-request.ts';
import { findOrPull, overrideStudentGroup } from '../../coordinate/override-student-group.ts';
import { foretoldFacts } from '../../coordinate/sample-diploma.ts';
import { viewStudentGroup } from '../../coordinate/student-group-view.ts';
import { message } from '../../domain/messages/message.ts';
import { html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { selectGroupsNamed } from '../../records/student-groups/named-groups.ts';
import type { DeskContext, DeskPart } from '../desk-context.ts';
import { type DeskInput, type Fields, fieldOf, isDone, valuesOf } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import { note } from '../frame/parts.ts';
import { sendDrawn } from '../frame/send-drawn.ts';
import { isPassing, stateTag } from '../frame/state-words.ts';
import { groupActs } from './student-group-forms.ts';
import { groupFacts } from './student-group-sheets.ts';
import { GROUP_WORDS } from './student-group-words.ts';

/** Everything about one student group, with a form for each correction. */
export function studentGroupPages(ctx: DeskContext): DeskPart {
  const show = (input: DeskInput) => showGroup(ctx, input);
  return {
    pages: [{ path: '/console/student-groups/:id', show }],
    files: [{ path: '/console/student-groups/:id/sample.png', send: (input) => sendSample(ctx, input) }],
    acts: [
      {
        path: '/console/student-groups/:id/override',
        page: show,
        act: async ({ params, fields, visitor }) => {
          const group = await findOrPull(ctx, params['id'] ?? '');
          if (group === null) throw new Problem(404, message('unknown.student-group'));
          const request = requestOf(fields);
          if (Object.keys(request).length === 1) throw new Problem(400, message('console.nothing-changed'));
          const changes = parseInput(OverrideRequest, request);
          await overrideStudentGroup(ctx, group, changes, visitor.actor).catch(sayInFormWords);
          const view = fieldOf(fields, 'form') === 'name' ? await viewStudentGroup(ctx, group.id) : null;
          // Who corrects a printed name wants the new diploma.
          if (view?.certificate?.studentGroupId === group.id && view.certificate.needsReissue)
            return `/console/certificates/${view.certificate.id}/reissue`;
          return `/console/student-groups/${encodeURIComponent(group.id)}?done=1`;
        },
      },
    ],
  };
}

const LATIN_STAYS: ReadonlySet<string> = new Set([
  message('input.latin-stays.lms'),
  message('input.latin-stays.override'),
]);

/** The API names fields of its requests; who reads the form needs the names on it. */
function sayInFormWords(error: unknown): never {
  if (!(error instanceof Problem) || !error.errors?.some(({ detail }) => LATIN_STAYS.has(detail))) throw error;
  throw new Problem(error.status, error.message, {
    errors: [{ pointer: '/latinName', detail: message('console.latin-stays') }],
  });
}

async function showGroup(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const named = (await selectGroupsNamed(ctx.db, input.params['id'] ?? '', null))[0];
  const view = await viewStudentGroup(ctx, named ?? input.params['id'] ?? '');
  if (view === null) return null;
  const words = GROUP_WORDS[input.language];
  const title = view.snapshot?.student.fullName ?? words.unnamed;
  const content = html`<h1><bdi>${title}</bdi></h1><p class="lead">${stateTag(input, view.state)} ${view.country?.kind === 'known' && view.country.code} <span class="mono small">${view.id}</span></p>
${isDone(input) && note('good', FRAME_WORDS[input.language].done)}${view.judging && note('warn', words.judging)}
<div class="split"><div>${groupFacts(input, view)}</div><div>${groupActs(input, view, [...ctx.templates()])}</div></div>`;
  return { title, content, menu: 'people', again: view.judging || isPassing(view.state) };
}

async function sendSample(ctx: DeskContext, { res, params }: DeskInput): Promise<void> {
  const facts = await foretoldFacts(ctx, params['id'] ?? '');
  if (facts === null) throw new Problem(404, 'unknown');
  await sendDrawn(res, ctx.previews.drawFacts(facts, 'png'));
}

/** The request that the fields of a form make; empty fields change nothing, `withdraw` names a field to withdraw. */
function requestOf(fields: Fields): Record<string, unknown> {
  const request: Record<string, unknown> = { reason: fieldOf(fields, 'reason') };
  for (const name of ['country', 'fullName', 'latinName', 'email', 'projectTitle', 'certTemplate'])
    if (fieldOf(fields, name) !== undefined) request[name] = fieldOf(fields, name);
  // The form shows the present names. One that was left as it was is no correction, above all no word on the Latin form.
  for (const [name, shown] of [
    ['fullName', 'shownFullName'],
    ['latinName', 'shownLatinName'],
  ] as const)
    if (fieldOf(fields, shown) !== undefined && request[name] === fieldOf(fields, shown)) delete request[name];
  for (const name of ['keepLatinName', 'takeSuggestion', 'allowSharedEmail'])
    if (fieldOf(fields, name) !== undefined) request[name] = true;
  const excluded = fieldOf(fields, 'excluded');
  if (excluded !== undefined) request['excluded'] = excluded === 'yes';
  const allow = valuesOf(fields, 'allow');
  if (allow.length > 0) request['allow'] = allow;
  const withdraw = fieldOf(fields, 'withdraw');
  if (withdraw !== undefined) request[withdraw] = null;
  return request;
}

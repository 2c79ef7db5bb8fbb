import {
  type ApprovalView,
  ApproveRequest,
  approveContents,
  listApprovals,
  WithdrawRequest,
  withdrawApproval,
} from '../../coordinate/approval-verbs.ts';
import { shortHash } from '../../domain/approval.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { parseInput } from '../../platform/http/validate.ts';
import type { DeskContext } from '../desk-context.ts';
import { type DeskActSpec, type DeskInput, fieldOf, type Show } from '../desk-route.ts';
import { foldedForm, form, moment, reasonField, tag } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { TEMPLATE_WORDS } from './template-words.ts';

/** The approvals of all contents, by subject. */
export async function approvalsBySubject(ctx: DeskContext): Promise<Map<string, ApprovalView>> {
  return new Map((await listApprovals(ctx)).map((view) => [view.subject, view]));
}

/** Whether contents are approved, in one word. */
export function approvalTag({ language }: Pick<DeskInput, 'language'>, view: ApprovalView | undefined): Html | null {
  const words = TEMPLATE_WORDS[language];
  if (view === undefined) return null;
  if (view.approved) return tag('good', words.approved);
  return view.formerlyApproved ? tag('warn', words.changed) : tag('none', words.notApproved);
}

/** Who has approved the contents, and the form that approves exactly those that the page shows. */
export function approvalPart(input: DeskInput, path: string, view: ApprovalView): Html {
  const words = TEMPLATE_WORDS[input.language];
  const hidden = { hash: view.hash };
  const people = view.approvals.map(({ by, at }) => html`<li><bdi>${by}</bdi>, ${moment(input, at)}</li>`);
  const approve = form(input, {
    action: `${path}/approve`,
    name: view.subject,
    submit: fill(words.approve, { hash: shortHash(view.hash) }),
    fields: [],
    hidden,
  });
  const withdraw = foldedForm(input, words.withdraw, {
    action: `${path}/withdraw`,
    name: view.subject,
    submit: words.withdraw,
    fields: [reasonField(input)],
    hidden,
    tone: 'danger',
  });
  return html`<p>${approvalTag(input, view)} ${words.hash} <span class="mono" title="${view.hash}">${shortHash(view.hash)}</span></p>
<p class="soft small">${words.hashText}</p>
${people.length > 0 && html`<ul>${people}</ul>`}${!view.approvals.some(({ by }) => by === input.visitor.actor) && approve}${view.approved && withdraw}`;
}

/** The two acts on the contents of one page. */
export function approvalActs(
  ctx: DeskContext,
  path: string,
  of: {
    page: Show;
    subject: (params: Record<string, string>) => string;
    back: (params: Record<string, string>) => string;
  },
): DeskActSpec[] {
  const { page, subject, back } = of;
  return [
    {
      path: `${path}/approve`,
      page,
      act: async ({ fields, params, visitor }) => {
        const wanted = parseInput(ApproveRequest, { subject: subject(params), hash: fieldOf(fields, 'hash') });
        await approveContents(ctx, wanted, visitor.actor);
        return `${back(params)}?done=1`;
      },
    },
    {
      path: `${path}/withdraw`,
      page,
      act: async ({ fields, params, visitor }) => {
        const [hash, reason] = [fieldOf(fields, 'hash'), fieldOf(fields, 'reason')];
        await withdrawApproval(
          ctx,
          parseInput(WithdrawRequest, { subject: subject(params), hash, reason }),
          visitor.actor,
        );
        return `${back(params)}?done=1`;
      },
    },
  ];
}

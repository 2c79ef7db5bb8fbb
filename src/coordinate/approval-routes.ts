import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import {
  type ApprovalContext,
  ApprovalView,
  ApproveRequest,
  approveContents,
  listApprovals,
  WithdrawRequest,
  withdrawApproval,
} from './approval-verbs.ts';
import { SAMPLE } from './shared-schemas.ts';

const SUBJECT = 'certificate/teacher-kk';
const EXAMPLE: ApprovalView = {
  subject: SUBJECT,
  hash: SAMPLE.hash,
  approved: true,
  approvals: [{ by: 'desk (00000001)', at: '2026-11-20T10:00:00.000Z' }],
  formerlyApproved: false,
};
const TAG = 'Templates and letters';
const UNKNOWN = problemAnswer(
  404,
  'The folder has no such template or letter.',
  message('unknown.contents', { known: SUBJECT }),
);

/** Who has approved which contents of certificate templates and letters. */
export function approvalRoutes(ctx: ApprovalContext): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/approvals',
      name: 'listApprovals',
      tag: TAG,
      summary: 'List templates and letters with their approvals',
      description:
        'An approval is for exactly the contents that a person looked at: after a change of the file there is another hash, which nobody has approved.',
      role: 'viewer',
      query: z.strictObject({}),
      answer: {
        description: 'All certificate templates, and all letters in each language.',
        schema: z.object({
          required: z
            .boolean()
            .describe('True if `issuer.yaml` has `approvals: required`: contents without approval are not used.'),
          items: z.array(ApprovalView),
        }),
        example: { required: true, items: [EXAMPLE] },
      },
      handle: async () => ({
        required: ctx.rulebook.issuer.approvals === 'required',
        items: await listApprovals(ctx),
      }),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/approvals',
      name: 'approveContents',
      tag: TAG,
      summary: 'Approve a template or a letter',
      description:
        'Records your name, the time and the hash. What was held as `not-approved` is judged again and continues. A repeat changes nothing.',
      role: 'coordinator',
      body: { schema: ApproveRequest, example: { subject: SUBJECT, hash: SAMPLE.hash } },
      answer: { description: 'The contents with all their approvals.', schema: ApprovalView, example: EXAMPLE },
      problems: {
        404: UNKNOWN,
        409: problemAnswer(
          409,
          'The contents have changed.',
          message('state.contents-changed', { subject: SUBJECT, hash: SAMPLE.hash.slice(0, 12) }),
        ),
      },
      handle: ({ body, actor }) => approveContents(ctx, body, actor),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/approvals/withdraw',
      name: 'withdrawApproval',
      tag: TAG,
      summary: 'Withdraw the approval of a template or a letter',
      description:
        'Ends the approvals of these contents, whoever gave them. Where approvals are required, nothing more is drawn or sent with them; diplomas that were sent stay valid.',
      role: 'coordinator',
      body: {
        schema: WithdrawRequest,
        example: { subject: SUBJECT, hash: SAMPLE.hash, reason: 'The signature is wrong.' },
      },
      answer: {
        description: 'The contents with their remaining approvals.',
        schema: ApprovalView,
        example: { ...EXAMPLE, approved: false, approvals: [] },
      },
      problems: {
        404: UNKNOWN,
        409: problemAnswer(
          409,
          'Nobody has approved these contents.',
          message('state.not-approved-yet', { subject: SUBJECT, hash: SAMPLE.hash.slice(0, 12) }),
        ),
      },
      handle: ({ body, actor }) => withdrawApproval(ctx, body, actor),
    }),
  ];
}

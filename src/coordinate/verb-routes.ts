import { z } from 'zod';
import { BATCH_VERBS, type BatchVerb } from '../domain/batch-verb.ts';
import type { CriteriaFile } from '../domain/criteria/criteria.ts';
import { message } from '../domain/messages/message.ts';
import { type AnswerDescription, problemAnswer, unavailableAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { plainText } from '../platform/http/validate.ts';
import { selectBatch } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { actOnBatch } from './batch-verbs.ts';
import {
  LetterView,
  ResendRequest,
  ResolveRequest,
  resendCertificate,
  resolveCertificate,
} from './certificate-verbs.ts';
import { BATCH_EXAMPLE, type BatchContext, BatchView, viewBatch } from './create-batch.ts';
import { findCertificate } from './find-certificate.ts';
import { SAMPLE } from './shared-schemas.ts';
import {
  AskedVersion,
  ReinstateRequest,
  RevokedView,
  RevokeRequest,
  reinstateCertificate,
  revokeCertificate,
  type ValidityVerbContext,
} from './validity-verbs.ts';

export interface VerbContext extends BatchContext, ValidityVerbContext {
  criteria: CriteriaFile;
}

const BatchReason = z.strictObject({
  reason: plainText(2000, { lines: true })
    .nullish()
    .describe('Reason for the action, stored with it. At most 2000 characters.'),
});

/** Finds the batch in a path. */
export const batchSubject = (db: Db) => ({
  params: z.object({ id: z.uuid().describe('Id of the batch.').meta({ example: SAMPLE.batch }) }),
  find: ({ id }: { id: string }) => selectBatch(db, id),
  missing: message('unknown.batch'),
});

/** Finds the certificate in a path. */
export const certificateSubject = (db: Db) => ({
  params: z.object({
    id: plainText(250)
      .describe(
        'Id or number of the certificate, or the id of its student group if the group has exactly one certificate.',
      )
      .meta({ example: SAMPLE.certificate }),
  }),
  find: ({ id }: { id: string }) => findCertificate(db, id),
  missing: message('unknown.certificate'),
});

/** Answer of routes that query the LMS, while it is unavailable. */
export const LMS_UNAVAILABLE: AnswerDescription = unavailableAnswer(
  'The database or the LMS cannot be reached: try again after `Retry-After`.',
  'The LMS cannot be reached now; try again later.',
);

/** HTTP routes for actions of coordinators on batches and certificates. */
export function verbRoutes(ctx: VerbContext): Route[] {
  return [
    ...BATCH_VERBS.map((verb) => batchVerbRoute(ctx, verb)),
    resendRoute(ctx),
    resolveRoute(ctx),
    revokeRoute(ctx),
    reinstateRoute(ctx),
  ];
}

const BATCH_VERB_TEXTS: Record<BatchVerb, { summary: string; description: string; refused: string }> = {
  pause: {
    summary: 'Pause a batch',
    description:
      'Stops evaluation, reports to the LMS, drawing and sending of the batch until it is resumed. Letters that the mail provider already has are still tracked.',
    refused: 'The batch is finished; pause needs one that is running.',
  },
  resume: {
    summary: 'Resume a batch',
    description: 'A paused batch continues where it was stopped.',
    refused: 'The batch is running; resume needs one that is paused.',
  },
  cancel: {
    summary: 'Cancel a batch',
    description:
      'Ends the batch permanently. Items whose letter is not being sent yet are cancelled. Certificates stay, and a new batch can continue with them.',
    refused: 'The batch is finished; cancel needs one that is running or paused.',
  },
  retry: {
    summary: 'Retry the items that failed',
    description:
      'Reads held, refused and bounced items from the LMS and evaluates them again. Refused and bounced items get a new letter. Items that wait for the LMS are tried at once.',
    refused: 'The batch is cancelled; retry needs one that is running or finished.',
  },
  confirm: {
    summary: 'Confirm a batch as the second person',
    description:
      'Starts a batch that is `paused` with `waitsFor: "second-person"`: one far above the usual size of its programme (`confirm` in `criteria.yaml`). The coordinator who created the batch cannot confirm it; tokens of one name count as one person.',
    refused: message('batch.nothing-to-confirm', { state: 'running' }),
  },
};

const SAME_PERSON = problemAnswer(
  403,
  'The role of the token is not enough, or the caller created the batch.',
  message('batch.same-person', { actor: 'Anna (1a2b3c4d)' }),
);

function batchVerbRoute(ctx: VerbContext, verb: BatchVerb): Route {
  const { summary, description, refused } = BATCH_VERB_TEXTS[verb];
  return jsonRoute({
    method: 'POST',
    path: `/api/batches/:id/${verb}`,
    name: `${verb}Batch`,
    tag: 'Batches',
    summary,
    description,
    role: 'coordinator',
    subject: batchSubject(ctx.db),
    body: { schema: BatchReason, example: { reason: 'A name was corrected in the LMS.' }, optional: true },
    answer: {
      status: verb === 'retry' ? 202 : 200,
      description: 'The batch after the request.',
      schema: BatchView,
      example: BATCH_EXAMPLE,
    },
    problems: {
      ...(verb === 'confirm' ? { 403: SAME_PERSON } : {}),
      409: problemAnswer(
        409,
        'The state of the batch does not allow this request: `state` is the current state, `detail` names the last action and its actor.',
        refused,
      ),
    },
    handle: async ({ subject, body: { reason }, actor }) => {
      const act = await actOnBatch(ctx, subject.id, verb, { actor, reason: reason ?? null });
      if (act === null) throw new Problem(404, message('unknown.batch'));
      if (!act.ok) throw new Problem(act.forbidden ? 403 : 409, act.detail, { state: act.state });
      return viewBatch(ctx.db, act.batch, ctx.clock.now());
    },
  });
}

/** What all routes of acts on one certificate share. */
export const onCertificate = (ctx: { db: Db }) =>
  ({ method: 'POST', tag: 'Certificates', role: 'coordinator', subject: certificateSubject(ctx.db) }) as const;
const LETTER_EXAMPLE: LetterView = {
  personalIssueId: SAMPLE.letter,
  state: 'waiting',
  sendAfter: '2026-11-23T04:00:00.000Z',
};
export const VERSION_EXAMPLE: AskedVersion = { certificateId: SAMPLE.certificate, version: 2, state: 'sent' };

function resendRoute(ctx: VerbContext): Route {
  return jsonRoute({
    ...onCertificate(ctx),
    path: '/api/certificates/:id/resend',
    name: 'resendCertificate',
    summary: 'Send the diploma again',
    description: 'Opens a new letter with the stored diploma, to the current address in the LMS.',
    body: { schema: ResendRequest, example: { reason: 'The teacher deleted the first letter.' } },
    answer: { status: 202, description: 'The new letter.', schema: LetterView, example: LETTER_EXAMPLE },
    problems: {
      409: problemAnswer(409, 'A new letter is not allowed; `detail` says why.', 'The certificate is revoked.'),
      503: LMS_UNAVAILABLE,
    },
    handle: ({ subject, body: { reason }, actor }) => resendCertificate(ctx, subject, { actor, reason }),
  });
}

function resolveRoute(ctx: VerbContext): Route {
  return jsonRoute({
    ...onCertificate(ctx),
    path: '/api/certificates/:id/resolve',
    name: 'resolveCertificate',
    summary: 'Record the outcome of a letter',
    description:
      'For a certificate that is held as `outcome-unknown` because it could not be proven whether its letter was sent. `sent` closes the letter; `not-sent` cancels it and opens a new letter.',
    body: {
      schema: ResolveRequest,
      example: { outcome: 'sent', reason: 'The mail provider found the letter in its archive.' },
    },
    answer: {
      description: 'The letter after the request.',
      schema: LetterView,
      example: { personalIssueId: SAMPLE.letter, state: 'sent', sendAfter: null },
    },
    problems: {
      409: problemAnswer(
        409,
        'The outcome of the letter is already known.',
        'The certificate is not held as outcome-unknown; there is nothing to resolve.',
      ),
      503: LMS_UNAVAILABLE,
    },
    handle: ({ subject, body, actor }) => resolveCertificate(ctx, subject, { actor, ...body }),
  });
}

function revokeRoute(ctx: VerbContext): Route {
  return jsonRoute({
    ...onCertificate(ctx),
    path: '/api/certificates/:id/revoke',
    name: 'revokeCertificate',
    summary: 'Revoke a certificate',
    description:
      'Makes the certificate invalid at once, for people who look it up and for machines. A waiting letter is not sent.',
    body: {
      schema: RevokeRequest,
      example: { reason: 'Issued to the wrong person.', class: 'issued-in-error' },
    },
    answer: {
      description: 'The certificate is revoked.',
      schema: RevokedView,
      example: {
        certificateId: SAMPLE.certificate,
        state: 'revoked',
        revokedAt: '2026-11-23T10:00:00.000Z',
        class: 'issued-in-error',
        cancelledLetter: null,
      },
    },
    problems: {
      409: problemAnswer(409, 'The certificate is already revoked or erased.', 'The certificate is revoked already.'),
    },
    handle: ({ subject, body, actor }) => revokeCertificate(ctx, subject, { actor, ...body }),
  });
}

function reinstateRoute(ctx: VerbContext): Route {
  return jsonRoute({
    ...onCertificate(ctx),
    path: '/api/certificates/:id/reinstate',
    name: 'reinstateCertificate',
    summary: 'Make a revoked certificate valid again',
    description:
      'People who look the certificate up see it as valid at once. Its old credentials stay revoked for machines, so a worker makes a new version and sends it by a letter.',
    body: { schema: ReinstateRequest, example: { reason: 'The complaint was withdrawn.' } },
    answer: {
      status: 202,
      description: 'The request is stored. A worker makes the new version.',
      schema: AskedVersion,
      example: VERSION_EXAMPLE,
    },
    problems: {
      409: problemAnswer(
        409,
        'The certificate cannot be made valid again; `detail` says why.',
        'The certificate is not revoked.',
      ),
    },
    handle: ({ subject, body: { reason }, actor }) => reinstateCertificate(ctx, subject, { actor, reason }),
  });
}

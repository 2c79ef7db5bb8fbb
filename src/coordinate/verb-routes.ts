import type { Express, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { BATCH_VERBS, type BatchVerb } from '../domain/batch-verb.ts';
import { actorOf, identityOf, requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { readJson } from '../platform/http/json-body.ts';
import { Problem } from '../platform/http/problem.ts';
import { parseBody, plainText } from '../platform/http/validate.ts';
import { selectBatch } from '../records/batches/batches.ts';
import { type Certificate, selectCertificate } from '../records/certificates/certificates.ts';
import { actOnBatch } from './batch-verbs.ts';
import { ResendRequest, ResolveRequest, resendCertificate, resolveCertificate } from './certificate-verbs.ts';
import { type BatchContext, viewBatch } from './create-batch.ts';
import {
  ReinstateRequest,
  ReissueRequest,
  RevokeRequest,
  reinstateCertificate,
  reissueCertificate,
  revokeCertificate,
  type ValidityVerbContext,
} from './validity-verbs.ts';

export interface VerbContext extends BatchContext, ValidityVerbContext {}

const BODY_LIMIT = 64 * 1024;
const Uuid = z.uuid();
const BatchReason = z.strictObject({ reason: plainText(2000, { lines: true }).nullish() });

/** Routes of coordinators' verbs on batches and certificates; `/api` has already authenticated the caller. */
export function declareVerbRoutes(app: Express, ctx: VerbContext): void {
  const coordinator = requireRole('coordinator');
  for (const verb of BATCH_VERBS) {
    declareRoute(app, `/api/batches/:id/${verb}`, {
      POST: [coordinator, knownBatch(ctx), ...readJson(BODY_LIMIT, { optional: true }), postBatchVerb(ctx, verb)],
    });
  }
  const onCertificate = (handler: RequestHandler) => [
    coordinator,
    knownCertificate(ctx),
    ...readJson(BODY_LIMIT),
    handler,
  ];
  declareRoute(app, '/api/certificates/:id/resend', { POST: onCertificate(postResend(ctx)) });
  declareRoute(app, '/api/certificates/:id/resolve', { POST: onCertificate(postResolve(ctx)) });
  declareRoute(app, '/api/certificates/:id/reissue', { POST: onCertificate(postReissue(ctx)) });
  declareRoute(app, '/api/certificates/:id/revoke', { POST: onCertificate(postRevoke(ctx)) });
  declareRoute(app, '/api/certificates/:id/reinstate', { POST: onCertificate(postReinstate(ctx)) });
}

const noBatch = () => new Problem(404, 'There is no batch of this id.');

/** Answers 404 before it reads the body. */
function knownBatch(ctx: VerbContext): RequestHandler {
  return async (req, _res, next) => {
    const id = pathParam(req, 'id');
    if (!Uuid.safeParse(id).success || (await selectBatch(ctx.db, id)) === null) throw noBatch();
    next();
  };
}

function knownCertificate(ctx: VerbContext): RequestHandler {
  return async (req, res, next) => {
    const id = pathParam(req, 'id');
    const certificate = Uuid.safeParse(id).success ? await selectCertificate(ctx.db, id) : null;
    if (certificate === null) throw new Problem(404, 'There is no certificate of this id.');
    res.locals['certificate'] = certificate;
    next();
  };
}

const certificateOf = (res: Response): Certificate => res.locals['certificate'] as Certificate;

function postBatchVerb(ctx: VerbContext, verb: BatchVerb): RequestHandler {
  return async (req, res) => {
    const { reason } = parseBody(BatchReason, req);
    const by = { actor: actorOf(identityOf(res)), reason: reason ?? null };
    const act = await actOnBatch(ctx, pathParam(req, 'id'), verb, by);
    if (act === null) throw noBatch();
    if (!act.ok) throw new Problem(409, act.detail);
    res.status(verb === 'retry' ? 202 : 200).json(await viewBatch(ctx.db, act.batch, ctx.clock.now()));
  };
}

function postResend(ctx: VerbContext): RequestHandler {
  return async (req, res) => {
    const { reason } = parseBody(ResendRequest, req);
    const by = { actor: actorOf(identityOf(res)), reason };
    res.status(202).json(await resendCertificate(ctx, certificateOf(res), by));
  };
}

function postResolve(ctx: VerbContext): RequestHandler {
  return async (req, res) => {
    const request = parseBody(ResolveRequest, req);
    const by = { actor: actorOf(identityOf(res)), ...request };
    res.json(await resolveCertificate(ctx, certificateOf(res), by));
  };
}

function postReissue(ctx: VerbContext): RequestHandler {
  return async (req, res) => {
    const { reason } = parseBody(ReissueRequest, req);
    const by = { actor: actorOf(identityOf(res)), reason };
    res.status(202).json(await reissueCertificate(ctx, certificateOf(res), by));
  };
}

function postRevoke(ctx: VerbContext): RequestHandler {
  return async (req, res) => {
    const request = parseBody(RevokeRequest, req);
    res.json(await revokeCertificate(ctx, certificateOf(res), { actor: actorOf(identityOf(res)), ...request }));
  };
}

function postReinstate(ctx: VerbContext): RequestHandler {
  return async (req, res) => {
    const { reason } = parseBody(ReinstateRequest, req);
    const by = { actor: actorOf(identityOf(res)), reason };
    res.status(202).json(await reinstateCertificate(ctx, certificateOf(res), by));
  };
}

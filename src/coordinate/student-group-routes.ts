import type { Express, RequestHandler, Response } from 'express';
import { actorOf, identityOf, requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { readJson } from '../platform/http/json-body.ts';
import { Problem } from '../platform/http/problem.ts';
import { parseBody, plainText, refuseQuery } from '../platform/http/validate.ts';
import type { StoredGroup } from '../records/student-groups/student-groups.ts';
import type { DecisionViewContext } from './decision-view.ts';
import { OverrideRequest } from './override-request.ts';
import { findOrPull, type OverrideContext, overrideStudentGroup } from './override-student-group.ts';
import { viewStudentGroup } from './student-group-view.ts';

export type StudentGroupContext = OverrideContext & DecisionViewContext;

const BODY_LIMIT = 64 * 1024;
const Id = plainText(250);

/** Routes of single student groups; `/api` has already authenticated the caller. */
export function declareStudentGroupRoutes(app: Express, ctx: StudentGroupContext): void {
  declareRoute(app, '/api/student-groups/:id', {
    GET: [requireRole('viewer'), showGroup(ctx)],
    PATCH: [requireRole('coordinator'), knownGroup(ctx), ...readJson(BODY_LIMIT), patchGroup(ctx)],
  });
}

const noGroup = () => new Problem(404, 'There is no student group of this id.');

function showGroup(ctx: StudentGroupContext): RequestHandler {
  return async (req, res) => {
    const id = pathParam(req, 'id');
    const view = Id.safeParse(id).success ? await viewStudentGroup(ctx, id) : null;
    if (view === null) throw noGroup();
    refuseQuery(req);
    res.json(view);
  };
}

/** Answers 404 before it reads the body. */
function knownGroup(ctx: OverrideContext): RequestHandler {
  return async (req, res, next) => {
    const id = pathParam(req, 'id');
    const group = Id.safeParse(id).success ? await findOrPull(ctx, id) : null;
    if (group === null) throw noGroup();
    res.locals['studentGroup'] = group;
    next();
  };
}

const groupOf = (res: Response): StoredGroup => res.locals['studentGroup'] as StoredGroup;

function patchGroup(ctx: StudentGroupContext): RequestHandler {
  return async (req, res) => {
    const request = parseBody(OverrideRequest, req);
    const group = groupOf(res);
    await overrideStudentGroup(ctx, group, request, actorOf(identityOf(res)));
    res.json(await viewStudentGroup(ctx, group.id));
  };
}

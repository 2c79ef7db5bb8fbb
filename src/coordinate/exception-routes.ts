import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { actorOf, identityOf, requireRole } from '../platform/http/auth.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { readJson } from '../platform/http/json-body.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, parseBody, parseInput, plainText, toPage } from '../platform/http/validate.ts';
import { dismissFlag, FLAG_KINDS, selectFlag, selectOpenFlags } from '../records/student-groups/flags.ts';
import { type ExceptionRow, selectExceptions } from '../records/student-groups/overrides.ts';
import { recordAct } from '../records/tokens.ts';
import type { OverrideContext } from './override-student-group.ts';
import { type FlagView, viewFlag } from './student-group-view.ts';

type FlagContext = Pick<OverrideContext, 'db' | 'clock' | 'newId'>;

const BODY_LIMIT = 64 * 1024;
const Uuid = z.uuid();
const ExceptionKind = z.enum(['allow', 'deny'], 'expected allow or deny');
/** Kind and student group of the last entry. */
const ExceptionKey = plainText(260).refine((key) => /^(allow|deny)\/./.test(key));
const ExceptionList = z.strictObject({ limit: Limit, cursor: cursorOf(ExceptionKey), kind: ExceptionKind.optional() });
const FlagList = z.strictObject({
  limit: Limit,
  cursor: cursorOf(Uuid),
  kind: z.enum(FLAG_KINDS, `expected one of ${FLAG_KINDS.join(', ')}`).optional(),
});
const DismissRequest = z.strictObject({ reason: plainText(2000, { lines: true }) });

/** Routes of exceptions: allow and deny lists, and flags. */
export function declareExceptionRoutes(app: Express, ctx: FlagContext): void {
  const viewer = requireRole('viewer');
  declareRoute(app, '/api/exceptions', { GET: [viewer, listExceptions(ctx)] });
  declareRoute(app, '/api/flags', { GET: [viewer, listFlags(ctx)] });
  declareRoute(app, '/api/flags/:id/dismiss', {
    POST: [requireRole('coordinator'), knownFlag(ctx), ...readJson(BODY_LIMIT), postDismiss(ctx)],
  });
}

function listExceptions(ctx: FlagContext): RequestHandler {
  return async (req, res) => {
    const { limit, cursor, kind } = parseInput(ExceptionList, req.query);
    const rows = await selectExceptions(ctx.db, { kind: kind ?? null, after: readKey(cursor), limit: limit + 1 });
    const toItem = ({ at, ...row }: ExceptionRow) => ({ ...row, at: at.toISOString() });
    res.json(toPage(rows, limit, (row) => `${row.kind}/${row.studentGroupId}`, toItem));
  };
}

function readKey(cursor: string | null): { kind: 'allow' | 'deny'; studentGroupId: string } | null {
  if (cursor === null) return null;
  const slash = cursor.indexOf('/');
  return { kind: ExceptionKind.parse(cursor.slice(0, slash)), studentGroupId: cursor.slice(slash + 1) };
}

function listFlags(ctx: FlagContext): RequestHandler {
  return async (req, res) => {
    const { limit, cursor, kind } = parseInput(FlagList, req.query);
    const rows = await selectOpenFlags(ctx.db, { kind: kind ?? null, after: cursor, limit: limit + 1 });
    res.json(toPage(rows, limit, (row) => row.id, viewFlag));
  };
}

const noFlag = () => new Problem(404, 'There is no flag of this id.');

/** Answers 404 before it reads the body. */
function knownFlag(ctx: FlagContext): RequestHandler {
  return async (req, _res, next) => {
    const id = pathParam(req, 'id');
    if (!Uuid.safeParse(id).success || (await selectFlag(ctx.db, id)) === null) throw noFlag();
    next();
  };
}

function postDismiss(ctx: FlagContext): RequestHandler {
  return async (req, res) => {
    const { reason } = parseBody(DismissRequest, req);
    res.json(await dismiss(ctx, pathParam(req, 'id'), { actor: actorOf(identityOf(res)), reason }));
  };
}

/**
 * A coordinator dismisses a flag.
 * @throws Problem 409 when it has already ended
 */
async function dismiss(ctx: FlagContext, id: string, by: { actor: string; reason: string }): Promise<FlagView> {
  return ctx.db.transaction(async (trx) => {
    const flag = await selectFlag(trx, id);
    if (flag === null) throw noFlag();
    const at = ctx.clock.now();
    const actId = ctx.newId();
    const detail = { flagId: id, kind: flag.kind };
    await recordAct(trx, { id: actId, ...by, verb: 'flag.dismiss', subject: flag.studentGroupId, detail }, at);
    if (!(await dismissFlag(trx, id, actId, at))) throw new Problem(409, 'The flag has ended before.');
    return viewFlag({ ...flag, endedAt: at });
  });
}

import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { DIFFERENCE_KINDS } from '../domain/student-group/difference.ts';
import { actorOf, identityOf, requireRole } from '../platform/http/auth.ts';
import { declareRoute } from '../platform/http/declare-route.ts';
import { readJson } from '../platform/http/json-body.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, parseBody, parseInput, plainText, toPage } from '../platform/http/validate.ts';
import { isReleaseKnown } from '../records/batches/report-rows.ts';
import { selectLastPulledAt } from '../records/lms/release-pulls.ts';
import {
  countDifferences,
  type Difference,
  type DifferencePlace,
  type DifferenceScope,
  selectDifferences,
} from '../records/student-groups/differences.ts';
import type { BatchContext } from './create-batch.ts';
import { repairDifferences, viewDifference } from './reconciliation.ts';

const BODY_LIMIT = 1024 * 1024;
const Kind = z.enum(DIFFERENCE_KINDS, `expected one of ${DIFFERENCE_KINDS.join(', ')}`);
/** Kind and student group of the last row; no kind contains a space. */
const Place = z.string().regex(/^[a-z-]+ [^\p{Cc}]{1,250}$/u);
const List = z.strictObject({
  releaseId: plainText(200).optional(),
  kind: Kind.optional(),
  limit: Limit,
  cursor: cursorOf(Place),
});
const RepairRequest = z
  .strictObject({
    releaseId: plainText(200).nullish(),
    studentGroupIds: z
      .array(plainText(200))
      .min(1, 'expected at least one id')
      .max(10_000, 'expected at most 10000 ids')
      .nullish(),
    kinds: z.array(Kind).min(1, 'expected at least one kind').nullish(),
    reason: plainText(2000, { lines: true }),
  })
  .refine((request) => request.releaseId == null || request.studentGroupIds == null, {
    path: ['studentGroupIds'],
    message: 'expected either releaseId or studentGroupIds, or neither',
  });

/** Differences between LMS, Gramota and provider; `/api` has already authenticated the caller. */
export function declareReconciliationRoutes(app: Express, ctx: BatchContext): void {
  declareRoute(app, '/api/reconciliation', { GET: [requireRole('viewer'), listDifferences(ctx)] });
  declareRoute(app, '/api/reconciliation/repair', {
    POST: [requireRole('coordinator'), ...readJson(BODY_LIMIT), postRepair(ctx)],
  });
}

function listDifferences(ctx: BatchContext): RequestHandler {
  return async (req, res) => {
    const { releaseId = null, kind, limit, cursor } = parseInput(List, req.query);
    await checkRelease(ctx, releaseId);
    const scope = { releaseId, studentGroupIds: null, kinds: kind === undefined ? null : [kind] };
    const now = ctx.clock.now();
    const rows = await selectDifferences(ctx.db, scope, now, { after: placeOf(cursor), limit: limit + 1 });
    const counts = await countDifferences(ctx.db, { ...scope, kinds: null }, now);
    const pulledAt = releaseId === null ? null : await selectLastPulledAt(ctx.db, releaseId);
    res.json({
      ...toPage(rows, limit, keyOf, viewDifference),
      checkedAt: now.toISOString(),
      // Time of the pull that LMS data come from; null over all releases.
      pulledAt: pulledAt?.toISOString() ?? null,
      counts: Object.fromEntries(counts.map((one) => [one.kind, one.count])),
    });
  };
}

function postRepair(ctx: BatchContext): RequestHandler {
  return async (req, res) => {
    const { releaseId = null, studentGroupIds = null, kinds = null, reason } = parseBody(RepairRequest, req);
    await checkRelease(ctx, releaseId);
    const scope: DifferenceScope = { releaseId, studentGroupIds, kinds };
    res.status(202).json(await repairDifferences(ctx, scope, { actor: actorOf(identityOf(res)), reason }));
  };
}

async function checkRelease(ctx: BatchContext, releaseId: string | null): Promise<void> {
  if (releaseId !== null && !(await isReleaseKnown(ctx.db, releaseId)))
    throw new Problem(404, 'Nothing of this release was ever pulled.');
}

const keyOf = ({ kind, studentGroupId }: Difference): string => `${kind} ${studentGroupId}`;

function placeOf(cursor: string | null): DifferencePlace | null {
  if (cursor === null) return null;
  const space = cursor.indexOf(' ');
  const kind = Kind.safeParse(cursor.slice(0, space));
  return kind.success ? { kind: kind.data, studentGroupId: cursor.slice(space + 1) } : null;
}

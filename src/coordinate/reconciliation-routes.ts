import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { DIFFERENCE_KINDS, differenceInWords } from '../domain/student-group/difference.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
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
import { DifferenceCounts, DifferenceView, RepairReport, repairDifferences, viewDifference } from './reconciliation.ts';
import { Instant, SAMPLE, Why } from './shared-schemas.ts';

const BODY_LIMIT = 1024 * 1024;
const Kind = z.enum(DIFFERENCE_KINDS, message('input.one-of', { known: DIFFERENCE_KINDS.join(', ') }));
/** Kind and student group of the last difference on the previous page, separated by a space; kinds contain no space. */
const Place = z
  .string()
  .regex(/^[a-z-]+ [^\p{Cc}]{1,250}$/u)
  .refine((text) => Kind.safeParse(text.split(' ')[0]).success);
const List = z.strictObject({
  releaseId: plainText(200)
    .optional()
    .describe('Show only this release; default: all releases that have not ended.')
    .meta({ example: SAMPLE.release }),
  kind: Kind.optional().describe('Show only differences of this kind.'),
  limit: Limit,
  cursor: cursorOf(Place),
});
const RepairRequest = z
  .strictObject({
    releaseId: plainText(200).nullish().describe('Repair only this release.'),
    studentGroupIds: z
      .array(plainText(200))
      .min(1, message('input.some-ids'))
      .max(10_000, message('input.most-ids', { most: 10_000 }))
      .nullish()
      .describe('Repair only these student groups.'),
    kinds: z
      .array(Kind)
      .min(1, message('input.some-kinds'))
      .nullish()
      .describe('Repair only these kinds of differences.'),
    reason: Why,
  })
  .refine((request) => request.releaseId == null || request.studentGroupIds == null, {
    path: ['studentGroupIds'],
    message: message('input.release-or-groups-or-none'),
  });
const DifferencePage = pageOf(DifferenceView).extend({
  checkedAt: Instant,
  pulledAt: Instant.nullable().describe('The pull that gave the LMS data; null for all releases together.'),
  counts: DifferenceCounts.describe('Number of differences by kind, on all pages together.'),
});
const UNKNOWN_RELEASE = problemAnswer(
  404,
  'The release has never been read from the LMS.',
  message('unknown.release-here'),
);

/** Differences between LMS, record and provider. */
export function reconciliationRoutes(ctx: BatchContext): Route[] {
  return [
    jsonRoute({
      method: 'GET',
      path: '/api/reconciliation',
      name: 'listDifferences',
      tag: 'Reconciliation',
      summary: 'List differences between LMS, Gramota and mail provider',
      role: 'viewer',
      query: List,
      answer: {
        description: 'One page of differences.',
        schema: DifferencePage,
        example: {
          items: [
            {
              kind: 'lms-not-told',
              studentGroupId: SAMPLE.studentGroup,
              releaseId: SAMPLE.release,
              certificateId: SAMPLE.certificate,
              lms: { status: 'completed', certTemplate: null },
              ours: { state: 'sent' },
              provider: { state: 'sent' },
              repair: 'patch',
              detail: differenceInWords('lms-not-told'),
            },
          ],
          nextCursor: null,
          checkedAt: '2026-11-21T09:00:00.000Z',
          pulledAt: '2026-11-21T08:55:00.000Z',
          counts: { 'lms-not-told': 1 },
        },
      },
      problems: { 404: UNKNOWN_RELEASE },
      handle: ({ query }) => listDifferences(ctx, query),
    }),
    jsonRoute({
      method: 'POST',
      path: '/api/reconciliation/repair',
      name: 'repairDifferences',
      tag: 'Reconciliation',
      summary: 'Repair the differences that are safe to repair',
      description: 'Starts every repair that needs no decision by a person. No repair sends a second letter.',
      role: 'coordinator',
      body: {
        schema: RepairRequest,
        example: { releaseId: SAMPLE.release, reason: 'The LMS was restored from a backup.' },
        limit: BODY_LIMIT,
      },
      answer: {
        status: 202,
        description: 'The repairs are queued.',
        schema: RepairReport,
        example: { actId: SAMPLE.act, begun: { 'lms-not-told': 1 }, leftToPerson: { 'name-differs': 2 }, more: false },
      },
      problems: { 404: UNKNOWN_RELEASE },
      handle: async ({ body: { releaseId = null, studentGroupIds = null, kinds = null, reason }, actor }) => {
        await checkRelease(ctx, releaseId);
        const scope: DifferenceScope = { releaseId, studentGroupIds, kinds };
        return repairDifferences(ctx, scope, { actor, reason });
      },
    }),
  ];
}

async function listDifferences(
  ctx: BatchContext,
  { kind, limit, cursor, ...asked }: z.output<typeof List>,
): Promise<z.infer<typeof DifferencePage>> {
  const releaseId = asked.releaseId ?? null;
  await checkRelease(ctx, releaseId);
  const scope = { releaseId, studentGroupIds: null, kinds: kind === undefined ? null : [kind] };
  const now = ctx.clock.now();
  const rows = await selectDifferences(ctx.db, scope, now, { after: placeOf(cursor), limit: limit + 1 });
  const counts = await countDifferences(ctx.db, { ...scope, kinds: null }, now);
  const pulledAt = releaseId === null ? null : await selectLastPulledAt(ctx.db, releaseId);
  return {
    ...toPage(rows, limit, keyOf, viewDifference),
    checkedAt: now.toISOString(),
    pulledAt: pulledAt?.toISOString() ?? null,
    counts: Object.fromEntries(counts.map((one) => [one.kind, one.count])),
  };
}

async function checkRelease(ctx: BatchContext, releaseId: string | null): Promise<void> {
  if (releaseId !== null && !(await isReleaseKnown(ctx.db, releaseId)))
    throw new Problem(404, message('unknown.release-here'));
}

const keyOf = ({ kind, studentGroupId }: Difference): string => `${kind} ${studentGroupId}`;

function placeOf(cursor: string | null): DifferencePlace | null {
  if (cursor === null) return null;
  const space = cursor.indexOf(' ');
  return { kind: Kind.parse(cursor.slice(0, space)), studentGroupId: cursor.slice(space + 1) };
}

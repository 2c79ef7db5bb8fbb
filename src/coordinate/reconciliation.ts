import { z } from 'zod';
import {
  DIFFERENCE_KINDS,
  type DifferenceKind,
  differenceInWords,
  REPAIRS,
  type Repair,
} from '../domain/student-group/difference.ts';
import { selectQueued } from '../platform/jobs/queued-jobs.ts';
import { selectNextSteps } from '../records/certificates/next-step.ts';
import { recordReportLost } from '../records/lms/lms-reports.ts';
import type { Db } from '../records/rows.ts';
import {
  countDifferences,
  type Difference,
  type DifferencePlace,
  type DifferenceScope,
  selectDifferences,
} from '../records/student-groups/differences.ts';
import { recordAct } from '../records/tokens.ts';
import type { BatchContext } from './create-batch.ts';

/** One difference as the API returns it. */
export const DifferenceView = z
  .object({
    kind: z.enum(DIFFERENCE_KINDS),
    studentGroupId: z.string(),
    releaseId: z.string(),
    certificateId: z.uuid().nullable(),
    lms: z
      .object({ status: z.string().nullable(), certTemplate: z.string().nullable() })
      .describe('The state in the LMS.'),
    ours: z.object({ state: z.string().nullable() }).describe('The state in Gramota.'),
    provider: z.object({ state: z.string().nullable() }).describe('The state of the newest letter.'),
    repair: z
      .enum(REPAIRS)
      .nullable()
      .describe(
        'The safe repair: pull and evaluate again, report to the LMS again, or enqueue a lost step again. Null if a person must decide.',
      ),
    detail: z.string().describe('Explanation of the difference.'),
  })
  .meta({ id: 'Difference', description: 'A difference between LMS, Gramota and mail provider.' });
export type DifferenceView = z.infer<typeof DifferenceView>;

export const viewDifference = (difference: Difference): DifferenceView => ({
  ...difference,
  detail: differenceInWords(difference.kind),
});

/** Number of differences per kind; kinds with none are omitted. */
export const DifferenceCounts = z.partialRecord(z.enum(DIFFERENCE_KINDS), z.int());

export const RepairReport = z
  .object({
    actId: z.uuid().describe('Id of the audit entry for these repairs.'),
    begun: DifferenceCounts.describe('Number of started repairs, by kind.'),
    leftToPerson: DifferenceCounts.describe('Number of differences that only a person can repair, by kind.'),
    more: z.boolean().describe('True if there were more differences than one call can repair; call again.'),
  })
  .meta({ id: 'RepairReport', description: 'The repairs that were started.' });
export type RepairReport = z.infer<typeof RepairReport>;

const PAGE = 500;
/** Maximum repairs per call, so that it answers in time. */
const MOST = 10_000;

/**
 * Starts all safe repairs under one act: student groups are pulled and evaluated again, reports that the LMS lost are
 * sent again, and steps without a job get a new one. Differences that need a person's decision are only counted.
 */
export async function repairDifferences(
  ctx: BatchContext,
  scope: DifferenceScope,
  by: { actor: string; reason: string },
): Promise<RepairReport> {
  const at = ctx.clock.now();
  const actId = ctx.newId();
  const begun: RepairReport['begun'] = {};
  let seen = 0;
  let after: DifferencePlace | null = null;
  let more = false;
  const left = await countDifferences(ctx.db, scope, at);
  await ctx.db.transaction(async (trx) => {
    for (;;) {
      const page = await selectDifferences(trx, scope, at, { after, limit: PAGE, mendable: true });
      for (const repair of Object.keys(REPAIR) as Repair[]) {
        const wanted = page.filter((difference) => difference.repair === repair);
        for (const kind of await REPAIR[repair](ctx, trx, wanted, by)) begun[kind] = (begun[kind] ?? 0) + 1;
      }
      seen += page.length;
      after = page.at(-1) ?? null;
      more = page.length === PAGE && seen >= MOST;
      if (page.length < PAGE || more) break;
    }
    const { releaseId, studentGroupIds, kinds } = scope;
    const detail = { releaseId, studentGroups: studentGroupIds?.length ?? null, kinds, begun };
    const subject = releaseId ?? 'reconciliation';
    await recordAct(trx, { id: actId, ...by, verb: 'reconciliation.repair', subject, detail }, at);
  });
  const leftToPerson = Object.fromEntries(
    left.filter((one) => one.forPerson > 0).map((one) => [one.kind, one.forPerson]),
  );
  return { actId, begun, leftToPerson, more };
}

/** Each returns the kinds of the started repairs. */
type Mend = (
  ctx: BatchContext,
  trx: Db,
  wanted: Difference[],
  by: { actor: string; reason: string },
) => Promise<DifferenceKind[]>;

const kindsOf = (begun: Difference[]): DifferenceKind[] => begun.map(({ kind }) => kind);

const REPAIR: Record<Repair, Mend> = {
  async evaluate(ctx, trx, wanted) {
    const ids = new Set(wanted.map(({ studentGroupId }) => studentGroupId));
    const queued = await selectQueued(trx, 'ingest', [...ids]);
    const jobs = [...ids].filter((id) => !queued.has(id)).map((id) => ({ kind: 'group' as const, id }));
    await ctx.enqueue(trx, 'ingest', jobs);
    return kindsOf(wanted);
  },
  async patch(ctx, trx, wanted, by) {
    const begun: Difference[] = [];
    for (const difference of wanted) {
      const { certificateId } = difference;
      if (certificateId === null || !(await recordReportLost(trx, certificateId))) continue;
      const act = { id: ctx.newId(), ...by, verb: 'certificate.tell-again', subject: certificateId };
      await recordAct(trx, act, ctx.clock.now());
      await ctx.enqueue(trx, 'patch', [{ id: certificateId }]);
      begun.push(difference);
    }
    return kindsOf(begun);
  },
  async enqueue(ctx, trx, wanted) {
    const steps = await selectNextSteps(
      trx,
      wanted.flatMap(({ certificateId }) => certificateId ?? []),
    );
    const begun = new Set<string>();
    for (const queue of ['patch', 'render', 'send'] as const) {
      const due = steps.filter((step) => step.queue === queue);
      const queued = await selectQueued(
        trx,
        queue,
        due.map(({ id }) => id),
      );
      const lost = due.filter(({ id }) => !queued.has(id));
      await ctx.enqueue(
        trx,
        queue,
        lost.map(({ id }) => ({ id })),
      );
      for (const { certificateId } of lost) begun.add(certificateId);
    }
    return kindsOf(wanted.filter(({ certificateId }) => certificateId !== null && begun.has(certificateId)));
  },
};

import type { Config } from '../config.ts';
import { type DifferenceView, repairDifferences, viewDifference } from '../coordinate/reconciliation.ts';
import { InputError } from '../domain/failure.ts';
import { message } from '../domain/messages/message.ts';
import { systemClock } from '../platform/system-clock.ts';
import { isReleaseKnown } from '../records/batches/report-rows.ts';
import type { Db } from '../records/rows.ts';
import {
  countDifferences,
  type DifferencePlace,
  type DifferenceScope,
  selectDifferences,
} from '../records/student-groups/differences.ts';
import { actor } from './actor.ts';
import { withQueue } from './batch.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;
export interface ReconcileOptions {
  release?: string;
  repair?: boolean;
  reason?: string;
}
const PAGE = 200;

/** `gramota reconcile`: like `/api/reconciliation`, from a terminal. */
export async function runReconcile(config: Config, options: ReconcileOptions, say: Say): Promise<void> {
  const reason = options.reason?.trim() ?? '';
  const scope = { releaseId: options.release ?? null, studentGroupIds: null, kinds: null };
  await withDatabase(config, async (db) => {
    if (scope.releaseId !== null && !(await isReleaseKnown(db, scope.releaseId)))
      throw new InputError(message('line.release-never-pulled', { release: scope.releaseId }));
    await print(db, scope, say);
    if (!options.repair) return;
    await withQueue(config, db, async (ctx) => {
      const report = await repairDifferences(ctx, scope, { actor: actor(), reason });
      const begun = Object.entries(report.begun).map(([kind, n]) => `${kind} ${n}`);
      say(message(report.more ? 'line.repairs-more' : 'line.repairs', { kinds: begun.join(', ') || '-' }));
      const left = Object.entries(report.leftToPerson).map(([kind, n]) => `${kind} ${n}`);
      say(message('line.left-to-person', { kinds: left.join(', ') || '-' }));
    });
  });
}

async function print(db: Db, scope: DifferenceScope, say: Say): Promise<void> {
  const now = systemClock.now();
  for (const { kind, count } of await countDifferences(db, scope, now)) say(`${kind.padEnd(20)} ${count}`);
  let after: DifferencePlace | null = null;
  for (;;) {
    const page: DifferenceView[] = (await selectDifferences(db, scope, now, { after, limit: PAGE })).map(
      viewDifference,
    );
    for (const row of page) say(lineOf(row));
    after = page.at(-1) ?? null;
    if (page.length < PAGE) break;
  }
  if (after === null) say(message('difference.none'));
}

function lineOf({ kind, studentGroupId, lms, ours, provider, repair, detail }: DifferenceView): string {
  const states = `LMS ${lms.status ?? '-'}, Gramota ${ours.state ?? '-'}, letter ${provider.state ?? '-'}`;
  return `  ${studentGroupId}  ${kind}  ${states}  ${repair ?? 'for a person'}: ${detail}`;
}

import { selectPersonRows } from '../../records/privacy/export-person.ts';
import { findScope, type PersonContext, recordPersonAct } from './person-erasure.ts';

/** Everything that is stored of a student, by table. */
export interface PersonExport {
  studentId: string;
  exportedAt: string;
  rows: Record<string, unknown[]>;
}

/**
 * Everything that is stored of a student; that it was read is recorded.
 * @throws Problem 404 when nothing is stored
 */
export async function exportPerson(
  ctx: Pick<PersonContext, 'db' | 'clock' | 'newId'>,
  studentId: string,
  actor: string,
): Promise<PersonExport> {
  const at = ctx.clock.now();
  // One snapshot of the database, so that the rows fit together.
  return ctx.db.transaction(
    async (trx) => {
      const scope = await findScope(trx, studentId);
      const rows = await selectPersonRows(trx, scope);
      for (const subject of [...scope.own, ...scope.shared])
        await recordPersonAct(ctx, trx, { actor, verb: 'person.export', subject }, at);
      return { studentId, exportedAt: at.toISOString(), rows };
    },
    { isolationLevel: 'repeatable read' },
  );
}

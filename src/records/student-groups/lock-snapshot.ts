import { isDeepStrictEqual } from 'node:util';
import { StudentGroup } from '../../domain/student-group/student-group.ts';
import { sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable, parseRow } from '../rows.ts';

/**
 * Locks a student group for this transaction: decisions about it happen one after the other, and neither pulls nor
 * people change it meanwhile. True when the snapshot is still this one; it compares contents, because two changes
 * within a second have the same `updatedAt`.
 */
export async function lockSnapshot(trx: Db, judged: StudentGroup): Promise<boolean> {
  const locked = await lockedSnapshot(trx, judged);
  if (locked === undefined || locked.same) return locked !== undefined;
  return isDeepStrictEqual(parseRow(StudentGroup, locked.snapshot), judged);
}

const JUDGED = inputTable({ id: 'text', snapshot: 'jsonb' });

/** Locks in the order of ids, so that two transactions cannot deadlock. The snapshot is read only if it is another one. */
const lockedSnapshot = sharedStatement<StudentGroup, { place: number; same: boolean; snapshot: unknown }>(
  async (trx, judged) => {
    const { rows } = await trx.raw<{ rows: { place: number; same: boolean; snapshot: unknown }[] }>(
      `select i.place::int, g.snapshot is not distinct from i.snapshot as same,
         case when g.snapshot is distinct from i.snapshot then g.snapshot end as snapshot
       from ${JUDGED.as('i')} join student_group as g on g.id = i.id order by g.id for no key update of g`,
      JUDGED.values(judged.map((group) => ({ id: group.id, snapshot: JSON.stringify(group) }))),
    );
    return byPlace(judged.length, rows);
  },
);

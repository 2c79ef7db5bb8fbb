import { z } from 'zod';
import { DIFFERENCE_KINDS, type DifferenceKind } from '../../domain/student-group/difference.ts';
import { type Db, parseRows } from '../rows.ts';
import { countDifferences } from './differences.ts';

/** Days after which the counts of a day are deleted. */
const KEPT_DAYS = 400;

const dayOf = (at: Date): string => at.toISOString().slice(0, 10);

/**
 * Counts the differences of all active releases once per UTC day; later calls of that day cost one lookup by key. Kinds
 * without a difference are stored as 0, so that a day without drift differs from a day without a count.
 */
export async function recordDrift(db: Db, at: Date): Promise<void> {
  const day = dayOf(at);
  if (await db('drift').where({ day }).first('kind')) return;
  const counts = await countDifferences(db, { releaseId: null, studentGroupIds: null, kinds: null }, at);
  const found = new Map(counts.map(({ kind, count }) => [kind, count]));
  const rows = DIFFERENCE_KINDS.map((kind) => ({ day, kind, count: found.get(kind) ?? 0 }));
  await db('drift').insert(rows).onConflict(['day', 'kind']).ignore();
  await db('drift')
    .where('day', '<', dayOf(new Date(at.getTime() - KEPT_DAYS * 86_400_000)))
    .del();
}

const Row = z.object({ day: z.string(), kind: z.enum(DIFFERENCE_KINDS), count: z.number().int() });

/** Differences of one day (`YYYY-MM-DD`, UTC), by kind. */
export interface DriftDay {
  day: string;
  total: number;
  kinds: { kind: DifferenceKind; count: number }[];
}

/** The counted days from `since` on, oldest first. */
export async function selectDrift(db: Db, since: Date): Promise<DriftDay[]> {
  const rows = parseRows(
    Row,
    await db('drift')
      .select(db.raw(`to_char(day, 'YYYY-MM-DD') as day`), 'kind', 'count')
      .whereIn('kind', DIFFERENCE_KINDS)
      .where('day', '>=', dayOf(since))
      .orderBy(['day', 'kind']),
  );
  const days = new Map<string, DriftDay>();
  for (const { day, kind, count } of rows) {
    const one = days.get(day) ?? { day, total: 0, kinds: [] };
    one.total += count;
    if (count > 0) one.kinds.push({ kind, count });
    days.set(day, one);
  }
  return [...days.values()];
}

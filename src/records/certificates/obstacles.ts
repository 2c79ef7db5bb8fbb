import { z } from 'zod';
import {
  codesThatPark,
  codesThatStop,
  OBSTACLE_CODES,
  OBSTACLES,
  type Obstacle,
  type ObstacleCode,
  type Purpose,
} from '../../domain/obstacle/obstacle.ts';
import type { HeldReason } from '../../domain/reason-codes.ts';
import { type CoalescedRead, coalescedRead, rowsBy } from '../../platform/database/coalesced-reads.ts';
import { type Db, parseRows } from '../rows.ts';
import type { HoldSubject } from '../student-groups/holds.ts';

const listed = (codes: readonly ObstacleCode[]) => codes.map((code) => `'${code}'`).join(', ');

/** SQL: whether certificate `c` has one of these obstacles. */
export const HAS_OBSTACLE = (...codes: ObstacleCode[]): string =>
  `exists (select 1 from obstacles(c.student_group_id, c.id) where code in (${listed(codes)}))`;

/** SQL: whether certificate `c` has an obstacle that stops this purpose. */
export const IS_STOPPED = (purpose: Purpose): string => HAS_OBSTACLE(...codesThatStop(purpose));

/** SQL: like `IS_STOPPED`, but without obstacles for which a stage opens a hold: that stage still has to run. */
export const IS_PARKED = (purpose: Purpose): string => HAS_OBSTACLE(...codesThatPark(purpose));

/** SQL: like `IS_STOPPED`, but reads what is committed now, not at the statement's start; for a locked row `c`. */
export const IS_STOPPED_NOW = (purpose: Purpose): string =>
  `is_stopped(c.student_group_id, c.id, array[${listed(codesThatStop(purpose))}])`;

const ObstacleRow = z.object({
  code: z.enum(OBSTACLE_CODES),
  hold: z.string().nullable() as z.ZodType<HeldReason | null>,
  about: z.string().nullable(),
  since: z.date().nullable(),
});

/** The obstacles that stop this purpose, in order of rank. With `id` null, those of a student group without certificate. */
export async function selectObstacles(
  db: Db,
  { studentGroupId, id }: HoldSubject,
  purpose: Purpose,
): Promise<Obstacle[]> {
  return parseRows(ObstacleRow, (await rowsFor(purpose)(db, { studentGroupId, id })) ?? []);
}

const readers = new Map<Purpose, CoalescedRead<HoldSubject, unknown[]>>();

function rowsFor(purpose: Purpose): CoalescedRead<HoldSubject, unknown[]> {
  const known = readers.get(purpose);
  if (known !== undefined) return known;
  const reader = coalescedRead<HoldSubject, unknown[]>(async (db, subjects) => {
    // A named statement is planned once per connection; planning it takes several times longer than running it.
    const { rows } = await db
      .raw<{ rows: { place: number }[] }>(
        `select i.place, o.code, o.hold, o.about, o.since
         from unnest(?::text[], ?::uuid[]) with ordinality as i(student_group_id, id, place)
         cross join lateral obstacles(i.student_group_id, i.id) as o
         where o.code in (${listed(codesThatStop(purpose))}) order by i.place, o.rank, o.since`,
        [subjects.map(({ studentGroupId }) => studentGroupId), subjects.map(({ id }) => id) as string[]],
      )
      .options({ name: `obstacles-${purpose}` });
    const byPlace = rowsBy(rows, ({ place }) => place - 1);
    return subjects.map((_, place) => byPlace.get(place) ?? []);
  });
  readers.set(purpose, reader);
  return reader;
}

/** The first obstacle that stops this purpose and is not in `except`; null: the certificate may continue. */
export async function findObstacle(
  db: Db,
  subject: HoldSubject,
  purpose: Purpose,
  except: readonly ObstacleCode[] = [],
): Promise<Obstacle | null> {
  return (await selectObstacles(db, subject, purpose)).find(({ code }) => !except.includes(code)) ?? null;
}

/** The first obstacle without a hold (`holdAs` is null), for which the step only waits; undefined: none. */
export function parkedBy(obstacles: readonly Obstacle[]): Obstacle | undefined {
  return obstacles.find(({ code }) => OBSTACLES[code].holdAs === null);
}

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
import { type Db, parseRows } from '../rows.ts';
import type { HoldSubject } from '../student-groups/holds.ts';

const listed = (codes: readonly ObstacleCode[]) => codes.map((code) => `'${code}'`).join(', ');

/** SQL: whether certificate `c` has one of these obstacles. */
export const HAS_OBSTACLE = (...codes: ObstacleCode[]): string =>
  `exists (select 1 from obstacles(c.student_group_id, c.id) where code in (${listed(codes)}))`;

/** SQL: whether something stops certificate `c` from this now. */
export const IS_STOPPED = (purpose: Purpose): string => HAS_OBSTACLE(...codesThatStop(purpose));

/** SQL: as `IS_STOPPED`, but for what a stage still has to show a person: that step has to be taken. */
export const IS_PARKED = (purpose: Purpose): string => HAS_OBSTACLE(...codesThatPark(purpose));

/** SQL: as `IS_STOPPED`, of what is committed by now and not when the statement began: for a row `c` that it has locked. */
export const IS_STOPPED_NOW = (purpose: Purpose): string =>
  `is_stopped(c.student_group_id, c.id, array[${listed(codesThatStop(purpose))}])`;

const ObstacleRow = z.object({
  code: z.enum(OBSTACLE_CODES),
  hold: z.string().nullable() as z.ZodType<HeldReason | null>,
  about: z.string().nullable(),
  since: z.date().nullable(),
});

/** What stops a certificate from this now (of a student group without one: with null for its id), in the order of the table. */
export async function selectObstacles(
  db: Db,
  { studentGroupId, id }: HoldSubject,
  purpose: Purpose,
): Promise<Obstacle[]> {
  // Named, so that a connection has it planned once: planning costs several times what it takes to run.
  const { rows } = await db
    .raw(
      `select code, hold, about, since from obstacles(?::text, ?::uuid) where code in (${listed(codesThatStop(purpose))})
       order by rank, since`,
      [studentGroupId, id],
    )
    .options({ name: `obstacles-${purpose}` });
  return parseRows(ObstacleRow, rows);
}

/** The first of them but for those excepted; null: it may go on. */
export async function findObstacle(
  db: Db,
  subject: HoldSubject,
  purpose: Purpose,
  except: readonly ObstacleCode[] = [],
): Promise<Obstacle | null> {
  return (await selectObstacles(db, subject, purpose)).find(({ code }) => !except.includes(code)) ?? null;
}

/** The first that parks a step, before any that its stage would have to show a person. */
export function parkedBy(obstacles: readonly Obstacle[]): Obstacle | undefined {
  return obstacles.find(({ code }) => OBSTACLES[code].holdAs === null);
}

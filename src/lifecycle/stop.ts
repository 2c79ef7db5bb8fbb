import { OBSTACLES, type Obstacle, reasonOf } from '../domain/obstacle/obstacle.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';
import { hold } from '../records/student-groups/holds.ts';

type StopContext = Pick<StageContext, 'db' | 'newId' | 'clock'>;

/** Opens the hold that shows a person the first of these obstacles that needs one. */
export async function showObstacle(
  ctx: StopContext,
  { id, studentGroupId }: Certificate,
  stage: 'evaluate' | 'patch' | 'render' | 'send',
  obstacles: readonly Obstacle[],
  db: Db = ctx.db,
): Promise<void> {
  for (const obstacle of obstacles) {
    const code = OBSTACLES[obstacle.code].holdAs;
    if (code === null) continue;
    const { detail } = reasonOf(obstacle);
    await hold(db, { id: ctx.newId(), studentGroupId, certificateId: id, stage, code, detail }, ctx.clock.now());
    return;
  }
}

import { OBSTACLES, type Obstacle, reasonOf } from '../domain/obstacle/obstacle.ts';
import type { StageContext } from '../pipeline/context.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import type { Db } from '../records/rows.ts';
import { holdCertificate } from './hold-certificate.ts';

type StopContext = Pick<StageContext, 'db' | 'newId' | 'clock'>;

/** Opens a hold for the first obstacle that needs one, so that people see it. */
export async function showObstacle(
  ctx: StopContext,
  certificate: Certificate,
  stage: 'evaluate' | 'patch' | 'render' | 'send',
  obstacles: readonly Obstacle[],
  db: Db = ctx.db,
): Promise<void> {
  for (const obstacle of obstacles) {
    const code = OBSTACLES[obstacle.code].holdAs;
    if (code === null) continue;
    return holdCertificate(ctx, stage, certificate, code, reasonOf(obstacle).detail, db);
  }
}

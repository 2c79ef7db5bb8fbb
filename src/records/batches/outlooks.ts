import { z } from 'zod';
import { codesThatStop } from '../../domain/obstacle/obstacle.ts';
import { HAS_OBSTACLE } from '../certificates/obstacles.ts';
import type { Db } from '../rows.ts';

const Letters = z.object({ left: z.boolean(), next: z.enum(['waiting', 'opened']).nullable() });

/** What a new batch ends by itself, so that it does not keep a letter back. */
const ENDED_BY_BATCH: ReadonlySet<string> = new Set([
  'held',
  'batch-paused',
  'batch-cancelled',
  'lms-not-told',
  'address-changed',
]);

/**
 * Whether a letter of a certificate has left, and whether a new batch over its student group would lead to one: to the
 * letter that is `waiting`, or to one that is still to be `opened` for the newest version.
 */
export async function selectLettersOf(trx: Db, certificateId: string): Promise<z.infer<typeof Letters>> {
  const lasting = codesThatStop('send').filter((code) => !ENDED_BY_BATCH.has(code));
  const { rows } = await trx.raw(
    `select exists (select 1 from teacher_letter where certificate_id = c.id
              and state not in ('waiting', 'cancelled')) as left,
            case when ${HAS_OBSTACLE(...lasting)} then null
                 when exists (select 1 from teacher_letter where certificate_id = c.id and state = 'waiting') then 'waiting'
                 when not exists (select 1 from teacher_letter where certificate_id = c.id and version = v.version)
                   then 'opened' end as next
     from certificate as c
     cross join lateral (select version from certificate_version where certificate_id = c.id
       order by version desc limit 1) as v
     where c.id = ?`,
    [certificateId],
  );
  return Letters.parse(rows[0] ?? { left: false, next: null });
}

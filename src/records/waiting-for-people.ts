import { z } from 'zod';
import type { Db } from './rows.ts';

const Sizes = z.array(z.object({ state: z.string(), reason: z.string(), size: z.coerce.number() }));
const Waiting = z.array(
  z.object({ kind: z.enum(['batch', 'bulk', 'import', 'half-import']), id: z.uuid(), of: z.string().nullable() }),
);

/** What waits for a person, beside single student groups. `of`: the release, the verb or the form. */
export type WaitingThing = z.infer<typeof Waiting>[number];

/** Most that are named of each kind; the rest is found on its own page. */
const NAMED = 10;

/**
 * How many student groups stand in a state or for a reason that somebody should know of. Reads totals, no
 * student groups.
 */
export async function countAlarming(
  db: Db,
  { states, reasons }: { states: readonly string[]; reasons: readonly string[] },
): Promise<z.infer<typeof Sizes>> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select case when state = any(:states) then state else '' end as state,
       case when state = any(:states) then '' else reason_code end as reason, sum(size) as size
     from find_totals where state = any(:states) or reason_code = any(:reasons)
     group by 1, 2 having sum(size) > 0 order by size desc, 1, 2`,
    { states: [...states], reasons: [...reasons] },
  );
  return Sizes.parse(rows);
}

/** Batches and bulk acts that wait for a second person, files that were checked and not applied, or half applied. */
export async function selectWaitingThings(db: Db): Promise<WaitingThing[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `(select 'batch' as kind, id, release_id as of from batch
      where second_person_at is not null and confirmed_at is null and cancelled_at is null
      order by created_at desc limit :most)
     union all
     (select 'bulk', id, verb from bulk_act
      where needs_second_person and confirmed_at is null and cancelled_at is null and finished_at is null
      order by created_at desc limit :most)
     union all
     (select case when apply_started_at is null then 'import' else 'half-import' end, id, form from import
      where apply_finished_at is null and forgotten_at is null order by created_at desc limit :most)`,
    { most: NAMED },
  );
  return Waiting.parse(rows);
}

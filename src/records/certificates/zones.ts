import { z } from 'zod';
import { coalescedRead } from '../../platform/database/coalesced-reads.ts';
import type { Db } from '../rows.ts';

const Zones = z.object({
  /** IANA zone of the release, which its issue date means. */
  release: z.string(),
  /** IANA zone of the recipient, where the LMS has one. */
  recipient: z.string().nullable(),
});
export type Zones = z.infer<typeof Zones>;

const zonesOf = coalescedRead(async (db, ids: string[]) => {
  const { rows } = await db.raw<{ rows: { id: string }[] }>(
    `select c.id, coalesce(r.snapshot ->> 'timezone', 'UTC') as release, g.snapshot #>> '{student,timezone}' as recipient
     from certificate as c left join release as r on r.id = c.release_id
     left join student_group as g on g.id = c.student_group_id
     where c.id = any(?::uuid[])`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
});

/** The zones that decide when the letters of a certificate may leave, without the rest of both snapshots. */
export async function selectZones(db: Db, certificateId: string): Promise<Zones> {
  return Zones.parse(await zonesOf(db, certificateId));
}

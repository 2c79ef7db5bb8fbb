import { z } from 'zod';
import { UNKNOWN_IN_A_ROW } from '../../domain/letter/send-brake-limits.ts';
import { type Db, parseRow } from '../rows.ts';

const SendBrake = z
  .object({
    unknown_in_row: z.number().int(),
    set_at: z.date().nullable(),
    detail: z.string().nullable(),
    probes: z.number().int(),
    probe_after: z.date().nullable(),
  })
  .transform((row) => ({
    unknownInRow: row.unknown_in_row,
    /** When sending was stopped; null while it is not. */
    stopped:
      row.set_at === null
        ? null
        : { since: row.set_at, detail: row.detail ?? '', tries: row.probes, nextTry: row.probe_after ?? row.set_at },
  }));
export type SendBrake = z.infer<typeof SendBrake>;

/** The state of sending, shared by all workers. */
export async function selectSendBrake(db: Db): Promise<SendBrake> {
  return parseRow(SendBrake, await db('send_brake').first()) ?? { unknownInRow: 0, stopped: null };
}

/** Counts an unknown outcome; the fifth in a row stops the sending. True when this call stopped it. */
export async function countUnknown(
  trx: Db,
  unknown: { count: number; detail: string; firstTry: Date },
  at: Date,
): Promise<boolean> {
  const { rows } = await trx.raw<{ rows: { stopped: boolean }[] }>(
    `update send_brake set unknown_in_row = unknown_in_row + :count, detail = :detail,
       set_at = case when unknown_in_row + :count >= :most then coalesce(set_at, :at) end,
       unknown_since = least(unknown_since, :at),
       probe_after = coalesce(probe_after, :firstTry)
     returning set_at is not null and unknown_in_row - :count < :most as stopped`,
    { ...unknown, most: UNKNOWN_IN_A_ROW, at },
  );
  return rows[0]?.stopped ?? false;
}

/** SQL prefix: the provider gave a clear answer, so sending continues. Complete it with a condition and `returning`. */
export const RELEASE = `
  update send_brake set unknown_in_row = 0, unknown_since = null, set_at = null, detail = null, probe = null, probes = 0, probe_after = null
  from (select set_at is not null as stopped from send_brake) as before
  where unknown_in_row > 0`;

/**
 * Acquires the probe (the right to send one letter while sending is stopped) until `next`. False while it is not due,
 * another worker has it, a call is open, or too many
 * outcomes are unknown.
 */
export async function takeProbe(
  db: Db,
  { probe, next, mostUnknown }: { probe: string; next: Date; mostUnknown: number },
  at: Date,
): Promise<boolean> {
  const changed = await db('send_brake')
    .whereNotNull('set_at')
    .where('probe_after', '<=', at)
    .whereRaw(`not exists (select 1 from personal_issue where state = 'sending')`)
    .whereRaw(
      `(select count(*) from personal_issue where state = 'uncertain' and changed_at >= send_brake.unknown_since) < ?`,
      [mostUnknown],
    )
    .update({ probe, probe_after: next, probes: db.raw('probes + 1') });
  return changed > 0;
}

/** Returns an unused probe, so that another worker can take it at once. */
export async function returnProbe(db: Db, probe: string, at: Date): Promise<void> {
  await db('send_brake')
    .where({ probe })
    .whereNotNull('set_at')
    .update({ probe: null, probe_after: at, probes: db.raw('greatest(probes - 1, 0)') });
}

/**
 * A worker has started, perhaps with a corrected setting: the next probe is due now. False when sending is not
 * stopped.
 */
export async function makeProbeDue(db: Db, at: Date): Promise<boolean> {
  const changed = await db('send_brake')
    .whereNotNull('set_at')
    .where('probe_after', '>', at)
    .update({ probe_after: at, probes: 0 });
  return changed > 0;
}

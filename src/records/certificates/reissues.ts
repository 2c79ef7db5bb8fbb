import { z } from 'zod';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import type { Reason } from '../../domain/failure.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';

const Reissue = z
  .object({
    id: z.uuid(),
    certificate_id: z.uuid(),
    kind: z.enum(['reissue', 'reinstate']),
    expected: z.string().nullable(),
    asked_at: z.date(),
    settled_at: z.date().nullable(),
    version: z.number().int().nullable(),
    code: z.string().nullable(),
    detail: z.string().nullable(),
    actor: z.string(),
    reason: z.string().nullable(),
  })
  .transform((row) => ({
    /** Also the id of the requesting act. */
    id: row.id,
    certificateId: row.certificate_id,
    kind: row.kind,
    actor: row.actor,
    /** Reason given by the requester. */
    why: row.reason,
    /** Hash of the facts that the requester saw (`hashFacts`); null: none were named. */
    expected: row.expected,
    askedAt: row.asked_at,
    settledAt: row.settled_at,
    /** The version frozen for it. */
    version: row.version,
    /** Why no version could be frozen. */
    reason: row.code === null ? null : { code: row.code, detail: row.detail ?? '' },
  }));
/** A new version requested by a person. */
export type Reissue = z.infer<typeof Reissue>;

const reissues = (db: Db) => db('reissue as r').join('act as a', 'a.id', 'r.id').select('r.*', 'a.actor', 'a.reason');

export async function selectReissue(db: Db, id: string): Promise<Reissue | null> {
  return parseRow(Reissue, await reissues(db).where({ 'r.id': id }).first());
}

/** Requests a new version; false while another request is open. */
export async function insertReissue(
  trx: Db,
  asked: { id: string; certificateId: string; kind: Reissue['kind']; expected?: string | null },
  at: Date,
): Promise<boolean> {
  const rows = await trx('reissue')
    .insert({
      id: asked.id,
      certificate_id: asked.certificateId,
      kind: asked.kind,
      expected: asked.expected ?? null,
      asked_at: at,
    })
    .onConflict(trx.raw('(certificate_id) where settled_at is null'))
    .ignore()
    .returning('id');
  return rows.length > 0;
}

/** Records the result: the frozen version, or why there is none. False when it was already recorded. */
export async function settleReissue(
  trx: Db,
  id: string,
  outcome: { version: number } | Reason,
  at: Date,
): Promise<boolean> {
  const result =
    'version' in outcome ? { version: outcome.version } : { code: outcome.code, detail: outcome.detail.slice(0, 2000) };
  const changed = await trx('reissue')
    .where({ id })
    .whereNull('settled_at')
    .update({ settled_at: at, ...result });
  return changed > 0;
}

/** The open request of a certificate. */
export async function selectOpenReissue(db: Db, certificateId: string): Promise<Reissue | null> {
  return parseRow(Reissue, await reissues(db).where({ certificate_id: certificateId }).whereNull('settled_at').first());
}

/** All requests of a certificate, newest first. */
export async function selectReissues(db: Db, certificateId: string): Promise<Reissue[]> {
  const rows = await reissues(db).where({ certificate_id: certificateId }).orderBy('asked_at', 'desc');
  return parseRows(Reissue, rows);
}

/** Ids of open requests from before a given time. */
export async function selectOverdueReissues(db: Db, before: Date): Promise<string[]> {
  return db('reissue').whereNull('settled_at').where('asked_at', '<', before).pluck('id');
}

const Announced = z.object({ kind: z.enum(['reissue', 'reinstate']).nullable(), former: DiplomaFacts.nullable() });

/**
 * What the letter of a new version announces: the request that led to it, and the facts that the teacher has: those of
 * the newest version before it whose letter left, or else of the version just before it.
 */
export async function selectAnnounced(
  db: Db,
  { certificateId, version }: { certificateId: string; version: number },
): Promise<z.infer<typeof Announced>> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `select
       (select kind from reissue where certificate_id = :certificateId and version = :version
        order by settled_at desc limit 1) as kind,
       (select facts from certificate_version where certificate_id = :certificateId and version = coalesce(
          (select max(version) from teacher_letter where certificate_id = :certificateId and version < :version
             and state in ('accepted', 'sent', 'delivered')), :version - 1)) as former`,
    { certificateId, version },
  );
  return Announced.parse(rows[0]);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BulkRequest } from '../../src/coordinate/bulk/bulk-request.ts';
import { actOnBulk } from '../../src/coordinate/bulk/bulk-verbs.ts';
import { type BulkContext, startBulk } from '../../src/coordinate/bulk/start-bulk.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { Db } from '../../src/records/rows.ts';

const WORKER = fileURLToPath(new URL('./processes/bulk-worker.js', import.meta.url));

/** A worker process over one bulk act. @param point see the worker */
export const bulkWorker = (url: string, bulkId: string, point = 0): ChildProcess =>
  spawn(process.execPath, [WORKER, url, bulkId, String(point)], { stdio: ['ignore', 'pipe', 'inherit'] });

/** Starts the revocation of what the selection names; another person confirms it where that is needed. */
export async function startRevocation(db: Db, selection: { ids: string[] } | { filter: object }): Promise<string> {
  const ctx: BulkContext = {
    db,
    newId: randomUUID,
    clock: systemClock,
    enqueue: async (_trx, _queue, jobs) => jobs.length,
  };
  const request = BulkRequest.parse({ verb: 'revoke', selection, reason: 'fictional' });
  const bulk = await startBulk(ctx, request, { actor: 'Anna (00000001)', idempotencyKey: null });
  if (bulk.isUnconfirmed) await actOnBulk(ctx, bulk.id, 'confirm', { actor: 'Boris (00000002)', reason: null });
  return bulk.id;
}

/** How often each certificate was revoked and recorded for a bulk act; every number must be 1. */
export async function countRevocations(db: Db, bulkId: string): Promise<{ certificates: number; wrong: number }> {
  const { rows } = await db.raw<{ rows: { certificates: number; wrong: number }[] }>(
    `select count(*)::int as certificates, (count(*) filter (where r.result is distinct from 'done'
       or (select count(*) from act where subject = r.subject and verb = 'certificate.revoke' and bulk_act_id = r.bulk_act_id) <> 1
       or (select count(*) from validity_act where certificate_id = r.certificate_id) <> 1))::int as wrong
     from bulk_act_row as r where r.bulk_act_id = ?`,
    [bulkId],
  );
  return rows[0] ?? { certificates: 0, wrong: 0 };
}

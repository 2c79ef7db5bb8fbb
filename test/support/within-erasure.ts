import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/** Does something inside a confirmed erasure that names nobody: only there can frozen rows be emptied. */
export async function withinErasure<T>(db: Knex, work: (trx: Knex) => PromiseLike<T>): Promise<T> {
  return db.transaction(async (trx) => {
    const [id, at] = [randomUUID(), new Date()];
    const by = { asked_by: 'tester', asked_at: at, confirmed_by: 'tester', confirmed_at: at };
    await trx('erasure').insert({ id, ground: 'retention-ended', shown: '{}', ...by });
    await trx.raw(`select set_config('gramota.erasure', ?, true)`, [id]);
    const result = await work(trx);
    await trx('erasure').where({ id }).update({ receipt: '{}', finished_at: at });
    return result;
  });
}

/** Empties the facts of a certificate, as an erasure does. */
export async function erase(db: Knex, certificateId: string): Promise<void> {
  await withinErasure(db, (trx) =>
    trx('certificate_version').where({ certificate_id: certificateId }).update({ facts: null }),
  );
}

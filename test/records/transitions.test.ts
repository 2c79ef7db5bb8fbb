import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import {
  allows,
  BATCH_TRANSITIONS,
  ITEM_TRANSITIONS,
  LETTER_TRANSITIONS,
  REISSUE_TRANSITIONS,
  VALIDITY_TRANSITIONS,
} from '../../src/domain/transitions.ts';
import { insertReissue } from '../../src/records/certificates/reissues.ts';
import type { Db } from '../../src/records/rows.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { award, drawnCertificate, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

/** Tries every pair of states by direct SQL, without the checks of the product's code. */
describe('the database allows the declared state transitions and refuses all others', () => {
  let database: TestDatabase;
  let db: Db;
  const at = new Date();
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedRelease(db);
  });
  after(() => database.drop());

  const certificate = () => drawnCertificate(db);
  async function act(): Promise<string> {
    const id = randomUUID();
    await recordAct(db, { id, actor: 'tester', verb: 'test', subject: 'test', reason: null }, at);
    return id;
  }
  const isRefused = (change: PromiseLike<unknown>): Promise<boolean> =>
    Promise.resolve(change).then(
      () => false,
      (error: { code?: string }) => {
        // PostgreSQL errors: integrity_constraint_violation, or a check of a column
        if (error.code?.startsWith('23')) return true;
        throw error;
      },
    );

  /** @param begin brings something into the first state; what it returns changes it to the second */
  async function tryAll(
    table: Readonly<Record<string, readonly string[]>>,
    begin: (from: string, to: string) => Promise<() => PromiseLike<unknown>>,
  ): Promise<void> {
    for (const from of Object.keys(table)) {
      for (const to of Object.keys(table)) {
        if (from === to) continue;
        const change = await begin(from, to);
        const refused = await isRefused(change());
        assert.equal(refused, !allows(table, from, to), `${from} → ${to}`);
      }
    }
  }

  it('between the states of letters', async () => {
    await tryAll(LETTER_TRANSITIONS, async (from, to) => {
      const id = randomUUID();
      const facts = { track_id: id, letter: '7', reason_code: 'test', due_at: at, send_after: at };
      const of = { certificate_id: await certificate(), version: 1, purpose: 'first', recipient: 'a@example.org' };
      await db('personal_issue').insert({ id, state: from, ...of, ...facts, created_at: at, changed_at: at });
      return () => db('personal_issue').where({ id }).update({ state: to });
    });
  });

  it('between the states of batches', async () => {
    const COLUMNS: Record<string, object> = {
      running: { paused_at: null, cancelled_at: null },
      paused: { paused_at: at, cancelled_at: null },
      cancelled: { paused_at: null, cancelled_at: at },
    };
    await tryAll(BATCH_TRANSITIONS, async (from, to) => {
      const id = randomUUID();
      const made = { release_id: 'rel_test', dry_run: false, actor: 'tester', request_hash: 'test', created_at: at };
      await db('batch').insert({ id, ...made, ...COLUMNS[from] });
      return () =>
        db('batch')
          .where({ id })
          .update({ ...COLUMNS[to] });
    });
  });

  it('between the states of batch items', async () => {
    const COLUMNS: Record<string, object> = {
      pending: { evaluated_at: null, cancelled_at: null },
      evaluated: { evaluated_at: at, cancelled_at: null },
      cancelled: { cancelled_at: at },
    };
    await tryAll(ITEM_TRANSITIONS, async (from, to) => {
      const group = `sg_${randomUUID()}`;
      await award(db, group);
      const id = randomUUID();
      const made = { release_id: 'rel_test', dry_run: false, actor: 'tester', request_hash: 'test', created_at: at };
      await db('batch').insert({ id, ...made });
      const item = { batch_id: id, student_group_id: group };
      await db('batch_item').insert({ ...item, ...COLUMNS[from] });
      return () =>
        db('batch_item')
          .where(item)
          .update({ ...COLUMNS[to] });
    });
  });

  it('between the states of requests for a new version', async () => {
    const COLUMNS: Record<string, object> = {
      asked: { settled_at: null, version: null, code: null },
      made: { settled_at: at, version: 1, code: null },
      refused: { settled_at: at, version: null, code: 'test' },
    };
    await tryAll(REISSUE_TRANSITIONS, async (from, to) => {
      const [id, certificateId] = [await act(), await certificate()];
      await insertReissue(db, { id, certificateId, kind: 'reissue' }, at);
      if (from !== 'asked')
        await db('reissue')
          .where({ id })
          .update({ ...COLUMNS[from] });
      return () =>
        db('reissue')
          .where({ id })
          .update({ ...COLUMNS[to] });
    });
  });

  it('between valid and revoked: each act reverses the other', async () => {
    const validity = (certificateId: string, kind: string) =>
      db('validity_act').insert({
        ...{ id: randomUUID(), certificate_id: certificateId, version: 1, kind, reason_class: 'other' },
        ...{ reason: 'fictional', actor: 'tester', acted_at: at },
      });
    const ACTS: Record<string, string> = { valid: 'reinstate', revoked: 'revoke' };
    for (const from of ['valid', 'revoked']) {
      for (const to of ['valid', 'revoked']) {
        const id = await certificate();
        if (from === 'revoked') await validity(id, 'revoke');
        const refused = await isRefused(validity(id, ACTS[to] ?? ''));
        assert.equal(refused, !allows(VALIDITY_TRANSITIONS, from, to), `${from} → ${to}`);
      }
    }
  });
});

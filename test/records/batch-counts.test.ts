import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { recordCancelled } from '../../src/records/batches/batch-changes.ts';
import { foldCounts, selectBatchCounts } from '../../src/records/batches/batch-counts.ts';
import { insertBatchItems, insertOrReturnBatch } from '../../src/records/batches/batches.ts';
import { takeCharge } from '../../src/records/batches/charge.ts';
import type { Db } from '../../src/records/rows.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { checkBatchCounts } from '../support/lists-agree.ts';
import { seedManyStudentGroups } from '../support/many-student-groups.ts';
import { until } from '../support/world.ts';

describe('the counters of batches', () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedManyStudentGroups(db, 1000);
  });
  after(() => database.drop());

  /** A batch over some of the first student groups; nobody is judged. */
  async function batch(size: number): Promise<{ id: string; items: string[] }> {
    const items: string[] = await db('student_group')
      .where({ release_id: 'rel_big' })
      .orderBy('id')
      .limit(size)
      .pluck('id');
    return { id: await batchOf(items), items };
  }
  async function batchOf(items: string[], dryRun = false): Promise<string> {
    const id = randomUUID();
    const scope = { releaseId: null, studentGroupIds: ['given'], countries: null, dryRun, template: null };
    const by = { note: null, actor: 'ada', idempotencyKey: null, requestHash: 'h' };
    await insertOrReturnBatch(db, { id, ...scope, ...by }, new Date());
    await insertBatchItems(db, id, items, 'rel_big');
    return id;
  }
  /** A certificate that has no letter yet, with its state. */
  async function withoutLetter(): Promise<{ id: string; group: string; place: string }> {
    const found = await db('certificate as c')
      .join('find_entry as e', 'e.student_group_id', 'c.student_group_id')
      .whereIn('e.place', ['awarded', 'patched', 'rendered'])
      .first<{ id: string; group: string; place: string }>('c.id', 'c.student_group_id as group', 'e.place');
    return found ?? assert.fail('no certificate without a letter');
  }
  const byState = async (id: string) => (await selectBatchCounts(db, id, false)).byState;
  const judged = (trx: Db, id: string, items: string[]) =>
    trx('batch_item').where({ batch_id: id }).whereIn('student_group_id', items).update({ evaluated_at: new Date() });

  it('are kept at a cost that does not depend on what its connection did before', async () => {
    const { id, items } = await batch(500);
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const plans: string[] = [];
    client.on('notice', (plan) => void plans.push(plan.message ?? ''));
    try {
      await client.query(`load 'auto_explain'`);
      await client.query(`set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
        set auto_explain.log_level = notice; set client_min_messages = notice`);
      // The plan of one item is kept for all items.
      for (const some of [items.slice(0, 1), items])
        await client.query(
          'update batch_item set evaluated_at = now() where batch_id = $1 and student_group_id = any($2)',
          [id, some],
        );
    } finally {
      await client.end();
    }
    const changed = plans.filter((plan) => /Named Tuplestore Scan/.test(plan));
    assert.equal(changed.length, 2);
    for (const plan of changed) assert.doesNotMatch(plan, /Nested Loop/);
  });

  it('are not waited for by transactions that change other items of the batch', async () => {
    const { id, items } = await batch(6);
    assert.deepEqual(await byState(id), { pending: 6 });
    const first = await db.transaction();
    try {
      await judged(first, id, items.slice(0, 2));
      await first.raw('set constraints all immediate');
      // Its counts are written and not committed: the second one comes to its end all the same.
      await db.transaction((trx) => judged(trx, id, items.slice(2, 4)));
      assert.equal((await byState(id))['pending'], 4);
      await foldCounts(db);
      await first.commit();
    } finally {
      if (!first.isCompleted()) await first.rollback();
    }
    assert.equal((await byState(id))['pending'], 2);
    await checkBatchCounts(db);
  });

  it('forget what a transaction changed that was undone', async () => {
    const { id, items } = await batch(3);
    const undone = await db.transaction();
    await judged(undone, id, items);
    await undone.raw('set constraints all immediate');
    await undone.rollback();
    assert.deepEqual(await byState(id), { pending: 3 });
    await checkBatchCounts(db);
  });

  it('are right when many transactions change the same items at once, and some fold', async () => {
    const batches = [await batch(40), await batch(40)];
    const changes = batches.flatMap(({ id, items }) =>
      items.flatMap((item, place) => [
        () => db.transaction((trx) => judged(trx, id, [item, items[(place * 7) % items.length] ?? item].sort())),
        () =>
          db('student_group')
            .where({ id: item })
            .update({ gone_at: place % 3 === 0 ? new Date() : null }),
        () => (place % 5 === 0 ? foldCounts(db) : checkBatchCounts(db)),
      ]),
    );
    await Promise.all(changes.map((change) => change()));
    await checkBatchCounts(db);
    for (const { id } of batches) assert.equal((await selectBatchCounts(db, id, false)).total, 40);
    assert.ok(((await byState(batches[0]?.id ?? ''))['held'] ?? 0) > 0);
  });

  it('are kept while a batch is cancelled and a pull stores the same student groups: neither is undone by a deadlock', async () => {
    const inState = (state: string, order: 'asc' | 'desc') =>
      db('find_entry as e')
        .join('find_bucket as b', 'b.id', 'e.bucket_id')
        .where('b.state', state)
        .orderBy('e.student_group_id', order)
        .first('e.student_group_id as id');
    const [{ id: open }, { id: sent }] = [await inState('pending', 'asc'), await inState('sent', 'desc')];
    assert.ok(open < sent);
    const { id } = await batch(0);
    await insertBatchItems(db, id, [open, sent], null);
    await judged(db, id, [sent]);
    await db.transaction(async (trx) => {
      await trx.raw('set local session_replication_role = replica');
      await trx('certificate').where({ student_group_id: sent }).update({ batch_id: id });
    });
    const cancelling = await db.transaction();
    await recordCancelled(cancelling, id, new Date());
    const pull = db.transaction((trx) =>
      trx('student_group').whereIn('id', [open, sent]).update({ gone_at: new Date() }),
    );
    await until('the pull to wait', () =>
      db('pg_stat_activity').where({ wait_event_type: 'Lock' }).whereRaw('datname = current_database()').first('pid'),
    );
    await Promise.all([cancelling.commit(), cancelling.executionPromise, pull]);
    assert.equal((await byState(id))['cancelled'], 1);
    await checkBatchCounts(db);
  });

  it('keep what a dry run foretold when the certificate, which stood at the same state, is cancelled with its batch', async () => {
    const { id: certificate, group, place } = await withoutLetter();
    const [own, foretold] = [await batchOf([group]), await batchOf([group], true)];
    const at = { evaluated_at: new Date() };
    await db('batch_item')
      .where({ batch_id: foretold })
      .update({ would_be: place, ...at });
    // Moved to another release and back: its batch left it out, but had awarded it.
    await db('batch_item')
      .where({ batch_id: own })
      .update({ skipped_code: 'not-in-batch', ...at });
    await takeCharge(db, certificate, own);
    await checkBatchCounts(db);
    await db.transaction((trx) => recordCancelled(trx, own, new Date()));
    assert.deepEqual((await selectBatchCounts(db, foretold, true)).byState, { [place]: 1 });
    await checkBatchCounts(db);
  });

  it('keep the end of a cancelled batch when another one goes on with an item that was being sent meanwhile', async () => {
    const { id: certificate, group, place } = await withoutLetter();
    const [cancelled, next] = [await batchOf([group]), await batchOf([group])];
    for (const id of [cancelled, next]) await judged(db, id, [group]);
    await takeCharge(db, certificate, cancelled);
    // As after a call that was under way at the cancellation and was refused: the item itself is not cancelled.
    await db('batch').where({ id: cancelled }).update({ cancelled_at: new Date() });
    assert.deepEqual(await byState(cancelled), { cancelled: 1 });
    await takeCharge(db, certificate, next);
    assert.deepEqual(await byState(cancelled), { cancelled: 1 });
    assert.deepEqual(await byState(next), { [place]: 1 });
    await checkBatchCounts(db);
  });

  it('take few rows once they are folded, however often items changed', async () => {
    const { id, items } = await batch(20);
    for (let n = 0; n < 5; n += 1) {
      await judged(db, id, items);
      await db('batch_item').where({ batch_id: id }).update({ evaluated_at: null });
    }
    await foldCounts(db);
    assert.deepEqual(await byState(id), { pending: 20 });
    assert.equal((await db('batch_count_change').where({ batch_id: id })).length, 0);
    assert.equal((await db('batch_count').where({ batch_id: id })).length, 2, 'the state and the time');
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type BatchItem, NO_ITEM_FILTER, selectBatchItems } from '../../src/records/student-groups/standing.ts';
import { seedRelease } from '../support/award.ts';
import { act, view } from '../support/coordinator.ts';
import { insertWaitingLetters } from '../support/waiting-letters.ts';
import { startWorld, until, type World } from '../support/world.ts';

const MINUTE = 60_000;

/**
 * Tests an LMS that is running but gives unusable responses: Gramota reports this, and a person can start a retry at
 * once.
 */
describe('an LMS whose responses cannot be used', () => {
  let world: World;
  before(async () => {
    world = await startWorld({ size: 12 });
    await world.run();
  });
  after(() => world.close());

  const faults = (...list: object[]) => world.lms.control('faults', { faults: list });
  const patchOf = (id: string) => ({ method: 'PATCH', pathPrefix: `/student-groups/${id}` });
  const pullOf = (id: string) => ({ method: 'GET', pathPrefix: `/student-groups/${id}` });

  async function itemOf(batchId: string): Promise<BatchItem | undefined> {
    return (await selectBatchItems(world.base.db, batchId, { ...NO_ITEM_FILTER, after: null, limit: 10 }))[0];
  }
  /** A requested wait of a day is limited to 15 minutes. */
  function assertBounded(nextAttemptAt: string | Date | null | undefined): void {
    const wait = new Date(nextAttemptAt ?? 0).getTime() - Date.now();
    assert.ok(wait > 14 * MINUTE && wait <= 15 * MINUTE, `${wait} ms`);
  }

  it('delays a PATCH at most 15 minutes, with reason and time; a person can start the PATCH at once', async () => {
    const [id, tomorrow] = ['sg_0002', Math.floor(Date.now() / 1000) + 86_400];
    await faults({ match: patchOf(id), kind: 'status', status: 429, retryAfter: tomorrow, times: 1 });
    const batch = await world.batch({ ids: [id] });
    const item = await until('the item to wait', async () => {
      const found = await itemOf(batch);
      return found?.reason?.code === 'lms-unavailable' ? found : null;
    });
    assert.equal(item.state, 'awarded');
    assert.match(item.reason?.detail ?? '', /PATCH .* answered 429/);
    assertBounded(item.nextAttemptAt);
    await act(world, batch, 'retry');
    await world.reaches(id, 'sent', 'waiting');
    assert.equal((await itemOf(batch))?.nextAttemptAt, null);
  });

  it('delays a pull at most 15 minutes, and the batch shows this; a person can start the pull at once', async () => {
    const id = 'sg_0003';
    await faults({ match: pullOf(id), kind: 'status', status: 503, retryAfter: 86_400, times: 1 });
    const batch = await world.batch({ ids: [id] });
    const waiting = await until('the batch to wait', async () => (await view(world, batch)).lastError);
    assert.equal(waiting.code, 'lms-unavailable');
    assertBounded(waiting.nextAttemptAt);
    await act(world, batch, 'retry');
    await world.reaches(id, 'sent', 'waiting');
    assert.equal((await view(world, batch)).lastError, undefined);
    const jobs = await world.base.db('pgboss.job').where({ name: 'ingest' }).whereRaw(`data ->> 'id' = ?`, [batch]);
    assert.deepEqual(
      jobs.map((job) => [job.state, job.data.due === undefined]).sort(),
      [
        ['completed', false],
        ['completed', true],
        ['created', false],
      ],
      'the job that was put off is left, and finds that nobody waits for it',
    );
    const patched = (await world.patches()).length;
    await world.pipeline.enqueue(world.base.db, 'ingest', [
      { kind: 'batch', id: batch, due: waiting.nextAttemptAt ?? '' },
    ]);
    await until('the former job to be over', async () => {
      const open = world.base.db('pgboss.job').where({ name: 'ingest' }).whereIn('state', ['created', 'active']);
      return (await open.where('start_after', '<', new Date())).length === 0;
    });
    assert.equal((await world.patches()).length, patched);
  });

  it('is reported as unreadable, and the work continues automatically when the responses are readable again', async () => {
    const id = 'sg_0004';
    await faults({ match: pullOf(id), kind: 'garbage', times: 3 });
    const batch = await world.batch({ ids: [id] });
    const told = await until('the batch to tell', async () => (await view(world, batch)).lastError);
    assert.equal(told.code, 'lms-unreadable');
    assert.equal(
      told.detail,
      'the LMS answered, but its answer cannot be read: GET /student-groups/{id}, status 200, content type application/json: its JSON ends too early, after 20 characters',
    );
    await world.reaches(id, 'sent', 'waiting');
    assert.equal((await view(world, batch)).lastError, undefined);
  });

  it('is reported by the batch item too, when the response to the PATCH is not a record and the record did not change', async () => {
    const id = 'sg_0005';
    await faults({ match: patchOf(id), kind: 'garbage' });
    const batch = await world.batch({ ids: [id] });
    const item = await until('the item to tell', async () => {
      const found = await itemOf(batch);
      return found?.reason?.code === 'lms-unreadable' ? found : null;
    });
    assert.equal(item.state, 'awarded');
    assert.match(
      item.reason?.detail ?? '',
      /PATCH .*, status 200: the response is not the record, and the record does not show/,
    );
    assert.ok(item.nextAttemptAt);
    assert.equal((await world.standing(id)).reason?.code, 'lms-unreadable');
    await faults();
    await act(world, batch, 'retry');
    await world.reaches(id, 'sent', 'waiting');
  });

  it('delays a letter whose student group cannot be read again, with reason and time', async () => {
    const { db } = world.base;
    await seedRelease(db);
    const [letter = ''] = await insertWaitingLetters(world.pipeline, 1, new Date(Date.now() + MINUTE));
    const certificate = await db('personal_issue as i')
      .join('certificate as c', 'c.id', 'i.certificate_id')
      .where('i.id', letter)
      .first('c.student_group_id as group');
    const id: string = certificate.group;
    await db('student_group')
      .where({ id })
      .update({ pulled_at: new Date(Date.now() - 60 * MINUTE) });
    const batch = world.base.newId();
    const now = new Date();
    const row = { student_group_ids: JSON.stringify([id]), dry_run: false, actor: 'a', request_hash: 'h' };
    await db('batch').insert({ id: batch, ...row, created_at: now, pulled_at: now });
    await db('batch_item').insert({ batch_id: batch, student_group_id: id, evaluated_at: new Date() });
    await faults({ match: pullOf(id), kind: 'status', status: 429, retryAfter: 86_400, times: 1 });
    await db('personal_issue').where({ id: letter }).update({ send_after: new Date() });
    await world.pipeline.enqueue(db, 'send', [{ id: letter }]);
    const item = await until('the letter to wait', async () => {
      const found = await itemOf(batch);
      return found?.reason?.code === 'lms-unavailable' ? found : null;
    });
    assert.equal(item.state, 'waiting');
    assert.match(item.reason?.detail ?? '', /GET .* answered 429/);
    const wait = (item.sendAfter?.getTime() ?? 0) - Date.now();
    assert.ok(wait > 14 * MINUTE && wait <= 16 * MINUTE, `${wait} ms`);
    // This LMS does not know the student group, and now it is queried.
    await act(world, batch, 'retry');
    assert.equal((await world.reaches(id, 'held')).reason?.code, 'lms-gone');
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tokenContext } from '../../src/commands/token.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { foldCounts } from '../../src/records/batches/batch-counts.ts';
import { forgetUnawarded } from '../../src/records/privacy/retention.ts';
import { act, view } from '../support/coordinator.ts';
import { type Crew, startCrew } from '../support/crew.ts';
import { checkListsAgree } from '../support/lists-agree.ts';
import { withinErasure } from '../support/within-erasure.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { type ServedWorld, serveWorld } from '../support/world-app.ts';

/** The counts that transactions keep, and a recount of every item, after all that may become of a batch. */
describe('the counts of a batch', () => {
  let world: World;
  let served: ServedWorld;
  let crew: Crew;
  let logs: string;
  let admin: string;
  let batchId: string;
  before(async () => {
    world = await startWorld();
    served = await serveWorld(world);
    ({ token: admin } = await createToken(tokenContext(world.base.db), { name: 'Ada', role: 'admin' }));
    logs = await mkdtemp(join(tmpdir(), 'gramota-counts-'));
    crew = startCrew(2, world.env, logs);
  });
  after(async () => {
    await crew.stop();
    await served.close();
    await world.close();
    await rm(logs, { recursive: true, force: true });
  });

  const recount = () => checkListsAgree(world.base.db);
  const ask = async (method: string, path: string, body: object): Promise<{ id: string }> => {
    const headers = { authorization: `Bearer ${admin}`, 'content-type': 'application/json' };
    const answer = await fetch(`${served.url}${path}`, { method, headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${method} ${path}: ${await answer.clone().text()}`);
    return (await answer.json()) as { id: string };
  };
  const countsOf = async (id: string) => (await view(world, id)).counts;
  const counted = (id: string, ...states: string[]) =>
    until(`items in ${states.join(' and ')}`, async () => {
      const counts = await countsOf(id);
      return states.every((state) => (counts[state] ?? 0) > 0) ? counts : null;
    });
  const certificateIn = async (state: string) =>
    (await world.base
      .db('find_entry as e')
      .join('find_bucket as k', 'k.id', 'e.bucket_id')
      .join('certificate as c', 'c.student_group_id', 'e.student_group_id')
      .where('k.state', state)
      .first('c.id', 'c.student_group_id as group', 'c.student_id as student')) as {
      id: string;
      group: string;
      student: string;
    };

  it('are those of its items while workers are killed, and when it is over', async () => {
    const dryRun = await world.batch({ dryRun: true });
    batchId = await world.batch();
    await counted(batchId, 'sent');
    await recount();
    await crew.killOne(Math.random);
    await act(world, batchId, 'pause');
    await recount();
    await crew.killOne(Math.random);
    await act(world, batchId, 'resume');
    const counts = await until('all but waiting letters to be sent', async () => {
      const now = await countsOf(batchId);
      const open = ['pending', 'awarded', 'patched', 'rendered', 'sending', 'accepted', 'uncertain'];
      return open.every((state) => (now[state] ?? 0) === 0) ? now : null;
    });
    assert.ok(['sent', 'waiting', 'held', 'not-met', 'excluded'].every((state) => (counts[state] ?? 0) > 0));
    assert.equal((await view(world, dryRun)).counts.total, counts.total);
    await recount();
  });

  it('are those of its items after everything that a person may do', async () => {
    const { db } = world.base;
    const reason = 'fictional';
    // Before another one waits for a moment.
    const waiting = await certificateIn('waiting');
    const held = await db('find_entry as e')
      .join('find_bucket as k', 'k.id', 'e.bucket_id')
      .where({ 'k.state': 'held', 'k.reason_code': 'country-unknown' })
      .first('e.student_group_id as id');
    await ask('PATCH', `/api/student-groups/${held.id}`, { country: 'KZ', reason });
    const sent = await certificateIn('sent');
    await ask('PATCH', `/api/student-groups/${sent.group}`, { fullName: 'Анна Другая', keepLatinName: true, reason });
    await ask('POST', `/api/certificates/${sent.id}/reissue`, { reason });
    await ask('PATCH', `/api/student-groups/${waiting.group}`, { excluded: true, reason });
    await act(world, batchId, 'retry');
    await world.reaches(held.id, 'sent', 'waiting');
    await until('the new version to be sent', () =>
      db('teacher_letter').where({ certificate_id: sent.id, version: 2, state: 'sent' }).first('id'),
    );
    await recount();

    await ask('POST', `/api/certificates/${sent.id}/revoke`, { reason, class: 'other' });
    const other = await certificateIn('sent');
    const { id } = await ask('POST', '/api/people/erasures', { studentId: other.student, ground: 'person-asked' });
    await ask('POST', `/api/people/erasures/${id}/confirm`, { studentId: other.student });
    await recount();
    assert.equal((await countsOf(batchId))['revoked'], 1);

    await foldCounts(db);
    await recount();
    await withinErasure(db, (trx) => forgetUnawarded(trx, new Date(), 100));
    await recount();
  });

  it('are those of its items after it was cancelled, and of a batch that takes over', async () => {
    await act(world, batchId, 'cancel');
    assert.ok(((await countsOf(batchId))['cancelled'] ?? 0) > 0);
    await recount();
    const next = await world.batch();
    await until('everybody to be judged', async () => {
      const { counts, pull } = await view(world, next);
      return pull?.state === 'finished' && (counts['pending'] ?? 0) === 0;
    });
    await recount();
  });

  it('are the same when they are counted from nothing, as the migration does', async () => {
    const { db } = world.base;
    await crew.stop();
    const before = await countsOf(batchId);
    await db.raw('update find_entry set place = null');
    await db.raw('truncate item_apart, batch_count, batch_count_change');
    assert.deepEqual(await countsOf(batchId), { total: 0 });
    const { up } = await import('../../migrations/20261130012200_counts_fill.ts');
    await up(db);
    assert.deepEqual(await countsOf(batchId), before);
  });
});

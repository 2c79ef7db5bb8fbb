import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { announce } from '../support/announce.ts';
import { startWorld, until, type World } from '../support/world.ts';

/** Tests `automatic` of criteria.yaml: what an event alone may award. */
describe('awards that LMS events start without a batch', () => {
  let world: World;
  const limits = (text: string) => text.replace(/since: [\d-]+, perHour: \d+/, 'since: 2026-11-10, perHour: 2');
  before(async () => {
    world = await startWorld({ templates: { 'criteria.yaml': limits } });
    await world.run();
  });
  after(() => world.close());

  /** Stores a signed webhook and processes it. */
  async function event(studentGroupId: string, id = `msg_${studentGroupId}_${Math.random()}`): Promise<void> {
    await announce(world.pipeline, { id, type: 'student-group.completed', studentGroupId, releaseId: null });
  }
  const complete = (id: string, completedAt: string) =>
    world.lms.control(`student-groups/${id}?quiet=1`, { completedAt });

  it('do not include completions before `since`: these wait for a batch, which awards them', async () => {
    await complete('sg_0002', '2026-11-09T12:00:00Z');
    await event('sg_0002');
    const standing = await world.reaches('sg_0002', 'held');
    assert.equal(standing.reason?.code, 'volume');
    assert.match(standing.reason?.detail ?? '', /2026-11-10.*batch/);
    assert.deepEqual(await world.patches(), []);
    await world.batch({ ids: ['sg_0002'] });
    await world.reaches('sg_0002', 'sent');
  });

  it('are held above the limit `perHour`, however many events come at once', async () => {
    const ids = ['sg_0003', 'sg_0004', 'sg_0005', 'sg_0006'];
    for (const id of ids) await complete(id, '2026-11-18T12:00:00Z');
    await Promise.all(ids.map((id) => event(id)));
    const standings = await Promise.all(ids.map((id) => world.reaches(id, 'sent', 'held')));
    // The earlier batch's awards do not count, because a person started it.
    assert.deepEqual(standings.map((standing) => standing.state).sort(), ['held', 'held', 'sent', 'sent']);
    for (const standing of standings) if (standing.state === 'held') assert.equal(standing.reason?.code, 'volume');
    await world.batch({ ids });
    await Promise.all(ids.map((id) => world.reaches(id, 'sent')));
    assert.equal((await world.letters()).length, 5);
  });

  it('lead to one certificate and one letter after many events about one teacher', async () => {
    const id = 'sg_0007';
    await complete(id, '2026-11-18T12:00:00Z');
    await Promise.all(Array.from({ length: 20 }, () => event(id)));
    await until('all events to be settled', async () => {
      const open = await world.base.db('lms_event').where({ student_group_id: id }).whereNull('settled_at').first('id');
      return open === undefined;
    });
    await world.reaches(id, 'held', 'sent');
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent');
    const { certificateId } = await world.standing(id);
    assert.equal((await world.letters()).filter((letter) => letter.customerId === certificateId).length, 1);
  });
});

describe('a release that is not awarded automatically', () => {
  let world: World;
  before(async () => {
    world = await startWorld({
      templates: { 'criteria.yaml': (text) => text.replace('issue: automatic', 'issue: batch') },
    });
    await world.run();
  });
  after(() => world.close());

  it('keeps a teacher who meets the criteria pending, with an explanation, when its programme awards only in batches', async () => {
    const event = { id: 'msg_b', type: 'student-group.completed', studentGroupId: 'sg_0002', releaseId: null };
    await announce(world.pipeline, event);
    await until('the decision', () => world.base.db('decision').where({ student_group_id: 'sg_0002' }).first('id'));
    const standing = await world.standing('sg_0002');
    assert.deepEqual([standing.state, standing.reason?.code], ['pending', 'awaiting-batch']);
    assert.deepEqual(await world.patches(), []);
    await world.batch({ ids: ['sg_0002'] });
    await world.reaches('sg_0002', 'sent');
  });

  it('gives a reason that names the release and criteria.yaml when no programme includes the release', async () => {
    await world.lms.control('releases', {
      ...(await world.pipeline.lms.pullRelease('rel_2026a').then((answer) => (answer?.ok ? answer.release : {}))),
      id: 'summer_1',
      numberPrefix: 'SUM',
    });
    await world.lms.control('student-groups/sg_0003?quiet=1', { group: { releaseId: 'summer_1' } });
    await world.batch({ ids: ['sg_0003'] });
    const standing = await world.reaches('sg_0003', 'not-met');
    assert.equal(standing.reason?.code, 'no-programme');
    assert.match(standing.reason?.detail ?? '', /summer_1.*criteria\.yaml|criteria\.yaml.*summer_1/);
  });

  it('is held when its number prefix belongs to another release; the reason names the field', async () => {
    const release = await world.pipeline.lms.pullRelease('rel_2026a');
    assert.ok(release?.ok);
    await world.lms.control('releases', { ...release.release, id: 'rel_2026_copy', numberPrefix: 'int 26' });
    await world.lms.control('student-groups/sg_0004?quiet=1', { group: { releaseId: 'rel_2026_copy' } });
    await world.batch({ ids: ['sg_0004'] });
    const standing = await world.reaches('sg_0004', 'held');
    assert.equal(standing.reason?.code, 'lms-invalid');
    assert.match(standing.reason?.detail ?? '', /numberPrefix/);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import type { JobData } from '../../src/pipeline/stages.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { tokenFor } from '../http/harness.ts';
import { certificateOf, lettersOf } from '../support/coordinator.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Coordinators' actions and stages run in any order. Stages run step by step, and no job runs by itself. */
describe('a teacher who does not meet the criteria (any more)', () => {
  let world: World;
  let ctx: PipelineContext;
  let api: Awaited<ReturnType<typeof serveWorld>>;
  let authorization: string;
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0005', 'sg_0006', 'sg_0007', 'sg_0026', 'sg_0027'];
  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
    api = await serveWorld(world);
    authorization = (await tokenFor(world.base.db, 'coordinator')).header;
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
  });
  after(async () => {
    await api.close();
    await world.close();
  });

  const ask = async (path: string, method: 'POST' | 'PATCH', words: object = {}): Promise<number> => {
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ ...words, reason: 'by telephone' });
    const response = await fetch(`${api.url}/api/${path}`, { method, headers, body });
    await response.arrayBuffer();
    return response.status;
  };
  const says = async (id: string, words: object) =>
    assert.equal(await ask(`student-groups/${id}`, 'PATCH', words), 200, JSON.stringify(words));
  const jobs = async <Q extends 'evaluate' | 'patch' | 'reissue'>(queue: Q): Promise<JobData[Q][]> =>
    (await ctx.db.raw('select data from pgboss.job where name = ? order by created_on', [queue])).rows.map(
      (row: { data: JobData[Q] }) => row.data,
    );
  const clear = () => ctx.db.raw('delete from pgboss.job');
  const pull = async (id: string): Promise<void> => {
    const pulled = await ctx.lms.pullOne(id);
    assert.ok(pulled);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
  };
  const evaluate = (id: string) => makeEvaluate(ctx)({ id, batchId: null });
  /** Changes data in the LMS, then pulls and evaluates them. */
  const told = async (id: string, change: object): Promise<void> => {
    await world.lms.control(`student-groups/${id}?quiet=1`, change);
    await pull(id);
    await evaluate(id);
  };
  const fails = (id: string) => told(id, { progress: { score: 10 } });
  async function awarded(): Promise<{ group: string; id: string }> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    await pull(group);
    await evaluate(group);
    return { group, id: (await certificateOf(world, group)).id };
  }
  const patchesOf = async (group: string) =>
    (await world.patches()).filter(({ studentGroupId }) => studentGroupId === group).length;
  const heldFor = async (group: string): Promise<string[]> =>
    ctx.db('hold').where({ student_group_id: group }).whereNull('released_at').pluck('code');

  it('gets no new version before the report to the LMS, whether the version was requested before or after the score fell', async () => {
    const { group, id } = await awarded();
    assert.equal(await ask(`certificates/${id}/reissue`, 'POST'), 202);
    const asked = await jobs('reissue');
    await fails(group);
    for (const job of asked) await makeReissue(ctx)(job);
    assert.equal(await ask(`certificates/${id}/reissue`, 'POST'), 409);
    await makePatch(ctx)({ id });
    assert.deepEqual([await heldFor(group), await patchesOf(group)], [['lms-conflict'], 0]);
  });

  it('is not reported to the LMS, even after a person ended the hold: the group is evaluated and held again', async () => {
    const { group, id } = await awarded();
    await fails(group);
    await ctx.db('hold').where({ student_group_id: group }).update({ released_at: new Date() });
    await clear();
    await makePatch(ctx)({ id });
    const again = await jobs('evaluate');
    assert.deepEqual([again.length, await patchesOf(group)], [1, 0]);
    for (const job of again) await makeEvaluate(ctx)(job);
    assert.deepEqual(await heldFor(group), ['lms-conflict']);
    await told(group, { progress: { score: 95 } });
    await makePatch(ctx)({ id });
    assert.equal(await patchesOf(group), 1, 'due again');
  });

  it('is not reported after an exclusion was withdrawn and the score fell, whichever job runs first', async () => {
    const { group, id } = await awarded();
    await says(group, { excluded: true });
    await fails(group);
    await clear();
    await says(group, { excluded: false });
    await makePatch(ctx)({ id });
    for (const job of await jobs('evaluate')) await makeEvaluate(ctx)(job);
    await makePatch(ctx)({ id });
    assert.deepEqual([await heldFor(group), await patchesOf(group)], [['lms-conflict'], 0]);
  });

  it('gets no reinstatement and no diploma while excluded', async () => {
    const { group, id } = await awarded();
    await says(group, { excluded: true });
    assert.equal(await ask(`certificates/${id}/revoke`, 'POST'), 200);
    assert.equal(await ask(`certificates/${id}/reinstate`, 'POST'), 409);
    await says(group, { excluded: false });
    assert.equal(await ask(`certificates/${id}/reinstate`, 'POST'), 202);
    await says(group, { excluded: true });
    for (const job of await jobs('reissue')) await makeReissue(ctx)(job);
    await makePatch(ctx)({ id });
    assert.deepEqual([await heldFor(group), await patchesOf(group)], [['excluded'], 0]);
  });

  it('gets nothing through another student group in the release while excluded', async () => {
    await pull('sg_0015');
    await pull('sg_0015_b');
    await evaluate('sg_0015');
    const { id } = await certificateOf(world, 'sg_0015');
    await evaluate('sg_0015_b');
    await clear();
    await says('sg_0015_b', { excluded: true });
    assert.deepEqual(await heldFor('sg_0015'), ['excluded'], 'at once');
    for (const job of await jobs('evaluate')) await makeEvaluate(ctx)(job);
    const { state, reason } = await world.standing('sg_0015');
    assert.deepEqual([state, reason?.code], ['held', 'excluded']);
    assert.match(reason?.detail ?? '', /student group sg_0015_b/);
    for (const verb of ['reissue', 'resend']) assert.equal(await ask(`certificates/${id}/${verb}`, 'POST'), 409, verb);
    await clear();
    await says('sg_0015_b', { excluded: false });
    for (const job of await jobs('evaluate')) await makeEvaluate(ctx)(job);
    await makePatch(ctx)({ id });
    assert.deepEqual([await heldFor('sg_0015'), await patchesOf('sg_0015')], [[], 1]);
  });

  it('gets no new version after being expelled', async () => {
    const { group, id } = await awarded();
    await makePatch(ctx)({ id });
    await told(group, { status: 'expelled' });
    assert.equal(await ask(`certificates/${id}/reissue`, 'POST'), 409);
  });

  it('gets no letter and no new version while a consent is missing in the LMS; the letter is sent after the consent is given again', async () => {
    const { group, id } = await awarded();
    await makePatch(ctx)({ id });
    await makeRender(ctx)({ id });
    const { id: letter } = await ctx.db('personal_issue').where({ certificate_id: id }).first('id');
    const { snapshot } = await ctx.db('student_group').where({ id: group }).first('snapshot');
    await told(group, { consents: [] });
    await makeSend(ctx)({ id: letter });
    assert.deepEqual([await heldFor(group), await lettersOf(world, group)], [['consent-withdrawn'], []]);
    assert.equal(await ask(`certificates/${id}/reissue`, 'POST'), 409);
    await told(group, { consents: snapshot.consents });
    await makeSend(ctx)({ id: letter });
    assert.equal((await lettersOf(world, group)).length, 1);
  });
});

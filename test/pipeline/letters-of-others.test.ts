import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { releaseReport } from '../../src/coordinate/release-report.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import { selectNextStep, selectOverdueSteps } from '../../src/records/certificates/next-step.ts';
import { insertFirstPersonalIssue } from '../../src/records/letters/personal-issues.ts';
import type { Db } from '../../src/records/rows.ts';
import { countDifferences } from '../../src/records/student-groups/differences.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { tokenFor } from '../http/harness.ts';
import { act, certificateOf, lettersOf, settled } from '../support/coordinator.ts';
import { jobsDone, RELEASE, startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

describe('certificates whose letters others send', () => {
  let world: World;
  let ctx: PipelineContext;
  let db: Db;
  let api: Awaited<ReturnType<typeof serveWorld>>;
  let authorization: string;
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0005', 'sg_0006', 'sg_0007'];
  const take = () => fresh.shift() ?? assert.fail('no student group left');

  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
    ({ db } = world.base);
    api = await serveWorld(world);
    authorization = (await tokenFor(db, 'coordinator')).header;
    await world.run();
  });
  after(async () => {
    await api.close();
    await world.close();
  });

  const post = (path: string, body: object) =>
    request(api.url).post(path).set('Authorization', authorization).send(body);
  const get = async (path: string) => (await request(api.url).get(path).set('Authorization', authorization)).body;
  async function batch(ids: string[], more: object = { letter: 'none' }): Promise<string> {
    const { body } = await post('/api/batches', { studentGroupIds: ids, ...more }).expect(202);
    return body.id;
  }
  const issuesOf = async (group: string) =>
    db('personal_issue')
      .where({ certificate_id: (await certificateOf(world, group)).id })
      .pluck('purpose');

  it('end rendered in a batch that says so, which finishes without a letter, and stay so', async () => {
    const groups = [take(), take()];
    const id = await batch(groups);
    await settled(world, id);
    const shown = await get(`/api/batches/${id}`);
    assert.deepEqual([shown.letter, shown.counts, shown.state], ['none', { total: 2, rendered: 2 }, 'finished']);
    const [one = '', two = ''] = groups;
    const certificate = await certificateOf(world, one);
    const { state, letter, letters, links } = await get(`/api/certificates/${certificate.id}`);
    assert.deepEqual([state, letter, letters], ['rendered', 'none', []]);
    assert.ok(links.pdf);

    // Before the upkeep, which has the whole release pulled.
    const report = await releaseReport(db, RELEASE);
    assert.deepEqual([report?.byState['rendered'], report?.unresolved.map((row) => row.studentGroupId)], [2, []]);

    const later = new Date(Date.now() + 26 * 3_600_000);
    assert.equal(await selectNextStep(db, certificate.id), null);
    assert.deepEqual(await selectOverdueSteps(db, later, 10), []);
    await makeUpkeep({ ...ctx, clock: { ...ctx.clock, now: () => later } })({});
    const scope = { releaseId: RELEASE, studentGroupIds: null, kinds: ['letter-never-left' as const] };
    assert.deepEqual(await countDifferences(db, scope, later), []);
    const again = await batch(groups, {});
    await settled(world, again);
    assert.deepEqual((await get(`/api/batches/${again}`)).counts, { total: 2, rendered: 2 });
    await post(`/api/certificates/${certificate.id}/reissue`, { reason: 'fictional' }).expect(202);
    await until('a second version without a letter', async () => {
      const { version, state: then } = await get(`/api/certificates/${certificate.id}`);
      return version === 2 && then === 'rendered';
    });
    await jobsDone(world, [certificate.id]);
    assert.deepEqual([await issuesOf(one), await issuesOf(two), await lettersOf(world, one)], [[], [], []]);
  });

  it('are mailed when a person asks for it by resend, once', async () => {
    const group = take();
    await settled(world, await batch([group]));
    const { id } = await certificateOf(world, group);
    await post(`/api/certificates/${id}/resend`, { reason: 'they forgot her' }).expect(202);
    await world.reaches(group, 'sent');
    assert.deepEqual([await issuesOf(group), (await lettersOf(world, group)).length], [['resend'], 1]);
  });

  it('stay rendered when their batch is cancelled for others that are still open', async () => {
    const group = take();
    const open = take();
    await world.lms.control('faults', {
      faults: [{ match: { method: 'PATCH', pathPrefix: `/student-groups/${open}` }, kind: 'status' }],
    });
    const id = await batch([group, open]);
    await world.reaches(group, 'rendered');
    await world.reaches(open, 'awarded');
    await act(world, id, 'cancel');
    await world.lms.control('faults', { faults: [] });
    assert.deepEqual((await get(`/api/batches/${id}`)).counts, { total: 2, rendered: 1, cancelled: 1 });
    assert.equal((await world.standing(group)).state, 'rendered');
  });

  it('are those of a programme with "letter: none"; resend is refused, because there is no text', async () => {
    const group = take();
    const pulled = await ctx.lms.pullOne(group);
    assert.ok(pulled?.ok);
    await recordPull(db, pulled, new Date(), ctx.normaliseEmail);
    const { criteria } = ctx.rulebook;
    const programmes = criteria.programmes.map((programme) => ({ ...programme, letter: 'none' }));
    const rulebook = { ...ctx.rulebook, criteria: { ...criteria, programmes } };
    await makeEvaluate({ ...ctx, rulebook })({ id: group, batchId: null });
    await world.reaches(group, 'rendered');
    const { id, recipient } = await certificateOf(world, group);
    const refused = await post(`/api/certificates/${id}/resend`, { reason: 'fictional' }).expect(409);
    assert.match(refused.body.detail, /^letter-by-others: /);
    assert.deepEqual(await issuesOf(group), []);

    const now = new Date();
    const first = { id: randomUUID(), certificateId: id, version: 1, recipient: recipient ?? '', shiftReason: null };
    await assert.rejects(
      insertFirstPersonalIssue(db, { ...first, dueAt: now, sendAfter: now }, now),
      /others send the letter/,
      'also a worker of an older version cannot open one',
    );
  });

  it('cannot be asked for in another word', async () => {
    const refused = await post('/api/batches', { releaseId: RELEASE, letter: 'diploma' }).expect(400);
    assert.deepEqual(refused.body.errors, [{ pointer: '/letter', detail: 'expected one of none' }]);
  });
});

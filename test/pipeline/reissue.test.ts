import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import type { Overrides } from '../../src/domain/student-group/override.ts';
import { makeDeadJobHandler } from '../../src/pipeline/dead-letters.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import type { Mail } from '../../src/ports/mail.ts';
import { selectNextStep } from '../../src/records/certificates/next-step.ts';
import { selectRevokedIndexes } from '../../src/records/certificates/status-entries.ts';
import type { Db } from '../../src/records/rows.ts';
import { insertOverrides } from '../../src/records/student-groups/overrides.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { tokenFor } from '../http/harness.ts';
import { certificateOf, lettersOf, view } from '../support/coordinator.ts';
import { RELEASE, startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Tests the whole life of certificates through the API. Stages run step by step, and no job runs by itself. */
describe('versions of a certificate', () => {
  let world: World;
  let ctx: PipelineContext;
  let db: Db;
  let api: Awaited<ReturnType<typeof serveWorld>>;
  let authorization: string;
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0005', 'sg_0006', 'sg_0007', 'sg_0026', 'sg_0028'];

  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
    ({ db } = world.base);
    api = await serveWorld(world);
    authorization = (await tokenFor(db, 'coordinator')).header;
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(db, release.release, new Date());
  });
  after(async () => {
    await api.close();
    await world.close();
  });

  /** Creates a certificate whose first letter waits. */
  async function waiting(batchId: string | null = null): Promise<{ group: string; id: string; letter: string }> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    const pulled = await ctx.lms.pullOne(group);
    assert.ok(pulled?.ok);
    await recordPull(db, pulled, new Date(), ctx.normaliseEmail);
    if (batchId) await db('batch_item').insert({ batch_id: batchId, student_group_id: group });
    await makeEvaluate(ctx)({ id: group, batchId });
    const { id } = await certificateOf(world, group);
    await makePatch(ctx)({ id });
    await makeRender(ctx)({ id });
    return { group, id, letter: await newestLetter(id) };
  }
  async function sent(): Promise<{ group: string; id: string }> {
    const { group, id, letter } = await waiting();
    await send(letter);
    return { group, id };
  }
  const newestLetter = async (id: string): Promise<string> =>
    (await db('personal_issue').where({ certificate_id: id }).orderBy('created_at', 'desc').first('id')).id;
  const stateOf = async (letter: string) => (await db('personal_issue').where({ id: letter }).first('state')).state;
  async function send(letter: string): Promise<void> {
    await makeSend(ctx)({ id: letter });
    await until('the letter to be sent', async () => {
      await makeTrack(ctx)({});
      return (await stateOf(letter)) === 'sent';
    });
  }
  async function override(group: string, changes: Partial<Overrides>): Promise<void> {
    const act = {
      id: ctx.newId(),
      actor: 'tester',
      verb: 'student-group.override',
      subject: group,
      reason: 'fictional',
    };
    await db.transaction(async (trx) => {
      await recordAct(trx, act, new Date());
      await insertOverrides(trx, { ...act, studentGroupId: group, changes, actId: act.id }, new Date());
    });
  }
  const post = (id: string, verb: string, more: object = {}) =>
    request(api.url)
      .post(`/api/certificates/${id}/${verb}`)
      .set('Authorization', authorization)
      .send({ reason: 'fictional', ...more });
  const show = async (id: string) =>
    (await request(api.url).get(`/api/certificates/${id}`).set('Authorization', authorization)).body;
  async function askedFor(id: string, verb: 'reissue' | 'reinstate'): Promise<string> {
    const answer = await post(id, verb);
    assert.equal(answer.status, 202, answer.text);
    return (await db('reissue').where({ certificate_id: id }).whereNull('settled_at').first('id')).id;
  }
  /** Runs the steps of a request up to its letter; returns that letter. */
  async function made(asked: string, id: string): Promise<string> {
    await makeReissue(ctx)({ id: asked });
    await makeRender(ctx)({ id });
    return newestLetter(id);
  }
  async function lookUp(id: string, path = '', query = '') {
    const { code } = await db('certificate').where({ id }).first('code');
    const asked = request(api.url).get(`/c/${code}${path}${query}`).set('Accept', 'application/json');
    return path === '/diploma.pdf' ? asked.responseType('blob') : asked;
  }
  /** For each version: whether the status bit of its credential is set. */
  async function bits(id: string): Promise<boolean[]> {
    const places = await db('status_entry').where({ certificate_id: id }).orderBy('version');
    const lists = new Map<number, number[]>();
    for (const { list } of places) lists.set(list, await selectRevokedIndexes(db, list));
    return places.map(({ list, index }) => lists.get(list)?.includes(index) ?? false);
  }
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const bytesOf = async (id: string, query = ''): Promise<Buffer> => (await lookUp(id, '/diploma.pdf', query)).body;

  it('a corrected name gives a second version with the same number and code, which is sent and replaces the first version', async () => {
    const { group, id } = await sent();
    const before = (await lookUp(id)).body;
    await override(group, { fullName: 'Қарлығаш Үлгібаева', latinName: 'Karlygash Ulgibayeva', country: 'KG' });
    assert.equal((await show(id)).needsReissue, true);

    const asked = await askedFor(id, 'reissue');
    const jobs = await db.raw(`select 1 from pgboss.job where name = 'reissue' and data ->> 'id' = ?`, [asked]);
    assert.equal(jobs.rows.length, 1, 'the job commits with the act');
    await makeReissue(ctx)({ id: asked });
    await makeReissue(ctx)({ id: asked });
    assert.deepEqual(await bits(id), [false, false], 'the first one holds until the second is drawn');
    assert.equal((await lookUp(id)).body.version, 1);
    await makeRender(ctx)({ id });
    assert.deepEqual(await bits(id), [true, false]);
    const letter = await newestLetter(id);
    await send(letter);

    const now = (await lookUp(id)).body;
    assert.deepEqual(
      [now.number, now.code, now.issueDate, now.version, now.status, now.holderName],
      [before.number, before.code, before.issueDate, 2, 'valid', 'Қарлығаш Үлгібаева'],
    );
    assert.deepEqual(
      now.versions.map((one: { version: number; status: string }) => [one.version, one.status]),
      [
        [2, 'valid'],
        [1, 'superseded'],
      ],
    );
    const [first, second, ...more] = await lettersOf(world, group);
    assert.deepEqual(more, []);
    assert.deepEqual([second?.trackInfo, second?.attachments[0]?.sha256], [letter, now.sha256]);
    assert.match(first?.rendered.subject ?? '', /^Сіздің дипломыңыз: /);
    assert.match(second?.rendered.subject ?? '', /^Түзетілген диплом: /);
    const said = second?.rendered.text ?? '';
    assert.match(
      said,
      /Өзгергені: аты-жөні: .+ → Қарлығаш Үлгібаева; аты-жөні латын әріптерімен: Karlygash Ulgibayeva/,
    );
    assert.doesNotMatch(first?.rendered.text ?? '', /Өзгергені/);
    assert.equal(sha256(await bytesOf(id)), now.sha256, 'mailed = stored = looked up');
    assert.equal(sha256(await bytesOf(id, '?version=1')), first?.attachments[0]?.sha256, 'the former one stays');
    const row = await db('personal_issue').where({ id: letter }).first('purpose', 'version');
    assert.deepEqual(row, { purpose: 'reissue', version: 2 });

    const { needsReissue, state, country, versions, reissues, acts } = await show(id);
    assert.deepEqual([needsReissue, state, country], [false, 'sent', 'KG']);
    assert.deepEqual([versions[0].reason, versions[0].actor.startsWith('coordinator')], ['fictional', true]);
    assert.deepEqual([versions[1].credential.revoked.class, versions[0].credential.revoked], ['superseded', null]);
    assert.deepEqual([reissues[0].version, reissues[0].reason], [2, null]);
    assert.equal(acts[0].verb, 'certificate.reissue');
    assert.equal(await selectNextStep(db, id), null, 'nothing is left to do');
  });

  it('a revocation is visible everywhere at once and final for the credential; a reinstatement gives a version with a new credential', async () => {
    const { group, id } = await sent();
    const before = (await lookUp(id)).body;
    const revoked = await post(id, 'revoke', { class: 'issued-in-error' });
    assert.equal(revoked.status, 200);
    for (const path of ['', '/diploma.pdf', '/credential.json'])
      assert.equal((await lookUp(id, path)).status, 410, path);
    assert.deepEqual([await bits(id), (await world.standing(group)).state], [[true], 'revoked']);
    assert.deepEqual((await world.standing(group)).reason?.code, 'issued-in-error');
    for (const verb of ['revoke', 'resend', 'reissue']) assert.equal((await post(id, verb)).status, 409, verb);
    assert.doesNotMatch((await lookUp(id)).text, /fictional/, 'the reason is for coordinators');

    const asked = await askedFor(id, 'reinstate');
    assert.equal((await lookUp(id)).status, 200, 'valid again at once');
    assert.deepEqual(await bits(id), [true], 'but not for machines');
    assert.equal((await post(id, 'resend')).status, 409, 'the old diploma is mailed no more');
    await send(await made(asked, id));
    const now = (await lookUp(id)).body;
    const { version: _v, sha256: newest, versions: _all, ...facts } = now;
    const { version: _w, sha256: former, versions: _were, ...same } = before;
    assert.deepEqual(facts, same, 'the very same facts');
    assert.notEqual(newest, former);
    assert.deepEqual(await bits(id), [true, false]);
    const credential = (await lookUp(id, '/credential.json')).body;
    assert.match(credential.id, /version=2$/);
    const [, again, ...more] = await lettersOf(world, group);
    assert.deepEqual(more, []);
    assert.match(again?.rendered.subject ?? '', /снова действителен|қайтадан жарамды|valid again|yana haqiqiy/);
    assert.equal((await post(id, 'reinstate')).status, 409);
    assert.deepEqual(
      (await show(id)).validityActs.map((act: { kind: string }) => act.kind),
      ['reinstate', 'revoke'],
    );
  });

  it('a new version requested while a letter waits for a rate-limit slot stops that letter, and the letter of the new version is sent', async () => {
    const { group, id, letter } = await waiting();
    let asked = '';
    const late: Mail['send'] = async (outgoing, begin) => {
      asked = await askedFor(id, 'reissue');
      return ctx.mail.send(outgoing, begin);
    };
    await makeSend({ ...ctx, mail: { ...ctx.mail, send: late } })({ id: letter });
    assert.deepEqual([await stateOf(letter), await lettersOf(world, group)], ['waiting', []]);
    await send(await made(asked, id));
    assert.equal(await stateOf(letter), 'cancelled');
    assert.equal((await lettersOf(world, group)).length, 1);
  });

  it('one of five concurrent requests for a version takes effect; a worker that fails stores nothing, and the next worker completes the request', async () => {
    const { id, group } = await sent();
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => post(id, 'reissue')));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [202, 409, 409, 409, 409]);
    const asked = (await db('reissue').where({ certificate_id: id }).first('id')).id;
    const broken = { ...ctx, enqueue: () => Promise.reject(new Error('killed')) };
    await assert.rejects(makeReissue(broken)({ id: asked }), /killed/);
    assert.equal((await show(id)).version, 1);
    await Promise.all([1, 2].map(() => makeReissue(ctx)({ id: asked })));
    await assert.rejects(makeRender(broken)({ id }), /killed/);
    assert.deepEqual(await bits(id), [false, false], 'neither diploma nor revocation without its letter');
    await Promise.all([1, 2].map(() => makeRender(ctx)({ id })));
    const letters = await db('personal_issue').where({ certificate_id: id, version: 2 });
    assert.deepEqual([letters.length, await bits(id)], [1, [true, false]]);
    assert.deepEqual(await selectNextStep(db, id), { queue: 'send', id: letters[0].id });
    assert.equal((await world.standing(group)).state, 'waiting');
  });

  it('unprintable data give no version: the certificate does not change, its waiting letter is stopped, and the reason is shown', async () => {
    const { id, group, letter } = await waiting();
    await override(group, { fullName: 'Test \u202Eeman' });
    await makeReissue(ctx)({ id: await askedFor(id, 'reissue') });
    const shown = await show(id);
    assert.deepEqual([shown.version, shown.reissues[0].reason.code], [1, 'name-unprintable']);
    assert.equal(shown.holds[0].code, 'name-unprintable');
    assert.deepEqual([shown.state, shown.reason.code], ['held', 'name-unprintable']);
    await makeSend(ctx)({ id: letter });
    assert.equal(await stateOf(letter), 'waiting');
    const buried = await askedFor(id, 'reissue');
    await makeDeadJobHandler(ctx)({ queue: 'reissue', id: 'a job', data: { id: buried }, error: 'fictional' });
    assert.equal((await show(id)).reissues[0].reason.code, 'internal-error', 'a person may ask again');
    await override(group, { fullName: 'Тест Үлгіұлы' });
    const { snapshot } = await db('release').where({ id: RELEASE }).first('snapshot');
    await world.lms.control('releases?quiet=1', { ...snapshot, courseTitle: { ru: 'undefined' } });
    await makeReissue(ctx)({ id: await askedFor(id, 'reissue') });
    const { reason } = (await show(id)).reissues[0];
    assert.equal(reason?.code, 'lms-invalid', 'the former title is not printed instead');
    assert.match(reason.detail, /courseTitle/);
    await world.lms.control('releases?quiet=1', snapshot);
    await send(await made(await askedFor(id, 'reissue'), id));
    assert.equal(await stateOf(letter), 'cancelled', 'the former letter never leaves');
    const dead = { state: 'bounced', reason_code: 'hard-bounce' };
    await db('personal_issue').where({ certificate_id: id, version: 2 }).update(dead);
    await makeReissue(ctx)({ id: await askedFor(id, 'reissue') });
    assert.deepEqual([(await show(id)).version, (await show(id)).reissues[0].reason.code], [2, 'hard-bounce']);
    assert.equal((await show(id)).state, 'bounced', 'it stays as it is');
    assert.equal((await lettersOf(world, group)).length, 1);
  });

  it('a revocation cancels a waiting letter; a letter in progress is tracked, and a new version waits for its outcome', async () => {
    const batch = await world.batch({ ids: ['sg_none'] });
    await db('batch').where({ id: batch }).update({ pulled_at: new Date() });
    const one = await waiting(batch);
    assert.equal((await view(world, batch)).state, 'running');
    const { cancelledLetter } = (await post(one.id, 'revoke')).body;
    assert.deepEqual([cancelledLetter, await stateOf(one.letter)], [one.letter, 'cancelled']);
    await makeSend(ctx)({ id: one.letter });
    assert.deepEqual(await lettersOf(world, one.group), []);
    assert.equal(await selectNextStep(db, one.id), null);
    const { state, counts } = await view(world, batch);
    assert.deepEqual([state, counts['revoked']], ['finished', 1]);
    const again = await made(await askedFor(one.id, 'reinstate'), one.id);
    assert.deepEqual([(await view(world, batch)).state, await stateOf(again)], ['running', 'waiting']);
    await send(again);
    assert.equal((await view(world, batch)).counts['sent'], 1);

    const two = await waiting();
    await makeSend(ctx)({ id: two.letter });
    assert.equal(await stateOf(two.letter), 'accepted');
    assert.equal((await post(two.id, 'reissue')).status, 409);
    assert.equal((await post(two.id, 'revoke')).status, 200);
    const asked = await askedFor(two.id, 'reinstate');
    await makeReissue(ctx)({ id: asked });
    assert.equal((await show(two.id)).version, 1, 'not before the letter is settled');
    await until('the letter to be sent', async () => {
      await makeTrack(ctx)({});
      return (await stateOf(two.letter)) === 'sent';
    });
    await db.raw(`delete from pgboss.job where name = 'reissue'`);
    const late = { ...ctx, clock: { ...ctx.clock, now: () => new Date(Date.now() + 16 * 60_000) } };
    await makeUpkeep(late)({});
    const { rows } = await db.raw(`select data ->> 'id' as id from pgboss.job where name = 'reissue'`);
    assert.deepEqual(rows, [{ id: asked }], 'a lost job is found again');
    await made(asked, two.id);
    assert.equal((await show(two.id)).version, 2);
  });

  it('a certificate revoked during drawing is not stored or sent; after a reinstatement it is reported, drawn and sent', async () => {
    const { id, group } = await sent();
    const asked = await askedFor(id, 'reissue');
    await makeReissue(ctx)({ id: asked });
    const printer = {
      ...ctx.printer,
      issue: async (facts: Parameters<typeof ctx.printer.issue>[0]) => {
        const issued = await ctx.printer.issue(facts);
        assert.equal((await post(id, 'revoke', { class: 'fraud' })).status, 200);
        return issued;
      },
    };
    await makeRender({ ...ctx, printer })({ id });
    assert.deepEqual(await bits(id), [true, true]);
    assert.deepEqual(await db('diploma').where({ certificate_id: id }).pluck('version'), [1]);
    await override(group, { latinName: 'Later Name' });
    await made(await askedFor(id, 'reinstate'), id);
    assert.equal((await show(id)).needsReissue, true, 'the same facts again, so it still prints the former name');
    assert.deepEqual(await bits(id), [true, true, false]);
    const now = (await lookUp(id)).body;
    assert.deepEqual([now.version, now.status, now.versions.length], [3, 'valid', 2]);
    assert.equal((await world.standing(group)).state, 'waiting');
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { runDecisionShow } from '../../src/commands/decision.ts';
import { releaseReport, reportCsv } from '../../src/coordinate/release-report.ts';
import type { StudentGroupView } from '../../src/coordinate/student-group-schema.ts';
import { doubtOf } from '../../src/domain/text/doubtful-text.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import type { JobData } from '../../src/pipeline/stages.ts';
import { selectCurrentVersion } from '../../src/records/certificates/certificates.ts';
import { eraseDecisions } from '../../src/records/student-groups/decisions.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { tokenFor } from '../http/harness.ts';
import { act, certificateOf, lettersOf } from '../support/coordinator.ts';
import { withinErasure } from '../support/within-erasure.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** A text with HTML escapes; the detector decides whether it has a suggestion. */
const ESCAPED = 'Д&#39;Артаньян';

/** Stages run step by step, and a coordinator uses the API. No job runs by itself. */
describe('names and titles that are probably wrong', () => {
  let world: World;
  let ctx: PipelineContext;
  let api: Awaited<ReturnType<typeof serveWorld>>;
  let authorization: string;
  const fresh = [
    'sg_0002',
    'sg_0003',
    'sg_0004',
    'sg_0005',
    'sg_0006',
    'sg_0007',
    'sg_0026',
    'sg_0028',
    'sg_0030',
    'sg_0031',
    'sg_0032',
  ];
  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
    api = await serveWorld(world);
    authorization = (await tokenFor(world.base.db, 'coordinator')).header;
  });
  after(async () => {
    await api.close();
    await world.close();
  });

  const ask = async (path: string, method: 'get' | 'patch' | 'post' = 'get', body?: object) => {
    const { status, body: answer } = await request(api.url)
      [method](`/api/${path}`)
      .set('Authorization', authorization)
      .send(body);
    return { status, body: answer };
  };
  const view = async (id: string): Promise<StudentGroupView> => (await ask(`student-groups/${id}`)).body;
  const patch = (id: string, words: object) =>
    ask(`student-groups/${id}`, 'patch', { ...words, reason: 'by telephone' });
  const faults = async (id: string, words: object): Promise<[number, string[]]> => {
    const { status, body } = await patch(id, words);
    return [status, (body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer)];
  };
  /** Runs the waiting evaluation jobs, as a worker does. */
  const work = async (): Promise<void> => {
    const { rows } = await ctx.db.raw<{ rows: { id: string; data: JobData['evaluate'] }[] }>(
      `delete from pgboss.job where name = 'evaluate' returning id, data`,
    );
    for (const { data } of rows) await makeEvaluate(ctx)(data);
  };
  const says = async (id: string, words: object): Promise<StudentGroupView> => {
    const { status, body } = await patch(id, words);
    assert.equal(status, 200, JSON.stringify(body));
    await work();
    return view(id);
  };
  /** Changes the LMS's data of a student group that meets everything. */
  const taught = async (change: object): Promise<string> => {
    const id = fresh.shift() ?? assert.fail('no student group left');
    await told(id, change);
    return id;
  };
  const told = async (id: string, change: object): Promise<void> => {
    await world.lms.control(`student-groups/${id}?quiet=1`, change);
    const pulled = await ctx.lms.pullOne(id);
    assert.ok(pulled);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
  };
  const judged = async (ids: string[], options: { dryRun?: boolean } = {}): Promise<string> => {
    const batch = await world.batch({ ids, ...options });
    await makeIngest(ctx)({ kind: 'batch', id: batch });
    await work();
    return batch;
  };
  const itemOf = async (batch: string, id: string) =>
    (await ask(`batches/${batch}/items?limit=200`)).body.items.find(
      (item: { studentGroupId: string }) => item.studentGroupId === id,
    );
  const factsOf = async (id: string) =>
    (await selectCurrentVersion(ctx.db, (await certificateOf(world, id)).id))?.facts ?? assert.fail('no facts');
  const names = { fullName: 'undefined', latinName: 'Anna Ulgi' };

  it('are held before the award, with the field, the reason and a suggestion', async () => {
    const id = await taught({ student: { fullName: 'undefined', latinName: null } });
    const batch = await judged([id]);
    const shown = await view(id);
    assert.deepEqual([shown.state, shown.certificate, shown.judging], ['held', null, false]);
    assert.equal(shown.reason?.code, 'name-doubtful');
    assert.match(
      shown.reason?.detail ?? '',
      /^student\.fullName: .+ If the text is right as it is, confirm it with an override of fullName/,
    );
    assert.equal(shown.reason?.suggestion, null, 'nothing is known');
    assert.deepEqual(shown.decision?.reason, shown.reason);
    const item = await itemOf(batch, id);
    assert.deepEqual([item.state, item.reason], ['held', shown.reason]);
    assert.deepEqual(await world.patches(), [], 'the LMS is told nothing');
    const stored = await ctx.db('decision').where({ student_group_id: id }).first();
    assert.doesNotMatch(stored.reason_detail, /undefined/);
    await withinErasure(ctx.db, (trx) => eraseDecisions(trx, id));
    assert.deepEqual((await view(id)).decision?.reason, { code: 'name-doubtful', detail: '', suggestion: null });
  });

  it('are held in a dry run too, with the same reason', async () => {
    const id = await taught({ student: { fullName: 'Anna', latinName: 'N/A' } });
    const batch = await judged([id], { dryRun: true });
    const { wouldBe, reason } = await itemOf(batch, id);
    assert.deepEqual([wouldBe, reason.code, reason.suggestion], ['held', 'name-doubtful', null]);
    assert.match(reason.detail, /^student\.latinName: /);
    const { state } = await view(id);
    assert.equal(state, 'pending');
  });

  it('are accepted after an override, even one with the same text, and are not held again', async () => {
    const id = await taught({ student: { fullName: 'None', latinName: null }, project: { title: 'null' } });
    await judged([id]);
    const once = await says(id, { fullName: 'None' });
    assert.match(once.reason?.detail ?? '', /^project\.title: /, 'each doubt needs its own word');
    const settled = await says(id, { projectTitle: 'null' });
    assert.deepEqual([settled.state, settled.reason], ['awarded', null]);
    const facts = await factsOf(id);
    assert.deepEqual([facts.holderName, facts.project?.title], ['None', 'null']);
    await told(id, { student: { fullName: 'undefined' } });
    await judged([id]);
    assert.equal((await view(id)).decision?.outcome, 'met', 'whatever the LMS tells later');
  });

  it('cannot be replaced by an override with unprintable characters', async () => {
    const id = await taught({ student: { fullName: 'undefined', latinName: null } });
    await judged([id]);
    for (const field of ['fullName', 'latinName', 'projectTitle'])
      for (const text of ['a [% b', 'a \ufffd', 'a\u200bb', 'a\u202eb', ' '])
        assert.deepEqual(await faults(id, { [field]: text, keepLatinName: true }), [400, [`/${field}`]], text);
    assert.equal((await view(id)).overrides.length, 0);
  });

  it('can be replaced by a new full name only together with a decision about the Latin form', async () => {
    const id = await taught({ student: names });
    await judged([id]);
    assert.deepEqual(await faults(id, { fullName: 'Айым Үлгі' }), [400, ['/latinName']]);
    assert.deepEqual(
      await faults(id, { fullName: 'Айым Үлгі', latinName: null }),
      [400, ['/latinName']],
      'the LMS has one',
    );
    assert.deepEqual(await faults(id, { fullName: 'Айым Үлгі', keepLatinName: false }), [400, ['/latinName']]);
    assert.deepEqual(await faults(id, { keepLatinName: true }), [400, ['']], 'says nothing alone');
    assert.equal((await ctx.db('act').where({ subject: id })).length, 0, 'nothing of it is kept');
    assert.equal((await patch(id, { fullName: 'undefined' })).status, 200, 'the same name: nothing disagrees');
    assert.equal((await patch(id, { fullName: ' Anna  Ulgi ' })).status, 200, 'the Latin form itself');
    assert.equal((await patch(id, { fullName: null })).status, 200, 'both as the LMS tells them');
    assert.equal((await patch(id, { fullName: 'Айым Үлгі', latinName: 'Aiym Ulgi' })).status, 200);
    assert.deepEqual(await faults(id, { fullName: 'Басқа' }), [400, ['/latinName']]);
    assert.deepEqual(await faults(id, { fullName: null }), [400, ['/latinName']], 'the LMS’s, beside a coordinator’s');
    assert.equal((await patch(id, { fullName: null, latinName: null })).status, 200);
    const kept = await says(id, { fullName: 'Анна Үлгі', keepLatinName: true });
    assert.equal(kept.state, 'awarded');
    assert.deepEqual([(await factsOf(id)).holderName, (await factsOf(id)).latinName], ['Анна Үлгі', 'Anna Ulgi']);
  });

  it('are corrected when a person accepts the suggestion, which works once; without a suggestion the request is refused', async () => {
    const id = await taught({ student: { fullName: 'undefined', latinName: 'Anna Ulgi' } });
    const none = await patch(id, { takeSuggestion: true });
    assert.deepEqual([none.status, /not held as name-doubtful or email-invalid/.test(none.body.detail)], [409, true]);
    await judged([id]);
    const unknown = await patch(id, { takeSuggestion: true });
    assert.deepEqual(
      [unknown.status, /Gramota has no suggestion for student\.fullName/.test(unknown.body.detail)],
      [409, true],
    );
    await told(id, { student: { fullName: ESCAPED } });
    const changed = await patch(id, { takeSuggestion: true });
    assert.deepEqual([changed.status, /changed something since/.test(changed.body.detail)], [409, true]);

    const suggestion = doubtOf(ESCAPED, 'name')?.suggestion ?? null;
    const batch = await judged([id]);
    if (suggestion === null) return;
    assert.deepEqual(
      [(await view(id)).reason?.suggestion, (await itemOf(batch, id)).reason.suggestion],
      [suggestion, suggestion],
    );
    assert.doesNotMatch(reportCsv((await releaseReport(ctx.db, RELEASE)) ?? assert.fail()), new RegExp(suggestion));
    const lines: string[] = [];
    const { decisionId } = await itemOf(batch, id);
    await runDecisionShow(world.config, decisionId, { lang: 'en' }, (line) => lines.push(line));
    assert.match(lines.join('\n'), /suggestion a correction is suggested/);
    assert.ok(!lines.join('\n').includes(suggestion), 'the command line shows no names');
    assert.deepEqual(await faults(id, { takeSuggestion: true, fullName: 'Another' }), [400, ['/fullName']]);
    const answers = await Promise.all([1, 2, 3].map(() => patch(id, { takeSuggestion: true })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409]);
    await work();
    const { state, history } = await view(id);
    assert.equal(state, 'awarded');
    assert.doesNotMatch(JSON.stringify(history.map(({ detail }) => detail)), new RegExp(suggestion));
    assert.equal((await factsOf(id)).holderName, suggestion);
  });

  it('can have a suggestion, which can be accepted in the same way as for a misspelt e-mail address', async () => {
    const id = await taught({ student: { email: 'ulgi@exаmple.kz' } });
    await judged([id]);
    const { reason } = await view(id);
    assert.deepEqual([reason?.code, reason?.suggestion], ['email-invalid', 'ulgi@example.kz']);
    assert.doesNotMatch(reason?.detail ?? '', /ulgi/);
    assert.equal((await patch(id, { takeSuggestion: true })).status, 200);
    await work();
    assert.equal((await view(id)).state, 'awarded');
    assert.equal((await patch(id, { takeSuggestion: true })).status, 409);
  });

  it('have "judging": true from the override until the next evaluation has finished, whatever its result', async () => {
    const id = await taught({ student: { fullName: 'undefined', latinName: null } });
    const batch = await judged([id, await taught({})]);
    const judging = async () => (await view(id)).judging;
    const said = async (words: object): Promise<boolean> => (await patch(id, words)).body.judging;
    assert.equal(await said({ country: 'KZ' }), true);
    assert.equal(await judging(), true);
    await work();
    assert.deepEqual([await judging(), (await view(id)).state], [false, 'held']);
    assert.equal(await said({ country: 'KZ' }), true, 'nothing new');
    await work();
    assert.equal(await judging(), false, 'judged the same: there is no new decision');
    await act(world, batch, 'pause');
    assert.equal(await said({ country: 'UZ' }), false, 'a paused batch judges nobody');
    await work();
    await act(world, batch, 'resume');
    assert.equal(await judging(), true);
    await work();
    assert.equal(await judging(), false);
    await act(world, batch, 'cancel');
    assert.equal(await said({ country: 'KZ' }), true, 'without a batch');
    await work();
    assert.equal(await judging(), false);
    await ctx.db('student_group').where({ id }).update({ gone_at: new Date() });
    assert.equal(await said({ country: 'UZ' }), true);
    await work();
    assert.equal(await judging(), false, 'nobody can judge what is gone');
  });

  it('that are overridden after the award need a reissue; the new version and its credential contain the override', async () => {
    const id = await taught({ student: names });
    await judged([id]);
    await says(id, { fullName: 'Анна Үлгі', keepLatinName: true });
    const certificate = await certificateOf(world, id);
    await makePatch(ctx)({ id: certificate.id });
    await makeRender(ctx)({ id: certificate.id });
    const { id: letter } = await ctx.db('personal_issue').where({ certificate_id: certificate.id }).first('id');
    assert.equal((await view(id)).certificate?.needsReissue, false);
    const marked = await says(id, { projectTitle: 'Ауа райы' });
    assert.equal(marked.certificate?.needsReissue, true);
    const reissue = async () => {
      const { status, body } = await ask(`certificates/${certificate.id}/reissue`, 'post', { reason: 'fictional' });
      assert.equal(status, 202, JSON.stringify(body));
      const asked = await ctx
        .db('reissue')
        .where({ certificate_id: certificate.id })
        .whereNull('settled_at')
        .first('id');
      await makeReissue(ctx)({ id: asked.id });
    };
    await reissue();
    assert.equal((await factsOf(id)).project?.title, 'Ауа райы');
    assert.equal((await view(id)).certificate?.needsReissue, false);

    await says(id, { fullName: null, projectTitle: null });
    await reissue();
    const held = (await ask(`certificates/${certificate.id}`)).body;
    assert.deepEqual([held.version, held.reissues[0].reason.code], [2, 'name-doubtful'], 'nothing is frozen');
    assert.deepEqual([held.state, held.reason.code, held.reason.suggestion], ['held', 'name-doubtful', null]);
    assert.deepEqual((await view(id)).reason, held.reason);
    await makeSend(ctx)({ id: letter });
    assert.deepEqual(await lettersOf(world, id), []);
    await says(id, { fullName: 'Айым Үлгі', keepLatinName: true });
    await reissue();
    const mended = (await ask(`certificates/${certificate.id}`)).body;
    assert.deepEqual([mended.version, mended.reason, mended.holderName], [3, null, 'Айым Үлгі']);
  });

  it('include a project title, which can be overridden only when there is a project', async () => {
    const id = await taught({ student: { fullName: 'undefined', latinName: null } });
    await ctx
      .db('student_group')
      .where({ id })
      .update({ snapshot: ctx.db.raw(`snapshot || '{"project": null}'`) });
    const { status, body } = await patch(id, { projectTitle: 'Ауа райы' });
    assert.deepEqual([status, /no project/.test(body.detail)], [409, true]);
    assert.equal((await patch(id, { projectTitle: null })).status, 200);
  });
});

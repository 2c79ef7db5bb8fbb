import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { StudentGroupView } from '../../src/coordinate/student-group-schema.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import type { JobData } from '../../src/pipeline/stages.ts';
import type { Mail } from '../../src/ports/mail.ts';
import { selectCurrentVersion } from '../../src/records/certificates/certificates.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { tokenFor } from '../http/harness.ts';
import { act, certificateOf, lettersOf } from '../support/coordinator.ts';
import { startWorld, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Stages run step by step, a coordinator uses the API. No job runs by itself. */
describe('overrides by a coordinator', () => {
  let world: World;
  let ctx: PipelineContext;
  let api: Awaited<ReturnType<typeof serveWorld>>;
  let authorization: string;
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0005', 'sg_0006'];
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

  const ask = async (path: string, method = 'GET', body?: object) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const response = await fetch(`${api.url}/api/${path}`, {
      method,
      headers,
      body: body ? JSON.stringify(body) : null,
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const view = async (id: string) => (await ask(`student-groups/${id}`)).body as unknown as StudentGroupView;
  const jobs = async <Q extends 'evaluate' | 'send'>(queue: Q): Promise<JobData[Q][]> =>
    (await ctx.db.raw(`select data from pgboss.job where name = ? order by created_on`, [queue])).rows.map(
      (row: { data: JobData[Q] }) => row.data,
    );
  /** Stores an override and runs the resulting evaluation; returns the student group. */
  const says = async (id: string, words: object): Promise<StudentGroupView> => {
    await ctx.db.raw('delete from pgboss.job');
    const answer = await ask(`student-groups/${id}`, 'PATCH', { ...words, reason: 'by telephone' });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    for (const job of await jobs('evaluate')) await makeEvaluate(ctx)(job);
    return view(id);
  };
  /** Creates a coordinator's batch for some student groups, and runs it to the end of the evaluation. */
  const judged = async (...ids: string[]): Promise<string> => {
    const batch = await world.batch({ ids });
    await makeIngest(ctx)({ kind: 'batch', id: batch });
    for (const id of ids) await makeEvaluate(ctx)({ id, batchId: batch });
    return batch;
  };
  const factsOf = async (id: string) => {
    const facts = (await selectCurrentVersion(ctx.db, (await certificateOf(world, id)).id))?.facts;
    return facts ?? assert.fail('no facts');
  };
  const told = async (id: string, change: object): Promise<void> => {
    await world.lms.control(`student-groups/${id}?quiet=1`, change);
    const pulled = await ctx.lms.pullOne(id);
    assert.ok(pulled);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
  };

  it('of country, name or address end a hold in a batch, and the certificate belongs to that batch', async () => {
    const [country, name, address] = ['sg_0023', 'sg_0024', 'sg_0019'];
    const batch = await judged(country, name, address);
    const held = async (id: string) => (await view(id)).reason?.code;
    assert.deepEqual(
      [await held(country), await held(name), await held(address)],
      ['country-unknown', 'name-unprintable', 'email-invalid'],
    );
    const one = await says(country, { country: 'Кыргызстан' });
    assert.deepEqual([one.state, one.country?.kind === 'known' && one.country.source], ['awarded', 'override']);
    const named = await says(name, { latinName: 'Wang Xiuying' });
    assert.deepEqual([named.state, named.certificate?.needsReissue], ['awarded', false]);
    assert.equal((await factsOf(name)).holderName, 'Wang Xiuying');
    assert.equal((await says(address, { email: 'sevara@school-41.example' })).state, 'awarded');
    assert.equal((await certificateOf(world, address)).recipient, 'sevara@school-41.example');
    const charge = await ctx.db('certificate').whereIn('student_group_id', [country, name, address]).pluck('batch_id');
    assert.deepEqual(charge, [batch, batch, batch]);
    assert.equal((await ask(`batches/${batch}`)).body['state'], 'running', 'its letters are still to leave');
  });

  it('still take effect after a batch limited to other countries, and after their batch was cancelled', async () => {
    const [country, address] = ['sg_0034', 'sg_0035'];
    await told(country, { registration: null, student: { country: null, phone: null, timezone: null } });
    await told(address, { student: { email: 'nobody' } });
    await judged(country);
    const others = await world.batch({ ids: [country], countries: ['UZ'] });
    await makeIngest(ctx)({ kind: 'batch', id: others });
    await makeEvaluate(ctx)({ id: country, batchId: others });
    assert.equal((await says(country, { country: 'KG' })).state, 'awarded');

    const batch = await world.batch({ ids: [address, 'sg_0036'] });
    await makeIngest(ctx)({ kind: 'batch', id: batch });
    await makeEvaluate(ctx)({ id: address, batchId: batch });
    assert.equal((await view(address)).reason?.code, 'email-invalid');
    await act(world, batch, 'pause');
    assert.equal((await says(address, { email: 'sevara@school-42.example' })).state, 'held', 'judged on resume');
    await ctx.db.raw('delete from pgboss.job');
    await act(world, batch, 'cancel');
    for (const job of await jobs('evaluate')) await makeEvaluate(ctx)(job);
    assert.equal((await view(address)).state, 'awarded');
  });

  it('lead to an award for an allowed student, whose criterion is shown as waived, and to none for an excluded student', async () => {
    const [low, good] = ['sg_0009', 'sg_0007'];
    await judged(low);
    assert.equal((await view(low)).state, 'not-met');
    const allowed = await says(low, { allow: ['progress.score'] });
    assert.equal(allowed.state, 'awarded');
    const criteria = allowed.decision?.criteria as { parameter: string; met: boolean; waived: boolean }[];
    const score = criteria.find(({ parameter }) => parameter === 'score');
    assert.deepEqual([score?.met, score?.waived], [true, true]);

    const batch = await world.batch({ ids: [good] });
    await makeIngest(ctx)({ kind: 'batch', id: batch });
    await says(good, { excluded: true });
    await makeEvaluate(ctx)({ id: good, batchId: batch });
    const denied = await view(good);
    assert.deepEqual([denied.state, denied.reason?.code, denied.certificate], ['excluded', 'excluded', null]);
    assert.equal((await says(good, { excluded: false })).state, 'awarded');
  });

  it('are necessary for both of two teachers who have the same address and are held', async () => {
    const [one, other] = ['sg_0050', 'sg_0051'];
    await judged(one, other);
    assert.deepEqual(
      [(await view(one)).reason?.code, (await view(other)).reason?.code],
      ['email-shared', 'email-shared'],
    );
    assert.equal((await says(one, { allowSharedEmail: true })).state, 'awarded');
    assert.equal((await view(other)).reason?.code, 'email-shared', 'the word was for one of them');
    assert.equal((await says(other, { email: 'iryna@school.example' })).state, 'awarded');
  });

  it('are not necessary for one teacher in two groups, who gets one certificate that both groups show', async () => {
    await judged('sg_0015', 'sg_0015_b');
    const [first, second] = [await view('sg_0015'), await view('sg_0015_b')];
    assert.deepEqual([first.state, second.state, second.reason?.code], ['awarded', 'excluded', 'already-awarded']);
    assert.deepEqual(second.certificate, first.certificate);
    assert.ok(first.certificate);
  });

  it('are not necessary for students merged in the LMS: the certificate stays with a flag, and the other group gets no second one', async () => {
    const [group, another] = ['sg_0026', 'sg_0027'];
    await judged(group);
    const before = await factsOf(group);
    await told(group, { student: { id: 'st_0027', fullName: 'Another Name' } });
    await makeEvaluate(ctx)({ id: group, batchId: null });
    const merged = await view(group);
    assert.deepEqual([merged.flags.map(({ kind }) => kind), merged.state], [['student-merged'], 'awarded']);
    assert.deepEqual(await factsOf(group), before);
    await judged(another);
    assert.equal((await view(another)).reason?.code, 'already-awarded');
    await told(group, { student: { id: 'st_0026' } });
    await makeEvaluate(ctx)({ id: group, batchId: null });
    assert.deepEqual((await view(group)).flags, []);
  });

  describe('while a letter waits', () => {
    const lettered = async () => {
      const group = fresh.shift() ?? assert.fail('no student group left');
      await judged(group);
      const { id } = await certificateOf(world, group);
      await makePatch(ctx)({ id });
      await makeRender(ctx)({ id });
      const row = await ctx.db('personal_issue').where({ certificate_id: id }).first('id');
      assert.ok(row, 'no letter was opened');
      return { group, letter: row.id as string };
    };
    const stateOf = async (letter: string) =>
      (await ctx.db('personal_issue').where({ id: letter }).first('state')).state;
    /** Stores an override when the letter has its rate-limit slot, after its last check. */
    const late = (group: string, words: object): PipelineContext => {
      const send: Mail['send'] = async (outgoing, begin) => {
        const answer = await ask(`student-groups/${group}`, 'PATCH', { ...words, reason: 'late' });
        assert.equal(answer.status, 200);
        return ctx.mail.send(outgoing, begin);
      };
      return { ...ctx, mail: { ...ctx.mail, send } };
    };

    it('an override of the address is used even when it arrives just before sending; a later change in the LMS has no effect', async () => {
      const { group, letter } = await lettered();
      await makeSend(late(group, { email: 'first@school.example' }))({ id: letter });
      assert.deepEqual([await stateOf(letter), await lettersOf(world, group)], ['waiting', []], 'composed for another');
      await told(group, { student: { email: 'changed@school.example' } });
      await makeSend(ctx)({ id: letter });
      assert.equal(await stateOf(letter), 'accepted');
      assert.deepEqual(
        (await lettersOf(world, group)).map(({ email }) => email),
        ['first@school.example'],
      );
    });

    it('an override of the address ends a hold that a changed address in the LMS caused, and the letter is sent', async () => {
      const { group, letter } = await lettered();
      await told(group, { student: { email: 'changed@school.example' } });
      await makeSend(ctx)({ id: letter });
      assert.equal((await view(group)).reason?.code, 'email-invalid');
      assert.equal((await says(group, { email: 'given@school.example' })).state, 'waiting');
      assert.ok((await jobs('send')).some(({ id }) => id === letter));
      await makeSend(ctx)({ id: letter });
      assert.equal(await stateOf(letter), 'accepted');
    });

    it('an exclusion of the student stops the letter even just before sending; after the exclusion is withdrawn, the letter is sent once', async () => {
      const { group, letter } = await lettered();
      await makeSend(late(group, { excluded: true }))({ id: letter });
      assert.deepEqual([(await view(group)).state, (await view(group)).reason?.code], ['held', 'excluded']);
      await makeEvaluate(ctx)({ id: group, batchId: await world.batch({ ids: [group] }) });
      assert.equal((await view(group)).reason?.code, 'excluded', 'a batch does not end it');
      await ctx.db('hold').where({ student_group_id: group }).update({ released_at: new Date() });
      await makeSend(ctx)({ id: letter });
      assert.deepEqual(
        [await stateOf(letter), (await view(group)).reason?.code],
        ['waiting', 'excluded'],
        'the last look',
      );
      assert.equal((await says(group, { excluded: false })).state, 'waiting');
      await makeSend(ctx)({ id: letter });
      assert.equal((await lettersOf(world, group)).length, 1);
    });
  });

  describe('a name that changes in the LMS', () => {
    const NEW = { student: { fullName: 'Жаңа  Есім', latinName: 'Zhana Esim' } };
    const changed = (id: string, change: object) => world.lms.control(`student-groups/${id}?quiet=1`, change);
    const differences = async (id: string) => {
      const { items } = (await ask('reconciliation?kind=name-differs&limit=200')).body as {
        items: { studentGroupId: string }[];
      };
      return items.filter(({ studentGroupId }) => studentGroupId === id).length;
    };
    const shown = async (id: string) => [(await view(id)).certificate?.needsReissue, await differences(id)];
    const drawn = async (id: string) =>
      (await ctx.db('diploma').where({ certificate_id: id }).select('version', 'sha256')) as object[];

    it('between award and PATCH causes a 412: the group is evaluated again and reported once; the stored name is printed, the new name is shown', async () => {
      const group = 'sg_0031';
      await judged(group);
      const [{ id }, before] = [await certificateOf(world, group), await factsOf(group)];
      await changed(group, NEW);
      await makePatch(ctx)({ id });
      await makeEvaluate(ctx)({ id: group, batchId: null });
      await makePatch(ctx)({ id });
      const answers = (await world.patches()).filter(({ studentGroupId }) => studentGroupId === group);
      assert.deepEqual(
        [answers.map(({ status }) => status), await shown(group)],
        [
          [412, 200],
          [true, 1],
        ],
      );
      await makeRender(ctx)({ id });
      const { id: letter } = await ctx.db('personal_issue').where({ certificate_id: id }).first('id');
      await makeSend(ctx)({ id: letter });
      const [mailed, ...others] = await lettersOf(world, group);
      assert.deepEqual([await factsOf(group), others], [before, []]);
      assert.ok(mailed?.text.includes(before.holderName) && !mailed.text.includes('Есім'));
      assert.equal((await view(group)).snapshot?.student.fullName, 'Жаңа  Есім', 'as the LMS tells it');

      const name = { fullName: before.holderName, latinName: before.latinName };
      await says(group, { ...name, keepLatinName: true });
      assert.equal(await differences(group), 0, 'a person says that the printed one is right');
      await says(group, { fullName: null, latinName: null });
      await told(group, { student: name });
      assert.deepEqual(await shown(group), [false, 0]);
    });

    it('between PATCH and drawing, or after sending, does not change the bytes of the diploma, and the new name is shown', async () => {
      const group = 'sg_0030';
      await judged(group);
      const [{ id }, before] = [await certificateOf(world, group), await factsOf(group)];
      await makePatch(ctx)({ id });
      await told(group, NEW);
      await makeEvaluate(ctx)({ id: group, batchId: null });
      assert.deepEqual([(await view(group)).state, await shown(group)], ['patched', [true, 1]]);
      await makeRender(ctx)({ id });
      const [bytes, { id: letter }] = [
        await drawn(id),
        await ctx.db('personal_issue').where({ certificate_id: id }).first('id'),
      ];
      await makeSend(ctx)({ id: letter });
      await told(group, { student: { fullName: 'Тағы Басқа' } });
      await makeEvaluate(ctx)({ id: group, batchId: null });
      await makeRender(ctx)({ id });
      await makeSend(ctx)({ id: letter });
      assert.deepEqual([await drawn(id), await factsOf(group), await shown(group)], [bytes, before, [true, 1]]);
      assert.deepEqual([(await lettersOf(world, group)).length, (await view(group)).flags], [1, []]);
    });
  });

  it('after the award only marks the certificate', async () => {
    const group = 'sg_0028';
    await judged(group);
    const before = await factsOf(group);
    const after = await says(group, { fullName: 'Жаңа Есім', latinName: 'Zhana Esim' });
    assert.deepEqual([after.state, after.certificate?.needsReissue], ['awarded', true]);
    assert.deepEqual(await factsOf(group), before);
  });
});

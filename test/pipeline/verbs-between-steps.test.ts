import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { resendCertificate, resolveCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import type { Mail } from '../../src/ports/mail.ts';
import { selectCertificate } from '../../src/records/certificates/certificates.ts';
import { act, BY, certificateOf, lettersOf, personCtx } from '../support/coordinator.ts';
import { startWorld, type World } from '../support/world.ts';

/** Stages run step by step. No job runs by itself. */
describe('actions of people between two steps of the pipeline', () => {
  let world: World;
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0005', 'sg_0006', 'sg_0007', 'sg_0026'];
  before(async () => {
    world = await startWorld();
  });
  after(() => world.close());

  const stateOf = async (letter: string): Promise<string> =>
    (await world.base.db('personal_issue').where({ id: letter }).first('state'))?.state;
  const faults = (list: object[]) => world.sendsay.control('faults', { faults: list });
  const jobs = async (queue: string): Promise<string[]> => {
    const { rows } = await world.base.db.raw(`select data ->> 'id' as id from pgboss.job where name = ?`, [queue]);
    return rows.map((row: { id: string }) => row.id);
  };

  /** Creates a batch for one student group, and runs it up to its certificate. */
  async function awarded(): Promise<{ batch: string; group: string; certificate: string }> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    const batch = await world.batch({ ids: [group] });
    await makeIngest(world.pipeline)({ kind: 'batch', id: batch });
    await makeEvaluate(world.pipeline)({ id: group, batchId: batch });
    return { batch, group, certificate: (await certificateOf(world, group)).id };
  }
  async function rendered() {
    const one = await awarded();
    await makePatch(world.pipeline)({ id: one.certificate });
    await makeRender(world.pipeline)({ id: one.certificate });
    const row = await world.base.db('personal_issue').where({ certificate_id: one.certificate }).first('id');
    assert.ok(row, 'no letter was opened');
    return { ...one, letter: row.id as string };
  }

  it('a paused batch stops at every step without a job; no periodic job starts it again, but resume enqueues the next step', async () => {
    const { db } = world.base;
    const { batch, group, certificate } = await awarded();
    await act(world, batch, 'pause');
    await db.raw('delete from pgboss.job');
    await makePatch(world.pipeline)({ id: certificate });
    assert.equal((await world.standing(group)).state, 'awarded');
    await db('certificate')
      .where({ id: certificate })
      .update({ awarded_at: new Date(Date.now() - 20 * 60_000) });
    await makeUpkeep(world.pipeline)({});
    await makeEvaluate(world.pipeline)({ id: group, batchId: null });
    assert.deepEqual(await jobs('patch'), [], 'neither the watch nor an event wakes it');
    await act(world, batch, 'resume');
    assert.deepEqual(await jobs('patch'), [certificate]);
    await makePatch(world.pipeline)({ id: certificate });

    await act(world, batch, 'pause');
    await db.raw('delete from pgboss.job');
    await makeRender(world.pipeline)({ id: certificate });
    assert.equal((await world.standing(group)).state, 'patched');
    await act(world, batch, 'resume');
    assert.deepEqual(await jobs('render'), [certificate]);
    await makeRender(world.pipeline)({ id: certificate });

    await act(world, batch, 'pause');
    const letter = (await db('personal_issue').where({ certificate_id: certificate }).first('id')).id;
    await db.raw('delete from pgboss.job');
    await makeSend(world.pipeline)({ id: letter });
    assert.deepEqual([await stateOf(letter), await jobs('send')], ['waiting', []]);
    await act(world, batch, 'resume');
    assert.deepEqual(await jobs('send'), [letter]);
    await makeSend(world.pipeline)({ id: letter });
    assert.equal(await stateOf(letter), 'accepted');
  });

  for (const verb of ['pause', 'cancel'] as const) {
    it(`a letter that waits for a rate-limit slot is stopped by ${verb}`, async () => {
      const { batch, letter, group } = await rendered();
      const late: Mail = {
        ...world.pipeline.mail,
        async send(outgoing, begin) {
          await act(world, batch, verb);
          return world.pipeline.mail.send(outgoing, begin);
        },
      };
      await makeSend({ ...world.pipeline, mail: late })({ id: letter });
      assert.equal(await stateOf(letter), 'waiting');
      assert.deepEqual(await lettersOf(world, group), []);
      assert.equal((await world.standing(group)).state, verb === 'cancel' ? 'cancelled' : 'waiting');
      const attempts = await world.base.db('send_attempt').where({ personal_issue_id: letter });
      assert.deepEqual(attempts, []);
    });
  }

  it('a letter that a person requested is sent although its batch is paused', async () => {
    const { batch, letter, group, certificate } = await rendered();
    await act(world, batch, 'pause');
    await world.base.db('personal_issue').where({ id: letter }).update({ state: 'cancelled' });
    const found = await selectCertificate(world.base.db, certificate);
    assert.ok(found);
    const opened = await resendCertificate(personCtx(world), found, BY);
    await makeSend(world.pipeline)({ id: opened.personalIssueId });
    assert.equal(await stateOf(opened.personalIssueId), 'accepted');
    assert.equal((await lettersOf(world, group)).length, 1);
  });

  it('a letter with an unknown outcome is marked as sent when a person states this; the record of its attempt stays unchanged', async () => {
    const { letter, group } = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'tracker', outcome: 'never' }]);
    await makeSend(world.pipeline)({ id: letter });
    assert.equal(await stateOf(letter), 'accepted');
    await held(letter, group);
    await resolveCertificate(personCtx(world), await certificateOf(world, group), { ...BY, outcome: 'sent' });
    const standing = await world.standing(group);
    assert.deepEqual([standing.state, standing.reason?.code], ['sent', 'by-person']);
    assert.equal((await lettersOf(world, group)).length, 1);
  });

  it('a letter with an unknown outcome is cancelled when a person states that it was not sent, and a new letter is sent once', async () => {
    const { letter, group } = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
    await makeSend(world.pipeline)({ id: letter });
    assert.equal(await stateOf(letter), 'uncertain');
    await held(letter, group);
    const certificate = await certificateOf(world, group);
    const answer = await resolveCertificate(personCtx(world), certificate, { ...BY, outcome: 'not-sent' });
    assert.notEqual(answer.personalIssueId, letter);
    assert.equal(await stateOf(letter), 'cancelled');
    const attempts = await world.base.db('send_attempt').where({ personal_issue_id: letter });
    assert.deepEqual(
      attempts.map((attempt) => attempt.outcome),
      ['unknown'],
    );
    await makeSend(world.pipeline)({ id: letter });
    await makeSend(world.pipeline)({ id: answer.personalIssueId });
    assert.equal(await stateOf(answer.personalIssueId), 'accepted');
    assert.deepEqual(
      (await lettersOf(world, group)).map(({ trackInfo }) => trackInfo),
      [answer.personalIssueId],
    );
  });

  /** The outcome stays open for longer than the provider keeps its data. */
  async function held(letter: string, group: string): Promise<void> {
    const long = new Date(Date.now() - 60 * 3_600_000);
    await world.base
      .db('send_attempt')
      .where({ personal_issue_id: letter })
      .update({ started_at: long, deadline: long });
    await makeTrack(world.pipeline)({});
    assert.equal((await world.standing(group)).reason?.code, 'outcome-unknown');
  }
});

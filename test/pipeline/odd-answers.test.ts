import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { mailProvider } from '../../src/compose/open-mail.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { closedPort } from '../adapters/scripted-server.ts';
import { seedRelease } from '../support/award.ts';
import { insertWaitingLetters } from '../support/waiting-letters.ts';
import { startWorld, until, type World } from '../support/world.ts';

/**
 * Sendsay should never give these responses; some come from another server. No job runs by itself; the stages run step
 * by step.
 */
describe('an unexpected response to the sending of a letter', () => {
  let world: World;
  let ctx: PipelineContext;
  before(async () => {
    world = await startWorld({ size: 1 });
    await seedRelease(world.base.db);
    ctx = world.pipeline;
  });
  after(() => world.close());
  afterEach(async () => {
    await world.sendsay.control('faults', { faults: [] });
    await ctx.db('send_brake').update({ unknown_in_row: 0, set_at: null, probe_after: null });
  });

  const faults = (fault: object) =>
    world.sendsay.control('faults', { faults: [{ match: { action: 'issue.send' }, times: 1, ...fault }] });
  const letterOf = (id: string) => ctx.db('personal_issue').where({ id }).first();
  const mailed = async (id: string) => (await world.letters()).filter(({ trackInfo }) => trackInfo === id).length;

  async function sendOne(fault: object | null): Promise<string> {
    if (fault !== null) await faults(fault);
    const [id = ''] = await insertWaitingLetters(ctx, 1, new Date());
    await makeSend(ctx)({ id });
    return id;
  }
  /** Tracks letters, and sends again after proof of absence, until the letter is sent. */
  async function settled(id: string): Promise<void> {
    await until('the letter to be sent', async () => {
      await makeTrack(ctx)({});
      const { state } = await letterOf(id);
      if (state === 'waiting') await makeSend(ctx)({ id });
      return state === 'sent';
    });
    assert.equal(await mailed(id), 1, 'one letter');
  }

  for (const [name, fault, detail] of [
    ['no track.id', { kind: 'other-answer', fields: { 'track.id': null } }, /without track.id/],
    ['another request.id', { kind: 'other-answer', fields: { 'request.id': 'another' } }, /request.id of another call/],
    ['a redirect to another host', { kind: 'redirect', location: 'http://127.0.0.2:1/x' }, /another host/],
    ['a page with status 200', { kind: 'status', status: 200 }, /without a JSON object/],
    ['a page with status 200, though it was executed', { kind: 'status', status: 200, executed: true }, /JSON object/],
    ['JSON of something else', { kind: 'wrong-schema' }, /without track.id/],
  ] as const) {
    it(`${name}: the letter is uncertain with the reason, then found or proven absent, and sent once`, async () => {
      const id = await sendOne(fault);
      const { state, reason_code, reason_detail } = await letterOf(id);
      assert.deepEqual([state, reason_code], ['uncertain', 'outcome-unknown']);
      assert.match(reason_detail, detail);
      await makeSend(ctx)({ id });
      assert.ok((await mailed(id)) <= 1);
      await settled(id);
    });
  }

  it('has the track.id of another sent letter: the letter is uncertain with the reason, then found by its own tracker', async () => {
    const first = await sendOne(null);
    const { track_id } = await letterOf(first);
    const second = await sendOne({ kind: 'other-answer', fields: { 'track.id': track_id } });
    const { state, reason_detail } = await letterOf(second);
    assert.equal(state, 'uncertain');
    assert.match(reason_detail, /track.id of another letter/);
    await settled(first);
    await settled(second);
    assert.notEqual((await letterOf(second)).track_id, track_id);
  });

  it('has the track.id of a later letter: both letters are sent with their own trackers', async () => {
    const before = await sendOne(null);
    const next = String(Number((await letterOf(before)).track_id) + 2);
    const first = await sendOne({ kind: 'other-answer', fields: { 'track.id': next } });
    assert.equal((await letterOf(first)).state, 'accepted');
    const second = await sendOne(null);
    await settled(second);
    await settled(first);
    assert.equal((await letterOf(second)).track_id, next);
    assert.notEqual((await letterOf(first)).track_id, next);
    await settled(before);
  });

  it('is missing because the connection was refused: the letter was certainly not sent, so it waits with the reason', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/json`;
    const mail = await mailProvider({ ...world.config, SENDSAY_URL: url }).open(ctx.db, ctx.clock);
    const ids = await insertWaitingLetters(ctx, 7, new Date());
    for (const id of ids) await makeSend({ ...ctx, mail })({ id });
    for (const id of ids) {
      const { state, reason_code, reason_detail } = await letterOf(id);
      assert.deepEqual([state, reason_code], ['waiting', 'provider-limit']);
      assert.match(reason_detail, /ECONNREFUSED/);
    }
    assert.equal((await ctx.db('send_brake').first()).unknown_in_row, 0);
  });
});

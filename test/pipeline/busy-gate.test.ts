import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createSendsay } from '../../src/adapters/sendsay/sendsay-client.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { createGate } from '../../src/platform/gate.ts';
import { seedRelease } from '../support/award.ts';
import { insertWaitingLetters } from '../support/waiting-letters.ts';
import { startWorld, type World } from '../support/world.ts';

const PATIENCE_SECONDS = 0.3;

/** No job runs by itself: the send stage runs step by step. */
describe("a letter for which Sendsay's rate limits have no free slot", () => {
  let world: World;
  let ctx: PipelineContext;
  before(async () => {
    world = await startWorld({ size: 1 });
    await seedRelease(world.base.db);
    const { db, clock } = world.base;
    const gate = { name: 'sendsay', ratePerSecond: 75, leaseSeconds: 19, maxWaitSeconds: PATIENCE_SECONDS };
    const mail = createSendsay({
      url: world.config.SENDSAY_URL,
      account: 'sandbox',
      auth: { kind: 'key', apiKey: 'sandbox-api-key' },
      from: { email: 'diplomas@school.example', name: 'School of Continuing Education' },
      replyEmail: null,
      timeoutMs: 2000,
      changing: createGate(db, { ...gate, group: 'changing', concurrency: 2 }),
      reading: createGate(db, { ...gate, group: 'reading', concurrency: null }),
      clock,
    });
    ctx = { ...world.pipeline, mail };
  });
  after(() => world.close());

  const letter = (id: string) => ctx.db('personal_issue').where({ id }).first();
  const attempts = (id: string) => ctx.db('send_attempt').where({ personal_issue_id: id });
  const slots = (leasedUntil: string) =>
    ctx.db('gate_slot').where({ name: 'sendsay', slot_group: 'changing' }).update({ leased_until: leasedUntil });

  it('waits again, uses no attempt, and has a job for a later try', async () => {
    const [first = '', second = ''] = await insertWaitingLetters(ctx, 2, new Date());
    await makeSend(ctx)({ id: first });
    assert.equal((await letter(first))?.state, 'accepted');

    await slots('infinity');
    await ctx.db('pgboss.job').where({ name: 'send' }).del();
    const begun = Date.now();
    await makeSend(ctx)({ id: second });
    assert.ok(Date.now() - begun >= PATIENCE_SECONDS * 1000, 'it was patient first');
    const kept = await letter(second);
    assert.deepEqual([kept?.state, kept?.claim, kept?.reason_code], ['waiting', null, null]);
    assert.deepEqual(await attempts(second), []);
    assert.equal((await world.letters()).length, 1);
    const jobs: { data: { id: string }; start_after: Date }[] = await ctx.db('pgboss.job').where({ name: 'send' });
    assert.deepEqual(
      jobs.map(({ data }) => data.id),
      [second],
    );
    assert.ok(jobs.every(({ start_after }) => start_after > new Date(begun)));

    await slots('-infinity');
    await makeSend(ctx)({ id: second });
    assert.equal((await letter(second))?.state, 'accepted');
    assert.equal((await attempts(second)).length, 1);
    assert.equal((await world.letters()).length, 2);
  });
});

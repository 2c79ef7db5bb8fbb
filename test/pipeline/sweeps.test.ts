import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { makeDeadJobHandler } from '../../src/pipeline/dead-letters.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { insertFirstPersonalIssue } from '../../src/records/letters/personal-issues.ts';
import { claimForSending, endAttempt } from '../../src/records/letters/send-attempts.ts';
import { award, draw, seedRelease } from '../support/award.ts';
import { startWorld, type World } from '../support/world.ts';

const LETTERS = 300;
/** A time limit far above the need of a busy machine, because no call may be lost here. */
const UNHURRIED_SECONDS = 300;

let world: World;
let ctx: PipelineContext;
before(async () => {
  world = await startWorld({ size: 1, settings: { SENDSAY_TIMEOUT_SECONDS: String(UNHURRIED_SECONDS) } });
  ctx = world.pipeline;
  await seedRelease(ctx.db);
});
after(() => world.close());

describe('one list of Sendsay trackers', () => {
  /** A letter in the form that the stages create, for the real client. */
  async function send(number: number): Promise<void> {
    const { db } = world.base;
    const certificate = await award(db, `sg_${number}`);
    await draw(db, certificate.id);
    const [id, claim, requestId] = [randomUUID(), randomUUID(), randomUUID()];
    const at = new Date();
    const recipient = `st_sg_${number}@example.org`;
    const times = { dueAt: at, sendAfter: at, shiftReason: null };
    await insertFirstPersonalIssue(db, { id, certificateId: certificate.id, version: 1, recipient, ...times }, at);
    const outcome = await world.pipeline.mail.send(
      {
        certificateId: certificate.id,
        personalIssueId: id,
        requestId,
        to: { email: recipient, name: 'Test Person' },
        subject: 'Diploma',
        html: '<p>Diploma</p>',
        text: 'Diploma',
        attachment: { fileName: 'diploma.pdf', content: Buffer.from('%PDF') },
        labels: [],
        utm: null,
      },
      async () => {
        const deadline = new Date(Date.now() + UNHURRIED_SECONDS * 1000);
        const attempt = { id, claim, requestId, deadline, recipient, mostUnknown: 100, probe: null };
        const begun = await db.transaction((trx) => claimForSending(trx, attempt, new Date()));
        return begun === 'begun' ? deadline : null;
      },
    );
    if (outcome.kind !== 'accepted') assert.fail(`letter ${number}: ${JSON.stringify(outcome)}`);
    const end = { outcome: 'accepted' as const, trackId: outcome.trackId };
    const ended = await db.transaction((trx) =>
      endAttempt(trx, { id, claim, requestId, end, firstTry: new Date() }, new Date()),
    );
    assert.ok(ended.ended);
  }

  it(`settles ${LETTERS} letters in progress with a few requests`, async () => {
    const left = Array.from({ length: LETTERS }, (_, number) => number);
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        for (let number = left.pop(); number !== undefined; number = left.pop()) await send(number);
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const record = () => world.sendsay.control<{ requests: number; byAction: Record<string, number> }>('record');
    const before = await record();
    await makeTrack(world.pipeline)({});
    const after = await record();
    assert.deepEqual(await world.base.db('personal_issue').groupBy('state').select('state').count({ n: '*' }), [
      { state: 'sent', n: LETTERS },
    ]);
    const listings = (after.byAction['track.list'] ?? 0) - (before.byAction['track.list'] ?? 0);
    assert.equal(listings, 1);
    assert.equal(after.byAction['track.get'] ?? 0, 0);
    assert.equal(after.requests - before.requests, listings);
  });
});

describe('the next job that tracks letters', () => {
  before(async () => {
    await ctx.db.raw(`delete from pgboss.job where name = 'track'`);
  });

  /** An uncertain letter whose call started some seconds ago. */
  async function uncertain(id: string, age: number): Promise<void> {
    const certificate = await award(ctx.db, id);
    await draw(ctx.db, certificate.id);
    const letter = randomUUID();
    const at = new Date(Date.now() - age * 1000);
    await ctx.db('personal_issue').insert({
      ...{ id: letter, certificate_id: certificate.id, version: 1, purpose: 'first', state: 'uncertain' },
      ...{ recipient: `${id}@example.org`, due_at: at, send_after: at, created_at: at, changed_at: at },
      ...{ claim: randomUUID(), reason_code: 'outcome-unknown', reason_detail: 'cut' },
    });
    await ctx.db('send_attempt').insert({
      ...{ request_id: randomUUID(), personal_issue_id: letter, started_at: at },
      ...{ deadline: new Date(at.getTime() + 2000), outcome: 'unknown', ended_at: at },
    });
  }
  const soonest = async (): Promise<number> => {
    const { rows } = await ctx.db.raw(
      `select extract(epoch from min(start_after) - now())::float8 as seconds
       from pgboss.job where name = 'track' and state = 'created'`,
    );
    return rows[0].seconds;
  };

  it('starts when letters need it, even if the retry of a failed tracking job is much later', async () => {
    await makeDeadJobHandler(ctx)({ queue: 'track', id: randomUUID(), data: {}, error: 'heartbeat' });
    assert.ok((await soonest()) > 200);
    await uncertain('sg_a', 8);
    await makeTrack(ctx)({});
    assert.ok((await soonest()) < 4, 'a quarter of its age');
  });

  it('starts when a young letter needs it, although older letters need it much later', async () => {
    await ctx.db.raw(`delete from pgboss.job where name = 'track'`);
    await ctx.db('send_attempt').update({ started_at: new Date(Date.now() - 3_600_000) });
    await makeTrack(ctx)({});
    assert.ok((await soonest()) > 200, 'old letters are asked about now and then');
    await uncertain('sg_b', 8);
    await makeTrack(ctx)({});
    assert.ok((await soonest()) < 4);
  });

  it('starts soon after an incomplete list', async () => {
    await ctx.db.raw(`delete from pgboss.job where name = 'track'`);
    await ctx.db('send_attempt').update({ started_at: new Date(Date.now() - 3_600_000) });
    await world.sendsay.control('faults', {
      faults: [{ match: { action: 'track.list' }, kind: 'reset-before', times: 1 }],
    });
    await makeTrack(ctx)({});
    assert.ok((await soonest()) < 1);
  });
});

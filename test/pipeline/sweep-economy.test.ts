import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { claimForSending, endAttempt, insertFirstPersonalIssue } from '../../src/records/personal-issues.ts';
import { award, draw, seedRelease } from '../support/award.ts';
import { startWorld, type World } from '../support/world.ts';

const LETTERS = 300;

describe('one listing serves many letters', () => {
  let world: World;
  before(async () => {
    world = await startWorld({ size: 1 });
    await seedRelease(world.base.db);
  });
  after(() => world.close());

  /** A letter as the stages make it, handed to the real client. */
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
        const deadline = new Date(Date.now() + 2000);
        const attempt = { id, claim, requestId, deadline };
        return (await db.transaction((trx) => claimForSending(trx, attempt, new Date()))) ? deadline : null;
      },
    );
    if (outcome.kind !== 'accepted') assert.fail(`letter ${number}: ${JSON.stringify(outcome)}`);
    const end = { outcome: 'accepted' as const, trackId: outcome.trackId };
    assert.ok(await db.transaction((trx) => endAttempt(trx, { id, claim, requestId, end }, new Date())));
  }

  it(`${LETTERS} letters under way are settled by a handful of requests`, async () => {
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

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Standing } from '../../src/records/student-groups/standing.ts';
import { startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

describe('recipients that Sendsay blocks', () => {
  let world: World;
  let app: Awaited<ReturnType<typeof serveWorld>>;
  let ready: string[];
  before(async () => {
    world = await startWorld();
    app = await serveWorld(world);
    await world.run();
    ready = await world.mailable();
  });
  after(async () => {
    await app.close();
    await world.close();
  });

  const next = (): string => ready.shift() ?? assert.fail('the sample has too few ready student groups');
  const addressOf = async (id: string): Promise<string> =>
    (await world.base.db('student_group').where({ id }).first('email'))?.email;
  const settled = async (order: object): Promise<Standing & { id: string }> => {
    const id = next();
    await world.sendsay.control('addresses', { email: await addressOf(id), ...order });
    await world.batch({ ids: [id] });
    return { id, ...(await world.reaches(id, 'sent', 'refused', 'held')) };
  };
  const asked = async (action: string): Promise<number> =>
    (await world.sendsay.control<{ byAction: Record<string, number> }>('record')).byAction[action] ?? 0;
  /** The reason for the block is added after the refusal is recorded. */
  const named = (id: string, pattern: RegExp) =>
    until(`${id} to be explained by ${pattern}`, async () => {
      const { reason } = await world.standing(id);
      return reason !== null && pattern.test(reason.detail) ? reason : null;
    });

  for (const [haslock, pattern] of [
    [1, /^the address is on a stop-list \(global\) since \d{4}-\d\d-\d\d \(message of the mail provider: /],
    [4, /^permanent delivery errors since \d{4}-\d\d-\d\d \(5\.1\.1\) \(message of the mail provider: /],
    [5, /^the address is on a stop-list \(global\).*; permanent delivery errors since/],
    [3, /^the address is on a stop-list/],
    [6, /^permanent delivery errors/],
  ] as const) {
    it(`are refused for haslock ${haslock}, with the reason for the block but without the address`, async () => {
      const standing = await settled({ haslock });
      assert.equal(standing.state, 'refused');
      const reason = await named(standing.id, pattern);
      assert.equal(reason.code, 'recipient-blocked');
      assert.ok(!reason.detail.includes('@') && !reason.detail.includes('User unknown'), reason.detail);
      const attempts = await world.base
        .db('send_attempt as a')
        .join('personal_issue as i', 'i.id', 'a.personal_issue_id')
        .where('i.certificate_id', standing.certificateId)
        .pluck('a.outcome');
      assert.deepEqual(attempts, ['refused'], 'a block is no reason to try again');
    });
  }

  it('do not include an unconfirmed address (haslock 2), which gets the diploma and causes no query', async () => {
    const before = await asked('email.get');
    assert.equal((await settled({ haslock: 2 })).state, 'sent');
    assert.equal(await asked('email.get'), before);
  });

  it("have Sendsay's own message as the reason when no block is found", async () => {
    const before = await asked('email.get');
    const standing = await settled({ errorId: 'error/email/banned', explain: ['said so', { why: 'somehow' }] });
    assert.deepEqual([standing.state, standing.reason?.code], ['refused', 'recipient-blocked']);
    await until('email.get to be asked', async () => (await asked('email.get')) > before);
    assert.match((await world.standing(standing.id)).reason?.detail ?? '', /^said so, why: somehow$/);
  });

  it('stay refused when the query email.get fails', async () => {
    await world.sendsay.control('faults', {
      faults: [{ match: { action: 'email.get' }, kind: 'status', status: 500 }],
    });
    const before = await asked('email.get');
    const standing = await settled({ haslock: 1 });
    await until('email.get to be asked', async () => (await asked('email.get')) > before);
    assert.deepEqual([standing.state, standing.reason?.code], ['refused', 'recipient-blocked']);
    assert.match((await world.standing(standing.id)).reason?.detail ?? '', /stoplist/);
    await world.sendsay.control('faults', { faults: [] });
  });

  it('have the reason for the block also when they are blocked after the call, and the tracker ends without a letter', async () => {
    const id = next();
    const email = await addressOf(id);
    await world.sendsay.control('addresses', { email, outcome: 'skipped' });
    await world.batch({ ids: [id] });
    await world.reaches(id, 'accepted');
    await world.sendsay.control('addresses', { email, haslock: 1 });
    await world.reaches(id, 'refused');
    const reason = await named(id, /stop-list/);
    assert.equal(reason.code, 'skipped');
    assert.ok(!reason.detail.includes('@'));
  });

  it('still have their diploma in the public lookup, and the coordinator sees the refused letter', async () => {
    const standing = await settled({ haslock: 5 });
    const { code } = await world.base.db('certificate').where({ id: standing.certificateId }).first('code');
    const page = await fetch(`${app.url}/c/${code}`, { headers: { accept: 'application/json' } });
    const object = (await page.json()) as { status: string; sha256: string };
    assert.deepEqual([page.status, object.status], [200, 'valid']);
    const diploma = await fetch(`${app.url}/c/${code}/diploma.pdf`);
    assert.equal(diploma.status, 200);
    const bytes = Buffer.from(await diploma.arrayBuffer());
    assert.equal(createHash('sha256').update(bytes).digest('hex'), object.sha256);
    assert.equal((await world.standing(standing.id)).state, 'refused');
  });
});

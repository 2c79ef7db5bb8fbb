import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { insertFirstPersonalIssue } from '../../src/records/letters/personal-issues.ts';
import {
  type AttemptEnd,
  claimForSending,
  endAttempt,
  markOverdueUncertain,
} from '../../src/records/letters/send-attempts.ts';
import { makeProbeDue, returnProbe, selectSendBrake, takeProbe } from '../../src/records/letters/send-brake.ts';
import type { Db } from '../../src/records/rows.ts';
import { award, draw, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const MOST = 10;
const UNKNOWN: AttemptEnd = { outcome: 'unknown', detail: 'HTTP 404' };

describe('the send brake (which stops sending after unknown outcomes)', () => {
  let database: TestDatabase;
  let db: Db;
  const ids: string[] = [];
  const letters: object[] = [];
  const at = new Date();
  const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedRelease(db);
    for (let n = 0; n < 24; n += 1) {
      const { id } = await award(db, `sg_${n}`);
      await draw(db, id);
      const letter = { id: randomUUID(), certificateId: id, version: 1, recipient: `st_sg_${n}@example.org` };
      await insertFirstPersonalIssue(db, { ...letter, dueAt: at, sendAfter: at, shiftReason: null }, at);
      ids.push(letter.id);
      letters.push(await db('personal_issue').where({ id: letter.id }).first());
    }
  });
  after(() => database.drop());
  beforeEach(() => reset());
  const reset = async () => {
    await db('send_attempt').del();
    await db('personal_issue').del();
    await db('personal_issue').insert(letters);
    const open = { unknown_in_row: 0, unknown_since: null, set_at: null, probe: null, probes: 0, probe_after: null };
    await db('send_brake').update(open);
  };

  const begin = async (n: number, probe: string | null = null) => {
    const attempt = { id: ids[n] ?? assert.fail(), claim: randomUUID(), requestId: randomUUID() };
    const limits = { deadline: later(30), recipient: `st_sg_${n}@example.org`, mostUnknown: MOST, probe };
    return { ...attempt, said: await claimForSending(db, { ...attempt, ...limits }, at) };
  };
  type Begun = Awaited<ReturnType<typeof begin>>;
  const end = ({ id, claim, requestId }: Begun, what: AttemptEnd) =>
    db.transaction((trx) => endAttempt(trx, { id, claim, requestId, end: what, firstTry: later(30) }, at));
  const many = (count: number) => Promise.all(Array.from({ length: count }, (_, n) => begin(n)));

  it('lets only the allowed number of twenty concurrent calls begin, and keeps one place for a test call', async () => {
    const all = await many(20);
    const begun = all.filter(({ said }) => said === 'begun');
    assert.equal(begun.length, MOST - 1);
    assert.ok(all.every(({ said }) => said === 'begun' || said === 'full'));
    const brakes = await Promise.all(begun.map((one) => end(one, UNKNOWN)));
    assert.equal(brakes.filter(({ brake }) => brake === 'stopped').length, 1, 'one of them stopped the sending');
    assert.equal((await begin(20)).said, 'no');
  });

  it('keeps that place when calls begin and end at the same time', async () => {
    for (let round = 0; round < 10; round += 1) {
      await reset();
      const send = async (n: number) => {
        for (let said = 'full'; said === 'full'; ) {
          const one = await begin(n);
          said = one.said;
          if (said === 'begun') await end(one, UNKNOWN);
        }
      };
      await Promise.all(ids.map((_, n) => send(n)));
      const uncertain = await db('personal_issue').where({ state: 'uncertain' });
      assert.ok(uncertain.length < MOST, `${uncertain.length} unknown outcomes in round ${round}`);
      assert.equal((await selectSendBrake(db)).stopped === null, false);
    }
  });

  it('does not stop sending after four unknown outcomes, one known outcome and four unknown outcomes', async () => {
    const ends: AttemptEnd[] = [...Array.from({ length: 9 }, () => UNKNOWN)];
    ends[4] = { outcome: 'accepted', trackId: 't-1' };
    for (const [n, what] of ends.entries()) {
      const one = await begin(n);
      assert.equal(one.said, 'begun');
      assert.equal((await end(one, what)).brake, null);
    }
    assert.equal((await selectSendBrake(db)).stopped, null);
  });

  it('counts a refusal as a known outcome, and a rate limit as neither known nor unknown', async () => {
    for (let n = 0; n < 4; n += 1) await end(await begin(n), UNKNOWN);
    await end(await begin(4), { outcome: 'limited', detail: 'no connection', sendAfter: later(10) });
    assert.equal((await selectSendBrake(db)).unknownInRow, 4);
    await end(await begin(23), { outcome: 'refused', code: 'x', detail: 'x' });
    assert.equal((await selectSendBrake(db)).unknownInRow, 0);
  });

  it('counts calls of killed workers as unknown, and a late response as the outcome that it shows', async () => {
    const begun = await many(5);
    assert.equal(await db.transaction((trx) => markOverdueUncertain(trx, later(60), later(31))), true);
    assert.ok((await selectSendBrake(db)).stopped);
    const [first] = begun;
    assert.ok(first);
    assert.equal((await end(first, UNKNOWN)).ended, false, 'not counted twice');
    assert.equal((await end(first, { outcome: 'accepted', trackId: 't-2' })).brake, 'released');
  });

  describe('while sending is stopped', () => {
    beforeEach(async () => {
      for (let n = 0; n < 5; n += 1) await end(await begin(n), UNKNOWN);
    });

    const take = (seconds: number, probe: string = randomUUID(), pause = 60) =>
      takeProbe(db, { probe, next: later(seconds + pause), mostUnknown: MOST }, later(seconds));

    it('gives the test call to one of many workers when it is due, and the next one to another worker, even if the first was killed', async () => {
      assert.equal(await take(29), false, 'too early');
      assert.equal((await Promise.all([30, 30, 30, 30].map((seconds) => take(seconds)))).filter(Boolean).length, 1);
      assert.equal(await take(89), false);
      assert.equal(await take(90), true, 'whoever died with it has lost it');
    });

    it('lets only the worker with the test call begin a letter, one at a time', async () => {
      const [old, mine] = [randomUUID(), randomUUID()];
      assert.ok(await take(30, old, 30));
      assert.ok(await take(60, mine));
      assert.equal((await begin(5)).said, 'no');
      assert.equal((await begin(5, old)).said, 'no', 'it slept too long');
      const tried = await begin(5, mine);
      assert.equal(tried.said, 'begun');
      assert.equal((await begin(6, mine)).said, 'no');
      assert.equal((await end(tried, { outcome: 'accepted', trackId: 't-3' })).brake, 'released');
      assert.equal((await begin(6)).said, 'begun');
    });

    it('starts no test call while ten letters are uncertain, until a list of Sendsay settles one of them', async () => {
      const mine = randomUUID();
      assert.ok(await take(30, mine, 30));
      for (let n = 5; n < MOST; n += 1) assert.equal((await end(await begin(n, mine), UNKNOWN)).ended, true);
      assert.equal((await begin(10, mine)).said, 'no');
      assert.equal(await take(60), false, 'nor is the provider asked for nothing');
      await db('personal_issue').where({ id: ids[0] }).update({ state: 'waiting', claim: null });
      assert.equal((await begin(10, mine)).said, 'begun');
    });

    it('starts test calls although ten letters have waited for a person for days', async () => {
      const old = db('personal_issue').whereIn('id', ids.slice(10, 20));
      for (const state of ['sending', 'uncertain']) await old.clone().update({ state, changed_at: later(-3 * 86_400) });
      const mine = randomUUID();
      assert.ok(await take(30, mine, 30));
      assert.equal((await begin(20, mine)).said, 'begun');
    });

    it('offers a returned test call again at once, and a worker that starts does not wait for it', async () => {
      const mine = randomUUID();
      assert.ok(await take(30, mine, 570));
      await returnProbe(db, mine, later(31));
      assert.ok(await take(31, randomUUID(), 569));
      await makeProbeDue(db, later(32));
      assert.ok(await take(32));
    });
  });
});

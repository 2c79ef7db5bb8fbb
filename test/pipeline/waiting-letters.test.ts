import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import { seedRelease } from '../support/award.ts';
import { insertWaitingLetters } from '../support/waiting-letters.ts';
import { startWorld, until, type World } from '../support/world.ts';

const [FEW, PUT_OFF, DEFERRED, OPENING] = [10, 50, 2000, 60];
const ALL = FEW + PUT_OFF + DEFERRED;
const CONCURRENCY = 10;
const WATCHED_MS = 2000;
/** PostgreSQL updates a session's statistics with up to a second's delay. */
const COUNTED_MS = 1200;

describe('a batch whose letters wait for a send window', () => {
  let world: World;
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  before(async () => {
    // Letters to KZ wait for tomorrow; all other countries of the demo are open at any hour.
    const slot = `\nKZ:\n  zone: Asia/Almaty\n  contact: { slots: ["${tomorrow}"] }\n`;
    const countries = (text: string) => `${text.replace(/^KZ:\n(?: .*\n)*/m, '')}${slot}`;
    world = await startWorld({ size: 1, templates: { 'countries.yaml': countries } });
    await seedRelease(world.base.db);
    await world.run();
  });
  after(() => world.close());

  const count = async (query: string): Promise<number> =>
    Number((await world.base.db.raw(`select (${query})::int as n`)).rows[0].n);
  const statements = () => count('select xact_commit from pg_stat_database where datname = current_database()');

  /** Counts the statements of all sessions while nothing is due. */
  async function whileIdle(): Promise<number> {
    await sleep(COUNTED_MS);
    const begun = await statements();
    await sleep(WATCHED_MS);
    return (await statements()) - begun;
  }

  /** Due letters are checked and postponed to their send window. */
  async function putOff(letters: number): Promise<void> {
    const ids = await insertWaitingLetters(world.pipeline, letters, new Date());
    const left = `select count(*) from personal_issue where send_after < now() + interval '1 hour'`;
    await until(`${ids.length} letters to be put off`, async () => (await count(left)) === 0);
    const inHand = `select count(*) from pgboss.job where name = 'send' and state = 'active'`;
    await until('the worker to rest', async () => (await count(inHand)) === 0);
  }

  it(`makes as few queries while idle with ${ALL} letters as with ${FEW}`, async (context) => {
    await putOff(FEW);
    const few = await whileIdle();
    await insertWaitingLetters(world.pipeline, DEFERRED, new Date(Date.now() + 2 * 3_600_000));
    await putOff(PUT_OFF);
    // The statistics of PostgreSQL are late on a busy machine, so there is a tolerance and a repetition. One statement
    // per letter would be far above the limit.
    const many = await until('the database to be idle', async () => {
      const now = await whileIdle();
      return now <= few + 100 ? { statements: now } : null;
    });
    context.diagnostic(`${few} statements in ${WATCHED_MS} ms with ${FEW} waiting, ${many.statements} with ${ALL}`);
    assert.equal(await count(`select count(*) from personal_issue where state = 'waiting'`), ALL);
    assert.equal((await world.letters()).length, 0);
  });

  it('has its due jobs found without a scan of the jobs that wait', async () => {
    await world.base.db.raw('analyze pgboss.job_common');
    const { rows } = await world.base.db.raw(
      `explain (analyze, format json) select id from pgboss.job where name = 'send' and state < 'active' and not blocked
         and start_after <= now() order by priority desc, created_on limit 10 for update skip locked`,
    );
    const plan = JSON.stringify(rows[0]['QUERY PLAN']);
    assert.match(plan, /"Node Type":"Index Scan"/);
    assert.doesNotMatch(plan, /Seq Scan|"Rows Removed by Filter":[1-9]/);
  });

  it("has its letters sent in small groups after the window opens, within Sendsay's limits", async () => {
    const opens = new Date(Date.now() + 1500);
    await world.base.db.transaction(async (trx) => {
      const ids = await insertWaitingLetters({ ...world.pipeline, db: trx }, OPENING, opens);
      const due = trx('personal_issue').whereIn('id', ids).select('certificate_id');
      await trx('certificate').whereIn('id', due).update({ country: 'UZ' });
    });
    let most = 0;
    await until('every letter to leave', async () => {
      most = Math.max(most, await count(`select count(*) from pgboss.job where name = 'send' and state = 'active'`));
      return (await world.letters()).length === OPENING;
    });
    const first = await count(
      `select count(*) from send_attempt where started_at < '${opens.toISOString()}'::timestamptz`,
    );
    assert.equal(first, 0, 'none before the opening');
    // A second group is fetched while the first is being processed.
    assert.ok(most <= 2 * CONCURRENCY, `${most} jobs in hand at once`);
    assert.equal(await count('select count(*) from send_attempt'), OPENING, 'one call each');
    const busiest = await count(
      `select max(n) from (select count(*) over (order by started_at range between interval '1 second' preceding and current row) as n
         from send_attempt) w`,
    );
    assert.ok(busiest <= 80, `${busiest} letters in the busiest second`);
    assert.equal(
      await count(`select count(*) from personal_issue where state = 'waiting'`),
      ALL,
      'the others sleep on',
    );
  });

  it('has one job per letter, even when the job is long overdue; only a lost job is replaced', async () => {
    const { db } = world.base;
    await world.halt();
    const ids = await insertWaitingLetters(world.pipeline, 5, new Date(Date.now() + 2 * 3_600_000));
    const [lost = ''] = ids;
    await db('personal_issue')
      .whereIn('id', ids)
      .update({ send_after: new Date(Date.now() - 3_600_000) });
    await db('pgboss.job').whereRaw(`data ->> 'id' = ?`, [lost]).del();
    const jobs = async () => {
      const { rows } = await db.raw<{ rows: { id: string; n: number }[] }>(
        `select data ->> 'id' as id, count(*)::int as n from pgboss.job
         where name = 'send' and data ->> 'id' = any(?) and state in ('created', 'retry', 'active') group by 1`,
        [ids],
      );
      return Object.fromEntries(rows.map(({ id, n }) => [id, n]));
    };
    for (let round = 0; round < 3; round += 1) await makeUpkeep(world.pipeline)({});
    assert.deepEqual(await jobs(), Object.fromEntries(ids.map((id) => [id, 1])));
  });
});

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { seedRelease } from '../support/award.ts';
import { insertWaitingLetters } from '../support/waiting-letters.ts';
import { ended, firstMatch, startWorld, until, type World } from '../support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const LETTERS = 60;
const WORKERS = 3;
/** Five unknown outcomes stop the sending; five more calls may be in progress at that time. */
const MOST = 10;

describe('sending with a wrong SENDSAY_URL', () => {
  let world: World;
  const workers: ChildProcess[] = [];
  before(async () => {
    world = await startWorld({ size: 1, settings: { LOG_LEVEL: 'info' } });
    await seedRelease(world.base.db);
  });
  after(async () => {
    await Promise.all(workers.map((worker) => ended(worker, 'SIGTERM')));
    await world.close();
  });

  const said: string[] = [];
  async function startWorkers(): Promise<void> {
    for (let n = 0; n < WORKERS; n += 1) {
      const worker = spawn(process.execPath, [MAIN, 'work'], { env: world.env, stdio: ['ignore', 'ignore', 'pipe'] });
      worker.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
      workers.push(worker);
    }
    await Promise.all(workers.map((worker) => firstMatch(worker, /worker ready/)));
  }
  const count = async (query: string): Promise<number> =>
    Number((await world.base.db.raw(`select (${query})::int as n`)).rows[0].n);
  const brake = () => world.base.db('send_brake').first();
  const attempts = () => count('select count(*) from send_attempt');
  const calls = async () =>
    (await world.sendsay.control<{ byAction: Record<string, number> }>('record')).byAction['issue.send'] ?? 0;

  it('makes at most ten letters uncertain when a web server answers every call with a page; the other letters wait', async () => {
    await world.sendsay.control('faults', { faults: [{ kind: 'status', status: 200 }] });
    await insertWaitingLetters(world.pipeline, LETTERS, new Date());
    await startWorkers();
    await until('three tries', async () => (await brake()).probes >= 3);
    assert.ok((await attempts()) <= MOST, `${await attempts()} calls`);
    assert.ok((await attempts()) >= 5);
    assert.equal(await count(`select count(*) from personal_issue where state = 'uncertain'`), await attempts());
    const log = said.join('');
    assert.equal(log.match(/"event":"sending-stopped"/g)?.length, 1, 'told once');
    assert.match(log, /"level":50[^\n]*"event":"sending-stopped"|"event":"sending-stopped"[^\n]*"level":50/);
  });

  it('is tried again by other workers when a worker is killed during its test call', async () => {
    await world.base.db('send_brake').update({ probe: world.base.newId(), probe_after: new Date(), probes: 0 });
    const victim = workers.pop();
    assert.ok(victim);
    await ended(victim, 'SIGKILL');
    await until('another try', async () => (await brake()).probes >= 1);
    assert.ok((await attempts()) <= MOST);
  });

  it('is tried with one letter after the URL was corrected, and then all letters are sent once', async () => {
    // The letters become due at once, even if their next check is far in the future.
    const { id } = await world.base.db('pgboss.job').where({ name: 'send', state: 'created' }).first('id');
    const far = world.base.db.raw(`now() + interval '1 day'`);
    await world.base
      .db('pgboss.job')
      .where({ name: 'send', state: 'created' })
      .whereNot({ id })
      .update({ start_after: far });
    await world.sendsay.control('faults', { faults: [] });
    await until(
      'all to be sent',
      async () => (await count(`select count(*) from personal_issue where state = 'sent'`)) === LETTERS,
    );
    const letters = await world.letters();
    assert.equal(new Set(letters.map(({ trackInfo }) => trackInfo)).size, LETTERS);
    assert.equal(letters.length, LETTERS);
    assert.equal((await brake()).set_at, null);
    assert.equal((await calls()) >= LETTERS, true);
    assert.match(said.join(''), /"event":"sending-released"/);
  });
});

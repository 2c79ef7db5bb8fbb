import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../src/sandbox/faults.ts';
import { lmsFaults, sendsayFaults } from '../chaos/fault-mix.ts';
import { type Crew, startCrew } from '../support/crew.ts';
import { oneOf } from '../support/seeded.ts';
import { countOpen, judge } from '../support/verdict.ts';
import { startWorld, until, type World } from '../support/world.ts';

const SEED = 20_261_120;

/** A short form of `npm run chaos`: two workers, three kills, and both providers fail randomly. */
describe('a release during random faults', () => {
  let world: World;
  let crew: Crew;
  let logs: string;
  before(async () => {
    logs = await mkdtemp(join(tmpdir(), 'gramota-faults-'));
    world = await startWorld({ settings: { LOG_LEVEL: 'warn', WORKER_CONCURRENCY: '10' } });
    await world.batch();
    await world.halt();
    await world.lms.control('faults', { faults: lmsFaults(), seed: SEED });
    await world.sendsay.control('faults', { faults: sendsayFaults(0.1, false), seed: SEED });
  });
  after(async () => {
    await crew.stop();
    await world.close();
    await rm(logs, { recursive: true, force: true });
  });

  it('loses no letter, sends none twice, leaves no provable outcome open, and keeps the rate limits', async () => {
    const random = seededRandom(SEED);
    crew = startCrew(2, world.env, logs);
    for (const letters of [1, 12, 24]) {
      await until(`${letters} letters`, async () => (await world.letters()).length >= letters);
      await sleep(oneOf([0, 50, 300], random));
      await crew.killOne(random);
    }
    await until('everything to settle', async () => (await countOpen(world.base.db)).open === 0);
    const verdict = await judge(world.base.db, world.lms, world.sendsay);
    assert.ok(verdict.letters >= 35, `only ${verdict.letters} letters`);
    const { lost, doubled, unresolved, misjudged, patchesDoubled, patchesMissing } = verdict;
    assert.deepEqual(
      { lost, doubled, unresolved, misjudged, patchesDoubled, patchesMissing },
      { lost: [], doubled: [], unresolved: [], misjudged: [], patchesDoubled: [], patchesMissing: [] },
    );
    assert.ok(verdict.peakChanging <= 5, `${verdict.peakChanging} changing calls at once`);
    assert.ok(verdict.peakPerRollingSecond <= 80, `${verdict.peakPerRollingSecond} requests in a second`);
  });
});

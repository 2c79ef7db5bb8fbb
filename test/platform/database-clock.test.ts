import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { DateTime } from 'luxon';
import { CountriesFile } from '../../src/domain/time/send-window.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import { createDatabaseClock, type DatabaseClock } from '../../src/platform/database/database-clock.ts';
import { award, draw, seedRelease } from '../support/award.ts';
import { startWorld, until, type World } from '../support/world.ts';

const HOUR = 3_600_000;
const real = Date.now.bind(Date);

/** The clock of the database stays correct; only this process has a wrong clock. */
describe('a host whose clock is wrong', () => {
  let world: World;
  before(async () => {
    world = await startWorld({ size: 1 });
    await seedRelease(world.base.db);
  });
  after(() => world.close());

  async function onHostThatIs(ahead: number, act: (clock: DatabaseClock) => Promise<void> | void): Promise<void> {
    const wrong = mock.method(Date, 'now', () => real() + ahead);
    let clock: DatabaseClock | undefined;
    try {
      clock = await createDatabaseClock(world.base.db);
      await act(clock);
    } finally {
      clock?.close();
      wrong.mock.restore();
    }
  }
  const near = (date: Date, time: number) => Math.abs(date.getTime() - time) < 120_000;

  for (const ahead of [HOUR, -HOUR, 26 * HOUR]) {
    it(`by ${ahead / HOUR} hours uses the clock of the database`, () =>
      onHostThatIs(ahead, (clock) => {
        assert.ok(Math.abs(clock.offset() + ahead) < 120_000, `offset ${clock.offset()}`);
        assert.ok(near(clock.now(), real()), clock.now().toISOString());
      }));
  }

  it('since somebody set it uses the clock of the database from the next question on', async () => {
    const clock = await createDatabaseClock(world.base.db);
    const set = mock.method(Date, 'now', () => real() + HOUR);
    try {
      assert.ok(near(clock.now(), real()), clock.now().toISOString());
      await until('a new measurement', async () => clock.offset() !== 0);
      assert.ok(Math.abs(clock.offset() + HOUR) < 120_000, `offset ${clock.offset()}`);
      assert.ok(near(clock.now(), real()), clock.now().toISOString());
    } finally {
      clock.close();
      set.mock.restore();
    }
  });

  it('by less than the measurement error uses its own clock', () =>
    onHostThatIs(0, (clock) => assert.ok(Math.abs(clock.offset()) < 100, `offset ${clock.offset()}`)));

  it('plans a letter by the clock of the database: a slot that opens in half an hour is not open yet', async () => {
    const opens = DateTime.fromMillis(real() + HOUR / 2, { zone: 'Asia/Almaty' }).startOf('minute');
    const slots = [opens.toFormat("yyyy-MM-dd'T'HH:mm")];
    const countries = CountriesFile.parse({ default: { contact: { slots } }, KZ: { zone: 'Asia/Almaty' } });
    const { id } = await award(world.base.db, 'sg_clock');
    await draw(world.base.db, id);
    await onHostThatIs(HOUR, async (clock) => {
      const rulebook = { ...world.pipeline.rulebook, countries };
      await makeRender({ ...world.pipeline, rulebook, clock: { now: clock.now, sleep: clock.sleep } })({ id });
    });
    const letter = await world.base.db('personal_issue').where({ certificate_id: id }).first();
    assert.equal(letter?.send_after.toISOString(), opens.toUTC().toISO());
    assert.ok(near(letter.due_at, real()), 'due since the database’s now');
    assert.match(letter.shift_reason, /outside the permitted slots/);
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { makeBuryDead } from '../../src/pipeline/dead-letters.ts';
import type { PipelineContext } from '../../src/pipeline/stages.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { award, draw, seedRelease } from '../support/award.ts';
import { startWorld, type World } from '../support/world.ts';

describe('the next sweep', () => {
  let world: World;
  let ctx: PipelineContext;
  before(async () => {
    world = await startWorld({ size: 3 });
    ctx = world.pipeline;
    await seedRelease(ctx.db);
  });
  after(() => world.close());

  /** An uncertain letter whose call began some seconds ago. */
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

  it('comes when the letters need it, though a dead sweep is to be taken up again much later', async () => {
    await makeBuryDead(ctx)({ queue: 'track', id: randomUUID(), data: {}, error: 'heartbeat' });
    assert.ok((await soonest()) > 200);
    await uncertain('sg_a', 8);
    await makeTrack(ctx)({});
    assert.ok((await soonest()) < 4, 'a quarter of its age');
  });

  it('comes when a younger letter needs it, though older ones wanted a later one', async () => {
    await ctx.db.raw(`delete from pgboss.job where name = 'track'`);
    await ctx.db('send_attempt').update({ started_at: new Date(Date.now() - 3_600_000) });
    await makeTrack(ctx)({});
    assert.ok((await soonest()) > 200, 'old letters are asked about now and then');
    await uncertain('sg_b', 8);
    await makeTrack(ctx)({});
    assert.ok((await soonest()) < 4);
  });

  it('comes soon after a listing that broke off', async () => {
    await ctx.db.raw(`delete from pgboss.job where name = 'track'`);
    await ctx.db('send_attempt').update({ started_at: new Date(Date.now() - 3_600_000) });
    await world.sendsay.control('faults', {
      faults: [{ match: { action: 'track.list' }, kind: 'reset-before', times: 1 }],
    });
    await makeTrack(ctx)({});
    assert.ok((await soonest()) < 1);
  });
});

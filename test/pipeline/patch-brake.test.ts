import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import type { JobData, QueueName } from '../../src/pipeline/stages.ts';
import { releaseHold } from '../../src/records/student-groups/holds.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { certificateOf } from '../support/coordinator.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';

interface Queued {
  queue: QueueName;
  job: object;
  startAfter: Date | undefined;
}

/** Evaluate and patch run step by step on a clock that jumps to each job's time, so no real waiting. */
describe('an LMS that always answers 412 to a PATCH', () => {
  let world: World;
  let now = Date.now();
  const queued: Queued[] = [];
  let ctx: PipelineContext;
  before(async () => {
    world = await startWorld();
    ctx = {
      ...world.pipeline,
      clock: { ...world.pipeline.clock, now: () => new Date(now) },
      async enqueue(_trx, queue, jobs, options) {
        for (const job of jobs) queued.push({ queue, job, startAfter: options?.startAfter });
        return jobs.length;
      },
    };
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
  });
  after(() => world.close());

  const faults = (list: object[]) => world.lms.control('faults', { faults: list });
  const patchOf = (id: string) => ({ method: 'PATCH', pathPrefix: `/student-groups/${id}` });
  const patches = async (id: string) => (await world.patches()).filter((patch) => patch.studentGroupId === id);

  async function begin(id: string): Promise<void> {
    const pulled = await ctx.lms.pullOne(id);
    assert.ok(pulled?.ok);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
    queued.push({ queue: 'evaluate', job: { id, batchId: null }, startAfter: undefined });
  }

  /**
   * Runs queued jobs until none is left, or `most` jobs of the patch stage have run; returns the delays between them.
   */
  async function runOn(most: number): Promise<number[]> {
    const waits: number[] = [];
    for (let ran = 0; ran < most; ) {
      const next = queued.shift();
      if (next === undefined) break;
      if (next.startAfter) {
        waits.push(next.startAfter.getTime() - now);
        now = Math.max(now, next.startAfter.getTime());
      }
      if (next.queue === 'evaluate') await makeEvaluate(ctx)(next.job as JobData['evaluate']);
      else if (next.queue === 'patch') {
        ran += 1;
        await makePatch(ctx)(next.job as JobData['patch']);
      } else break;
    }
    return waits;
  }

  it('gets ten PATCHes with growing delays; then the certificate is held as lms-conflict, without a further job', async () => {
    const id = 'sg_0002';
    await faults([{ match: patchOf(id), kind: 'status', status: 412 }]);
    await begin(id);
    const waits = await runOn(30);
    const standing = await world.standing(id);
    assert.equal(standing.state, 'held');
    assert.equal(standing.reason?.code, 'lms-conflict');
    assert.match(standing.reason?.detail ?? '', /412 to 10 attempts in a row/);
    assert.equal((await patches(id)).length, 10);
    assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600]);
    assert.deepEqual(queued, []);
  });

  it('gets up to ten PATCHes again after a person resumes the certificate', async () => {
    const id = 'sg_0002';
    const certificate = await certificateOf(world, id);
    await releaseHold(ctx.db, certificate, 'tester', new Date(now));
    queued.push({ queue: 'evaluate', job: { id, batchId: null }, startAfter: undefined });
    const waits = await runOn(3);
    assert.deepEqual(waits, [100, 200]);
    assert.equal((await world.standing(id)).state, 'awarded');
    queued.length = 0;
    await faults([]);
  });

  it('does not cause a hold after nine such answers', async () => {
    const id = 'sg_0003';
    await faults([{ match: patchOf(id), kind: 'status', status: 412, times: 9 }]);
    await begin(id);
    await runOn(30);
    assert.equal((await world.standing(id)).state, 'patched');
    assert.deepEqual(
      (await patches(id)).map((patch) => patch.status),
      [...Array.from({ length: 9 }, () => 412), 200],
    );
    queued.length = 0;
  });

  it('gets no PATCH before the time that a 429 or 503 requests, if that time is later than the usual delay', async () => {
    const id = 'sg_0005';
    await faults([
      { match: patchOf(id), kind: 'status', status: 429, retryAfter: 120, times: 1 },
      { match: patchOf(id), kind: 'status', status: 503, times: 1 },
    ]);
    await begin(id);
    const [asked = 0, own = 0, ...more] = await runOn(30);
    // The usual delays, 1 s and 2 s, are added by a part that is random.
    assert.ok(asked >= 120_000 && asked <= 121_000, String(asked));
    assert.ok(own >= 2000 && own <= 4000, String(own));
    assert.deepEqual(more, []);
    assert.equal((await world.standing(id)).state, 'patched');
    assert.deepEqual(
      (await patches(id)).map((patch) => patch.status),
      [429, 503, 200],
    );
    queued.length = 0;
  });

  it('does not cause a hold by one 412 after a long outage: only consecutive 412 answers count', async () => {
    const id = 'sg_0004';
    await faults([{ match: patchOf(id), kind: 'status', status: 503, times: 12 }]);
    await begin(id);
    await runOn(12);
    assert.equal((await world.standing(id)).reason?.code, 'lms-unavailable');
    await faults([{ match: patchOf(id), kind: 'status', status: 412, times: 1 }]);
    const waits = await runOn(30);
    assert.equal((await world.standing(id)).state, 'patched');
    assert.equal(waits.at(-1), 100, 'the first of them');
    queued.length = 0;
  });
});

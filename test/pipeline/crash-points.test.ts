import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { ended, firstMatch, RELEASE, startWorld, type World } from '../support/world.ts';
import type { CrashOrder } from './processes/crashing-stage.ts';

const PROGRAM = fileURLToPath(new URL('./processes/crashing-stage.js', import.meta.url));
const MOST_POINTS = 60;
/** Gets a copy of each letter. */
const COPY_TO = 'archive@school.example';

interface One {
  group: string;
  certificate: string;
  letter: string;
}

/**
 * A real worker process is killed after every write, request and response of a stage, each time with another student
 * group. Then another worker gets the same job.
 */
describe('after a worker was killed at any point of a stage', () => {
  let world: World;
  let ctx: PipelineContext;
  let fresh: string[];
  const spares: { child: ChildProcess; ready: Promise<string> }[] = [];

  before(async () => {
    // One template for all, because each worker reads them when it starts.
    const criteria = (text: string) =>
      text.replace(/certTemplate: .*/, `certTemplate: { default: teacher-ru }\n    copyTo: [${COPY_TO}]`);
    world = await startWorld({ size: 200, templates: { 'criteria.yaml': criteria } });
    ctx = world.pipeline;
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
    fresh = [];
    // These are copies of ordinary teachers who pass; the teachers with special cases come before them.
    for (let n = 61; n <= 200; n += 1) fresh.push(`sg_${String(n).padStart(4, '0')}`);
  });
  after(async () => {
    await Promise.all(spares.map(({ child }) => ended(child, 'SIGKILL')));
    await world.close();
  });

  function addSpare(): void {
    const child = spawn(process.execPath, [PROGRAM], {
      env: world.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const ready = firstMatch(child, /ready/);
    ready.catch(() => undefined);
    spares.push({ child, ready });
  }

  /** Runs a worker until it is killed; true when the stage finished before the kill. */
  async function crash(order: CrashOrder): Promise<boolean> {
    while (spares.length < 3) addSpare();
    const spare = spares.shift() ?? assert.fail('no worker');
    await spare.ready;
    const exit = once(spare.child, 'exit');
    spare.child.stdin?.write(`${JSON.stringify(order)}\n`);
    const [code, signal] = await exit;
    assert.ok(code === 0 || signal === 'SIGKILL', `the worker ended by itself: ${code}`);
    // The rate-limit slots of the dead worker would expire later; here they are freed at once.
    await ctx.db('gate_slot').update({ holder: null, leased_until: ctx.db.raw(`'-infinity'`) });
    return code === 0;
  }

  async function awarded(): Promise<One> {
    for (;;) {
      const group = fresh.shift() ?? assert.fail('no student group left');
      const pulled = await ctx.lms.pullOne(group);
      assert.ok(pulled?.ok);
      await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
      await makeEvaluate(ctx)({ id: group, batchId: null });
      const row = await ctx.db('certificate').where({ student_group_id: group }).first('id', 'country');
      // Letters of one country of the demo wait for a later time, so its teachers are left out.
      if (row && row.country !== 'MN') return { group, certificate: row.id, letter: '' };
    }
  }
  async function rendered(): Promise<One> {
    const one = await awarded();
    await makePatch(ctx)({ id: one.certificate });
    await makeRender(ctx)({ id: one.certificate });
    const row = await ctx.db('teacher_letter').where({ certificate_id: one.certificate }).first('id');
    return { ...one, letter: row?.id ?? assert.fail('no letter was opened') };
  }
  const stateOf = async ({ letter }: One): Promise<string> =>
    (await ctx.db('personal_issue').where({ id: letter }).first('state'))?.state;
  const copyOf = async ({ letter }: One): Promise<string | undefined> =>
    (await ctx.db('personal_issue').where({ copy_of: letter }).first('id'))?.id;

  /** Kills at the first point, the second, … until the stage finishes; returns the affected student groups. */
  async function killAtEveryPoint(
    stage: CrashOrder['stage'],
    prepare: () => Promise<One>,
    from: CrashOrder['from'] = 'start',
  ): Promise<One[]> {
    const hit: One[] = [];
    for (let point = 1; point <= MOST_POINTS; point += 1) {
      const one = await prepare();
      hit.push(one);
      // Each case starts anew, because five unknown outcomes in a row would stop the sending.
      await ctx.db('send_brake').update({ unknown_in_row: 0, set_at: null, probe_after: null });
      const id = stage === 'patch' ? one.certificate : one.letter;
      if (await crash({ stage, id, point, from })) return hit;
      if (stage === 'track') await makeTrack(ctx)({});
    }
    return assert.fail(`more than ${MOST_POINTS} points`);
  }

  /**
   * Acts as another worker: repeats the unfinished job and tracks letters, until the letter and its copy have their final
   * state.
   */
  async function finish(all: One[]): Promise<void> {
    await finishLetters(all);
    const copies: One[] = [];
    for (const one of all) copies.push({ ...one, letter: (await copyOf(one)) ?? assert.fail('no copy was opened') });
    await finishLetters(copies);
  }

  async function finishLetters(all: One[]): Promise<void> {
    const end = Date.now() + 300_000;
    for (;;) {
      const open: One[] = [];
      for (const one of all) {
        const state = await stateOf(one);
        if (state === 'sent') continue;
        open.push(one);
        if (state === 'waiting' || state === 'sending') await makeSend(ctx)({ id: one.letter });
      }
      if (open.length === 0) return;
      assert.ok(Date.now() < end, `still open: ${(await Promise.all(open.map(stateOf))).join(', ')}`);
      await makeTrack(ctx)({});
      await sleep(150);
    }
  }

  async function assertOneLetterEach(all: One[]): Promise<void> {
    const letters = await world.letters();
    for (const [point, { certificate, letter }] of all.entries()) {
      const own = letters.filter((sent) => sent.customerId === certificate);
      const copy = await ctx.db('personal_issue').where({ copy_of: letter }).pluck('id');
      assert.deepEqual(
        own.map((sent) => sent.trackInfo),
        [letter, ...copy],
        `killed at point ${point + 1}`,
      );
      assert.deepEqual(
        own.map((sent) => sent.email === COPY_TO),
        [false, true],
      );
    }
  }

  const faults = (list: object[]) => world.sendsay.control('faults', { faults: list });

  it('exactly one letter and one copy of it are sent, when the stage is "send"', async () => {
    const hit = await killAtEveryPoint('send', rendered);
    assert.ok(hit.length > 6, `only ${hit.length} points`);
    await finish(hit);
    await assertOneLetterEach(hit);
  });

  it('exactly one letter and one copy of it are sent, when the stage is "send" and Sendsay\'s answer was lost', async () => {
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-after-accept' }]);
    // The points before the request are those of the test above.
    const hit = await killAtEveryPoint('send', rendered, 'request');
    await faults([]);
    assert.ok(hit.length > 1, `only ${hit.length} points`);
    await finish(hit);
    await assertOneLetterEach(hit);
  });

  it('exactly one letter and one copy of it are sent, when the stage is "track" and Sendsay has accepted the letter', async () => {
    const hit = await killAtEveryPoint('track', async () => {
      const one = await rendered();
      await makeSend(ctx)({ id: one.letter });
      assert.equal(await stateOf(one), 'accepted');
      await sleep(1100);
      return one;
    });
    assert.ok(hit.length > 5, `only ${hit.length} points`);
    await finish(hit);
    await assertOneLetterEach(hit);
  });

  it('one new attempt is made after proof of absence, when the stage is "track" and the letter never arrived', async () => {
    const hit = await killAtEveryPoint('track', async () => {
      const one = await rendered();
      await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
      await makeSend(ctx)({ id: one.letter });
      await faults([]);
      assert.equal(await stateOf(one), 'uncertain');
      const past = (seconds: number) => new Date(Date.now() - seconds * 1000);
      await ctx
        .db('send_attempt')
        .where({ personal_issue_id: one.letter })
        .update({ started_at: past(12), deadline: past(10), unseen_in: [past(5)] });
      return one;
    });
    assert.ok(hit.length > 5, `only ${hit.length} points`);
    await finish(hit);
    await assertOneLetterEach(hit);
  });

  it('exactly one PATCH is sent and the diploma is drawn, when the stage is "patch"', async () => {
    const hit = await killAtEveryPoint('patch', async () => {
      const one = await awarded();
      // Prepares the state after a page of the LMS, which has no ETags: the record is pulled, then PATCHed.
      await ctx.db('student_group').where({ id: one.group }).update({ etag: null });
      return one;
    });
    assert.ok(hit.length > 10, `only ${hit.length} points`);
    for (const { group, certificate } of hit) {
      const patched = async () =>
        (await ctx.db('lms_report').where({ certificate_id: certificate }).first('patched_at'))?.patched_at;
      for (let tries = 0; tries < 5 && !(await patched()); tries += 1) {
        await makePatch(ctx)({ id: certificate });
        // After a concurrent change the group is evaluated again and then reported again.
        await makeEvaluate(ctx)({ id: group, batchId: null });
      }
      assert.ok(await patched(), `${group} was not reported`);
    }
    const patches = await world.patches();
    for (const [point, { group, certificate }] of hit.entries()) {
      const applied = patches.filter((patch) => patch.studentGroupId === group && patch.status === 200);
      assert.equal(applied.length, 1, `killed at point ${point + 1}`);
      const { rows } = await ctx.db.raw(
        `select count(*)::int as jobs from pgboss.job where name = 'render' and data ->> 'id' = ?`,
        [certificate],
      );
      assert.ok(rows[0].jobs >= 1, `nobody would draw it: killed at point ${point + 1}`);
    }
  });
});

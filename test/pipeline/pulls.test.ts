import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { repairDifferences } from '../../src/coordinate/reconciliation.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import type { IngestContext } from '../../src/pipeline/ingest/pull-one.ts';
import { pullWholeRelease } from '../../src/pipeline/ingest/release-pull.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import type { JobData, QueueName } from '../../src/pipeline/stages.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import { LmsUnavailable, type StudentGroupPage } from '../../src/ports/lms.ts';
import { type DuePull, insertOrReturnPull, selectDuePulls } from '../../src/records/lms/release-pulls.ts';
import { selectDifferences } from '../../src/records/student-groups/differences.ts';
import { letter } from '../http/letters.ts';
import { draw } from '../support/award.ts';
import { firstMatch, RELEASE, startWorld, type World } from '../support/world.ts';
import type { CrashOrder } from './processes/crashing-stage.ts';

const PROGRAM = fileURLToPath(new URL('./processes/crashing-stage.js', import.meta.url));
const SIZE = 50;
/** One teacher of the sample is in two groups. */
const GROUPS = SIZE + 1;
const HOUR = 3_600_000;

type Page = Parameters<IngestContext['lms']['pullPage']>[0];

describe('the pull of a release', () => {
  let world: World;
  let ctx: PipelineContext;
  let jobs: { queue: QueueName; data: object }[];
  /** Requests to the LMS, in order. */
  let pages: Page[];
  /** A hook with which a test can interrupt a pull. */
  let around: (page: Page, ask: () => Promise<StudentGroupPage>) => Promise<StudentGroupPage>;

  before(async () => {
    // One template for all, because each killed worker reads them when it starts.
    const criteria = (text: string) => text.replace(/certTemplate: .*/, 'certTemplate: { default: teacher-ru }');
    world = await startWorld({ size: SIZE, templates: { 'criteria.yaml': criteria } });
    const { lms } = world.pipeline;
    ctx = {
      ...world.pipeline,
      lms: {
        ...lms,
        pullPage(query) {
          pages.push(query);
          return around(query, () => lms.pullPage({ ...query, limit: 20 }));
        },
      },
      async enqueue(_trx, queue, data) {
        jobs.push(...data.map((item) => ({ queue, data: item })));
        return data.length;
      },
    };
  });
  after(() => world.close());
  beforeEach(() => {
    jobs = [];
    pages = [];
    around = (_page, ask) => ask();
  });

  const evaluated = () =>
    jobs.filter(({ queue }) => queue === 'evaluate').map(({ data }) => (data as { id: string }).id);
  const items = (batchId: string): Promise<string[]> =>
    ctx.db('batch_item').where({ batch_id: batchId }).orderBy('student_group_id').pluck('student_group_id');
  const pulled = (): Promise<object[]> => {
    const columns = ['id', 'release_id', 'student_id', 'snapshot', 'email', 'invalid', 'gone_at'];
    return ctx.db('student_group').orderBy('id').select(columns);
  };
  const change = (id: string, fields: object) => world.lms.control(`student-groups/${id}?quiet=1`, fields);
  async function scheduled(updatedSince: Date | null): Promise<void> {
    const wanted = {
      id: world.base.newId(),
      releaseId: RELEASE,
      cause: 'schedule' as const,
      batchId: null,
      updatedSince,
    };
    const { id } = await insertOrReturnPull(ctx.db, wanted, new Date());
    await makeIngest(ctx)({ kind: 'release', id });
  }

  it('reads every page, then asks for changes made during the pull, then enqueues evaluations', async () => {
    const batchId = await world.batch();
    await makeIngest(ctx)({ kind: 'batch', id: batchId });
    assert.equal((await items(batchId)).length, GROUPS);
    assert.deepEqual(evaluated(), await items(batchId));
    const again = pages.findIndex(({ updatedSince }) => updatedSince !== undefined);
    assert.equal(again, Math.ceil(GROUPS / 20));
    // By the LMS's clock minus a margin, so no change after the first page is missed.
    const pull = await ctx.db('release_pull').where({ batch_id: batchId }).first();
    assert.equal(pages[again]?.updatedSince, pull.lms_since.toISOString());
    assert.ok(pull.lms_since < pull.begun_at && pull.finished_at > pull.begun_at);
  });

  it('continues after the last page that it read when it is killed twice, and enqueues each evaluation once', async () => {
    const before = await pulled();
    const asked = (await world.lms.control<{ requests: number }>('record')).requests;
    const batchId = await world.batch();
    // Kills the worker inside a page, and between enqueuing the evaluations and the commit.
    for (const point of [16, 41]) {
      const child = spawn(process.execPath, [PROGRAM], { env: world.env, stdio: ['pipe', 'pipe', 'inherit'] });
      await firstMatch(child, /ready/);
      const exit = once(child, 'exit');
      child.stdin.write(
        `${JSON.stringify({ stage: 'ingest', id: batchId, point, from: 'start' } satisfies CrashOrder)}\n`,
      );
      assert.deepEqual(await exit, [null, 'SIGKILL']);
      // The rate-limit slots of the dead worker would expire later; here they are freed at once.
      await ctx.db('gate_slot').update({ holder: null, leased_until: ctx.db.raw(`'-infinity'`) });
    }
    await makeIngest({ ...ctx, enqueue: world.pipeline.enqueue })({ kind: 'batch', id: batchId });
    assert.deepEqual(await pulled(), before);
    assert.equal((await items(batchId)).length, GROUPS);
    const { rows } = await ctx.db.raw<{ rows: { id: string }[] }>(
      `select data ->> 'id' as id from pgboss.job where name = 'evaluate' and data ->> 'batchId' = ? order by 1`,
      [batchId],
    );
    assert.deepEqual(
      rows.map(({ id }) => id),
      await items(batchId),
    );
    // Three pages, the check for changes and the release; a killed worker repeats the release and the current page.
    const { requests } = await world.lms.control<{ requests: number }>('record');
    assert.ok(requests - asked <= 5 + 2 * 2, `${requests - asked} requests`);
  });

  it('finds student groups that moved to a page already read', async () => {
    const like = (await ctx.db('student_group').where({ id: 'sg_0048' }).first('snapshot'))?.snapshot;
    const late = { ...like, id: 'sg_late', student: { ...like.student, id: 'st_late', email: 'late@school.example' } };
    around = async (page, ask) => {
      if (page.updatedSince !== undefined) return ask();
      if (page.cursor === null)
        await world.lms.control('student-groups?quiet=1', { ...late, updatedAt: new Date().toISOString() });
      const answer = await ask();
      return { ...answer, items: answer.items.filter((item) => !item.ok || item.studentGroup.id !== late.id) };
    };
    await pullWholeRelease(ctx, RELEASE);
    assert.ok(evaluated().includes(late.id));
    assert.equal(evaluated().length, GROUPS + 1);
  });

  it('requests groups that are missing from all pages by id, and accepts only a 404 as deletion', async () => {
    await world.lms.control('student-groups/sg_0049?quiet=1', undefined, 'DELETE');
    around = async (_page, ask) => {
      const answer = await ask();
      return { ...answer, items: answer.items.filter((item) => !item.ok || item.studentGroup.id !== 'sg_0047') };
    };
    await scheduled(null);
    const gone = await ctx.db('student_group').whereNotNull('gone_at').pluck('id');
    assert.deepEqual(gone, ['sg_0049']);
  });

  it('restarts when the LMS no longer accepts its cursor, and continues later when the LMS is down', async () => {
    const batchId = await world.batch();
    around = async (page, ask) => {
      if (page.cursor !== null) throw new LmsUnavailable('LMS answered 503', null, 503);
      return ask();
    };
    await makeIngest(ctx)({ kind: 'batch', id: batchId });
    assert.deepEqual(
      jobs.map(({ queue, data }) => [queue, (data as JobData['ingest']).attempt]),
      [['ingest', 1]],
    );
    const { cursor } = await ctx.db('release_pull').where({ batch_id: batchId }).first('cursor');
    pages = [];
    around = async (page, ask) => {
      if (page.cursor === cursor && pages.length === 1) throw new LmsUnavailable('LMS answered 400', null, 400);
      return ask();
    };
    await makeIngest(ctx)({ kind: 'batch', id: batchId, attempt: 1 });
    assert.deepEqual(
      pages.slice(0, 2).map((page) => page.cursor),
      [cursor, null],
    );
    assert.equal((await items(batchId)).length, GROUPS);
  });

  it('is enqueued again when another worker has advanced it, and when its job was lost', async () => {
    const batchId = await world.batch();
    const standsAt = (cursor: string | null) => ctx.db('release_pull').where({ batch_id: batchId }).update({ cursor });
    around = async (_page, ask) => {
      await standsAt('elsewhere');
      return ask();
    };
    await makeIngest(ctx)({ kind: 'batch', id: batchId });
    const own = { queue: 'ingest', data: { kind: 'batch', id: batchId } };
    assert.deepEqual(jobs, [own], 'that one may be dying');
    jobs = [];
    await standsAt(null);
    await ctx.db('pgboss.job').where({ name: 'ingest' }).delete();
    const now = () => new Date(Date.now() + HOUR / 2);
    await makeUpkeep({ ...ctx, clock: { ...ctx.clock, now } })({});
    assert.deepEqual(
      jobs.filter(({ queue }) => queue === 'ingest'),
      [own],
    );
    around = (_page, ask) => ask();
    await makeIngest(ctx)({ kind: 'batch', id: batchId });
    assert.deepEqual(evaluated(), await items(batchId));
  });

  it('shows each record without an id under its own number, even after several pulls', async () => {
    const nameless = { ok: false as const, id: null, detail: '/id: expected text' };
    around = async (_page, ask) => {
      const answer = await ask();
      return answer.nextCursor === null ? { ...answer, items: [...answer.items, nameless, nameless] } : answer;
    };
    const shown = () =>
      ctx.db('student_group').where('id', 'like', 'unreadable:%').whereNull('gone_at').orderBy('id').pluck('id');
    await pullWholeRelease(ctx, RELEASE);
    await pullWholeRelease(ctx, RELEASE);
    assert.deepEqual(await shown(), [`unreadable:${RELEASE}:1`, `unreadable:${RELEASE}:2`]);
    around = (_page, ask) => ask();
    await pullWholeRelease(ctx, RELEASE);
    assert.deepEqual(await shown(), []);
  });

  describe('the periodic pull of a release', () => {
    const certificate = (order: 'asc' | 'desc') =>
      ctx.db('certificate').orderBy('group', order).first('id', 'student_group_id as group');
    const judge = (id: string) => makeEvaluate(world.pipeline)({ id, batchId: null });
    const due = (hours: { changes: number; whole: number }): Promise<DuePull[]> => {
      const at = (before: number) => new Date(Date.now() - before * HOUR);
      const before = { changesBefore: at(hours.changes), wholeBefore: at(hours.whole) };
      return selectDuePulls(ctx.db, { aliveSince: at(24 * 60), ...before });
    };
    /** Makes all previous pulls older by some hours. */
    const age = (hours: number) =>
      ctx.db('release_pull').update({
        requested_at: ctx.db.raw(`requested_at - interval '1 hour' * ?`, [hours]),
        begun_at: ctx.db.raw(`begun_at - interval '1 hour' * ?`, [hours]),
        lms_since: ctx.db.raw(`lms_since - interval '1 hour' * ?`, [hours]),
      });

    it('requests changes since the last pull once an hour, and everything once a day', async () => {
      assert.deepEqual(await due({ changes: 1, whole: 24 }), []);
      await age(2);
      const last = await ctx.db('release_pull').whereNotNull('finished_at').max({ at: 'lms_since' }).first();
      assert.deepEqual(await due({ changes: 1, whole: 24 }), [{ releaseId: RELEASE, updatedSince: last?.['at'] }]);
      assert.deepEqual(await due({ changes: 1, whole: 1 }), [{ releaseId: RELEASE, updatedSince: null }]);
      await makeUpkeep({ ...ctx })({});
      const [pull] = jobs.filter(({ data }) => (data as JobData['ingest']).kind === 'release');
      assert.ok(pull, 'the watch over the queue begins it');
      assert.deepEqual(await due({ changes: 1, whole: 24 }), [], 'asked for already');
      await makeIngest(ctx)(pull.data as JobData['ingest']);
    });

    it('does not award groups that a dry run or a stopped batch left without an evaluation, but evaluates changed groups', async () => {
      assert.equal(Number((await ctx.db('decision').count({ n: '*' }).first())?.['n']), 0);
      await scheduled(null);
      assert.deepEqual(evaluated(), []);
      await change('sg_0004', { progress: { score: 91 } });
      await scheduled(new Date(Date.now() - HOUR));
      assert.deepEqual(evaluated(), ['sg_0004'], 'an event would have told');
      await scheduled(new Date(Date.now() - HOUR));
      assert.deepEqual(evaluated(), ['sg_0004'], 'once');
      // In a release that was never read completely, every group is new.
      const whole = await ctx.db('release_pull').whereNull('updated_since').pluck('id');
      const asIf = (updatedSince: Date | null) =>
        ctx.db('release_pull').whereIn('id', whole).update({ updated_since: updatedSince });
      await asIf(new Date(0));
      await change('sg_0004', { progress: { score: 92 } });
      await scheduled(null);
      await asIf(null);
      assert.deepEqual(evaluated(), ['sg_0004'], 'no second time');
    });

    it('finds a change without an event, and does not evaluate other groups again', async () => {
      for (const id of await ctx.db('student_group').whereNotNull('snapshot').whereNull('gone_at').pluck('id'))
        await judge(id);
      await change('sg_0003', { progress: { score: 12 } });
      jobs = [];
      await scheduled(new Date(Date.now() - HOUR));
      assert.deepEqual(evaluated(), ['sg_0003']);
      await judge('sg_0003');
      jobs = [];
      await scheduled(new Date(Date.now() - HOUR));
      assert.deepEqual(evaluated(), [], 'judged by now');
      const { updatedAt } = (await ctx.db('student_group').where({ id: 'sg_0003' }).first('snapshot')).snapshot;
      await change('sg_0003', { progress: { score: 13 }, updatedAt });
      await scheduled(new Date(Date.now() - HOUR));
      assert.deepEqual(evaluated(), ['sg_0003'], 'a second change within the second');
      await judge('sg_0003');
    });

    it('evaluates all groups without a certificate again after the release itself changed', async () => {
      const release = (await ctx.db('release').where({ id: RELEASE }).first('snapshot'))?.snapshot;
      await world.lms.control('releases?quiet=1', { ...release, hoursTotal: 80 });
      await scheduled(new Date(Date.now() - HOUR));
      const open = await ctx
        .db('student_group as g')
        .leftJoin('certificate as c', 'c.student_group_id', 'g.id')
        .whereNull('c.id')
        .whereNotNull('g.snapshot')
        .whereNull('g.gone_at')
        .orderBy('g.id')
        .pluck('g.id');
      assert.ok(open.length > 10);
      assert.deepEqual(evaluated(), open);
    });

    it('finds a report that the LMS has lost; a person can repeat the report, and no second letter is sent', async () => {
      const { id, group } = await certificate('asc');
      const scope = { releaseId: null, studentGroupIds: [group], kinds: null };
      const differences = () => selectDifferences(ctx.db, scope, new Date(), { after: null, limit: 10 });
      const tell = async () => {
        await makePatch(world.pipeline)({ id });
        await makeRender(world.pipeline)({ id });
      };
      await tell();
      await change(group, { status: 'completed', certTemplate: null });
      await scheduled(new Date(Date.now() - HOUR));
      await judge(group);
      assert.deepEqual(
        (await differences()).map(({ kind, repair }) => [kind, repair]),
        [['lms-not-told', 'patch']],
      );
      await repairDifferences(world.pipeline, scope, { actor: 'tester', reason: 'restored from a backup' });
      await tell();
      assert.deepEqual(await differences(), []);
      const told = (await world.patches()).filter((patch) => patch.studentGroupId === group && patch.status === 200);
      assert.equal(told.length, 2);
      assert.equal((await ctx.db('personal_issue').where({ certificate_id: id })).length, 1);
    });

    it('finds a student group that was deleted after the letter was sent, until the group exists again', async () => {
      const { id, group } = await certificate('desc');
      const { snapshot } = await ctx.db('student_group').where({ id: group }).first('snapshot');
      await draw(ctx.db, id);
      await letter(ctx.db, id, 'sent');
      const flags = () =>
        ctx.db('flag').where({ student_group_id: group, kind: 'deleted-after-sent' }).select('ended_at');
      await world.lms.control(`student-groups/${group}?quiet=1`, undefined, 'DELETE');
      await scheduled(null);
      assert.deepEqual(await flags(), [{ ended_at: null }]);
      await world.lms.control('student-groups?quiet=1', { ...snapshot, updatedAt: new Date().toISOString() });
      await scheduled(new Date(Date.now() - HOUR));
      assert.ok((await flags()).every((flag) => flag.ended_at !== null));
    });
  });
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { actOnBatch } from '../../src/coordinate/batch-verbs.ts';
import { makePullRelease } from '../../src/pipeline/ingest/announced.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import type { IngestContext } from '../../src/pipeline/ingest/pull-one.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import type { JobData, QueueName } from '../../src/pipeline/stages.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import { insertLmsEvent } from '../../src/records/lms/lms-events.ts';
import { countPullFaults, insertOrReturnPull, selectDuePulls } from '../../src/records/lms/release-pulls.ts';
import { selectStoredRelease } from '../../src/records/student-groups/student-groups.ts';
import { BY, view } from '../support/coordinator.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';

const SIZE = 50;
/** One teacher of the sample is in two groups. */
const GROUPS = SIZE + 1;
/** The release has three pages. */
const PAGE = 20;
const OTHER = 'rel_2026other';
const HOUR = 3_600_000;

type PageQuery = Parameters<IngestContext['lms']['pullPage']>[0];

/** Stages run step by step with a real LMS that deviates from the contract. */
describe('wrong responses of the LMS', () => {
  let world: World;
  let ctx: PipelineContext;
  let jobs: { queue: QueueName; data: object }[];
  let lines: { level: string; fields: Record<string, unknown> }[];
  let asked: number;
  before(async () => {
    world = await startWorld({ size: SIZE });
    const { lms, log } = world.pipeline;
    const heard = (level: string) => (fields: Record<string, unknown>) => void lines.push({ level, fields });
    ctx = {
      ...world.pipeline,
      log: Object.assign(Object.create(log), { warn: heard('warn'), error: heard('error') }),
      lms: {
        ...lms,
        pullPage(query) {
          asked += 1;
          return lms.pullPage({ ...query, limit: PAGE });
        },
      },
      async enqueue(_trx, queue, data) {
        jobs.push(...data.map((item) => ({ queue, data: item })));
        return data.length;
      },
    };
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await world.lms.control('releases?quiet=1', { ...release.release, id: OTHER, numberPrefix: 'OTH-26' });
    const like = await ctx.lms.pullOne('sg_0002');
    assert.ok(like?.ok);
    for (const id of ['other_1', 'other_2', 'other_3'])
      await world.lms.control('student-groups?quiet=1', {
        ...like.studentGroup,
        id,
        student: { ...like.studentGroup.student, id: `st_${id}`, email: `${id}@school.example` },
        group: { id: 'gr_other', name: null, releaseId: OTHER },
      });
  });
  after(() => world.close());
  beforeEach(async () => {
    [jobs, lines, asked] = [[], [], 0];
    await quirks({});
  });

  const db = () => world.base.db;
  const quirks = (told: object) => world.lms.control('quirks', told);
  const evaluated = () =>
    jobs.filter(({ queue }) => queue === 'evaluate').map(({ data }) => (data as { id: string }).id);
  async function batch(options: Parameters<World['batch']>[0] = {}): Promise<string> {
    const id = await world.batch(options);
    await makeIngest(ctx)({ kind: 'batch', id });
    return id;
  }
  const itemsOf = (batchId: string): Promise<string[]> =>
    db()('batch_item').where({ batch_id: batchId }).orderBy('student_group_id').pluck('student_group_id');
  async function scheduled(updatedSince: Date | null = null, id = world.base.newId()): Promise<string> {
    const wanted = { id, releaseId: RELEASE, cause: 'schedule' as const, batchId: null, updatedSince };
    const pull = await insertOrReturnPull(db(), wanted, new Date());
    await makeIngest(ctx)({ kind: 'release', id: pull.id });
    return pull.id;
  }
  async function announced(): Promise<void> {
    const event = { id: `msg_${world.base.newId()}`, type: 'release.closed', studentGroupId: null, releaseId: RELEASE };
    await insertLmsEvent(db(), event, new Date());
    await makePullRelease(ctx)({ id: RELEASE });
  }
  const known = (id: string) => db()('student_group').where({ id }).first('release_id', 'invalid');

  describe('with student groups of another release', () => {
    it('do not add these groups to a batch; the batch, the log and the metric report them', async () => {
      await quirks({ ignoreFilter: true });
      const id = await batch();
      assert.equal((await itemsOf(id)).length, GROUPS);
      assert.deepEqual(evaluated(), await itemsOf(id));
      assert.equal(await known('other_1'), undefined, 'not even kept');
      const { pull, state } = await view(world, id);
      assert.equal(state, 'running');
      assert.deepEqual(
        [pull?.state, pull?.studentGroups, pull?.leftOut?.count, pull?.leftOut?.studentGroups[0]],
        ['finished', GROUPS, 3, { studentGroupId: 'other_1', releaseId: OTHER }],
      );
      assert.match(pull?.leftOut?.detail ?? '', /student groups of other releases \(3\).*other_1 \(rel_2026other\)/);
      const told = lines.find(({ fields }) => fields['event'] === 'student-groups-left-out');
      assert.deepEqual([told?.level, told?.fields['count'], told?.fields['releaseId']], ['warn', 3, RELEASE]);
      assert.match(JSON.stringify(told?.fields['named']), /other_3/);
      assert.equal((await countPullFaults(db()))['left-out'], 3);
    });

    it('do not add these groups to a pull that an event or the clock started either', async () => {
      await quirks({ ignoreFilter: true });
      for (const pull of [announced, () => scheduled(), () => scheduled(new Date(0))]) {
        jobs = [];
        await pull();
        assert.ok(!evaluated().some((id) => id.startsWith('other')));
        assert.equal(await known('other_1'), undefined);
      }
    });

    it('do not change such a group when Gramota already has it', async () => {
      await world.batch({ ids: ['other_1'] }).then((id) => makeIngest(ctx)({ kind: 'batch', id }));
      await quirks({ ignoreFilter: true });
      await world.lms.control('student-groups/other_1?quiet=1', { status: 'active' });
      await batch();
      const { snapshot } = await db()('student_group').where({ id: 'other_1' }).first('snapshot');
      assert.equal(snapshot.status, 'completed');
    });

    it('do not add an invalid record either, if its release can still be read', async () => {
      await quirks({ ignoreFilter: true });
      await world.lms.control('student-groups/other_3?quiet=1', { status: 'unheard of' });
      const id = await batch();
      assert.ok(!(await itemsOf(id)).includes('other_3'));
      assert.equal((await view(world, id)).pull?.leftOut?.count, 3);
    });
  });

  describe('with a record that has another id than requested', () => {
    it('are refused for a student group, and the message names both ids', async () => {
      await quirks({ answersWith: { sg_0004: 'sg_0005' } });
      const id = await batch({ ids: ['sg_0004'] });
      assert.deepEqual(await itemsOf(id), ['sg_0004']);
      assert.match((await known('sg_0004')).invalid, /expected "sg_0004".*answered with "sg_0005"/);
      assert.equal((await known('sg_0005')).invalid, null);
      const told = lines.find(({ fields }) => fields['event'] === 'student-group-unusable');
      assert.match(String(told?.fields['detail']), /sg_0004.*sg_0005/);
      await quirks({});
      await batch({ ids: ['sg_0004'] });
      assert.equal((await known('sg_0004')).invalid, null);
    });

    it('are refused for a release: nothing changes, and the batch reports the fault', async () => {
      await quirks({ answersWith: { [RELEASE]: OTHER } });
      const id = await batch();
      const { snapshot } = await db()('release').where({ id: RELEASE }).first('snapshot');
      assert.equal(snapshot.id, RELEASE);
      assert.match((await view(world, id)).pull?.releaseFault ?? '', /expected "rel_2026a".*"rel_2026other"/);
      assert.equal((await countPullFaults(db()))['release-unusable'], 1);
    });
  });

  it('award nobody when the LMS no longer has the release', async () => {
    const lost = { ...ctx, lms: { ...ctx.lms, pullRelease: async () => null } };
    const id = await world.batch();
    await makeIngest(lost)({ kind: 'batch', id });
    assert.equal((await view(world, id)).pull?.releaseFault, 'unknown to the LMS');
    assert.equal((await selectStoredRelease(db(), RELEASE)).fault, 'unknown to the LMS');
    await batch();
    assert.equal((await selectStoredRelease(db(), RELEASE)).fault, null);
  });

  describe('as pages of a list', () => {
    const ENDLESS = ['first-page', 'in-turn', 'same-cursor', 'empty'] as const;
    for (const paging of ENDLESS)
      it(`that never end (${paging}) stop the pull after five pages without a new student group, and nobody is evaluated`, async () => {
        await quirks({ paging });
        const id = await batch();
        const fruitful = { 'first-page': 1, 'in-turn': 2, 'same-cursor': 1, empty: 0 }[paging];
        assert.equal(asked, fruitful + 5);
        assert.deepEqual(jobs, [], 'neither evaluations nor another try');
        const { state, waitsFor, pull, finishedAt } = await view(world, id);
        assert.deepEqual([state, waitsFor, finishedAt], ['paused', 'lms-paging', null]);
        assert.deepEqual([pull?.state, pull?.pages], ['stopped', asked]);
        assert.equal(pull?.studentGroups, Math.min(fruitful * PAGE, GROUPS));
        assert.equal(pull?.reason?.code, 'lms-paging');
        assert.match(pull?.reason?.detail ?? '', /brought no new student group.*retry/);
        const told = lines.find(({ fields }) => fields['event'] === 'pull-stopped');
        assert.equal(told?.level, 'error');
        // The periodic upkeep job does not resume this pull.
        const now = () => new Date(Date.now() + HOUR / 2);
        await makeUpkeep({ ...ctx, clock: { ...ctx.clock, now } })({});
        assert.ok(!jobs.some(({ data }) => (data as JobData['ingest']).id === id));
        const act = await actOnBatch({ ...ctx }, id, 'resume', BY);
        assert.equal(act?.ok, false);
      });

    it('are read again from the first page by a retry after the LMS was corrected, and the batch continues', async () => {
      await quirks({ paging: 'first-page' });
      const id = await batch();
      await quirks({});
      const act = await actOnBatch({ ...ctx }, id, 'retry', BY);
      assert.ok(act?.ok);
      const [job] = jobs;
      assert.deepEqual(job, { queue: 'ingest', data: { kind: 'batch', id } });
      assert.equal((await view(world, id)).state, 'running');
      jobs = [];
      await makeIngest(ctx)({ kind: 'batch', id });
      assert.equal((await itemsOf(id)).length, GROUPS);
      assert.deepEqual(evaluated(), await itemsOf(id));
      const { pull } = await view(world, id);
      assert.deepEqual([pull?.state, pull?.studentGroups, pull?.reason], ['finished', GROUPS, null]);
    });

    for (const paging of ['each-twice', 'empty-first'] as const)
      it(`may include some pages without a new student group (${paging})`, async () => {
        await quirks({ paging });
        const id = await batch();
        assert.equal((await itemsOf(id)).length, GROUPS);
        assert.equal((await view(world, id)).pull?.state, 'finished');
      });

    it('are not counted as wrong when another pull of the same release reads the same records', async () => {
      const wide = { ...ctx, lms: { ...ctx.lms, pullPage: world.pipeline.lms.pullPage } };
      // Eleven pages of five, each after a complete pull of the same release by another worker.
      const slow = {
        ...ctx,
        lms: {
          ...ctx.lms,
          async pullPage(query: PageQuery) {
            const other = await world.batch();
            await makeIngest(wide)({ kind: 'batch', id: other });
            return world.pipeline.lms.pullPage({ ...query, limit: 5 });
          },
        },
      };
      const id = await world.batch();
      await makeIngest(slow)({ kind: 'batch', id });
      assert.equal((await view(world, id)).pull?.state, 'finished');
    });

    it('do not cause an endless pull when the LMS ignores "updated since" and lists every record again', async () => {
      await quirks({ ignoreSince: true });
      const small = {
        ...ctx,
        lms: { ...ctx.lms, pullPage: (query: PageQuery) => world.pipeline.lms.pullPage({ ...query, limit: 5 }) },
      };
      const id = await world.batch();
      await makeIngest(small)({ kind: 'batch', id });
      const { pull } = await view(world, id);
      assert.deepEqual([pull?.state, pull?.pages, pull?.studentGroups], ['finished', 22, GROUPS]);
    });

    it('without new student groups are counted correctly when a worker is killed', async () => {
      await quirks({ paging: 'first-page' });
      const id = await world.batch();
      for (let page = 0; page < 10; page += 1) {
        let left = 1;
        const dying = {
          ...ctx,
          lms: {
            ...ctx.lms,
            pullPage(query: PageQuery) {
              if (left-- === 0) throw new Error('killed');
              return ctx.lms.pullPage(query);
            },
          },
        };
        await makeIngest(dying)({ kind: 'batch', id }).catch(() => undefined);
        if ((await view(world, id)).waitsFor) break;
      }
      assert.equal((await view(world, id)).pull?.pages, 6);
    });

    it('that never end also stop pulls that an event or the clock started; such a pull does not count as complete', async () => {
      const last = await db()('release_pull').whereNull('stopped').max({ at: 'lms_since' }).first();
      await quirks({ paging: 'in-turn' });
      await announced();
      assert.equal(Number((await db()('lms_event').whereNull('settled_at').count({ n: '*' }).first())?.['n']), 0);
      const id = await scheduled();
      assert.notEqual((await db()('release_pull').where({ id }).first()).finished_at, null);
      assert.deepEqual(evaluated(), []);
      await db()('release_pull').update({ requested_at: db().raw(`requested_at - interval '2 hours'`) });
      const at = (before: number) => new Date(Date.now() - before * HOUR);
      const [due] = await selectDuePulls(db(), {
        aliveSince: at(24 * 60),
        changesBefore: at(1),
        wholeBefore: at(24),
      });
      assert.deepEqual(due?.updatedSince, last?.['at'], 'asked again, since the last pull that came to its end');
      assert.equal((await countPullFaults(db())).stopped, 1);
    });

    it('leave only the ids of excluded student groups in the database when the pull is finished', async () => {
      const rows = await db()('release_pull_seen as s')
        .join('release_pull as p', 'p.id', 's.pull_id')
        .whereNotNull('p.finished_at')
        .whereNull('s.left_out_release');
      assert.deepEqual(rows, []);
    });
  });
});

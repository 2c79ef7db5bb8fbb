import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { askErasure, confirmErasure } from '../../src/coordinate/people/person-erasure.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import type { Artefact } from '../../src/ports/artefacts.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';

const PROGRAM = fileURLToPath(new URL('./processes/killed-drawing.js', import.meta.url));
const HOURS = 3_600_000;

describe('files of a drawn diploma, after a worker or an erasure was killed in between', () => {
  let root: string;
  let folder: string;
  let world: World;
  let ctx: PipelineContext;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-unrecorded-'));
    folder = join(root, 'diplomas');
    await mkdir(folder);
    world = await startWorld({ size: 8, settings: { ARTEFACTS_URL: pathToFileURL(folder).href } });
    ctx = world.pipeline;
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(ctx.db, release.release, new Date());
  });
  after(async () => {
    await world.close();
    await rm(root, { recursive: true, force: true });
  });

  async function awarded(group: string): Promise<{ id: string; studentId: string }> {
    const pulled = await ctx.lms.pullOne(group);
    assert.ok(pulled?.ok);
    await recordPull(ctx.db, pulled, new Date(), ctx.normaliseEmail);
    await makeEvaluate(ctx)({ id: group, batchId: null });
    const { id, student_id } = await ctx.db('certificate').where({ student_group_id: group }).first();
    await makePatch(ctx)({ id });
    return { id, studentId: student_id };
  }
  const files = async () => {
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).map(({ name }) => name);
  };
  async function drawKilled(id: string): Promise<void> {
    const worker = spawn(process.execPath, [PROGRAM, id], { env: world.env, stdio: ['ignore', 'inherit', 'inherit'] });
    assert.deepEqual(await once(worker, 'exit'), [null, 'SIGKILL']);
  }
  async function erase(studentId: string) {
    const { id, shown } = await askErasure(ctx, { studentId, ground: 'person-asked' }, 'admin');
    return { shown, erased: await confirmErasure(ctx, { id, studentId }, 'admin') };
  }
  const drawWith = (put: (all: readonly Artefact[]) => Promise<void>, id: string) =>
    makeRender({ ...ctx, artefacts: { ...ctx.artefacts, put } })({ id });
  /** The upkeep of a worker some hours later. */
  const upkeepIn = (hours: number) =>
    makeUpkeep({
      ...ctx,
      enqueue: async () => 0,
      clock: { ...ctx.clock, now: () => new Date(Date.now() + hours * HOURS) },
    })({});
  const unrecorded = async () => (await ctx.db('unrecorded_file')).length;

  it('are deleted by an erasure when they were stored but not recorded; unfinished ones too', async () => {
    const { id, studentId } = await awarded('sg_0002');
    await drawKilled(id);
    const stored = await files();
    assert.equal(stored.length, 3);
    assert.equal(await ctx.db('diploma').first(), undefined);
    await writeFile(join(folder, 'drafts', `${stored[0]}.unfinished`), 'of a killed process');

    const { shown, erased } = await erase(studentId);
    assert.equal(shown.files, 3);
    assert.notEqual(erased.finishedAt, null);
    assert.deepEqual(await files(), []);
  });

  it('are deleted by the worker itself, when an erasure came between drawing and storing', async () => {
    const { id, studentId } = await awarded('sg_0003');
    await drawWith(async (all) => {
      const { erased } = await erase(studentId);
      assert.notEqual(erased.finishedAt, null);
      await ctx.artefacts.put(all);
    }, id);
    assert.deepEqual(await files(), []);
    assert.equal(await ctx.db('diploma').first(), undefined);
  });

  it('are deleted by the upkeep after an hour, and drawn again by a worker that is so late', async () => {
    const { id } = await awarded('sg_0004');
    const late = drawWith(async (all) => {
      await ctx.artefacts.put(all);
      await upkeepIn(0.5);
      assert.equal((await files()).length, 3);
      await upkeepIn(2);
      assert.deepEqual(await files(), []);
    }, id);
    await assert.rejects(late, /stored so long ago/);
    assert.equal(await ctx.db('diploma').first(), undefined, 'no diploma without its files');

    await makeRender(ctx)({ id });
    assert.equal((await files()).length, 3);
  });

  it('stay while a diploma needs them, and no announcement of recorded files is left', async () => {
    const { id: certificateId } = await ctx.db('certificate').where({ student_group_id: 'sg_0004' }).first('id');
    await ctx.db('unrecorded_file').delete();
    const { sha256 } = await ctx.db('diploma').where({ certificate_id: certificateId }).first('sha256');
    // Another worker was told to draw the same version, and died later than the first had recorded it.
    const left = { certificate_id: certificateId, version: 1, sha256s: [sha256], begun_at: new Date(0) };
    await ctx.db('unrecorded_file').insert(left);
    await upkeepIn(0);
    assert.equal((await files()).length, 3);
    assert.equal(await unrecorded(), 0);

    const { id } = await awarded('sg_0005');
    await makeRender(ctx)({ id });
    assert.equal(await unrecorded(), 0);
  });

  it('are deleted by the upkeep, when an erasure ended after its rows and before its files', async () => {
    const { id, studentId } = await awarded('sg_0006');
    await makeRender(ctx)({ id });
    const before = (await files()).length;
    const { id: erasure } = await askErasure(ctx, { studentId, ground: 'person-asked' }, 'admin');
    const broken = { ...ctx, artefacts: { remove: () => Promise.reject(new Error('the store is gone')) } };
    await assert.rejects(confirmErasure(broken, { id: erasure, studentId }, 'admin'), /the store is gone/);
    const row = () => ctx.db('erasure').where({ id: erasure }).first();
    assert.notEqual((await row()).receipt, null);
    assert.equal((await row()).finished_at, null);
    assert.equal((await files()).length, before);

    await upkeepIn(0);
    assert.notEqual((await row()).finished_at, null);
    assert.equal((await files()).length, before - 3);
  });
});

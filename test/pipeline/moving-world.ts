import assert from 'node:assert/strict';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makePull } from '../../src/pipeline/ingest/announced.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import type { QueueName } from '../../src/pipeline/stages.ts';
import { insertLmsEvent } from '../../src/records/lms/lms-events.ts';
import { tokenFor } from '../http/harness.ts';
import { letter } from '../http/letters.ts';
import { draw } from '../support/award.ts';
import { RELEASE, startWorld } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

export const NEXT = 'rel_2026next';
export const LATER = 'rel_2026later';

export type MovingWorld = Awaited<ReturnType<typeof startMovingWorld>>;

/** A world with three releases whose student groups a test moves. Stages run step by step, no job runs by itself. */
export async function startMovingWorld() {
  // One template for all, so that only the move changes the result.
  const criteria = (text: string) => text.replace(/certTemplate: .*/, 'certTemplate: { default: teacher-ru }');
  const world = await startWorld({ templates: { 'criteria.yaml': criteria } });
  const jobs: { queue: QueueName; data: object }[] = [];
  const ctx: PipelineContext = {
    ...world.pipeline,
    async enqueue(_trx, queue, data) {
      jobs.push(...data.map((item) => ({ queue, data: item })));
      return data.length;
    },
  };
  const api = await serveWorld(world);
  const authorization = (await tokenFor(world.base.db, 'coordinator')).header;
  const release = await ctx.lms.pullRelease(RELEASE);
  assert.ok(release?.ok);
  for (const [id, numberPrefix] of [
    [NEXT, 'NXT-26'],
    [LATER, 'LTR-26'],
  ])
    await world.lms.control('releases?quiet=1', { ...release.release, id, numberPrefix });
  const fresh = Array.from({ length: 30 }, (_, index) => `sg_${String(index + 2).padStart(4, '0')}`);

  const db = () => world.base.db;
  async function ask(path: string, method = 'GET', words?: object) {
    const headers = { authorization, 'content-type': 'application/json' };
    const body = words === undefined ? {} : { body: JSON.stringify({ reason: 'by telephone', ...words }) };
    const response = await fetch(`${api.url}/api/${path}`, { method, headers, ...body });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : JSON.parse(text) };
  }
  const evaluate = (id: string, batchId: string | null = null) => makeEvaluate(ctx)({ id, batchId });
  /** Acts as an LMS event does: pulls the group, then evaluates it. */
  async function announced(id: string): Promise<void> {
    const event = {
      id: `msg_${world.base.newId()}`,
      type: 'student-group.updated',
      studentGroupId: id,
      releaseId: null,
    };
    await insertLmsEvent(db(), event, new Date());
    await makePull(ctx)({ id });
    await evaluate(id);
  }
  const change = (id: string, fields: object) => world.lms.control(`student-groups/${id}?quiet=1`, fields);
  async function move(id: string, to: string): Promise<void> {
    await change(id, { group: { releaseId: to } });
    await announced(id);
  }
  /** Awards a certificate in the sample release and continues to the given step. */
  async function awarded(as: 'awarded' | 'patched' | 'waiting' | 'sent'): Promise<{ group: string; id: string }> {
    for (;;) {
      const group = fresh.shift() ?? assert.fail('no student group left');
      await announced(group);
      const row = await db()('certificate').where({ student_group_id: group }).first('id');
      if (!row) continue;
      if (as !== 'awarded') await makePatch(ctx)({ id: row.id });
      if (as === 'waiting') await makeRender(ctx)({ id: row.id });
      if (as === 'sent') {
        await draw(db(), row.id);
        await letter(db(), row.id, 'sent');
      }
      return { group, id: row.id };
    }
  }
  const certificates = (group: string): Promise<{ number: string; release_id: string }[]> =>
    db()('certificate').where({ student_group_id: group }).orderBy('awarded_at').select('number', 'release_id');
  const stands = async (group: string) => {
    const { state, reason_code } = await db()('standing').where({ student_group_id: group }).first();
    return [state, reason_code];
  };
  const certificateStands = async (id: string) => {
    const { body } = await ask(`certificates/${id}`);
    return [body.state, body.reason?.code ?? null];
  };
  const patchesOf = async (group: string) =>
    (await world.patches()).filter(({ studentGroupId }) => studentGroupId === group).length;
  const flags = (group: string): Promise<{ detail: string }[]> =>
    db()('flag').where({ student_group_id: group, kind: 'release-moved' }).whereNull('ended_at').select('detail');

  /** Creates a coordinator's batch that is pulled but not evaluated. */
  async function batchOver(releaseId: string): Promise<string> {
    const { status, body } = await ask('batches', 'POST', { releaseId, reason: undefined });
    assert.equal(status, 202, JSON.stringify(body));
    await makeIngest(ctx)({ kind: 'batch', id: body.id });
    return body.id;
  }
  /** State and reason of a batch's item; null when the batch has no such item. */
  async function items(batchId: string, group: string): Promise<[string, string | null] | null> {
    const { body } = await ask(`batches/${batchId}/items?limit=200`);
    const item = body.items.find((one: { studentGroupId: string }) => one.studentGroupId === group);
    return item ? [item.state, item.reason?.code ?? null] : null;
  }

  return {
    world,
    ctx,
    jobs,
    fresh,
    db,
    ask,
    evaluate,
    announced,
    change,
    move,
    awarded,
    certificates,
    stands,
    certificateStands,
    patchesOf,
    flags,
    batchOver,
    items,
    async close() {
      await api.close();
      await world.close();
    },
  };
}

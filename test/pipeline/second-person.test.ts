import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tokenContext } from '../../src/commands/token.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { insertOrReturnBatch } from '../../src/records/batches/batches.ts';
import { announce } from '../support/announce.ts';
import { firstMatch, RELEASE, startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';
import type { CrashOrder } from './processes/crashing-stage.ts';

const PROGRAM = fileURLToPath(new URL('./processes/crashing-stage.js', import.meta.url));

const LIMIT = 3;
const CONFIRM = `confirm: { above: ${LIMIT}, by: second-person }`;

describe('a batch above the usual size of its programme', () => {
  let world: World;
  let app: Awaited<ReturnType<typeof serveWorld>>;
  const tokens: Record<string, string> = {};
  before(async () => {
    // One template for all, because the workers that are killed read no other.
    const confirm = (text: string) =>
      text
        .replace(/^( +)require:/m, `$1${CONFIRM}\n$1require:`)
        .replace(/certTemplate: .*/, 'certTemplate: { default: teacher-ru }');
    world = await startWorld({ size: 20, templates: { 'criteria.yaml': confirm } });
    app = await serveWorld(world);
    await world.run();
    for (const [key, name, role] of [
      ['anna', 'Anna', 'coordinator'],
      ['annaAgain', 'anna ', 'admin'],
      ['boris', 'Boris', 'coordinator'],
      ['vera', 'Vera', 'viewer'],
    ] as const)
      tokens[key] = (await createToken(tokenContext(world.base.db), { name, role })).token;
  });
  after(async () => {
    await app.close();
    await world.close();
  });

  const ask = async (who: string, method: 'GET' | 'POST', path: string, body?: object, language = 'en') => {
    const answer = await fetch(`${app.url}/api/batches${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tokens[who]}`,
        'accept-language': language,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    // Every answer is compared with the description of the API elsewhere.
    const read = (await answer.json()) as Record<'id' | 'state' | 'waitsFor' | 'notice' | 'detail', string> & {
      counts: Record<string, number>;
      items: unknown[];
    };
    return { status: answer.status, body: read };
  };
  const start = async (body: object): Promise<string> => (await ask('anna', 'POST', '', body)).body.id;
  const reaches = (id: string, ...states: string[]) =>
    until(`the batch ${states.join(' or ')}`, async () => {
      const { body } = await ask('vera', 'GET', `/${id}`);
      return states.includes(body.state) ? body : null;
    });
  const certificates = () => world.base.db('certificate').pluck('student_group_id');

  it('waits until a second coordinator confirms it: its creator cannot, and neither resume nor a webhook starts it', async () => {
    const id = await start({ releaseId: RELEASE });
    const waiting = await reaches(id, 'paused');
    assert.equal(waiting.waitsFor, 'second-person');
    assert.equal(waiting.counts['pending'], waiting.counts['total']);
    assert.match(waiting.notice, /\d+; above 3, programme cis-teachers asks for a second person|other than Anna \(/);
    const russian = await ask('vera', 'GET', `/${id}`, undefined, 'ru');
    assert.match(russian.body.notice, /требует второго человека/);

    for (const verb of ['pause', 'resume', 'retry']) {
      const refused = await ask('boris', 'POST', `/${id}/${verb}`);
      assert.deepEqual([refused.status, refused.body.state], [409, 'paused'], verb);
    }
    for (const who of ['anna', 'annaAgain', 'vera'])
      assert.equal((await ask(who, 'POST', `/${id}/confirm`)).status, 403, who);

    const ids = await world.base
      .db('batch_item')
      .where({ batch_id: id })
      .orderBy('student_group_id')
      .pluck('student_group_id');
    await announce(world.pipeline, {
      id: 'msg_early',
      type: 'student-group.completed',
      studentGroupId: ids[1],
      releaseId: null,
    });
    const left = await until('the event to be judged', async () => {
      const standing = await world.standing(ids[1]);
      return standing.decisionId === null ? null : standing;
    });
    assert.deepEqual([left.state, left.reason?.code], ['pending', 'awaiting-confirm']);
    assert.deepEqual(await certificates(), []);

    const confirmed = await ask('boris', 'POST', `/${id}/confirm`, { reason: 'fictional: asked Anna' });
    assert.deepEqual([confirmed.status, confirmed.body.state, confirmed.body.waitsFor], [200, 'running', undefined]);
    const again = await ask('boris', 'POST', `/${id}/confirm`);
    assert.equal(again.status, 409);
    assert.match(again.body.detail, /batch\.confirm by Boris \([0-9a-f]{8}\)/);
    await until('awards', async () => (await certificates()).length > LIMIT);
    await world.reaches(ids[1], 'sent');
    const act = await world.base.db('act').where({ subject: id, verb: 'batch.confirm' });
    assert.deepEqual(
      act.map(({ reason }) => reason),
      ['fictional: asked Anna'],
    );
    // Another test must not wait for it; it may be finished already.
    assert.ok([200, 409].includes((await ask('boris', 'POST', `/${id}/cancel`)).status));
  });

  it('starts at once when it is not above the limit: those with a certificate and other countries do not count', async () => {
    const { body: all } = await ask('anna', 'GET', '?limit=1');
    assert.equal(all.items.length, 1);
    const awarded = await certificates();
    const few = await start({ studentGroupIds: awarded });
    assert.equal((await reaches(few, 'running', 'finished', 'paused')).waitsFor, undefined);
    const country = await start({ releaseId: RELEASE, countries: ['MN'] });
    assert.equal((await reaches(country, 'finished', 'paused')).state, 'finished');
  });

  /** Student groups of new teachers who meet the criteria, one more than the limit. */
  async function freshGroups(prefix: string): Promise<string[]> {
    const [first] = await certificates();
    const { snapshot } = await world.base.db('student_group').where({ id: first }).first('snapshot');
    const ids = Array.from({ length: LIMIT + 1 }, (_, n) => `sg_${prefix}_${n + 1}`);
    for (const id of ids) {
      const student = { ...snapshot.student, id: `st_${id}`, email: `${id}@school.example` };
      const record = { ...snapshot, id, student, status: 'completed', certTemplate: null };
      await world.lms.control('student-groups?quiet=1', record);
    }
    return ids;
  }

  it('waits also when the worker that read it was killed at one of its last steps', async () => {
    const { db } = world.base;
    const ids = await freshGroups('killed');
    const prepared = async (): Promise<string> => {
      const id = world.base.newId();
      const scope = {
        releaseId: null,
        studentGroupIds: ids,
        countries: null,
        dryRun: false,
        template: null,
        note: null,
      };
      await insertOrReturnBatch(
        db,
        { id, ...scope, actor: 'tester', idempotencyKey: null, requestHash: id },
        new Date(),
      );
      return id;
    };
    const work = async (id: string, point: number): Promise<number> => {
      const child = spawn(process.execPath, [PROGRAM], { env: world.env, stdio: ['pipe', 'pipe', 'inherit'] });
      await firstMatch(child, /ready/);
      const reached = firstMatch(child, /^(\d+)$/m).catch(() => '0');
      const exit = once(child, 'exit');
      child.stdin?.write(`${JSON.stringify({ stage: 'ingest', id, point, from: 'start' } satisfies CrashOrder)}\n`);
      await exit;
      await db('gate_slot').update({ holder: null, leased_until: db.raw(`'-infinity'`) });
      return Number(await reached);
    };
    const last = await work(await prepared(), 1000);
    assert.ok(last > 10, `only ${last} steps`);
    for (const point of [last - 2, last - 1]) {
      const id = await prepared();
      await work(id, point);
      const killed = await db('batch').where({ id }).first();
      assert.equal(killed.pulled_at === null, killed.second_person_at === null, `killed at step ${point} of ${last}`);
      await makeIngest(world.pipeline)({ kind: 'batch', id });
      assert.equal((await reaches(id, 'paused')).waitsFor, 'second-person');
      assert.equal((await ask('boris', 'POST', `/${id}/cancel`)).status, 200);
    }
    const judged = await db('decision').whereIn('student_group_id', ids).first('id');
    assert.equal(judged, undefined);
  });

  it('can be cancelled while it waits; whom an event left for it is judged without it', async () => {
    const fresh = await freshGroups('new');
    const id = await start({ studentGroupIds: fresh });
    assert.equal((await reaches(id, 'paused')).waitsFor, 'second-person');
    await announce(world.pipeline, {
      id: 'msg_left',
      type: 'student-group.completed',
      studentGroupId: 'sg_new_1',
      releaseId: null,
    });
    await until(
      'the event to be judged',
      async () => (await world.standing('sg_new_1')).reason?.code === 'awaiting-confirm',
    );
    const cancelled = await ask('anna', 'POST', `/${id}/cancel`);
    assert.deepEqual([cancelled.status, cancelled.body.counts], [200, { total: 4, cancelled: 4 }]);
    await world.reaches('sg_new_1', 'sent', 'held');
    const late = await ask('boris', 'POST', `/${id}/confirm`);
    assert.deepEqual([late.status, late.body.state], [409, 'cancelled']);
    assert.match(late.body.detail, /batch\.cancel by Anna/);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { tokenContext } from '../../src/commands/token.ts';
import type { ForecastView } from '../../src/coordinate/forecast.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { insertBatchItems, insertOrReturnBatch, recordPulled } from '../../src/records/batches/batches.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { RELEASE, startWorld, until, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

interface Item {
  studentGroupId: string;
  studentId: string;
  class: string;
  cause: string | null;
}

describe('the report of a dry run', () => {
  let world: World;
  let app: Awaited<ReturnType<typeof serveWorld>>;
  let token: string;
  before(async () => {
    world = await startWorld();
    app = await serveWorld(world);
    await world.run();
    ({ token } = await createToken(tokenContext(world.base.db), { name: 'Vera', role: 'viewer' }));
  });
  after(async () => {
    await app.close();
    await world.close();
  });

  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${app.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as T;
  };
  const listed = async <T>(path: string): Promise<T[]> => {
    const all: T[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { items: T[]; nextCursor: string | null } = await get(
        `${path}${path.includes('?') ? '&' : '?'}limit=7${cursor && `&cursor=${cursor}`}`,
      );
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  };
  const judged = (id: string) =>
    until('everyone to be judged', async () => {
      if (await world.base.db('batch').where({ id }).whereNull('pulled_at').first('id')) return null;
      return !(await world.base.db('batch_item').where({ batch_id: id }).whereNull('evaluated_at').first('batch_id'));
    });
  const dryRun = async (): Promise<ForecastView> => {
    const id = await world.batch({ dryRun: true });
    await judged(id);
    return get(`/api/batches/${id}/forecast`);
  };
  const countOf = (report: ForecastView, name: string) => report.classes.find((one) => one.class === name)?.count;

  /** Every class opens as a list of exactly its student groups, and together they are all student groups once. */
  async function assertReconciled(report: ForecastView): Promise<Item[]> {
    assert.equal(report.pending, 0);
    const all: Item[] = [];
    for (const one of report.classes) {
      const items = await listed<Item>(one.items);
      assert.equal(items.length, one.count, one.class);
      for (const { cause, count, items: address } of one.causes) {
        if (cause !== null) assert.equal((await listed(address)).length, count, `${one.class} ${cause}`);
      }
      assert.equal(
        one.causes.reduce((sum, { count }) => sum + count, 0),
        one.count,
        one.class,
      );
      all.push(...items);
    }
    const ids = all.map(({ studentGroupId }) => studentGroupId).sort();
    const total = await world.base.db('batch_item').where({ batch_id: report.batchId }).pluck('student_group_id');
    assert.deepEqual(ids, total.sort());
    assert.equal(report.total, total.length);
    return all;
  }

  it('counts every student group of the release once, as the real batch then does', async () => {
    const report = await dryRun();
    const foretold = await assertReconciled(report);
    const { items } = await world.lms.control<{ items: unknown[] }>('student-groups').catch(() => ({ items: [] }));
    if (items.length > 0) assert.equal(report.total, items.length);
    assert.ok(report.classes.filter(({ count }) => count > 0).length >= 4, JSON.stringify(report.classes));
    assert.deepEqual([report.difference, countOf(report, 'already-issued')], [null, 0]);

    const real = await world.batch();
    await judged(real);
    const done = await listed<Item>(`/api/batches/${real}/items`);
    // Of two memberships of one teacher, the one that is judged first gets the certificate.
    const places = (list: Item[]) => list.map((item) => `${item.studentId} ${item.class} ${item.cause}`).sort();
    assert.deepEqual(places(done), places(foretold));
    const awarded = await world.base.db('certificate').pluck('student_group_id');
    assert.deepEqual(
      awarded.sort(),
      done
        .filter((item) => item.class === 'new')
        .map(({ studentGroupId }) => studentGroupId)
        .sort(),
    );

    const again = await dryRun();
    await assertReconciled(again);
    assert.deepEqual([countOf(again, 'new'), countOf(again, 'already-issued')], [0, awarded.length]);
    assert.equal(again.difference?.since.batchId, real);
    assert.deepEqual(again.difference?.moves, [], 'what a real batch issued has not moved');
  });

  it('tells since the last run who moved from which class to which', async () => {
    const { db } = world.base;
    const before = await dryRun();
    const held = (await listed<Item>(`/api/batches/${before.batchId}/items?class=held`))[0] ?? assert.fail('none held');
    const met = (await listed<Item>(`/api/batches/${before.batchId}/items?class=not-met`))[0] ?? assert.fail('all met');
    await world.lms.control(`student-groups/${met.studentGroupId}?quiet=1`, { status: 'expelled' });
    const act = {
      id: world.base.newId(),
      actor: 'tester',
      verb: 'test',
      subject: held.studentGroupId,
      acted_at: new Date(),
    };
    await db('act').insert(act);
    await db('override').insert({
      student_group_id: held.studentGroupId,
      field: 'excluded',
      value: 'true',
      actor: 'tester',
      reason: 'fictional',
      act_id: act.id,
      at: new Date(),
    });
    const report = await dryRun();
    await assertReconciled(report);
    const moves = report.difference?.moves.map(({ from, to, studentGroupIds }) => [from?.class, to, studentGroupIds]);
    assert.deepEqual(
      moves?.filter(([from]) => from === 'held'),
      [['held', { class: 'excluded', cause: 'excluded' }, [held.studentGroupId]]],
    );
    const changes = await listed<{ studentGroupId: string }>(`/api/batches/${report.batchId}/changes`);
    assert.equal(changes.length, report.difference?.count);
    assert.ok(changes.some(({ studentGroupId }) => studentGroupId === held.studentGroupId));
  });

  it('tells who would be written to again, and counts that letter', async () => {
    const { db } = world.base;
    const sent: { certificate_id: string } = await until('a sent letter', async () =>
      db('personal_issue').where({ state: 'sent' }).first('certificate_id'),
    );
    const of = { certificate_id: sent.certificate_id };
    const first = await db('certificate_version').where(of).first();
    const facts = JSON.stringify({ ...first.facts, version: 2 });
    await db('certificate_version').insert({ ...first, version: 2, facts });
    const { student_group_id: group } = await db('certificate').where({ id: sent.certificate_id }).first();
    const report = await dryRun();
    const again = await listed<Item>(`/api/batches/${report.batchId}/items?class=written-again`);
    assert.deepEqual(
      again.map(({ studentGroupId }) => studentGroupId),
      [group],
    );
    assert.equal(report.letters.count, 1);
    assert.match(report.letters.last?.words.ru ?? '', /^до \S+/);
  });

  it('is for dry runs only', async () => {
    const real = await world.batch({ ids: ['sg_0002'] });
    for (const path of ['forecast', 'changes']) {
      const answer = await fetch(`${app.url}/api/batches/${real}/${path}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(answer.status, 409);
    }
  });

  describe('over a release of any mixture', () => {
    const good = {
      role: 'teacher',
      status: 'completed',
      score: 60,
      country: 'KZ',
      fullName: 'Анна Примерова',
      accepted: true,
    };
    const Any = fc.record({
      role: fc.constantFrom('teacher', 'staff', 'tester'),
      status: fc.constantFrom('completed', 'completed', 'active', 'criteria met', 'expelled'),
      score: fc.constantFrom(null, 10, 59.9, 60, 100),
      country: fc.constantFrom('KZ', 'KZ', 'UZ', 'DE', 'Атлантида', null),
      fullName: fc.constantFrom('Анна Примерова', 'გიორგი ნიმუში', 'Ali [% x', '?????', 'Sample Person'),
      student: fc.constantFrom('own', 'own', 'shared'),
      accepted: fc.constantFrom(true, true, false, null),
      readable: fc.constantFrom(true, true, true, false),
      issued: fc.constantFrom(false, false, true),
    });
    const Good = Any.map((one) => ({ ...one, ...good }));
    const Mixed = fc.array(fc.oneof(Any, Good), { minLength: 4, maxLength: 10 });

    it('has each student group in exactly one class', async () => {
      const { pipeline } = world;
      const { db } = pipeline;
      const evaluate = makeEvaluate({ ...pipeline, enqueue: async () => 0 });
      const { snapshot: like } = await db('certificate as c')
        .join('student_group as g', 'g.id', 'c.student_group_id')
        .first('g.snapshot');
      const seen = new Set<string>();
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          Mixed,
          fc.option(fc.constantFrom<string[]>(['KZ'], ['UZ', 'DE']), { nil: null }),
          async (mixture, countries) => {
            run += 1;
            const ids: string[] = [];
            for (const [n, one] of mixture.entries()) {
              const id = `sg_mixed_${run}_${n}`;
              ids.push(id);
              const student = {
                ...like.student,
                id: one.student === 'own' ? `st_${id}` : `st_mixed_${run}`,
                ...{
                  fullName: one.fullName,
                  latinName: null,
                  role: one.role,
                  country: one.country,
                  phone: null,
                  timezone: null,
                },
                email: `${id}@school.example`,
              };
              const progress = { ...like.progress, score: one.score };
              const project = { ...like.project, accepted: one.accepted };
              const registration = null;
              const studentGroup = {
                ...like,
                id,
                status: one.status,
                student,
                progress,
                project,
                registration,
                certTemplate: null,
              };
              await recordPull(db, { ok: true, studentGroup, etag: null }, new Date(), pipeline.normaliseEmail);
              if (one.issued) await evaluate({ id, batchId: null });
              if (!one.readable)
                await recordPull(db, { ok: false, id, detail: 'fictional' }, new Date(), pipeline.normaliseEmail, {
                  id,
                });
            }
            const id = world.base.newId();
            const scope = {
              releaseId: RELEASE,
              studentGroupIds: null,
              countries,
              dryRun: true,
              template: null,
              note: null,
            };
            const by = { actor: 'tester', idempotencyKey: null, requestHash: id };
            await insertOrReturnBatch(db, { id, ...scope, ...by }, new Date());
            await insertBatchItems(db, id, ids, RELEASE);
            await recordPulled(db, id, new Date());
            for (const group of ids) await evaluate({ id: group, batchId: id });
            const all = await assertReconciled(await get(`/api/batches/${id}/forecast`));
            for (const item of all) seen.add(item.class);
          },
        ),
        { numRuns: 8 },
      );
      for (const name of ['new', 'already-issued', 'held', 'not-met', 'excluded']) assert.ok(seen.has(name), name);
    });
  });
});

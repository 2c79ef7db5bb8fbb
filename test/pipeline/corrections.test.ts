import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import type { Db } from '../../src/records/rows.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { readPdf } from '../diploma/pdf-reader.ts';
import { tokenFor } from '../http/harness.ts';
import { certificateOf } from '../support/coordinator.ts';
import { RELEASE, startWorld, type World } from '../support/world.ts';
import { serveWorld } from '../support/world-app.ts';

/** Stages run step by step, no job runs by itself. */
describe('corrections that are seen first', () => {
  let world: World;
  let ctx: PipelineContext;
  let db: Db;
  let api: Awaited<ReturnType<typeof serveWorld>>;
  let authorization: string;
  const fresh = ['sg_0002', 'sg_0003', 'sg_0004', 'sg_0005', 'sg_0006', 'sg_0007'];

  before(async () => {
    world = await startWorld();
    ctx = world.pipeline;
    ({ db } = world.base);
    api = await serveWorld(world);
    authorization = (await tokenFor(db, 'coordinator')).header;
    const release = await ctx.lms.pullRelease(RELEASE);
    assert.ok(release?.ok);
    await recordRelease(db, release.release, new Date());
  });
  after(async () => {
    await api.close();
    await world.close();
  });

  async function pulled(): Promise<string> {
    const group = fresh.shift() ?? assert.fail('no student group left');
    const answer = await ctx.lms.pullOne(group);
    assert.ok(answer?.ok);
    await recordPull(db, answer, new Date(), ctx.normaliseEmail);
    return group;
  }
  /** A drawn certificate, whose letter waits. */
  async function issued(group: string): Promise<string> {
    await makeEvaluate(ctx)({ id: group, batchId: null });
    const { id } = await certificateOf(world, group);
    await makePatch(ctx)({ id });
    await makeRender(ctx)({ id });
    return id;
  }
  const call = (method: 'get' | 'post' | 'patch', path: string, body?: object) => {
    const sent = request(api.url)[method](path).set('Authorization', authorization);
    return body === undefined ? sent : sent.send(body);
  };
  const patch = (group: string, body: object) =>
    call('patch', `/api/student-groups/${group}`, { reason: 'fictional', ...body });
  const reissue = (id: string, body: object) => call('post', `/api/certificates/${id}/reissue`, body);
  const show = async (id: string) => (await call('get', `/api/certificates/${id}`)).body;
  const see = (link: string) => {
    const { pathname, search } = new URL(link);
    return call('get', `${pathname}${search}`).responseType('blob');
  };
  const openOf = async (id: string): Promise<string> =>
    (await db('reissue').where({ certificate_id: id }).whereNull('settled_at').first('id')).id;
  /**
   * A digest of each table, and of the jobs. The gates count every call of the LMS, also one that only asks; the other
   * tables of the queue are its own upkeep.
   */
  async function dump(): Promise<Record<string, string>> {
    const { rows } = await db.raw(
      `select schemaname || '.' || tablename as name from pg_tables
       where schemaname = 'public' and tablename not in ('gate_rate', 'gate_slot')
          or schemaname = 'pgboss' and tablename = 'job'`,
    );
    const digests: Record<string, string> = {};
    for (const { name } of rows) {
      const found = await db.raw(
        `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as d from ${name} as t`,
      );
      digests[name] = found.rows[0].d;
    }
    return digests;
  }

  describe('a dry run of a reissue', () => {
    it('shows facts, differences, letter and diploma of the new version, and changes nothing', async () => {
      const group = await pulled();
      const id = await issued(group);
      await patch(group, { fullName: 'Қарлығаш Үлгібаева', latinName: 'Karlygash Ulgibayeva' }).expect(200);
      const { snapshot } = await db('student_group').where({ id: group }).first('snapshot');
      const student = { ...snapshot.student, email: 'karlygash@example.kz' };
      await world.lms.control(`student-groups/${group}?quiet=1`, { student });
      const { holderName, latinName, number, recipient } = await show(id);

      const untouched = await dump();
      const { body } = await reissue(id, { dryRun: true }).expect(200);
      const pdf = await see(body.preview).expect(200);
      const again = await see(body.preview).expect(200);
      const picture = await see(body.picture).expect(200);
      assert.deepEqual(await dump(), untouched);

      assert.deepEqual([body.dryRun, body.version, body.number], [true, 2, number]);
      assert.deepEqual(body.changes, [
        { field: 'holderName', before: holderName, after: 'Қарлығаш Үлгібаева' },
        { field: 'latinName', before: latinName, after: 'Karlygash Ulgibayeva' },
      ]);
      assert.equal(body.facts.holderName, 'Қарлығаш Үлгібаева');
      assert.deepEqual([recipient === body.recipient, body.recipient], [false, 'karlygash@example.kz']);
      assert.match(body.letter.text, /Қарлығаш Үлгібаева/);
      assert.doesNotMatch(decodeURIComponent(body.preview), /Қарлығаш|Ulgibayeva|karlygash/);
      assert.match(JSON.stringify(readPdf(pdf.body)), /Қарлығаш/);
      assert.deepEqual(again.body, pdf.body, 'a reload shows the same');
      assert.equal(picture.headers['content-type'], 'image/png');
      assert.equal((await show(id)).version, 1);
    });

    it('is kept to: a reissue that expects it makes just that version, and none when something changed meanwhile', async () => {
      const group = await pulled();
      const id = await issued(group);
      await patch(group, { fullName: 'Анна Үлгі', latinName: 'Anna Ulgi' }).expect(200);
      const seen = (await reissue(id, { dryRun: true }).expect(200)).body;
      await patch(group, { latinName: 'Hanna Ulgi' }).expect(200);
      const refused = await reissue(id, { reason: 'fictional', expect: seen.factsHash }).expect(409);
      assert.match(refused.body.detail, /facts-changed/);
      await see(seen.preview).expect(409);
      assert.equal((await show(id)).reissues.length, 0);

      const { factsHash } = (await reissue(id, { dryRun: true }).expect(200)).body;
      await reissue(id, { reason: 'fictional', expect: factsHash }).expect(202);
      const overtaken = await openOf(id);
      await patch(group, { fullName: 'Анна Мысал', keepLatinName: true }).expect(200);
      await makeReissue(ctx)({ id: overtaken });
      const shown = await show(id);
      assert.deepEqual([shown.version, shown.reissues[0].reason.code], [1, 'facts-changed']);
      assert.deepEqual([shown.state, shown.holds], ['waiting', []], 'the present version goes its way');

      const last = (await reissue(id, { dryRun: true }).expect(200)).body;
      await reissue(id, { reason: 'fictional', expect: last.factsHash }).expect(202);
      await makeReissue(ctx)({ id: await openOf(id) });
      const { facts } = await db('certificate_version').where({ certificate_id: id, version: 2 }).first('facts');
      const { credential, certificateId, version, ...printed } = facts;
      assert.deepEqual([printed, certificateId, version], [{ ...last.facts, code: facts.code }, id, 2]);
      assert.ok(credential);
    });

    it('is refused for what a worker would find out too', async () => {
      const group = await pulled();
      const id = await issued(group);
      const { snapshot } = await db('release').where({ id: RELEASE }).first('snapshot');
      await world.lms.control('releases?quiet=1', { ...snapshot, courseTitle: { ru: 'undefined' } });
      const refused = await reissue(id, { dryRun: true });
      await world.lms.control('releases?quiet=1', snapshot);
      assert.deepEqual([refused.status, refused.body.detail.split(':')[0]], [409, 'lms-invalid']);
      assert.deepEqual((await show(id)).holds, [], 'nothing is held by looking');
      await reissue(id, {}).expect(400);
    });
  });

  describe('an issue date', () => {
    it('that a coordinator gives before the award is printed, and the act tells who and why', async () => {
      const group = await pulled();
      for (const [date, pointer] of [
        ['2026-02-30', '/issueDate'],
        ['2026-11-14', '/issueDate'],
        ['2029-01-01', '/issueDate'],
      ]) {
        const refused = await patch(group, { issueDate: date }).expect(400);
        assert.equal(refused.body.errors[0].pointer, pointer, date);
      }
      await patch(group, { issueDate: '2026-11-16', reason: 'the commission met on that day' }).expect(200);
      const id = await issued(group);
      const { issueDate, acts, number } = await show(id);
      const { facts } = await db('certificate_version').where({ certificate_id: id }).first('facts');
      assert.deepEqual([issueDate, facts.issueDate], ['2026-11-16', '2026-11-16']);
      assert.match(facts.credential.validFrom, /^2026-11-16T00:00:00/);
      assert.notEqual(facts.credential.sealedAt.slice(0, 10), '2026-11-16', 'it was signed on another day');
      const act = acts.find((one: { verb: string }) => one.verb === 'student-group.override');
      assert.deepEqual([act.reason, act.detail.fields], ['the commission met on that day', ['issueDate']]);
      assert.ok(number);
    });

    it('is corrected by a reissue: the number stays, the validity is as long as before, and both dates are kept', async () => {
      const group = await pulled();
      const id = await issued(group);
      const { number } = await show(id);
      const validUntil = '2028-11-20T23:59:59+03:00';
      await db.raw('alter table certificate_version disable trigger certificate_version_frozen');
      await db('certificate_version')
        .where({ certificate_id: id })
        .update({ facts: db.raw(`facts || ?::jsonb`, [JSON.stringify({ validUntil })]) });
      await db.raw('alter table certificate_version enable trigger certificate_version_frozen');

      for (const issueDate of ['2026-11-14', '2999-01-01', '2026-13-01'])
        await reissue(id, { reason: 'fictional', issueDate }).expect(400);
      const seen = (await reissue(id, { dryRun: true, issueDate: '2026-11-18' }).expect(200)).body;
      assert.deepEqual(seen.changes, [
        { field: 'issueDate', before: '2026-11-20', after: '2026-11-18' },
        { field: 'validUntil', before: validUntil, after: '2028-11-18T23:59:59+03:00' },
      ]);
      await see(seen.preview).expect(200);
      await reissue(id, { reason: 'wrong in the order', issueDate: '2026-11-18', expect: seen.factsHash }).expect(202);
      await makeReissue(ctx)({ id: await openOf(id) });
      await makeRender(ctx)({ id });

      const shown = await show(id);
      assert.deepEqual([shown.number, shown.issueDate, shown.needsReissue], [number, '2026-11-18', false]);
      const { detail, reason } = shown.acts[0];
      assert.deepEqual(
        [detail.issueDate, reason],
        [{ before: '2026-11-20', after: '2026-11-18' }, 'wrong in the order'],
      );
      assert.deepEqual([shown.versions[0].reason, shown.versions.length], ['wrong in the order', 2]);
      const page = await request(api.url)
        .get(`/c/${shown.code.replaceAll('-', '')}`)
        .set('Accept', 'application/json');
      assert.deepEqual([page.body.issueDate, page.body.validUntil], ['2026-11-18', '2028-11-18']);
      const { facts } = await db('certificate_version').where({ certificate_id: id, version: 2 }).first('facts');
      assert.match(facts.credential.validFrom, /^2026-11-18T00:00:00/);
      await assert.rejects(db('certificate').where({ id }).update({ issue_date: '2026-11-01' }), /identity/);

      await reissue(id, { reason: 'fictional' }).expect(202);
      await makeReissue(ctx)({ id: await openOf(id) });
      assert.equal((await show(id)).issueDate, '2026-11-18', 'a later reissue keeps the date');
      await patch(group, { issueDate: null }).expect(200);
      assert.equal((await show(id)).needsReissue, true);
      assert.equal((await reissue(id, { dryRun: true }).expect(200)).body.facts.issueDate, '2026-11-20');
    });
  });
});

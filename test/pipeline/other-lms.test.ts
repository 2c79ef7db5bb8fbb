import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makeReportIssued } from '../../src/pipeline/patch/report-issued.ts';
import type { RunningSandbox } from '../../src/sandbox/http-listener.ts';
import { startLmsSandbox } from '../../src/sandbox/lms-server.ts';
import { revoke } from '../http/harness.ts';
import { OTHER_DIALECT, OTHER_LMS } from '../support/other-lms.ts';
import { type Patch, startWorld, type World } from '../support/world.ts';

/**
 * Uses the same adapter and stages with an LMS that has other names, nesting, lists and values, configured only by
 * lms.yaml.
 */
describe('an LMS with its own field names', () => {
  let world: World;
  let lms: RunningSandbox;
  let ids: string[];
  before(async () => {
    lms = await startLmsSandbox({ port: 0, token: 'sandbox-lms-token', size: 30, dialect: OTHER_DIALECT });
    world = await startWorld({
      size: 1,
      settings: { LMS_BASE_URL: lms.url },
      templates: { 'lms.yaml': () => OTHER_LMS },
    });
    await world.run();
    ids = await world.mailable();
  });
  after(async () => {
    await world.close();
    await lms.close();
  });

  const control = async <T>(path: string, body?: object): Promise<T> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${lms.url}/sandbox/${path}`, init);
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return (await answer.json()) as T;
  };
  const patchesOf = async (id: string) =>
    (await control<{ patches: Patch[] }>('record')).patches.filter((patch) => patch.studentGroupId === id);
  const recordOf = async (id: string) =>
    (await world.pipeline.lms.pullOne(id)) ?? assert.fail('the LMS does not know it');
  const reportOf = async (id: string) =>
    world.base
      .db('lms_report as r')
      .join('certificate as c', 'c.id', 'r.certificate_id')
      .where('c.student_group_id', id)
      .first('r.*', 'c.code', 'c.cert_template');

  it('is pulled page by page, and gets the report in its own field names, again after a 412', async () => {
    assert.ok(ids.length > 5, `only ${ids.length} are ready: the map reads too little`);
    const [plain = '', changed = ''] = ids;
    await control('faults', {
      faults: [
        { match: { method: 'PATCH', pathPrefix: `/student-groups/${changed}` }, kind: 'status', status: 412, times: 1 },
      ],
    });
    await world.batch({ ids: [plain, changed] });
    for (const id of [plain, changed]) await world.reaches(id, 'sent');
    const { cert_template } = await reportOf(plain);
    const body = { source: 'gramota', certificate_template: cert_template, state: 'criteria met' };
    const told = (await patchesOf(plain)).filter((patch) => JSON.stringify(patch.body).includes('criteria met'));
    assert.deepEqual(
      told.map((patch) => patch.body),
      [body],
    );
    assert.deepEqual((await patchesOf(changed)).map((patch) => patch.status).slice(0, 2), [412, 200]);
  });

  describe('and with the report "certificate issued" switched on', () => {
    const tell = () =>
      makeReportIssued({
        ...world.pipeline,
        enqueue: async () => 0,
        // A time after all back-off delays.
        clock: { ...world.pipeline.clock, now: () => new Date(Date.now() + later) },
      })({});
    let later = 0;
    // The tracking job of a worker runs every minute; here it runs step by step.
    before(() => world.base.db('pgboss.job').where({ name: 'report-issued' }).delete());
    const flag = (id: string) =>
      world.base.db('flag').where({ student_group_id: id, kind: 'lms-not-told-issued' }).whereNull('ended_at').first();
    const issuedPatches = async (id: string) =>
      (await patchesOf(id)).filter((patch) => JSON.stringify(patch.body).includes('certificate issued'));

    it('gets this report once, with the lookup address, after the letter was sent', async () => {
      const [id = ''] = ids;
      await tell();
      await tell();
      const { code } = await reportOf(id);
      assert.deepEqual(
        (await issuedPatches(id)).map((patch) => patch.body),
        [{ state: 'certificate issued', certificate_url: `http://127.0.0.1:8080/c/${code}` }],
      );
      const record = await recordOf(id);
      assert.ok(record.ok);
      assert.equal(record.studentGroup.status, 'certificate issued');
    });

    it('gets this report again after an outage or a lost response; a refusal is shown to a person', async () => {
      const [, , away = '', lost = '', conflict = ''] = ids;
      await world.batch({ ids: [away, lost, conflict] });
      for (const id of [away, lost, conflict]) await world.reaches(id, 'sent');
      const patchOf = (id: string) => ({ method: 'PATCH', pathPrefix: `/student-groups/${id}` });
      await control('faults', {
        faults: [
          { match: patchOf(away), kind: 'status', status: 503, times: 1 },
          { match: patchOf(lost), kind: 'reset-after-apply', times: 1 },
        ],
      });
      await control(`student-groups/${conflict}?quiet=1`, { certTemplate: 'someone-elses' });
      await tell();
      assert.equal((await reportOf(away)).issued_told_at, null);
      assert.match((await flag(conflict))?.detail ?? '', /no longer shows "criteria met" with the certTemplate/);
      later = 3_600_000;
      await tell();
      for (const id of [away, lost]) {
        assert.ok((await reportOf(id)).issued_told_at, id);
        assert.equal((await issuedPatches(id)).filter((patch) => patch.status === 200).length, 1, id);
        assert.equal(await flag(id), undefined);
      }
      const { cert_template } = await reportOf(conflict);
      await control(`student-groups/${conflict}?quiet=1`, { certTemplate: cert_template });
      later = 26 * 3_600_000;
      await tell();
      assert.ok((await reportOf(conflict)).issued_told_at);
      assert.equal(await flag(conflict), undefined, 'mended, and no longer shown');
      assert.equal((await world.standing(conflict)).state, 'sent', 'nothing waited for it');
    });

    it('gets no such report for revoked or old certificates, and no flag remains for them', async () => {
      const { db } = world.base;
      const [revoked = '', old = ''] = ids;
      for (const id of [revoked, old]) {
        const { certificate_id } = await reportOf(id);
        await db('lms_report').where({ certificate_id }).update({ issued_told_at: null });
        const flagged = { student_group_id: id, certificate_id, kind: 'lms-not-told-issued' };
        await db('flag').insert({ id: world.base.newId(), ...flagged, detail: 'fictional', raised_at: new Date() });
      }
      await revoke(db, (await reportOf(revoked)).certificate_id);
      await db('lms_report')
        .where({ certificate_id: (await reportOf(old)).certificate_id })
        .update({ issued_next_at: new Date(Date.now() + 30 * 24 * 3_600_000) });
      later = 0;
      await tell();
      assert.deepEqual([await flag(revoked), (await reportOf(revoked)).issued_told_at], [undefined, null]);
      assert.ok(await flag(old));
      later = 15 * 24 * 3_600_000;
      await tell();
      assert.equal(await flag(old), undefined);
    });
  });
});

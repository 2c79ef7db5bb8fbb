import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { repairDifferences } from '../../src/coordinate/reconciliation.ts';
import { releaseReport, reportCsv } from '../../src/coordinate/release-report.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { selectNextStep } from '../../src/records/certificates/next-step.ts';
import { selectDifferences } from '../../src/records/student-groups/differences.ts';
import { hold, selectOpenHold } from '../../src/records/student-groups/holds.ts';
import { RELEASE } from '../support/world.ts';
import { LATER, type MovingWorld, NEXT, startMovingWorld } from './moving-world.ts';

describe('a student group that the LMS moves to another release', () => {
  let moving: MovingWorld;
  before(async () => {
    moving = await startMovingWorld();
  });
  after(() => moving.close());

  it('is evaluated in the new release when it moves before its award', async () => {
    const group = moving.fresh.shift() ?? '';
    await moving.move(group, NEXT);
    const [only, ...others] = await moving.certificates(group);
    assert.deepEqual([only?.release_id, others.length], [NEXT, 0]);
    assert.deepEqual(await moving.flags(group), []);
  });

  describe('and that already has a certificate', () => {
    let group: string;
    let id: string;
    let number: string;
    before(async () => {
      ({ group, id } = await moving.awarded('sent'));
      number = (await moving.certificates(group))[0]?.number ?? '';
      await moving.move(group, NEXT);
    });

    it('keeps its certificate in the old release, and is held in the new one with advice', async () => {
      assert.deepEqual(await moving.certificateStands(id), ['sent', null]);
      assert.deepEqual(await moving.stands(group), ['held', 'lms-conflict']);
      const { body } = await moving.ask(`student-groups/${group}`);
      assert.match(body.reason.detail, new RegExp(`${number}.*${RELEASE}.*${NEXT}.*"allow": \\["release.moved"\\]`));
      assert.equal(body.certificate, null);
      assert.deepEqual(
        body.formerCertificates.map((one: Record<string, string>) => [one['number'], one['releaseId'], one['state']]),
        [[number, RELEASE, 'sent']],
      );
      assert.equal((await moving.ask(`certificates/${id}`)).body.movedTo, NEXT);
    });

    it('has one flag, whatever detected the move', async () => {
      const [flag, ...others] = await moving.flags(group);
      assert.match(flag?.detail ?? '', new RegExp(`${number}.*${RELEASE}.*${NEXT}`));
      await moving.announced(group);
      assert.equal((await moving.flags(group)).length + others.length, 1);
    });

    it('is shown by the reports of both releases', async () => {
      const [from, to] = [await releaseReport(moving.db(), RELEASE), await releaseReport(moving.db(), NEXT)];
      assert.ok(from && to);
      const moved = { studentGroupId: group, number, from: RELEASE, to: NEXT };
      for (const one of [from, to]) {
        assert.deepEqual(
          one.moved.filter(({ studentGroupId }) => studentGroupId === group),
          [moved],
        );
        assert.match(reportCsv(one), new RegExp(`moved,${number},.*moved its student group to release ${NEXT}`));
      }
      assert.equal(from.numbers.issued.find((issued) => issued.number === number)?.state, 'sent');
      assert.equal(from.byState['sent'], 1);
      assert.equal(to.unresolved.find((row) => row.studentGroupId === group)?.reason?.code, 'lms-conflict');
      assert.ok(!to.numbers.issued.some((issued) => issued.number === number));
    });

    it('is shown as a difference for a person in both releases, and no repair reports it to the LMS', async () => {
      await moving.change(group, { status: 'completed', certTemplate: null });
      await moving.announced(group);
      const before = await moving.patchesOf(group);
      moving.jobs.length = 0;
      for (const releaseId of [RELEASE, NEXT]) {
        const scope = { releaseId, studentGroupIds: null, kinds: null };
        const later = new Date(Date.now() + 2 * 3_600_000);
        const found = await selectDifferences(moving.db(), scope, later, { after: null, limit: 200 });
        assert.deepEqual(
          found
            .filter((one) => one.studentGroupId === group)
            .map((one) => [one.kind, one.repair, one.certificateId, one.ours.state, one.provider.state]),
          [['release-moved', null, id, 'sent', 'sent']],
          `${releaseId}: as the certificate stands that it tells of`,
        );
        await repairDifferences({ ...moving.ctx, clock: { ...moving.ctx.clock, now: () => later } }, scope, {
          actor: 'tester',
          reason: 'fictional',
        });
      }
      assert.deepEqual(
        moving.jobs.filter(({ queue, data }) => queue === 'patch' && (data as { id: string }).id === id),
        [],
      );
      await makePatch(moving.ctx)({ id });
      assert.equal(await moving.patchesOf(group), before);
    });

    it('may get its letter again, but no reissue, because that would print the new release', async () => {
      assert.equal((await moving.ask(`certificates/${id}/reissue`, 'POST', {})).status, 409);
      assert.equal((await moving.ask(`certificates/${id}/resend`, 'POST', {})).status, 202);
      const waiting = await moving.db()('personal_issue').where({ certificate_id: id, state: 'waiting' }).first();
      assert.deepEqual(await selectNextStep(moving.db(), id), { queue: 'send', id: waiting.id });
      await moving.db()('personal_issue').where({ id: waiting.id }).update({ state: 'cancelled' });
    });

    it('gets a second certificate only when a person allows it; that one is reported and numbered in the new release', async () => {
      const batch = await moving.batchOver(NEXT);
      await moving.evaluate(group, batch);
      assert.deepEqual(await moving.items(batch, group), ['held', 'lms-conflict']);
      assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', { allow: ['release.moved'] })).status, 200);
      assert.deepEqual(await moving.flags(group), [], 'a person has looked');
      const wanted = await moving.db()('batch_item').where({ batch_id: batch, student_group_id: group }).first();
      assert.equal(wanted.evaluated_at, null, 'the batch over the new release judges it anew');
      await moving.evaluate(group, batch);
      const [first, second, ...others] = await moving.certificates(group);
      assert.deepEqual([first?.number, first?.release_id], [number, RELEASE]);
      assert.match(second?.number ?? '', /^NXT-26/);
      assert.deepEqual([second?.release_id, others.length], [NEXT, 0]);
      await moving.announced(group);
      assert.equal((await moving.certificates(group)).length, 2);
      const before = await moving.patchesOf(group);
      const made = await moving.db()('certificate').where({ number: second?.number }).first('id');
      await makePatch(moving.ctx)({ id: made.id });
      assert.equal(await moving.patchesOf(group), before + 1);
      assert.deepEqual(await moving.stands(group), ['patched', null]);
      assert.deepEqual(await moving.flags(group), []);
    });

    it('has a separate hold for each of its two certificates', async () => {
      const [, second] = await moving
        .db()('certificate')
        .where({ student_group_id: group })
        .orderBy('awarded_at')
        .pluck('id');
      const entry = { studentGroupId: group, stage: 'track', detail: 'fictional' };
      await hold(
        moving.db(),
        { ...entry, id: moving.ctx.newId(), certificateId: id, code: 'outcome-unknown' },
        new Date(),
      );
      assert.deepEqual(await moving.stands(group), ['patched', null]);
      assert.equal((await selectNextStep(moving.db(), second))?.queue, 'render');
      await hold(
        moving.db(),
        { ...entry, id: moving.ctx.newId(), certificateId: second, code: 'lms-conflict' },
        new Date(),
      );
      assert.deepEqual(await moving.stands(group), ['held', 'lms-conflict']);
      assert.equal((await selectOpenHold(moving.db(), { studentGroupId: group, id }))?.code, 'outcome-unknown');
      await moving.db()('hold').where({ student_group_id: group }).update({ released_at: new Date() });
    });

    it('needs a new permission for the next move', async () => {
      await moving.move(group, LATER);
      assert.deepEqual(await moving.stands(group), ['held', 'lms-conflict']);
      assert.equal((await moving.certificates(group)).length, 2);
      assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', { allow: ['release.moved'] })).status, 200);
      await moving.evaluate(group);
      assert.deepEqual(
        (await moving.certificates(group)).map((one) => one.release_id),
        [RELEASE, NEXT, LATER],
      );
    });
  });

  it('is detected by a pull of the old release, whose batches show the award and evaluate no group of another release', async () => {
    const one = await moving.awarded('sent');
    const batch = await moving.batchOver(RELEASE);
    assert.ok(await moving.items(batch, one.group));
    await moving.change(one.group, { group: { releaseId: NEXT } });
    const again = await moving.batchOver(RELEASE);
    assert.equal(await moving.items(again, one.group), null, 'it is on no page, and asked for by name');
    assert.equal((await moving.flags(one.group)).length, 1);
    const { body } = await moving.ask(`batches/${again}`);
    assert.deepEqual(
      body.pull.leftOut.studentGroups.filter((left: { studentGroupId: string }) => left.studentGroupId === one.group),
      [{ studentGroupId: one.group, releaseId: NEXT }],
    );
    // The first batch contains the group as an item, but evaluates nobody of another release.
    await moving.evaluate(one.group, batch);
    assert.deepEqual(await moving.items(batch, one.group), ['sent', null]);
    assert.equal((await moving.certificates(one.group)).length, 1);
  });
});

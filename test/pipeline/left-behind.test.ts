import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeReportIssued } from '../../src/pipeline/patch/report-issued.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import type { JobData } from '../../src/pipeline/stages.ts';
import { selectNextStep, selectOverdueSteps } from '../../src/records/certificates/next-step.ts';
import { RELEASE } from '../support/world.ts';
import { LATER, type MovingWorld, NEXT, startMovingWorld } from './moving-world.ts';

describe('a student group that the LMS moves to another release before its letter was sent', () => {
  let moving: MovingWorld;
  before(async () => {
    moving = await startMovingWorld();
  });
  after(() => moving.close());

  it('is removed from the batch when it moves before its evaluation, and its item says so', async () => {
    const group = moving.fresh.shift() ?? '';
    const batch = await moving.batchOver(RELEASE);
    await moving.change(group, { group: { releaseId: NEXT } });
    await moving.announced(group);
    await moving.evaluate(group, batch);
    assert.deepEqual(await moving.items(batch, group), ['excluded', 'not-in-batch']);
    assert.deepEqual(
      (await moving.certificates(group)).map((one) => one.release_id),
      [NEXT],
      'the event judged it there',
    );
  });

  it('is not reported when it moves before the report to the LMS: its certificate is held until the group moves back', async () => {
    const { group, id } = await moving.awarded('awarded');
    await moving.move(group, NEXT);
    assert.deepEqual(await moving.certificateStands(id), ['held', 'lms-conflict']);
    await makePatch(moving.ctx)({ id });
    assert.equal(await selectNextStep(moving.db(), id), null);
    const overdue = await selectOverdueSteps(moving.db(), new Date(Date.now() + 3_600_000), 1000);
    assert.ok(!overdue.some((step) => step.id === id));
    assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', { allow: ['release.moved'] })).status, 200);
    await makePatch(moving.ctx)({ id });
    assert.equal(await moving.patchesOf(group), 0);
    assert.deepEqual(await moving.certificateStands(id), ['held', 'lms-conflict'], 'no word makes the report true');
    await moving.move(group, RELEASE);
    assert.deepEqual(await moving.certificateStands(id), ['awarded', null]);
    assert.deepEqual(await moving.flags(group), []);
    await makePatch(moving.ctx)({ id });
    assert.deepEqual(await moving.certificateStands(id), ['patched', null]);
  });

  it('is held when it moves while its letter waits; the letter is sent after a person allows certificates in both releases', async () => {
    const { group, id } = await moving.awarded('waiting');
    const { id: issue } = await moving.db()('personal_issue').where({ certificate_id: id }).first('id');
    await moving.db()('personal_issue').where({ id: issue }).update({ send_after: new Date() });
    // No event announced the move, so the last check before sending finds it.
    await moving.change(group, { group: { releaseId: NEXT } });
    await moving
      .db()('student_group')
      .where({ id: group })
      .update({ pulled_at: new Date(Date.now() - 3_600_000) });
    moving.jobs.length = 0;
    await makeSend(moving.ctx)({ id: issue });
    assert.deepEqual(await moving.certificateStands(id), ['held', 'lms-conflict']);
    assert.equal(
      moving.jobs.filter(({ queue, data }) => queue === 'evaluate' && (data as JobData['evaluate']).id === group)
        .length,
      1,
    );
    await moving.evaluate(group);
    assert.deepEqual(await moving.stands(group), ['held', 'lms-conflict']);
    await makeSend(moving.ctx)({ id: issue });
    assert.equal((await moving.world.letters()).filter((one) => one.customerId === id).length, 0);
    assert.equal((await moving.ask(`certificates?state=held&q=${group}`)).body.items.length, 1);
    assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', { allow: ['release.moved'] })).status, 200);
    await makeSend(moving.ctx)({ id: issue });
    assert.equal((await moving.world.letters()).filter((one) => one.customerId === id).length, 1);
  });

  it('is held again after a further move, because the permission was only for the first move', async () => {
    const { group, id } = await moving.awarded('waiting');
    await moving.move(group, NEXT);
    assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', { allow: ['release.moved'] })).status, 200);
    await moving.evaluate(group);
    const second = await moving.db()('certificate').where({ student_group_id: group, release_id: NEXT }).first('id');
    await makePatch(moving.ctx)({ id: second.id });
    await makeRender(moving.ctx)({ id: second.id });
    await moving.move(group, LATER);
    assert.deepEqual(await moving.certificateStands(id), ['waiting', null], 'a person has looked at this one');
    assert.deepEqual(await moving.certificateStands(second.id), ['held', 'lms-conflict']);
    assert.equal(await selectNextStep(moving.db(), second.id), null);
  });

  it('has its overrides of address and exclusion used for the letters of both releases', async () => {
    const { group, id } = await moving.awarded('waiting');
    await moving.move(group, NEXT);
    assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', { allow: ['release.moved'] })).status, 200);
    await moving.evaluate(group);
    const said = async (words: object) =>
      assert.equal((await moving.ask(`student-groups/${group}`, 'PATCH', words)).status, 200);
    await said({ email: 'moved@school.example' });
    const { recipient } = await moving.db()('personal_issue').where({ certificate_id: id }).first('recipient');
    assert.equal(recipient, 'moved@school.example');
    await said({ excluded: true });
    assert.deepEqual(await moving.certificateStands(id), ['held', 'excluded']);
    await said({ excluded: false });
    assert.deepEqual(await moving.certificateStands(id), ['waiting', null]);
  });

  it('never gets "certificate issued" for a certificate of another release', async () => {
    const { group, id } = await moving.awarded('sent');
    const lms = { ...moving.ctx.lms, tellsIssued: true };
    const told: string[] = [];
    const watched = {
      ...lms,
      reportIssued: async (input: { studentGroupId: string }) => {
        told.push(input.studentGroupId);
        return { kind: 'applied' as const, etag: null };
      },
    };
    await moving.move(group, NEXT);
    await makeReportIssued({ ...moving.ctx, lms: watched })({});
    assert.ok(!told.includes(group));
    await moving.move(group, RELEASE);
    await makeReportIssued({ ...moving.ctx, lms: watched })({});
    assert.ok(told.includes(group), id);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startWorld, until, type World } from '../support/world.ts';

/** Student groups of the sample release that meet every criterion, one per test. */
describe('reporting "criteria met" to the LMS', () => {
  let world: World;
  let ready: string[];
  before(async () => {
    world = await startWorld();
    await world.run();
    ready = await world.ready();
  });
  after(() => world.close());

  const next = (): string => {
    const id = ready.shift();
    assert.ok(id, 'the sample has too few ready student groups');
    return id;
  };
  const patchesOf = async (id: string) => (await world.patches()).filter((patch) => patch.studentGroupId === id);
  const faults = (list: object[]) => world.lms.control('faults', { faults: list });
  const patchOf = (id: string) => ({ method: 'PATCH', pathPrefix: `/student-groups/${id}` });

  it('does not happen in a dry run, which also awards nothing and changes no state', async () => {
    assert.ok(ready.length > 30, `only ${ready.length} are ready`);
    const certificates = await world.base.db('certificate').count('* as n').first();
    assert.equal(Number(certificates?.['n']), 0);
    assert.deepEqual(await world.patches(), []);
    assert.equal((await world.standing(next())).state, 'pending');
  });

  it('does not happen in a dry run, which shows the result of a real run: second memberships, other templates, and reasons', async () => {
    const twice: { student_id: string }[] = await world.base
      .db('student_group')
      .groupBy('student_id')
      .havingRaw('count(*) > 1')
      .select('student_id');
    const found = await world.base
      .db('batch_item as b')
      .join('student_group as g', 'g.id', 'b.student_group_id')
      .join('decision as d', 'd.id', 'b.decision_id')
      .where('g.student_id', twice[0]?.student_id)
      .select('b.would_be', 'd.reason_code');
    assert.deepEqual(found.map((row) => [row.would_be, row.reason_code]).sort(), [
      ['awarded', null],
      ['excluded', 'already-awarded'],
    ]);
    const silent = await world.base
      .db('batch_item as b')
      .join('decision as d', 'd.id', 'b.decision_id')
      .whereIn('b.would_be', ['held', 'not-met', 'excluded'])
      .whereNull('d.reason_detail')
      .first('b.student_group_id');
    assert.equal(silent, undefined, 'every refusal has its reason');
    const id = next();
    await world.lms.control(`student-groups/${id}?quiet=1`, { status: 'criteria met', certTemplate: 'someone-elses' });
    await world.batch({ ids: [id], dryRun: true });
    const reason = await until('the dry run', () =>
      world.base
        .db('batch_item as b')
        .join('decision as d', 'd.id', 'b.decision_id')
        .where({ 'b.student_group_id': id, 'b.would_be': 'held' })
        .first<{ reason_code: string }>('d.reason_code'),
    );
    assert.equal(reason.reason_code, 'lms-conflict');
    assert.equal((await world.standing(id)).state, 'pending', 'no state is written');
  });

  it('sends exactly two fields, with the ETag of the data last pulled, before the diploma exists', async () => {
    const id = next();
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    const patches = await patchesOf(id);
    assert.equal(patches.length, 1);
    const [patch] = patches;
    const certificate = await world.base.db('certificate').where({ student_group_id: id }).first();
    assert.deepEqual(patch?.body, { certTemplate: certificate?.cert_template, status: 'criteria met' });
    assert.match(patch?.ifMatch ?? '', /^"/);
    const report = await world.base.db('lms_report').where({ certificate_id: certificate?.id }).first();
    const diploma = await world.base.db('diploma').where({ certificate_id: certificate?.id }).first();
    assert.ok(report?.patched_at < diploma?.rendered_at);
  });

  it('is not repeated when the student group is in a second batch', async () => {
    const id = next();
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    const again = await world.batch({ ids: [id] });
    await until('the second batch', () =>
      world.base.db('batch_item').where({ batch_id: again }).whereNotNull('evaluated_at').first('batch_id'),
    );
    assert.equal((await patchesOf(id)).length, 1);
    const certificate = await world.base.db('certificate').where({ student_group_id: id }).first('id');
    assert.ok((await world.letters()).filter((letter) => letter.customerId === certificate?.id).length <= 1);
  });

  it('is retried without limit while the LMS is down; the certificate stays awarded, with the error and the time of the next try', async () => {
    const id = next();
    await faults([{ match: patchOf(id), kind: 'status', status: 503, times: 2 }]);
    await world.batch({ ids: [id] });
    const away = await until('the failed attempt', async () => {
      const standing = await world.base.db('standing').where({ student_group_id: id, state: 'awarded' }).first();
      return standing?.reason_code === 'lms-unavailable' ? standing : null;
    });
    assert.match(away.reason_detail, /503/);
    const report = await world.base.db('lms_report').where({ certificate_id: away.certificate_id }).first();
    assert.ok(report?.next_attempt_at > new Date(Date.now() - 5000));
    assert.equal(await world.base.db('diploma').where({ certificate_id: away.certificate_id }).first(), undefined);
    await world.reaches(id, 'sent', 'waiting');
    assert.deepEqual((await patchesOf(id)).map((patch) => patch.status).filter((status) => status === 200).length, 1);
  });

  it('is recognised as done when the LMS applied the PATCH and the response was lost', async () => {
    const id = next();
    await faults([{ match: patchOf(id), kind: 'reset-after-apply', times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    const applied = (await patchesOf(id)).filter((patch) => patch.status === 200);
    assert.equal(applied.length, 1, JSON.stringify(applied));
  });

  it('follows a new evaluation when the record changed between pull and PATCH; a group that meets the criteria is reported once with the new ETag', async () => {
    const id = next();
    await faults([{ match: patchOf(id), kind: 'status', status: 412, times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    assert.deepEqual((await patchesOf(id)).filter((patch) => patch.status === 200).length, 1);
    const decisions = await world.base.db('decision').where({ student_group_id: id, dry_run: false });
    assert.ok(decisions.length >= 2, 'it was decided again');
  });

  it('does not happen for a student who stops meeting the criteria just before the PATCH; the student is held', async () => {
    const id = next();
    await faults([{ match: patchOf(id), kind: 'status', status: 503, times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'awarded');
    await world.lms.control(`student-groups/${id}?quiet=1`, {
      progress: { lessonsCompleted: 1, lessonsTotal: 36, score: 10, attendance: 0 },
    });
    const standing = await world.reaches(id, 'held');
    assert.equal(standing.reason?.code, 'lms-conflict');
    assert.match(standing.reason?.detail ?? '', /score/);
    assert.deepEqual(
      (await patchesOf(id)).filter((patch) => patch.status === 200),
      [],
    );
  });

  it('does not overwrite "criteria met" with another template: the certificate is held as lms-conflict', async () => {
    const id = next();
    await world.lms.control(`student-groups/${id}?quiet=1`, { status: 'criteria met', certTemplate: 'someone-elses' });
    await world.batch({ ids: [id] });
    const standing = await world.reaches(id, 'held');
    assert.equal(standing.reason?.code, 'lms-conflict');
    assert.deepEqual(await patchesOf(id), []);
    assert.equal(standing.certificateId, null, 'nothing is awarded that could not be told');

    // The data were corrected in the LMS and the batch was retried: the certificate continues from its state.
    await world.lms.control(`student-groups/${id}?quiet=1`, { status: 'completed', certTemplate: null });
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    assert.deepEqual(
      (await patchesOf(id)).map((patch) => patch.status),
      [200],
    );
  });

  it('is retried when the request was cut off before the LMS received it', async () => {
    const id = next();
    await faults([{ match: patchOf(id), kind: 'reset-before', times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    assert.deepEqual(
      (await patchesOf(id)).map((patch) => patch.status),
      [0, 200],
    );
  });

  it('never changes a later status in the LMS back: a person decides, and no PATCH is sent', async () => {
    const id = next();
    await faults([{ match: patchOf(id), kind: 'status', status: 503, times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'awarded');
    await world.lms.control(`student-groups/${id}?quiet=1`, { status: 'certificate issued', certTemplate: 'theirs' });
    assert.equal((await world.reaches(id, 'held')).reason?.code, 'lms-conflict');
    assert.deepEqual(
      (await patchesOf(id)).filter((patch) => patch.status === 200),
      [],
    );
  });

  it('counts as done when the LMS already has "criteria met" with the same template', async () => {
    const id = next();
    const wouldBe = await world.base.db('decision').where({ student_group_id: id }).first('cert_template');
    await world.lms.control(`student-groups/${id}?quiet=1`, {
      status: 'criteria met',
      certTemplate: wouldBe?.cert_template,
    });
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent', 'waiting');
    assert.deepEqual(await patchesOf(id), []);
  });

  it('is refused by the LMS, or the LMS no longer has the student group: the certificate is held', async () => {
    const [refused, gone] = [next(), next()];
    await faults([
      { match: patchOf(refused), kind: 'status', status: 422 },
      { match: patchOf(gone), kind: 'status', status: 404 },
    ]);
    await world.batch({ ids: [refused, gone] });
    assert.equal((await world.reaches(refused, 'held')).reason?.code, 'lms-conflict');
    await world.lms.control(`student-groups/${gone}`, undefined, 'DELETE');
    assert.equal((await world.reaches(gone, 'held')).reason?.code, 'lms-gone');
    await faults([{ match: patchOf(refused), kind: 'status', status: 409, times: 1 }]);
    await world.batch({ ids: [refused] });
    await until('the second refusal', async () => (await patchesOf(refused)).some((patch) => patch.status === 409));
    await world.reaches(refused, 'held');
    await world.batch({ ids: [refused] });
    await world.reaches(refused, 'sent', 'waiting');
    await faults([]);
  });

  it('gets an invalid response: the student group is held with the pointer to the fault, and the other groups continue', async () => {
    const [broken, fine] = [next(), next()];
    await world.lms.control(`student-groups/${broken}?quiet=1`, { student: { role: 'wizard' } });
    await world.batch({ ids: [broken, fine] });
    const standing = await world.reaches(broken, 'held');
    assert.equal(standing.reason?.code, 'lms-invalid');
    assert.match(standing.reason?.detail ?? '', /student.*role/);
    await world.reaches(fine, 'sent', 'waiting');
  });
});

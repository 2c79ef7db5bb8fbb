import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { resolveCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { reissueCertificate } from '../../src/coordinate/reissue-certificate.ts';
import { makeEvaluate } from '../../src/pipeline/evaluate/evaluate.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makeIngest } from '../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../src/pipeline/patch/patch.ts';
import { makeRender } from '../../src/pipeline/render/render.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { recordAbsent } from '../../src/records/letters/personal-issues.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { BY, certificateOf, lettersOf, personCtx } from '../support/coordinator.ts';
import { startWorld, until, type World } from '../support/world.ts';

const ARCHIVE = 'archive@school.example';

interface One {
  group: string;
  certificate: string;
  letter: string;
  copy: string;
}

/** Stages run step by step. No job runs by itself. */
describe('a copy of a letter that counts no more', () => {
  let world: World;
  const fresh: string[] = [];
  before(async () => {
    const criteria = (text: string) =>
      text
        .replace(/certTemplate: .*/, 'certTemplate: { default: teacher-ru }')
        .replace('letter: diploma', `letter: diploma\n    copyTo: [${ARCHIVE}]`);
    world = await startWorld({ size: 70, templates: { 'criteria.yaml': criteria } });
    for (let n = 61; n <= 70; n += 1) fresh.push(`sg_${String(n).padStart(4, '0')}`);
  });
  after(() => world.close());
  beforeEach(() => world.sendsay.control('faults', { faults: [] }));

  const loseCalls = () =>
    world.sendsay.control('faults', {
      faults: [{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }],
    });
  const endOf = async (id: string): Promise<string[]> => {
    const row = await world.base.db('personal_issue').where({ id }).first();
    return [row.state, row.reason_code];
  };

  async function accepted(): Promise<One> {
    for (;;) {
      const group = fresh.shift() ?? assert.fail('no student group left');
      const batch = await world.batch({ ids: [group] });
      await makeIngest(world.pipeline)({ kind: 'batch', id: batch });
      await makeEvaluate(world.pipeline)({ id: group, batchId: batch });
      const row = await world.base.db('certificate').where({ student_group_id: group }).first('id', 'country');
      // Letters of one country of the demo wait for a later time.
      if (!row || row.country === 'MN') continue;
      await makePatch(world.pipeline)({ id: row.id });
      await makeRender(world.pipeline)({ id: row.id });
      const letter = await world.base.db('personal_issue').where({ certificate_id: row.id }).first('id');
      await makeSend(world.pipeline)({ id: letter.id });
      const copy = await world.base.db('personal_issue').where({ copy_of: letter.id }).first('id');
      return { group, certificate: row.id, letter: letter.id, copy: copy?.id ?? assert.fail('no copy was opened') };
    }
  }
  const arrived = async ({ group }: One): Promise<number> =>
    (await lettersOf(world, group)).filter(({ email }) => email === ARCHIVE).length;

  it('does not go out with an old version when its lost call was disproved after a new version was made', async () => {
    const one = await accepted();
    await loseCalls();
    await makeSend(world.pipeline)({ id: one.copy });
    assert.equal((await endOf(one.copy))[0], 'uncertain');
    await until('the letter to be sent', async () => {
      await makeTrack(world.pipeline)({});
      return (await endOf(one.letter))[0] === 'sent';
    });
    await reissueCertificate(personCtx(world), await certificateOf(world, one.group), BY);
    const asked = await world.base.db('reissue').where({ certificate_id: one.certificate }).first('id');
    await makeReissue(world.pipeline)({ id: asked.id });
    const versions = await world.base.db('certificate_version').where({ certificate_id: one.certificate });
    assert.equal(versions.length, 2);
    const { request_id: requestId } = await world.base
      .db('send_attempt')
      .where({ personal_issue_id: one.copy })
      .first('request_id');
    await world.base.db.transaction((trx) => recordAbsent(trx, { id: one.copy, requestId }, 'test', new Date()));
    await makeSend(world.pipeline)({ id: one.copy });
    assert.deepEqual(await endOf(one.copy), ['cancelled', 'superseded']);
    assert.equal(await arrived(one), 0);
  });

  it('does not go out when a person stated that the letter itself was never sent', async () => {
    const one = await accepted();
    const subject = { studentGroupId: one.group, certificateId: one.certificate };
    const code = 'outcome-unknown';
    await hold(world.base.db, { id: world.base.newId(), ...subject, stage: 'track', code, detail: 'test' }, new Date());
    await resolveCertificate(personCtx(world), await certificateOf(world, one.group), { ...BY, outcome: 'not-sent' });
    await makeSend(world.pipeline)({ id: one.copy });
    assert.deepEqual(await endOf(one.copy), ['cancelled', 'by-person']);
    assert.equal(await arrived(one), 0);
  });
});

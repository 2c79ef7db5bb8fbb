import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { resolveCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { reissueCertificate } from '../../src/coordinate/reissue-certificate.ts';
import { makeReissue } from '../../src/pipeline/evaluate/reissue.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { recordAbsent } from '../../src/records/letters/personal-issues.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { BY, certificateOf, lettersOf, personCtx } from '../support/coordinator.ts';
import { type LettersByStep, lettersByStep, type WaitingLetter } from '../support/letters-by-step.ts';
import { until, type World } from '../support/world.ts';

const ARCHIVE = 'archive@school.example';

interface One extends WaitingLetter {
  copy: string;
}

/** Stages run step by step. No job runs by itself. */
describe('a copy of a letter that counts no more', () => {
  let world: World;
  let rendered: LettersByStep['rendered'];
  let endOf: LettersByStep['endOf'];
  before(async () => {
    ({ world, rendered, endOf } = await lettersByStep(10, [ARCHIVE]));
  });
  after(() => world.close());
  beforeEach(() => world.sendsay.control('faults', { faults: [] }));

  const loseCalls = () =>
    world.sendsay.control('faults', {
      faults: [{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }],
    });

  async function accepted(): Promise<One> {
    const one = await rendered();
    await makeSend(world.pipeline)({ id: one.letter });
    const copy = await world.base.db('personal_issue').where({ copy_of: one.letter }).first('id');
    return { ...one, copy: copy?.id ?? assert.fail('no copy was opened') };
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

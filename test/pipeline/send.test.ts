import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { jobsDone, startWorld, until, type World } from '../support/world.ts';

describe('the sending of a letter', () => {
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
  const faults = (list: object[]) => world.sendsay.control('faults', { faults: list });
  const certificateOf = (id: string) => world.base.db('certificate').where({ student_group_id: id }).first();
  const lettersOf = async (id: string) => {
    const certificate = await certificateOf(id);
    return (await world.letters()).filter((letter) => letter.customerId === certificate?.id);
  };
  const addressOf = async (id: string): Promise<string> =>
    (await world.base.db('student_group').where({ id }).first('email'))?.email;
  const attemptsOf = (id: string): Promise<{ outcome: string; detail: string | null }[]> =>
    world.base
      .db('send_attempt as a')
      .join('personal_issue as i', 'i.id', 'a.personal_issue_id')
      .join('certificate as c', 'c.id', 'i.certificate_id')
      .where('c.student_group_id', id)
      .orderBy('a.started_at')
      .select('a.outcome', 'a.detail');
  const send = async (id: string) => {
    await world.batch({ ids: [id] });
    return world.reaches(id, 'sent', 'held', 'refused');
  };

  it('mails the stored bytes, which are also the bytes in the lookup, under the id of the certificate', async () => {
    const id = next();
    assert.equal((await send(id)).state, 'sent');
    const [letter, ...others] = await lettersOf(id);
    assert.deepEqual(others, []);
    const certificate = await certificateOf(id);
    const diploma = await world.base.db('diploma').where({ certificate_id: certificate.id }).first();
    assert.deepEqual(
      letter?.attachments.map((part) => part.sha256),
      [diploma.sha256],
    );
    const stored = await world.base.artefacts.get(diploma.sha256);
    assert.equal(
      createHash('sha256')
        .update(stored ?? '')
        .digest('hex'),
      diploma.sha256,
    );
    const issue = await world.base.db('personal_issue').where({ certificate_id: certificate.id }).first();
    assert.equal(letter?.trackInfo, issue.id);
    assert.ok(
      letter?.rendered.html.includes(`/c/${certificate.code}"`),
      'the lookup link is neither rewritten nor tagged',
    );
  });

  it("posts no second time when the connection was cut after acceptance: the letter is found in Sendsay's list", async () => {
    const id = next();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-after-accept', times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent');
    assert.equal((await lettersOf(id)).length, 1);
    const attempts = await attemptsOf(id);
    assert.deepEqual(
      attempts.map((attempt) => attempt.outcome),
      ['accepted'],
    );
    assert.ok(attempts[0]?.detail, 'its outcome was unknown at first');
  });

  it('posts by a new attempt when the connection was cut before the letter arrived, after two lists prove its absence', async () => {
    const id = next();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'uncertain');
    await world.reaches(id, 'sent');
    assert.equal((await lettersOf(id)).length, 1);
    assert.deepEqual(
      (await attemptsOf(id)).map((attempt) => attempt.outcome),
      ['absent', 'accepted'],
    );
  });

  it("keeps an uncertain letter uncertain while Sendsay's lists fail", async () => {
    const id = next();
    await faults([
      { match: { action: 'issue.send' }, kind: 'reset-before', times: 1 },
      { match: { action: 'track.list' }, kind: 'status', status: 500 },
    ]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'uncertain');
    const asked = async () =>
      (await world.sendsay.control<{ byAction: Record<string, number> }>('record')).byAction['track.list'] ?? 0;
    const before = await asked();
    await until('several listings to fail', async () => (await asked()) >= before + 4);
    assert.equal((await world.standing(id)).state, 'uncertain');
    assert.deepEqual(await lettersOf(id), []);
    await faults([]);
    await world.reaches(id, 'sent');
    assert.equal((await lettersOf(id)).length, 1);
  });

  it('is tried again later when Sendsay reports a limit, which is not an outcome', async () => {
    const id = next();
    await faults([{ match: { action: 'issue.send' }, kind: 'error', id: 'rate_limit', times: 2 }]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'sent');
    assert.equal((await lettersOf(id)).length, 1);
  });

  it('gives "refused" with the reason for a blocked recipient, while the diploma stays available', async () => {
    const id = next();
    await world.sendsay.control('addresses', { email: await addressOf(id), haslock: 1 });
    await faults([]);
    await world.batch({ ids: [id] });
    const standing = await world.reaches(id, 'refused');
    assert.equal(standing.reason?.code, 'recipient-blocked');
    assert.doesNotMatch(standing.reason?.detail ?? '', /@/);
    assert.ok(await world.base.db('diploma').where({ certificate_id: standing.certificateId }).first());
    assert.deepEqual(await lettersOf(id), []);
  });

  it('is not retried after an unknown error id, and a person decides', async () => {
    const id = next();
    await faults([
      {
        match: { action: 'issue.send' },
        kind: 'error',
        id: 'error/never/heard/of',
        explain: { deep: ['x'] },
        times: 1,
      },
    ]);
    await world.batch({ ids: [id] });
    const standing = await world.reaches(id, 'refused');
    assert.match(`${standing.reason?.code} ${standing.reason?.detail}`, /never\/heard/);
    assert.equal((await lettersOf(id)).length, 0);
  });

  it('gives "refused" when the tracker of the letter has finished without a letter number', async () => {
    const id = next();
    await faults([
      { match: { action: 'issue.send', email: await addressOf(id) }, kind: 'tracker', outcome: 'skipped' },
    ]);
    await world.batch({ ids: [id] });
    await world.reaches(id, 'refused');
    await faults([]);
  });

  it('is held when the consent is withdrawn between the award and the letter', async () => {
    const id = next();
    await faults([{ match: { action: 'issue.send' }, kind: 'error', id: 'rate_limit' }]);
    await world.batch({ ids: [id] });
    await until('the letter to wait', async () => (await world.standing(id)).state === 'waiting');
    await world.lms.control(`student-groups/${id}?quiet=1`, {
      consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: '2026-11-21T10:00:00Z' }],
    });
    await world.base
      .db('student_group')
      .where({ id })
      .update({ pulled_at: new Date(Date.now() - 16 * 60_000) });
    const standing = await world.reaches(id, 'held');
    assert.equal(standing.reason?.code, 'consent-withdrawn');
    await faults([]);
    const letters = world.base.db('personal_issue').where({ certificate_id: standing.certificateId });
    await jobsDone(world, await letters.pluck('id'));
    assert.deepEqual(await lettersOf(id), []);
  });

  it('waits for the next permitted time outside the send window, and the record explains why', async () => {
    const mongolian: string[] = await world.base
      .db('decision')
      .whereRaw(`country ->> 'code' = 'MN'`)
      .where({ outcome: 'met' })
      .distinct()
      .pluck('student_group_id');
    const id = mongolian[0] ?? assert.fail('no teacher in Mongolia');
    await world.batch({ ids: [id] });
    const standing = await world.reaches(id, 'waiting');
    assert.ok(standing.sendAfter && standing.sendAfter.getTime() > Date.now() + 24 * 3_600_000);
    assert.equal(standing.reason?.code, 'send-window');
    assert.match(standing.reason?.detail ?? '', /planned send time .* next permitted/);
    assert.deepEqual(await lettersOf(id), []);
  });

  it('stores no reason that contains a name, address or phone', async () => {
    const people = await world.base.db('student_group').whereNotNull('snapshot').pluck('snapshot');
    const reasons: string[] = (await world.base.db('standing').pluck('reason_detail')).filter(Boolean);
    const details = reasons
      .concat(await world.base.db('decision').whereNotNull('reason_detail').pluck('reason_detail'))
      .join('\n');
    for (const { student } of people as {
      student: { fullName: string; email: string | null; phone: string | null };
    }[]) {
      for (const secret of [student.fullName, student.email, student.phone])
        if (secret) assert.ok(!details.includes(secret), 'personal data in a reason');
    }
  });
});

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { resendCertificate, resolveCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { viewCertificate } from '../../src/coordinate/certificate-view.ts';
import { revokeCertificate } from '../../src/coordinate/validity-verbs.ts';
import { makeDeadJobHandler } from '../../src/pipeline/dead-letters.ts';
import { makeSend } from '../../src/pipeline/send/send.ts';
import { makeTrack } from '../../src/pipeline/track/track.ts';
import { makeUpkeep } from '../../src/pipeline/upkeep.ts';
import { setSubscribers } from '../../src/records/outgoing-events.ts';
import { selectPersonRows } from '../../src/records/privacy/export-person.ts';
import { selectPersonScope } from '../../src/records/privacy/person-scope.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { act, BY, certificateOf, lettersOf, personCtx, view } from '../support/coordinator.ts';
import { type LettersByStep, lettersByStep, type WaitingLetter } from '../support/letters-by-step.ts';
import { until, type World } from '../support/world.ts';

const ARCHIVE = 'archive@school.example';
const OFFICE = 'office@school.example';

/** Stages run step by step. No job runs by itself. */
describe('copies of letters to fixed addresses', () => {
  let world: World;
  let rendered: LettersByStep['rendered'];
  let endOf: LettersByStep['endOf'];
  before(async () => {
    ({ world, rendered, endOf } = await lettersByStep(30, [ARCHIVE, 'Office@School.Example']));
  });
  after(() => world.close());
  beforeEach(async () => {
    await faults([]);
    await world.base.db('send_brake').update({ unknown_in_row: 0, set_at: null, probe_after: null });
  });

  const faults = (list: object[]) => world.sendsay.control('faults', { faults: list });
  const copiesOf = (letter: string) => world.base.db('personal_issue').where({ copy_of: letter }).orderBy('recipient');
  const stateOf = async (id: string): Promise<string> =>
    (await world.base.db('personal_issue').where({ id }).first('state'))?.state;
  const jobsOf = async (id: string): Promise<number> => {
    const { rows } = await world.base.db.raw(
      `select count(*)::int as n from pgboss.job where name = 'send' and data ->> 'id' = ?`,
      [id],
    );
    return rows[0].n;
  };
  const holdsOf = ({ group }: WaitingLetter) => world.base.db('hold').where({ student_group_id: group });

  /** A letter that the provider has accepted, with the ids of its copies: of the archive, of the office. */
  async function accepted(): Promise<WaitingLetter & { archive: string; office: string }> {
    const one = await rendered();
    await makeSend(world.pipeline)({ id: one.letter });
    assert.equal(await stateOf(one.letter), 'accepted');
    const [archive, office] = await copiesOf(one.letter);
    assert.ok(archive && office, 'no copies were opened');
    return { ...one, archive: archive.id, office: office.id };
  }
  const settled = (...ids: string[]) =>
    until('the letters to be sent', async () => {
      await makeTrack(world.pipeline)({});
      return (await Promise.all(ids.map(stateOf))).every((state) => state === 'sent');
    });

  it('are letters of their own, with the same contents and attachment, opened when the letter is accepted', async () => {
    const one = await rendered();
    assert.deepEqual(await copiesOf(one.letter), [], 'nothing is copied before the letter has left');
    await makeSend(world.pipeline)({ id: one.letter });
    const copies = await copiesOf(one.letter);
    assert.deepEqual(
      copies.map(({ recipient, state, purpose, version }) => [recipient, state, purpose, version]),
      [
        [ARCHIVE, 'waiting', 'first', 1],
        [OFFICE, 'waiting', 'first', 1],
      ],
    );
    for (const { id } of copies) {
      assert.equal(await jobsOf(id), 1);
      await makeSend(world.pipeline)({ id });
      await makeSend(world.pipeline)({ id });
    }
    await settled(one.letter, ...copies.map(({ id }) => id));
    const [letter, ...rest] = await lettersOf(world, one.group);
    assert.ok(letter);
    assert.equal(letter.trackInfo, one.letter);
    assert.deepEqual(
      rest.map(({ trackInfo, email }) => [trackInfo, email]),
      copies.map(({ id, recipient }) => [id, recipient]),
    );
    for (const copy of rest) {
      assert.deepEqual(
        [copy.subject, copy.html, copy.text, copy.attachments],
        [letter.subject, letter.html, letter.text, letter.attachments],
      );
    }
  });

  it('are shown below their letter, and count in no list and no batch', async () => {
    const { letter, group, batch, archive, office } = await accepted();
    await settled(letter);
    const standing = await world.standing(group);
    assert.deepEqual([standing.state, standing.reason], ['sent', null]);
    const { state, counts } = await view(world, batch);
    assert.deepEqual([state, counts['total'], counts['sent']], ['finished', 1, 1]);
    const ctx = { db: world.base.db, publicUrl: 'http://127.0.0.1' };
    const found = await viewCertificate(ctx, await certificateOf(world, group), new Date());
    const [shown, ...others] = found.letters;
    assert.deepEqual([shown?.id, others], [letter, []]);
    const copies = shown?.copies.map(({ id, recipient, state: theirs }) => [id, recipient, theirs]);
    assert.deepEqual(copies, [
      [archive, ARCHIVE, 'waiting'],
      [office, OFFICE, 'waiting'],
    ]);
  });

  it('tell other systems nothing', async () => {
    const { db } = world.base;
    await setSubscribers(db, ['http://127.0.0.1:9/events'], new Date());
    const one = await accepted();
    for (const id of [one.archive, one.office]) await makeSend(world.pipeline)({ id });
    await settled(one.letter, one.archive, one.office);
    const events = await db('outgoing_event').where({ student_group_id: one.group }).orderBy('sequence').pluck('type');
    await setSubscribers(db, [], new Date());
    assert.deepEqual(events, ['certificate.issued', 'certificate.sent']);
  });

  it('that the provider refuses change neither letter nor certificate', async () => {
    const one = await accepted();
    await world.sendsay.control('addresses', { email: OFFICE, haslock: 1 });
    await makeSend(world.pipeline)({ id: one.office });
    await world.sendsay.control('addresses', { email: OFFICE, haslock: 0 });
    assert.equal(await stateOf(one.office), 'refused');
    await settled(one.letter);
    const standing = await world.standing(one.group);
    assert.deepEqual([standing.state, standing.reason], ['sent', null]);
    assert.deepEqual(await holdsOf(one), []);
    await makeSend(world.pipeline)({ id: one.archive });
    assert.equal(await stateOf(one.archive), 'accepted', 'one address does not keep another from its copy');
  });

  it('keep no new letter back while they wait, and each new letter has its own', async () => {
    const one = await accepted();
    await settled(one.letter);
    const certificate = await certificateOf(world, one.group);
    const { personalIssueId } = await resendCertificate(personCtx(world), certificate, BY);
    await makeSend(world.pipeline)({ id: personalIssueId });
    assert.deepEqual(
      (await copiesOf(personalIssueId)).map(({ recipient, purpose }) => [recipient, purpose]),
      [
        [ARCHIVE, 'resend'],
        [OFFICE, 'resend'],
      ],
    );
    assert.deepEqual([await stateOf(one.archive), await stateOf(one.office)], ['waiting', 'waiting']);
  });

  it('go out once, although the answer to the call was lost', async () => {
    const one = await accepted();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-after-accept', times: 1 }]);
    await makeSend(world.pipeline)({ id: one.archive });
    assert.equal(await stateOf(one.archive), 'uncertain');
    await makeSend(world.pipeline)({ id: one.archive });
    await settled(one.letter, one.archive);
    const got = (await lettersOf(world, one.group)).filter(({ email }) => email === ARCHIVE);
    assert.deepEqual(
      got.map(({ trackInfo }) => trackInfo),
      [one.archive],
    );
  });

  it('are opened too when only a listing shows that the letter was accepted', async () => {
    const one = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-after-accept', times: 1 }]);
    await makeSend(world.pipeline)({ id: one.letter });
    assert.equal(await stateOf(one.letter), 'uncertain');
    assert.deepEqual(await copiesOf(one.letter), []);
    await settled(one.letter);
    const copies = await copiesOf(one.letter);
    assert.deepEqual(
      copies.map(({ recipient }) => recipient),
      [ARCHIVE, OFFICE],
    );
    for (const { id } of copies) assert.equal(await jobsOf(id), 1);
  });

  it('are opened too when a person states that the letter was sent', async () => {
    const one = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
    await makeSend(world.pipeline)({ id: one.letter });
    const subject = { studentGroupId: one.group, certificateId: one.certificate };
    const code = 'outcome-unknown';
    await hold(world.base.db, { id: world.base.newId(), ...subject, stage: 'track', code, detail: 'test' }, new Date());
    const certificate = await certificateOf(world, one.group);
    await resolveCertificate(personCtx(world), certificate, { ...BY, outcome: 'sent' });
    assert.equal((await copiesOf(one.letter)).length, 2);
  });

  it('with an outcome that cannot be found out any more stay "uncertain", and hold nothing', async () => {
    const one = await accepted();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-before', times: 1 }]);
    await makeSend(world.pipeline)({ id: one.archive });
    const long = new Date(Date.now() - 47 * 3_600_000);
    await world.base
      .db('send_attempt')
      .where({ personal_issue_id: one.archive })
      .update({ started_at: long, deadline: long });
    await settled(one.letter);
    assert.equal(await stateOf(one.archive), 'uncertain');
    assert.deepEqual(await holdsOf(one), []);
    assert.equal((await world.standing(one.group)).state, 'sent');
  });

  it('that wait are cancelled when the certificate is revoked', async () => {
    const one = await accepted();
    await settled(one.letter);
    await makeSend(world.pipeline)({ id: one.archive });
    const certificate = await certificateOf(world, one.group);
    const { cancelledLetter } = await revokeCertificate(personCtx(world), certificate, {
      ...BY,
      class: 'issued-in-error',
    });
    assert.equal(cancelledLetter, null, 'the letter had left');
    assert.deepEqual([await stateOf(one.archive), await stateOf(one.office)], ['accepted', 'cancelled']);
    await makeSend(world.pipeline)({ id: one.office });
    assert.ok((await lettersOf(world, one.group)).every(({ email }) => email !== OFFICE));
  });

  it('of a letter that is accepted while its certificate is revoked are cancelled, and the acceptance is recorded', async () => {
    const one = await rendered();
    await faults([{ match: { action: 'issue.send' }, kind: 'reset-after-accept', times: 1 }]);
    await makeSend(world.pipeline)({ id: one.letter });
    await revokeCertificate(personCtx(world), await certificateOf(world, one.group), {
      ...BY,
      class: 'issued-in-error',
    });
    await settled(one.letter);
    const copies = await copiesOf(one.letter);
    assert.equal(copies.length, 2);
    for (const { id } of copies) {
      await makeSend(world.pipeline)({ id });
      assert.deepEqual(await endOf(id), ['cancelled', 'revoked']);
    }
  });

  it('wait while their batch is paused, and go on after that', async () => {
    const one = await accepted();
    await act(world, one.batch, 'pause');
    await makeSend(world.pipeline)({ id: one.archive });
    assert.equal(await stateOf(one.archive), 'waiting');
    await world.base.db.raw(`delete from pgboss.job where name = 'send'`);
    await makeUpkeep(world.pipeline)({});
    assert.equal(await jobsOf(one.archive), 0, 'nobody wakes it while the batch is paused');
    await act(world, one.batch, 'resume');
    await makeUpkeep(world.pipeline)({});
    assert.equal(await jobsOf(one.archive), 1);
    await makeSend(world.pipeline)({ id: one.archive });
    assert.equal(await stateOf(one.archive), 'accepted');
  });

  it('are cancelled with their batch', async () => {
    const one = await accepted();
    await act(world, one.batch, 'cancel');
    await makeSend(world.pipeline)({ id: one.archive });
    assert.deepEqual(await endOf(one.archive), ['cancelled', 'batch-cancelled']);
  });

  it('whose job has failed for good are cancelled, and hold nothing', async () => {
    const one = await accepted();
    const dead = { id: '1', queue: 'send', data: { id: one.archive }, error: 'no such file' };
    await makeDeadJobHandler(world.pipeline)(dead);
    assert.deepEqual(await endOf(one.archive), ['cancelled', 'internal-error']);
    assert.deepEqual(await holdsOf(one), []);
  });

  it('keep the permitted hours of the letter; with none left they are cancelled, and hold nothing', async () => {
    const one = await accepted();
    const country = (await certificateOf(world, one.group)).country;
    const { rulebook } = world.pipeline;
    const { countries } = rulebook.countries;
    const entry = countries[country] ?? assert.fail(`${country} has no entry`);
    const withSlots = (slots: string[]) => {
      const contact = { slots, holidays: [], closeMargin: 10, for: 60 };
      const changed = { ...countries, [country]: { ...entry, contact } };
      return { ...world.pipeline, rulebook: { ...rulebook, countries: { ...rulebook.countries, countries: changed } } };
    };
    const later = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 16);
    await makeSend(withSlots([later]))({ id: one.archive });
    const shifted = await world.base.db('personal_issue').where({ id: one.archive }).first();
    assert.equal(shifted.state, 'waiting');
    assert.ok(shifted.send_after > new Date(Date.now() + 28 * 86_400_000));
    await makeSend(withSlots(['2020-01-01T10:00']))({ id: one.office });
    assert.deepEqual(await endOf(one.office), ['cancelled', 'window-exhausted']);
    assert.deepEqual(await holdsOf(one), []);
  });

  it('do not go to the address of the teacher, who has the letter', async () => {
    const one = await rendered();
    await world.base.db('personal_issue').where({ id: one.letter }).update({ recipient: OFFICE });
    await world.base.db('student_group').where({ id: one.group }).update({ email: OFFICE });
    await makeSend(world.pipeline)({ id: one.letter });
    assert.deepEqual(
      (await copiesOf(one.letter)).map(({ recipient }) => recipient),
      [ARCHIVE],
    );
  });

  it('are among the data that a person gets', async () => {
    const one = await accepted();
    const { studentId } = await certificateOf(world, one.group);
    const { db } = world.base;
    const { personal_issue: rows = [] } = await selectPersonRows(db, await selectPersonScope(db, studentId));
    const recipients = rows.map((row) => (row as { recipient: string }).recipient);
    assert.ok(recipients.includes(ARCHIVE) && recipients.includes(OFFICE));
  });
});

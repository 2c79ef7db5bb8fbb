import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { resendCertificate } from '../../src/coordinate/certificate-verbs.ts';
import { selectBatch } from '../../src/records/batches/batches.ts';
import { act, BY, certificateOf, lettersOf, personCtx, settled, view } from '../support/coordinator.ts';
import { jobsDone, startWorld, until, type World } from '../support/world.ts';

describe('requests about a running batch', () => {
  let world: World;
  let ready: string[];
  before(async () => {
    world = await startWorld({
      settings: { SENDSAY_RATE_PER_SECOND: '6', SENDSAY_CONCURRENCY: '2', SENDSAY_TIMEOUT_SECONDS: '30' },
    });
    await world.run();
    const all = await world.ready();
    // Teachers in a country whose letters wait would keep a batch open.
    const mongolian: string[] = await world.base
      .db('decision')
      .whereRaw(`country ->> 'code' = 'MN'`)
      .pluck('student_group_id');
    // A second membership of one teacher is skipped.
    const second: string[] = await world.base
      .db('student_group as g')
      .whereRaw('exists (select 1 from student_group f where f.student_id = g.student_id and f.id < g.id)')
      .pluck('g.id');
    ready = all.filter((id) => !mongolian.includes(id) && !second.includes(id));
  });
  after(() => world.close());
  const take = (count: number): string[] => {
    const taken = ready.splice(0, count);
    assert.equal(taken.length, count, 'the sample has too few ready student groups');
    return taken;
  };
  const mine = async (ids: string[]) => {
    const certificates: string[] = await world.base.db('certificate').whereIn('student_group_id', ids).pluck('id');
    return (await world.letters()).filter((letter) => certificates.includes(letter.customerId));
  };
  const someSent = (ids: string[], count: number) =>
    until('some letters to leave', async () => ((await mine(ids)).length >= count ? true : null));
  /** Waits until no job for the letters of these certificates is left. */
  const lettersRest = async (ids: string[]) => {
    const letters = world.base.db('personal_issue as i').join('certificate as c', 'c.id', 'i.certificate_id');
    await jobsDone(world, await letters.whereIn('c.student_group_id', ids).pluck('i.id'));
  };
  /**
   * Limits the number of sent letters until the test lifts the limit, so that the batch is half finished at any speed
   * of the test.
   */
  const letThrough = (count: number) =>
    world.sendsay.control('faults', {
      faults: [{ match: { action: 'issue.send', nth: count + 1 }, kind: 'error', id: 'rate_limit', times: 1e6 }],
    });
  const liftLimits = () => world.sendsay.control('faults', { faults: [] });
  /** Returns the batch when none of its calls is in progress. */
  const resting = (id: string) =>
    until('calls to end', async () => {
      const now = await view(world, id);
      return (now.counts['sending'] ?? 0) === 0 ? now : null;
    });

  it('pause stops all further letters; after resume, every letter is sent once', async () => {
    const ids = take(10);
    await letThrough(3);
    const id = await world.batch({ ids });
    await someSent(ids, 3);
    await act(world, id, 'pause');
    await resting(id);
    const begun = await world.base
      .db('personal_issue as i')
      .join('certificate as c', 'c.id', 'i.certificate_id')
      .whereIn('c.student_group_id', ids)
      .whereNot('i.state', 'waiting')
      .pluck('i.id');
    assert.equal(begun.length, 3);
    await liftLimits();
    await lettersRest(ids);
    const left = (await mine(ids)).map((letter) => letter.trackInfo);
    assert.deepEqual(left.sort(), begun.sort(), 'what had begun before the pause, and nothing else');
    const paused = await view(world, id);
    assert.equal(paused.state, 'paused');
    assert.equal((paused.counts['accepted'] ?? 0) + (paused.counts['sent'] ?? 0), begun.length);

    await act(world, id, 'resume');
    await settled(world, id);
    assert.deepEqual((await view(world, id)).counts, { total: ids.length, sent: ids.length });
    assert.equal((await mine(ids)).length, ids.length);
  });

  it('pause before the first evaluation stops all awards until resume', async () => {
    const ids = take(3);
    const id = await world.batch({ ids });
    await act(world, id, 'pause');
    await until('the pull', async () => ((await selectBatch(world.base.db, id))?.pulledAt ? true : null));
    await jobsDone(world, ids);
    const before = (await view(world, id)).counts;
    assert.ok((before['pending'] ?? 0) > 0, 'the pause came first');
    assert.equal((await mine(ids)).length, 0);
    await act(world, id, 'resume');
    await settled(world, id);
    assert.equal((await mine(ids)).length, ids.length);
  });

  it('cancel finally stops everything that is not in progress; a new batch continues with the rest', async () => {
    const ids = take(10);
    await letThrough(3);
    const id = await world.batch({ ids });
    await someSent(ids, 3);
    await act(world, id, 'cancel');
    const { counts } = await resting(id);
    const cancelled = counts['cancelled'] ?? 0;
    assert.equal(cancelled, ids.length - 3, JSON.stringify(counts));
    await liftLimits();
    await lettersRest(ids);
    assert.equal((await mine(ids)).length, ids.length - cancelled);
    const after = await until('letters under way to be settled', async () => {
      const now = await view(world, id);
      return (now.counts['accepted'] ?? 0) + (now.counts['sending'] ?? 0) === 0 ? now : null;
    });
    assert.deepEqual(
      [after.state, after.counts],
      ['cancelled', { total: 10, cancelled, sent: ids.length - cancelled }],
    );
    const stopped = await world.base.db('certificate').where({ batch_id: id }).orderBy('id').pluck('number');
    const states = await Promise.all(ids.map((group) => world.standing(group)));
    assert.deepEqual(
      new Set(states.map((standing) => `${standing.state} ${standing.reason?.code ?? ''}`)),
      new Set(['sent ', 'cancelled batch-cancelled']),
    );

    const next = await world.batch({ ids });
    await settled(world, next);
    assert.deepEqual((await view(world, next)).counts, { total: ids.length, sent: ids.length });
    assert.equal((await mine(ids)).length, ids.length, 'each once');
    assert.deepEqual(
      await world.base.db('certificate').where({ batch_id: next }).orderBy('id').pluck('number'),
      stopped,
    );
    assert.deepEqual((await view(world, id)).counts, after.counts, 'the cancelled batch keeps its end');
  });

  it('retry evaluates held items again, and opens new letters for refused and bounced items', async () => {
    const [good, held, refused, bounced] = take(4) as [string, string, string, string];
    const addressOf = async (group: string): Promise<string> =>
      (await world.base.db('student_group').where({ id: group }).first('email')).email;
    const address = await addressOf(held);
    const student = (await world.base.db('student_group').where({ id: held }).first('snapshot')).snapshot.student;
    await world.lms.control(`student-groups/${held}?quiet=1`, { student: { ...student, email: 'nobody' } });
    const blocked = await addressOf(refused);
    await world.sendsay.control('addresses', { email: blocked, haslock: 1 });
    const id = await world.batch({ ids: [good, held, refused, bounced] });
    await settled(world, id);
    assert.deepEqual((await view(world, id)).counts, { total: 4, sent: 2, held: 1, refused: 1 });
    const back = await certificateOf(world, bounced);
    await world.base
      .db('personal_issue')
      .where({ certificate_id: back.id })
      .update({ state: 'bounced', reason_code: 'hard-bounce', changed_at: new Date() });

    await act(world, id, 'retry');
    await until('another refusal', async () => {
      const again = await world.base.db('personal_issue').where({ purpose: 'resend', state: 'refused' }).first('id');
      return again ?? null;
    });
    await settled(world, id);
    const unmended = { total: 4, sent: 1, held: 1, refused: 1, bounced: 1 };
    assert.deepEqual((await view(world, id)).counts, unmended, 'nothing was mended');
    assert.equal((await lettersOf(world, bounced)).length, 1, 'nobody writes to a dead mailbox twice');

    await world.lms.control(`student-groups/${held}?quiet=1`, { student: { ...student, email: address } });
    const dead = (await world.base.db('student_group').where({ id: bounced }).first('snapshot')).snapshot.student;
    const moved = { ...dead, email: 'another.mailbox@example.org' };
    await world.lms.control(`student-groups/${bounced}?quiet=1`, { student: moved });
    await world.sendsay.control('addresses', { email: blocked, haslock: 0 });
    await act(world, id, 'retry');
    await until('all of them', async () => ((await view(world, id)).counts['sent'] === 4 ? true : null));
    assert.equal((await view(world, id)).state, 'finished');
    assert.deepEqual(
      await Promise.all([good, held, refused, bounced].map(async (group) => (await lettersOf(world, group)).length)),
      [1, 1, 1, 2],
    );
  });

  it('resend mails the stored bytes under a new id to the current address in the LMS; two concurrent requests give one letter', async () => {
    const [group] = take(1) as [string];
    await world.batch({ ids: [group] });
    await world.reaches(group, 'sent');
    const certificate = await certificateOf(world, group);
    const { snapshot } = await world.base.db('student_group').where({ id: group }).first('snapshot');
    await world.lms.control(`student-groups/${group}?quiet=1`, {
      student: { ...snapshot.student, email: 'moved.teacher@example.org' },
    });
    const asked = await Promise.allSettled([1, 2].map(() => resendCertificate(personCtx(world), certificate, BY)));
    const refused = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.status] : []));
    assert.deepEqual(refused, [409]);
    await until('the second letter', async () => ((await lettersOf(world, group)).length === 2 ? true : null));
    await world.reaches(group, 'sent');
    const [first, second] = await lettersOf(world, group);
    assert.notEqual(first?.trackInfo, second?.trackInfo);
    assert.equal(second?.email, 'moved.teacher@example.org');
    assert.deepEqual(
      second?.attachments.map((part) => part.sha256),
      first?.attachments.map((part) => part.sha256),
    );
  });

  it('resend first reads the student from the LMS: it is refused with the reason when a consent was withdrawn', async () => {
    const [group] = take(1) as [string];
    await world.batch({ ids: [group] });
    await world.reaches(group, 'sent');
    const tell = (consents: object[]) => world.lms.control(`student-groups/${group}?quiet=1`, { consents });
    const given = { kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: null };
    await tell([{ ...given, revokedAt: '2026-11-21T10:00:00Z' }]);
    const certificate = await certificateOf(world, group);
    const refusal = {
      status: 409,
      message: /^consent-withdrawn: after the award the student withdrew the consent "personal-data"/,
    };
    await assert.rejects(resendCertificate(personCtx(world), certificate, BY), refusal);
    assert.equal((await world.standing(group)).state, 'sent', 'it stands as before');
    await tell([{ ...given, givenAt: '2026-11-22T10:00:00Z' }]);
    await resendCertificate(personCtx(world), certificate, BY);
    await until('the second letter', async () => (await lettersOf(world, group)).length === 2);
  });

  it('resend opens a letter that is held when a consent is withdrawn before the letter is sent', async () => {
    const [group] = take(1) as [string];
    await world.batch({ ids: [group] });
    await world.reaches(group, 'sent');
    await letThrough(0);
    await resendCertificate(personCtx(world), await certificateOf(world, group), BY);
    await world.base
      .db('student_group')
      .where({ id: group })
      .update({ pulled_at: new Date(Date.now() - 3_600_000) });
    await world.lms.control(`student-groups/${group}?quiet=1`, {
      consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: '2026-11-21T10:00:00Z' }],
    });
    const standing = await world.reaches(group, 'held');
    assert.equal(standing.reason?.code, 'consent-withdrawn');
    await liftLimits();
    assert.equal((await lettersOf(world, group)).length, 1);
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { lockAwardsOf } from '../../src/records/certificates/awards.ts';
import {
  insertFirstPersonalIssue,
  recordAbsent,
  selectPersonalIssue,
  settlePersonalIssue,
} from '../../src/records/letters/personal-issues.ts';
import { claimForSending, endAttempt, markOverdueUncertain } from '../../src/records/letters/send-attempts.ts';
import type { Db } from '../../src/records/rows.ts';
import { recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { award, draw, RELEASE_ROW, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { withinErasure } from '../support/within-erasure.ts';

/** Rules that no code may break are constraints of the database. */
describe('rules that the database enforces', () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedRelease(db);
  });
  after(() => database.drop());

  const refused = (work: PromiseLike<unknown>, pattern: RegExp) => assert.rejects(async () => work, pattern);

  async function letter(groupId: string) {
    const { id } = await award(db, groupId);
    await draw(db, id);
    const issue = randomUUID();
    const at = new Date();
    await insertFirstPersonalIssue(
      db,
      {
        id: issue,
        certificateId: id,
        version: 1,
        recipient: `st_${groupId}@example.org`,
        dueAt: at,
        sendAfter: at,
        shiftReason: null,
      },
      at,
    );
    return { certificateId: id, issue };
  }
  const claimLetter = async (id: string, deadline = new Date(Date.now() + 2000)) => {
    const { recipient } = await db('personal_issue').where({ id }).first('recipient');
    const claim = randomUUID();
    const requestId = randomUUID();
    const claimed = await db.transaction((trx) =>
      claimForSending(trx, { id, claim, requestId, deadline, recipient, mostUnknown: 100, probe: null }, new Date()),
    );
    return { claim, requestId, claimed: claimed === 'begun' };
  };

  it('allow one certificate per student, release and programme, also with many concurrent awards', async () => {
    const results = await Promise.all(Array.from({ length: 12 }, (_, n) => award(db, `sg_race_${n}`, 'st_race')));
    assert.equal(results.filter((result) => result.created).length, 1);
    assert.equal(new Set(results.map((result) => result.id)).size, 1);
  });

  it('refuse a second certificate, even from code without that check', async () => {
    const first = await award(db, 'sg_twice', 'st_twice');
    const row = await db('certificate').where({ id: first.id }).first();
    await award(db, 'sg_other', 'st_other');
    const copy = {
      ...row,
      id: randomUUID(),
      number: 'TST-26-999999',
      code: '0'.repeat(25),
      student_group_id: 'sg_free',
    };
    await refused(db('certificate').insert(copy), /certificate_student_id_release_id_programme_id_key/);
  });

  it('give certificates numbers without gaps, in the order of award, unique in the installation', async () => {
    const numbers = await Promise.all(Array.from({ length: 8 }, (_, n) => award(db, `sg_n${n}`)));
    const all: string[] = await db('certificate').where({ release_id: 'rel_test' }).orderBy('number').pluck('number');
    assert.deepEqual(
      all,
      all.map((_, index) => `TST-26-${String(index + 1).padStart(6, '0')}`),
    );
    assert.equal(new Set(numbers.map((entry) => entry.number)).size, 8);
  });

  it('give a number prefix to one release only', async () => {
    await recordRelease(db, { ...RELEASE_ROW, id: 'rel_thief' }, new Date());
    const isSeriesOf = (releaseId: string) =>
      db.transaction((trx) => lockAwardsOf(trx, { studentId: 'st_thief', releaseId, programmeId: 'p' }, 'TST-26'));
    assert.equal(await isSeriesOf('rel_thief'), false);
    assert.equal(await isSeriesOf('rel_test'), true);
  });

  it('forbid changes of data, identity, diploma and template after the award', async () => {
    const { id } = await award(db, 'sg_frozen');
    await draw(db, id);
    await refused(
      db('certificate_version')
        .where({ certificate_id: id })
        .update({ facts: JSON.stringify({ holderName: 'Another' }) }),
      /frozen/,
    );
    await refused(db('certificate').where({ id }).update({ number: 'X' }), /frozen/);
    await refused(db('certificate').where({ id }).update({ issue_date: '2030-01-01' }), /frozen/);
    await refused(
      db('diploma')
        .where({ certificate_id: id })
        .update({ sha256: 'c'.repeat(64) }),
      /append only/,
    );
    await refused(db('artefact').update({ bytes: Buffer.from('x') }), /append only/);
    await refused(db('template').update({ definition: '{"a":1}' }), /append only/);
  });

  it('allow erasure to empty the stored personal data, and to change nothing else', async () => {
    const { id } = await award(db, 'sg_erased');
    const version = (trx: typeof db) => trx('certificate_version').where({ certificate_id: id });
    await refused(version(db).update({ facts: null }), /frozen/);
    await withinErasure(db, (trx) => version(trx).update({ facts: null }));
    await refused(db('certificate_version').where({ certificate_id: id }).update({ facts: '{}' }), /frozen/);
  });

  it('allow only one first letter per certificate', async () => {
    const { certificateId } = await letter('sg_first');
    const at = new Date();
    const again = {
      id: randomUUID(),
      certificateId,
      version: 1,
      recipient: 'a@example.org',
      dueAt: at,
      sendAfter: at,
      shiftReason: null,
    };
    assert.equal(await insertFirstPersonalIssue(db, again, at), false);
    assert.equal(
      await db('personal_issue')
        .where({ certificate_id: certificateId })
        .count('* as n')
        .first()
        .then((row) => Number(row?.['n'])),
      1,
    );
  });

  it('let one of many workers begin the call to Sendsay, and no second one while its outcome is open', async () => {
    const { issue } = await letter('sg_claim');
    const claims = await Promise.all(Array.from({ length: 8 }, () => claimLetter(issue)));
    assert.equal(claims.filter((claim) => claim.claimed).length, 1);
    const attempt = {
      request_id: randomUUID(),
      personal_issue_id: issue,
      started_at: new Date(),
      deadline: new Date(),
    };
    await refused(db('send_attempt').insert(attempt), /send_attempt_unresolved/);
  });

  it('never change a letter in a final state back', async () => {
    const { issue } = await letter('sg_final');
    const { claim, requestId } = await claimLetter(issue);
    const accepted = { outcome: 'accepted' as const, trackId: 't-final' };
    await endAttempt(db, { id: issue, claim, requestId, end: accepted, firstTry: new Date() }, new Date());
    await settlePersonalIssue(
      db,
      issue,
      { state: 'sent', trackId: 't-final', letter: '7', providerIssueId: '1' },
      new Date(),
    );
    for (const state of ['waiting', 'sending', 'accepted', 'uncertain', 'refused']) {
      await refused(db('personal_issue').where({ id: issue }).update({ state, reason_code: 'x' }), /never goes back/);
    }
    assert.equal(
      await settlePersonalIssue(
        db,
        issue,
        { state: 'refused', trackId: 't-final', code: 'x', detail: 'late' },
        new Date(),
      ),
      false,
    );
    assert.equal((await selectPersonalIssue(db, issue))?.state, 'sent');
  });

  it('let only the worker that claimed the letter record the result of the call', async () => {
    const { issue } = await letter('sg_token');
    const { requestId } = await claimLetter(issue);
    const end = { outcome: 'refused' as const, code: 'x', detail: 'x' };
    const other = { id: issue, claim: randomUUID(), requestId, end, firstTry: new Date() };
    assert.equal((await endAttempt(db, other, new Date())).ended, false);
    assert.equal((await selectPersonalIssue(db, issue))?.state, 'sending');
  });

  it('make the call of a dead worker uncertain after its deadline, and not before', async () => {
    const { issue } = await letter('sg_dead');
    const deadline = new Date(Date.now() + 60_000);
    const { claim, requestId } = await claimLetter(issue, deadline);
    await markOverdueUncertain(db, new Date(), new Date());
    assert.equal((await selectPersonalIssue(db, issue))?.state, 'sending');
    await markOverdueUncertain(db, new Date(), new Date(deadline.getTime() + 1));
    assert.equal((await selectPersonalIssue(db, issue))?.state, 'uncertain');
    // The worker was still alive; the provider's response still counts.
    const accepted = { outcome: 'accepted' as const, trackId: 't-late' };
    const late = { id: issue, claim, requestId, end: accepted, firstTry: new Date() };
    assert.equal((await endAttempt(db, late, new Date())).ended, true);
    assert.equal((await selectPersonalIssue(db, issue))?.state, 'accepted');
  });

  it('allow a new attempt once the letter is proven absent; the old claim is then useless', async () => {
    const { issue } = await letter('sg_absent');
    const first = await claimLetter(issue, new Date(Date.now() - 1));
    await markOverdueUncertain(db, new Date(), new Date());
    assert.equal(await recordAbsent(db, { id: issue, requestId: first.requestId }, 'proven', new Date()), true);
    const second = await claimLetter(issue);
    assert.equal(second.claimed, true);
    const late = {
      id: issue,
      claim: first.claim,
      requestId: first.requestId,
      end: { outcome: 'accepted' as const, trackId: 't-old' },
      firstTry: new Date(),
    };
    assert.equal((await endAttempt(db, late, new Date())).ended, false);
  });

  it('keep actions of people for ever', async () => {
    await db('act').insert({ id: randomUUID(), actor: 'a', verb: 'v', subject: 's', acted_at: new Date() });
    await refused(db('act').del(), /append only/);
    await refused(db('act').update({ actor: 'b' }), /append only/);
  });
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { lockBatch, recordPaused } from '../../src/records/batches/batch-changes.ts';
import { insertOrReturnBatch } from '../../src/records/batches/batches.ts';
import { takeCharge } from '../../src/records/batches/charge.ts';
import { insertReissue } from '../../src/records/certificates/reissues.ts';
import { lockCertificate } from '../../src/records/letters/letters-by-person.ts';
import { insertFirstPersonalIssue } from '../../src/records/letters/personal-issues.ts';
import { claimForSending } from '../../src/records/letters/send-attempts.ts';
import type { Db } from '../../src/records/rows.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { award, draw, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/world.ts';

describe('the claim of a letter (start of sending) while its certificate is being stopped', () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedRelease(db);
  });
  after(() => database.drop());

  async function waiting() {
    const group = `sg_${randomUUID()}`;
    const { id: certificateId } = await award(db, group);
    await draw(db, certificateId);
    const letter = { id: randomUUID(), certificateId, version: 1, recipient: `st_${group}@example.org` };
    const at = new Date();
    await insertFirstPersonalIssue(db, { ...letter, dueAt: at, sendAfter: at, shiftReason: null }, at);
    return { ...letter, group };
  }
  const claim = ({ id, recipient }: { id: string; recipient: string }) => {
    const attempt = { id, claim: randomUUID(), requestId: randomUUID(), recipient, mostUnknown: 100, probe: null };
    return claimForSending(db, { ...attempt, deadline: new Date(Date.now() + 2000) }, new Date());
  };
  /** As in the product, the certificate is locked before the action is stored. */
  async function askForVersion(trx: Db, certificateId: string): Promise<void> {
    await lockCertificate(trx, certificateId);
    const act = {
      id: randomUUID(),
      actor: 'tester',
      verb: 'certificate.reissue',
      subject: certificateId,
      reason: null,
    };
    await recordAct(trx, act, new Date());
    await insertReissue(trx, { id: act.id, certificateId, kind: 'reissue' }, new Date());
  }

  it('is refused without waiting while a reissue is requested but not committed yet, and after the commit', async () => {
    const letter = await waiting();
    await db.transaction(async (trx) => {
      await askForVersion(trx, letter.certificateId);
      assert.equal(await claim(letter), 'no', 'before the commit');
    });
    assert.equal(await claim(letter), 'no', 'after it');
  });

  it('succeeds when the request for a reissue was rolled back', async () => {
    const letter = await waiting();
    const undo = new Error('undo');
    await assert.rejects(
      db.transaction(async (trx) => {
        await askForVersion(trx, letter.certificateId);
        throw undo;
      }),
      undo,
    );
    assert.equal(await claim(letter), 'begun');
  });

  it('is refused while a pull has made the record unusable but is not committed yet, and after the commit', async () => {
    const letter = await waiting();
    const { group: id } = letter;
    await db.transaction(async (trx) => {
      await recordPull(trx, { ok: false, id, detail: '/status: unknown' }, new Date(), (raw) => raw, { id });
      assert.equal(await claim(letter), 'no', 'before the commit');
    });
    assert.equal(await claim(letter), 'no', 'after it');
  });

  it('is refused by a hold of the student group from before the award', async () => {
    const letter = await waiting();
    const entry = { stage: 'evaluate', code: 'lms-invalid' as const, detail: 'by a test' };
    await hold(db, { id: randomUUID(), studentGroupId: letter.group, certificateId: null, ...entry }, new Date());
    assert.equal(await claim(letter), 'no');
  });

  it('waits for the commit of a pause, and is refused after it', async () => {
    const letter = await waiting();
    const id = randomUUID();
    const over = { releaseId: null, studentGroupIds: [letter.group], countries: null, template: null, dryRun: false };
    const asked = { note: null, actor: 'tester', idempotencyKey: null, requestHash: 'test' };
    await insertOrReturnBatch(db, { id, ...over, ...asked }, new Date());
    await takeCharge(db, letter.certificateId, id);
    let claimed: Promise<string> = Promise.resolve('');
    await db.transaction(async (trx) => {
      await recordPaused(trx, id, new Date());
      claimed = claim(letter);
      const ended = claimed.then(() => true);
      await until('the claim to wait for the batch', async () => {
        const { rows } = await db.raw(`select 1 from pg_stat_activity where wait_event_type = 'Lock'
          and datname = current_database()`);
        return rows.length > 0 || (await Promise.race([ended, false]));
      });
    });
    assert.equal(await claimed, 'no');
  });

  it('takes part in no deadlock when several letters of a batch are claimed while it is paused and resumed', async () => {
    const letters = await Promise.all(Array.from({ length: 20 }, waiting));
    const id = randomUUID();
    const groups = letters.map(({ group }) => group);
    const over = { releaseId: null, studentGroupIds: groups, countries: null, template: null, dryRun: false };
    const asked = { note: null, actor: 'tester', idempotencyKey: null, requestHash: 'test' };
    await insertOrReturnBatch(db, { id, ...over, ...asked }, new Date());
    for (const { certificateId } of letters) await takeCharge(db, certificateId, id);
    let pauses = 600;
    const repeat = async (act: () => Promise<unknown>) => {
      while (pauses > 0) await act();
    };
    const pause = () =>
      db.transaction(async (trx) => {
        await lockBatch(trx, id);
        await recordPaused(trx, id, new Date());
        pauses -= 1;
      });
    // As a new certificate of the batch does.
    const refer = () =>
      db.transaction(async (trx) => {
        await trx.raw('select from batch where id = ? for key share', [id]);
        await trx.raw('select');
      });
    const claims = () => Promise.all(letters.map(claim));
    await Promise.all([claims, claims, claims, pause, pause, pause, pause, refer, refer, refer].map(repeat));
    assert.deepEqual(new Set(await claims()), new Set(['no']));
  });

  it('is refused when a reissue or an invalid record is committed while the claim waits for another lock', async () => {
    const stops: ((letter: Awaited<ReturnType<typeof waiting>>) => Promise<unknown>)[] = [
      ({ certificateId }) => db.transaction((trx) => askForVersion(trx, certificateId)),
      ({ group: id }) =>
        recordPull(db, { ok: false, id, detail: '/status: unknown' }, new Date(), (raw) => raw, { id }),
    ];
    for (const stop of stops) {
      const letter = await waiting();
      let claimed: Promise<string> = Promise.resolve('');
      await db.transaction(async (trx) => {
        await trx.raw(`select pg_advisory_xact_lock(hashtextextended('send_brake', 0))`);
        claimed = claim(letter);
        await until('the claim to wait for room', async () => {
          const { rows } = await db.raw(`select 1 from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`);
          return rows.length > 0;
        });
        await stop(letter);
      });
      assert.equal(await claimed, 'no');
    }
  });
});

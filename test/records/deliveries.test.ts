import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { ConcludedDelivery } from '../../src/domain/letter/delivery.ts';
import { isDeadAddress, recordDelivery } from '../../src/records/letters/deliveries.ts';
import type { Db } from '../../src/records/rows.ts';
import { drawnCertificate, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const told = (outcome: ConcludedDelivery['outcome']): ConcludedDelivery => ({
  letter: '1',
  issueId: '9',
  outcome,
  at: new Date('2026-11-20T10:00:00Z'),
  code: null,
  status: outcome,
});

describe('delivery results in the database', () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase();
    db = database.knex;
    await seedRelease(db);
  });
  after(() => database.drop());

  const certificate = () => drawnCertificate(db);
  async function letter(certificateId: string, state: string, recipient: string, purpose = 'first'): Promise<string> {
    const id = randomUUID();
    const at = new Date();
    await db('personal_issue').insert({
      ...{ id, certificate_id: certificateId, version: 1, purpose, state, recipient, letter: '1' },
      ...{ provider_issue_id: '9', track_id: randomUUID(), due_at: at, send_after: at, sent_at: at },
      ...{ created_at: at, changed_at: at },
    });
    return id;
  }

  it('keep the first result, whatever is reported later', async () => {
    for (const first of ['delivered', 'hard-bounce', 'soft-bounce'] as const) {
      const id = await letter(await certificate(), 'sent', 'a@example.org');
      assert.equal(await recordDelivery(db, id, told(first), new Date()), true);
      const before = await db('personal_issue').where({ id }).first();
      for (const then of ['hard-bounce', 'delivered', 'soft-bounce'] as const)
        assert.equal(await recordDelivery(db, id, told(then), new Date()), false);
      assert.deepEqual(await db('personal_issue').where({ id }).first(), before);
    }
  });

  it('never change from delivered to bounced or back, not even by manual SQL', async () => {
    for (const [from, to] of [
      ['delivered', 'bounced'],
      ['bounced', 'delivered'],
    ] as const) {
      const id = await letter(await certificate(), 'sent', 'a@example.org');
      await recordDelivery(db, id, told(from === 'bounced' ? 'hard-bounce' : 'delivered'), new Date());
      const change = db('personal_issue').where({ id }).update({ state: to, reason_code: 'x' });
      await assert.rejects(async () => change, /never goes back/);
    }
  });

  it('exist only for sent letters', async () => {
    const id = await letter(await certificate(), 'accepted', 'a@example.org');
    assert.equal(await recordDelivery(db, id, told('delivered'), new Date()), false);
  });

  it('that are hard bounces forbid every letter of that certificate to that address, new or moved', async () => {
    const id = await certificate();
    const first = await letter(id, 'sent', 'dead@example.org');
    await recordDelivery(db, first, told('hard-bounce'), new Date());
    assert.deepEqual(
      [await isDeadAddress(db, id, 'dead@example.org'), await isDeadAddress(db, id, 'alive@example.org')],
      [true, false],
    );
    await assert.rejects(letter(id, 'waiting', 'dead@example.org', 'resend'), /came back for good/);
    const next = await letter(id, 'waiting', 'alive@example.org', 'resend');
    const back = db('personal_issue').where({ id: next }).update({ recipient: 'dead@example.org' });
    await assert.rejects(async () => back, /came back for good/);
  });

  it('that are soft bounces, or belong to another certificate, do not block the address', async () => {
    const soft = await certificate();
    await recordDelivery(db, await letter(soft, 'sent', 'full@example.org'), told('soft-bounce'), new Date());
    await letter(soft, 'waiting', 'full@example.org', 'resend');
    await letter(await certificate(), 'waiting', 'dead@example.org');
  });
});

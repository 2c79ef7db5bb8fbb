import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { openDatabase } from '../../src/platform/database/database.ts';
import { reserveStatusEntry, STATUS_LIST_LENGTH } from '../../src/records/certificates/status-entries.ts';
import type { Db } from '../../src/records/rows.ts';
import { award, seedRelease } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Db;
const certificates: string[] = [];

before(async () => {
  database = await testDatabase();
  db = openDatabase({ url: database.url, poolMax: 8, applicationName: 'gramota-test' });
  await seedRelease(db);
  for (let n = 1; n <= 6; n += 1) certificates.push((await award(db, `sg_${n}`)).id);
});
after(async () => {
  await db.destroy();
  await database.drop();
});

const version = (n: number) => ({ certificateId: certificates[n] ?? '', version: 1 });
const reserve = (n: number, random: (limit: number) => number) =>
  db.transaction((trx) => reserveStatusEntry(trx, version(n), random));

describe('positions of credentials in status lists', () => {
  it('are chosen at random from the whole list', async () => {
    const limits: number[] = [];
    const place = await reserve(0, (limit) => {
      limits.push(limit);
      return randomInt(limit);
    });
    assert.deepEqual(limits, [STATUS_LIST_LENGTH]);
    assert.equal(place.list, 1);
  });

  it('are never assigned twice, even by concurrent transactions', async () => {
    const draws = [7, 7, 7, 8, 9, 10];
    const all = await Promise.all(
      [1, 2, 3].map((n) => reserve(n, () => draws.shift() ?? randomInt(STATUS_LIST_LENGTH))),
    );
    assert.equal(new Set(all.map(({ list, index }) => `${list}/${index}`)).size, 3);
  });

  it('continue in the next list when one is full enough, and never return to an older list', async () => {
    const draws = [7, 7, 7, 7, 7];
    assert.deepEqual(await reserve(4, () => draws.shift() ?? 0), { list: 2, index: 7 });
    assert.equal((await reserve(5, () => 11)).list, 2);
  });

  it('are protected by the database: no second owner, no change, no position for a version that does not exist', async () => {
    const row = { list: 1, index: 7, certificate_id: certificates[0], version: 1 };
    await assert.rejects(db('status_entry').insert(row), /duplicate key/);
    await assert.rejects(db('status_entry').where({ list: 1 }).update({ index: 12 }), /append only/);
    await assert.rejects(db('status_entry').where({ list: 1 }).delete(), /append only/);
    await assert.rejects(db('status_entry').insert({ ...row, index: STATUS_LIST_LENGTH }), /check constraint/);
    const nobody = db.transaction((trx) =>
      reserveStatusEntry(trx, { certificateId: randomUUID(), version: 1 }, () => 13),
    );
    await assert.rejects(nobody, /foreign key/);
  });
});

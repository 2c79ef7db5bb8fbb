import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { down, up } from '../../migrations/20261128080000_search.ts';
import { foldNumber } from '../../src/domain/certificate/certificate-number.ts';
import { searchWords } from '../../src/domain/text/search-words.ts';
import { erase, seedCertificate, seedVersion } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
});
after(() => database.drop());

it('what was awarded before is found by the names of all its versions and by its number, as what is awarded now', async () => {
  const db = database.knex;
  const names = [
    ['Әйгерім Сәрсенбаева', 'Aigerim Sarsenbayeva'],
    ['Սեւակ Եվա Օրինակյան', null],
    ['ნინო მაგალითაშვილი', 'Nino Magalitashvili'],
    ['Ўткир Ӣсоев-Ҷӯраев', "Oʻtkir Isoyev-Jo'rayev"],
    ['Эльвира Объедкова', 'Şəhla Łukasz Æro'],
  ] as const;
  const words = new Map<string, string[]>();
  for (const [index, [holderName, latinName]] of names.entries()) {
    const number = `№ ИНТ/КМС-26-00000${index}`;
    const { id, facts } = await seedCertificate(db, { holderName, latinName, number });
    const next = { ...facts, version: 2, holderName: `Ёлка Вторая${index}`, latinName: null };
    await seedVersion(db, { id, facts: next, bytes: Buffer.from(`%PDF second of ${id}`) });
    words.set(id, [...new Set([...searchWords(`${holderName} ${latinName ?? ''}`), ...searchWords(next.holderName)])]);
  }
  const erased = await seedCertificate(db);
  await erase(db, erased.id);
  await db('certificate_search').where({ certificate_id: erased.id }).del();

  await down(db);
  await db('certificate_search').update({ words: db.raw("'former'::tsvector") });
  await up(db);

  const rows = await db('certificate_search as s')
    .join('certificate as c', 'c.id', 's.certificate_id')
    .select('c.id', 'c.number', 's.number_key', db.raw('tsvector_to_array(s.words) as words'));
  assert.equal(rows.length, names.length);
  for (const { id, number, number_key, words: kept } of rows) {
    assert.deepEqual([...kept].sort(), words.get(id)?.sort());
    assert.equal(number_key, foldNumber(number));
  }
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PERSONAL_ROWS } from '../../src/records/privacy/export-person.ts';
import { FREE_TEXTS } from '../../src/records/privacy/free-texts.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { coded, firstColumn, read, rows, section } from '../support/documents.ts';
import { tablesOf } from '../support/stored-texts.ts';

/** A column of these types names nobody. */
const PLAIN = /^(smallint|integer|bigint|numeric|double precision|boolean|uuid|date|interval|xid8|timestamp)/;

describe('docs/privacy.md', () => {
  let database: TestDatabase;
  let personal: string[];
  let others: string[];
  before(async () => {
    database = await testDatabase();
    const text = await read('docs/privacy.md');
    personal = firstColumn(section(text, '## Columns with personal data'));
    others = rows(section(text, '## Other columns')).flatMap(([table = '', columns = '']) =>
      coded(columns).map((column) => `${coded(table)[0]}.${column}`),
    );
  });
  after(() => database.drop());

  it('describes every column of every table that can hold a text, once: as personal data or as another column', async () => {
    const stored = [...(await tablesOf(database.knex))].flatMap(([table, columns]) =>
      columns.filter(({ type }) => !PLAIN.test(type)).map(({ column }) => `${table}.${column}`),
    );
    assert.deepEqual([...personal, ...others].sort(), stored.sort());
  });

  it('describes every free text that an erasure searches, and the export has every table with a row of a person', () => {
    const searched = FREE_TEXTS.map(([table, column]) => `${table}.${column}`);
    assert.deepEqual(
      searched.filter((name) => !personal.includes(name)),
      [],
    );
    const ofNobody =
      /^(artefact|import|batch|bulk_act|console_\w+|api_token|approval|lookup_limit|release\w*|pgboss\.job|eras\w+)$/;
    const tables = new Set(personal.map((name) => name.slice(0, name.lastIndexOf('.'))));
    assert.deepEqual(
      [...tables].filter((table) => !ofNobody.test(table) && !(table in PERSONAL_ROWS)),
      [],
    );
  });
});

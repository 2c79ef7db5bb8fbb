import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runImportApply, runImportCheck } from '../../src/commands/import-file.ts';
import { type Config, NEEDED, readConfig } from '../../src/config.ts';
import { recordPull } from '../../src/records/student-groups/student-groups.ts';
import { seedRelease, studentGroup } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { told } from './command-line.ts';

describe('gramota import', () => {
  let database: TestDatabase;
  let dir: string;
  let config: Config;
  before(async () => {
    database = await testDatabase();
    await seedRelease(database.knex);
    const told = { ok: true as const, studentGroup: studentGroup('sg_line'), etag: null };
    await recordPull(database.knex, told, new Date(), (email) => email);
    dir = await mkdtemp(join(tmpdir(), 'gramota-test-'));
    config = readConfig({ DATABASE_URL: database.url, TEMPLATES_DIR: resolve('templates') }, NEEDED.database);
  });
  after(async () => {
    await rm(dir, { recursive: true, force: true });
    await database.drop();
  });
  const check = (file: string, options: { form: string; json?: boolean }) =>
    told((say) => runImportCheck(config, file, options, say, 'en'));

  it('shows each row that will not be applied with cell, value, fault and mend, then the next command', async () => {
    const file = join(dir, 'form.csv');
    await writeFile(file, 'E-mail;Страна\nst_sg_line@example.org;KZ\nnobody@school.example;KZ\nst_sg_line;KZ\n');
    const ran = await check(file, { form: 'cis-registration' });
    assert.equal(ran.code, 0, ran.err.join('\n'));
    const [, id = ''] = /gramota import apply (\S+)$/.exec(ran.out.at(-1) ?? '') ?? [];
    assert.deepEqual(ran.out.slice(1, -1), [
      '  found      1',
      '  unknown    1',
      '  fault      1',
      '     3  unknown   A3     "nobody@school.example": no student group has this e-mail address or id; correct it; if the student is new in the LMS, start a batch or wait until the release is read',
      ran.out.at(-2),
    ]);
    assert.match(ran.out.at(-2) ?? '', /^ {5}4 {2}fault {5}A4 {5}"st_sg_line": .*; correct the address$/);
    const apply = () => told((say) => runImportApply(config, id, { json: true }, say, 'en'));
    const applied = await apply();
    assert.equal(JSON.parse(applied.out.join('\n')).state, 'applying');
    const again = await apply();
    assert.deepEqual([again.code, again.out], [1, []]);
    assert.match(again.err[0] ?? '', /^This import is applying already; command line/);
  });

  it('fails with one line that says why, when the form, the file or the import is not there or not good', async () => {
    const file = join(dir, 'picture.xlsx');
    await writeFile(file, Buffer.from('\x89PNG\r\n\x1a\n\0', 'latin1'));
    const refusals: [Promise<{ code: number | null; err: string[] }>, RegExp][] = [
      [check(file, { form: 'none' }), /^--form: .*known forms: cis-registration, exceptions/],
      [check(join(dir, 'none.xlsx'), { form: 'exceptions' }), /cannot be read: ENOENT/],
      [check(file, { form: 'exceptions' }), /no spreadsheet/],
      [told((say) => runImportApply(config, 'x', {}, say, 'en')), /no import with this id/],
    ];
    for (const [asked, expected] of refusals) {
      const { code, err } = await asked;
      assert.deepEqual([code, err.length], [1, 1], err.join('\n'));
      assert.match(err[0] ?? '', expected);
    }
  });
});

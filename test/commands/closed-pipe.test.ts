import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, it } from 'node:test';
import { recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { RELEASE_ROW } from '../support/award.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { MAIN } from './command-line.ts';

/** Enough for a report longer than a pipe buffer, so that the writer must notice that the reader has closed. */
const GROUPS = 5000;

let database: TestDatabase;
before(async () => {
  database = await testDatabase();
  await recordRelease(database.knex, RELEASE_ROW, new Date());
  await database.knex.raw(
    `insert into student_group (id, release_id, student_id, pulled_at, invalid)
     select 'sg_' || i, 'rel_test', 'st_' || i, now(), 'student.role: not one of teacher, student' from generate_series(1, ?::int) i`,
    [GROUPS],
  );
});
after(() => database.drop());

/** Pipes the report into `reader` by a shell; returns both outputs and the exit status of `gramota`. */
function piped(reader: string): Promise<{ out: string; err: string }> {
  const script = `{ "$0" "$1" report --release rel_test; echo "status $?" >&2; } | ${reader}`;
  const child = spawn('/bin/sh', ['-c', script, process.execPath, MAIN], {
    env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: database.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
}

it('"gramota report | head" exits quietly when head closes the pipe early', async () => {
  const said = await piped('head -n 1');
  assert.equal(said.out, `release rel_test: ${GROUPS} student groups\n`);
  assert.equal(said.err, 'status 0\n');
});

it('"gramota report" is printed completely when its reader reads to the end', async () => {
  const said = await piped('cat');
  assert.equal(said.err, 'status 0\n');
  assert.ok(said.out.length > 4 * 65_536, 'longer than a pipe holds');
  assert.match(said.out, /numbers: 0 issued, 0 missing\n$/);
});

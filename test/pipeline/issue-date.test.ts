import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { seedCertificate } from '../http/harness.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { testKeysDir } from '../support/keys.ts';
import { RELEASE } from './judge-samples.ts';
import type { Host, Shown } from './processes/dating.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL(`./processes/dating${extname(import.meta.url)}`, import.meta.url));
/** The last evening of a year: an error of one hour would change day, month and year. */
const ISSUED = '2026-12-31';
const UNTIL = '2028-12-31';
const RELEASES = [
  { timezone: 'Pacific/Niue', offset: '-11:00' },
  { timezone: 'Europe/Moscow', offset: '+03:00' },
  { timezone: 'Pacific/Kiritimati', offset: '+14:00' },
];
/** The host's zone and its minutes to UTC, the database session's zone, and its date style. */
const HOSTS = [
  ['Pacific/Niue', 660, 'Pacific/Kiritimati', 'German'],
  ['Pacific/Kiritimati', -840, 'Pacific/Niue', 'SQL,DMY'],
] as const;

describe('the issue date of a certificate', () => {
  let database: TestDatabase;
  let hosts: Shown[][];
  before(async () => {
    database = await testDatabase();
    await testKeysDir();
    const told: object[] = [];
    for (const [index, { timezone }] of RELEASES.entries()) {
      const releaseId = `rel_${index}`;
      const numberPrefix = `ZON-${index}`;
      await recordRelease(
        database.knex,
        { ...RELEASE, id: releaseId, timezone, numberPrefix, issueDate: ISSUED },
        new Date(),
      );
      const number = `${numberPrefix}-000001`;
      const { id, facts } = await seedCertificate(database.knex, {
        ...{ certificateId: randomUUID(), number, issueDate: ISSUED, holderName: 'Мария Образцова' },
        validUntil: `${UNTIL}T23:59:59${RELEASES[index]?.offset}`,
      });
      told.push({ id, number, releaseId, code: facts.code });
    }
    const places = HOSTS.map(([zone, minutes, session, style]): Host => {
      const url = new URL(database.url);
      url.searchParams.set('options', `-c timezone=${session} -c datestyle=${style}`);
      return { zone, minutes, url: url.href };
    });
    const env = { PATH: process.env['PATH'], TZ: HOSTS[0][0] };
    const { stdout } = await run(process.execPath, [SCRIPT, JSON.stringify(places), JSON.stringify(told)], { env });
    hosts = JSON.parse(stdout);
  });
  after(() => database.drop());

  it('gives the same bytes of a diploma on hosts with different dates and in any database session', () => {
    assert.deepEqual(hosts[0], hosts[1]);
  });

  for (const [index, { timezone, offset }] of RELEASES.entries()) {
    it(`is the same in print, lookup, credential, page and search for a release in ${timezone}`, () => {
      for (const host of hosts) {
        const { facts, printed, credential, byCode, byNumber, page, found, known } =
          host[index] ?? assert.fail('the host did not show it');
        assert.deepEqual([facts.issueDate, facts.validUntil], [ISSUED, `${UNTIL}T23:59:59${offset}`]);
        assert.match(printed, /31 декабря 2026/);
        const { validFrom, validUntil } = JSON.parse(credential);
        assert.deepEqual([validFrom, validUntil], [`${ISSUED}T00:00:00${offset}`, facts.validUntil]);
        assert.deepEqual([byCode.issueDate, byCode.validUntil, byNumber.issueDate], [ISSUED, UNTIL, ISSUED]);
        assert.ok(page.includes('31 декабря 2026') && page.includes('31 декабря 2028'), page.join());
        assert.deepEqual([found.length, found[0]?.issueDate, known], [1, ISSUED, ISSUED]);
      }
    });
  }
});

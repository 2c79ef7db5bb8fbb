import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import { seedCertificates } from '../lookup/seed.ts';
import { openStand, type Route, type Stand } from '../lookup/stand.ts';

/** What exports cost `gramota serve` in memory. Run it with `npm run bench:export`. */

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '100000' }, diplomas: { type: 'string', default: '5000' } },
});
const RELEASE = 'rel_bench';
const MIB = 1024 * 1024;

/** Student groups, decisions and letters of the seeded certificates: every twentieth letter waits; a group in twenty has no certificate. */
const AROUND = [
  `insert into release (id, snapshot, changed_at, pulled_at) values ('${RELEASE}', '{}', now(), now())`,
  `insert into student_group (id, release_id, student_id, snapshot, changed_at, pulled_at)
   select student_group_id, '${RELEASE}', student_id, '{"student": {"fullName": "Учитель"}}'::jsonb, now(), now() from certificate
   union all select 'sg_none_' || n, '${RELEASE}', 'st_none_' || n, '{"student": {"fullName": "Без сертификата"}}'::jsonb, now(), now()
   from generate_series(1, (select count(*) / 20 from certificate)) as n`,
  `insert into decision (id, student_group_id, dry_run, rules_hash, outcome, criteria, inputs, country, cert_template, decided_at)
   select decision_id, student_group_id, false, 'r', 'met', '[]', '{}', '{"kind": "known", "code": "KZ"}', 'teacher-ru', now() from certificate`,
  `insert into lms_report (certificate_id, patched_at) select id, now() from certificate`,
  `insert into personal_issue (id, certificate_id, version, purpose, state, recipient, due_at, send_after, letter, created_at, changed_at, sent_at)
   select gen_random_uuid(), id, 1, 'first', case when number like '%5' then 'waiting' else 'sent' end, recipient, now(), now(), '7', now(), now(), now()
   from certificate as c where exists (select 1 from diploma where certificate_id = c.id)`,
];
/** Files of 51,200 bytes. */
const FILES = `insert into artefact (sha256, bytes) select sha256, decode(repeat(md5(sha256), 3200), 'hex') from diploma`;

const stand = await openStand();
try {
  const big = await serveRelease(stand, 'big', Number(values.rows), false);
  for (const file of ['register.xlsx', 'register.csv']) await measure(big, file);
  const small = await serveRelease(stand, 'small', Number(values.diplomas), true);
  await measure(small, 'diplomas.zip');
} finally {
  await stand.close();
}

interface Served {
  route: Route;
  token: string;
  count: number;
}

async function serveRelease(on: Stand, name: string, count: number, withFiles: boolean): Promise<Served> {
  const url = await on.createDatabase(name);
  await seedCertificates(url, count);
  const db = openDatabase({ url, poolMax: 1, applicationName: 'gramota-bench', statementTimeoutSeconds: 0 });
  try {
    await db.transaction(async (trx) => {
      await trx.raw('set local session_replication_role = replica');
      for (const sql of AROUND) await trx.raw(sql);
      if (withFiles) await trx.raw(FILES);
    });
    await db.raw('vacuum (analyze)');
    const ctx = { db, clock: systemClock, newId: randomUUID, random: randomBytes, actor: 'bench' };
    const { token } = await createToken(ctx, { name: 'bench', role: 'viewer' });
    return { route: await on.serve(url), token, count };
  } finally {
    await db.destroy();
  }
}

/** Downloads as fast as it comes; most memory that the process held meanwhile, against what it held before. */
async function measure({ route, token, count }: Served, file: string): Promise<void> {
  await (await fetch(`${route.url}/healthz`)).arrayBuffer();
  const before = resident(route.pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, resident(route.pid));
  }, 20);
  const begun = performance.now();
  let bytes = 0;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${route.url}/api/releases/${RELEASE}/${file}`, { headers });
    if (answer.status !== 200 || answer.body === null)
      throw new Error(`${file}: ${answer.status} ${await answer.text()}`);
    for await (const chunk of answer.body) bytes += chunk.length;
  } finally {
    clearInterval(watch);
  }
  const seconds = (performance.now() - begun) / 1000;
  const mib = (value: number) => (value / MIB).toFixed(1);
  process.stdout.write(
    `${file.padEnd(14)} ${count} certificates  ${mib(bytes)} MiB  ${seconds.toFixed(1)} s  resident ${mib(before)} → ${mib(most)} MiB, growth ${mib(most - before)} MiB\n`,
  );
}

/** Resident memory in bytes; Linux only. */
function resident(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

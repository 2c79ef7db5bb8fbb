import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import type { Db } from '../../src/records/rows.ts';
import { bulkWorker, countRevocations, startRevocation } from '../../test/support/bulk-world.ts';
import { diplomaFacts } from '../../test/support/diploma-facts.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '10000' }, kills: { type: 'string', default: '3' } },
});
const rows = Number(values.rows);
const kills = Number(values.kills);
const say = (line: string) => void process.stdout.write(`${line}\n`);

/** The same for all: nothing is drawn here. */
const FACTS = diplomaFacts({
  certificateId: '019ac0de-0c00-7000-8000-000000000001',
  number: 'INT-26-000001',
  code: 'K7Q2M9XHDA3TR6WB8ZNE5VJ4P',
  lookupUrl: 'https://school.example/c/K7Q2M9XHDA3TR6WB8ZNE5VJ4P',
  templateHash: 'a'.repeat(64),
});

const server = await startOwnDatabase('.gramota/bench-bulk');
const db = openDatabase({ url: server.url, poolMax: 4, applicationName: 'gramota-bench', statementTimeoutSeconds: 0 });
try {
  await migrate(db);
  await seed(db, rows);
  let began = performance.now();
  const id = await startRevocation(db, { filter: { release: 'rel_test' } });
  say(`${rows} rows selected and copied in ${seconds(began)} s`);
  began = performance.now();
  for (let kill = 1; kill <= kills; kill += 1) await killAfter((rows * kill) / (kills + 1), id);
  const worker = bulkWorker(server.url, id);
  const lines: string[] = [];
  if (worker.stdout) createInterface({ input: worker.stdout }).on('line', (line) => lines.push(line));
  const [code] = await once(worker, 'close');
  const took = (performance.now() - began) / 1000;
  const [first, most] = ['ready ', 'most '].map(
    (name) => Number(lines.find((line) => line.startsWith(name))?.slice(name.length)) / 2 ** 20,
  );
  say(
    `handled in ${took.toFixed(1)} s, ${(rows / took).toFixed(0)} rows/s; resident memory at the start ${first?.toFixed(0)} MiB, at most ${most?.toFixed(0)} MiB`,
  );
  const { certificates, wrong } = await countRevocations(db, id);
  say(`${certificates} rows, ${wrong} of them not done exactly once`);
  if (code !== 0 || certificates !== rows || wrong !== 0) process.exitCode = 1;
} finally {
  await db.destroy();
  await server.remove();
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/** Kills a worker in the middle, when that many rows have a result. */
async function killAfter(handled: number, id: string): Promise<void> {
  const worker = bulkWorker(server.url, id);
  const exit = once(worker, 'exit');
  let now = 0;
  while (now < handled) {
    await sleep(50);
    now = Number(
      (await db('bulk_act_row').where({ bulk_act_id: id }).whereNotNull('result').count('* as n').first())?.['n'],
    );
  }
  worker.kill('SIGKILL');
  const [, signal] = await exit;
  say(`killed (${signal}) after ${now} rows`);
}

/** Certificates without letters, as stored by an award. */
async function seed(trx: Db, count: number): Promise<void> {
  await trx.transaction(async (inner) => {
    // Without the triggers, which keep lists and refuse odd rows one by one; the lists are filled below.
    await inner.raw('set local session_replication_role = replica');
    await inner.raw(`
      insert into release (id, snapshot, changed_at, pulled_at) values ('rel_test', '{}', now(), now());
      insert into template (hash, template_id, definition) values (repeat('a', 64), 'teacher-ru', '{}')`);
    await inner.raw(`insert into student_group (id, release_id, student_id, pulled_at)
      select 'sg_' || n, 'rel_test', 'st_' || n, now() from generate_series(1, ${count}) as n`);
    await inner.raw(`insert into decision (id, student_group_id, dry_run, programme_id, rules_hash, outcome, criteria, inputs, country, decided_at)
      select gen_random_uuid(), id, false, 'p', 'r', 'met', '[]', '{}', '{}', now() from student_group`);
    await inner.raw(`insert into certificate (id, student_id, release_id, programme_id, student_group_id, decision_id, number, code,
        cert_template, letter, country, issue_date, awarded_at)
      select gen_random_uuid(), 'st_' || n, 'rel_test', 'p', d.student_group_id, d.id, 'INT-26-' || lpad(n::text, 6, '0'),
        lpad(translate(upper(to_hex(n)), 'ILOU', 'XXXX'), 25, '0'), 'teacher-ru', 'diploma', 'KZ', '2026-11-20', now()
      from (select *, substr(student_group_id, 4)::int as n from decision) as d`);
    await inner.raw(`insert into lms_report (certificate_id) select id from certificate`);
    await inner.raw(
      `insert into certificate_version (certificate_id, version, facts, template_hash, actor, created_at)
      select id, 1, ?::jsonb, repeat('a', 64), 'bench', now() from certificate`,
      [JSON.stringify(FACTS)],
    );
  });
  await trx.raw('analyze');
  for (let from = 1; from <= count; from += 5000)
    await trx.raw(`select find_refresh(array(select 'sg_' || n from generate_series(?::int, ?::int) as n))`, [
      from,
      Math.min(count, from + 4999),
    ]);
  await trx.raw('analyze');
}

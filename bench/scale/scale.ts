import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import type { Db } from '../../src/records/rows.ts';
import { NO_ITEM_FILTER, selectBatchItems } from '../../src/records/student-groups/standing.ts';
import { NO_FILTER } from '../../src/records/student-groups/student-group-filter.ts';
import { selectStudentGroupPage } from '../../src/records/student-groups/student-group-search.ts';
import { seedRelease } from '../../test/support/award.ts';
import { CERTIFICATE_STEPS } from '../../test/support/certificate-steps.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { seedManyStudentGroups } from '../../test/support/many-student-groups.ts';
import { type OwnDatabase, startOwnDatabase } from '../../test/support/own-database.ts';
import { runBench, type TidySteps } from '../run-bench.ts';
import { cpuSeconds } from '../send/cpu.ts';

/** `npm run bench:scale`: what a certificate costs PostgreSQL as tables grow. Explained in bench/README.md. */
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: { sizes: { type: 'string', default: '10000,100000' }, certificates: { type: 'string', default: '300' } },
});
const SIZES = values.sizes.split(',').map(Number);
const CERTIFICATES = Number(values.certificates);
/** Not measured: plans are made, caches are filled. */
const WARM = 30;
/** Wanted of the largest size, as a multiple of the smallest. */
const MOST_GROWTH = 1.2;

interface Cost {
  /** Milliseconds of processor time of the server's process for our connection. */
  cpu: number;
  /** Pages that it read, from memory or disk. */
  pages: number;
}

async function costsAt(server: OwnDatabase, admin: Db, size: number): Promise<Map<string, Cost>> {
  const name = `scale_${size}`;
  await admin.raw('create database ??', [name]);
  const url = databaseAt(server.url, name);
  const open = { url, poolMax: 1, applicationName: 'gramota-bench', statementTimeoutSeconds: 0 };
  const seeding = openDatabase({ ...open, poolMax: 4 });
  await migrate(seeding);
  const batchId = await seedManyStudentGroups(seeding, size);
  await seedRelease(seeding);
  // Letters under way are few however many there were before.
  await seeding.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx('personal_issue').whereIn('state', ['sending', 'uncertain']).update({ state: 'sent' });
  });
  await seeding.raw('vacuum (analyze)');
  await seeding.destroy();
  const db = openDatabase({ ...open, prepared: true });
  try {
    const steps: [string, (n: number) => Promise<unknown>][] = [
      ['pull and judge', (n) => db.transaction((trx) => CERTIFICATE_STEPS.pullAndJudge(trx, `sg_new_${n}`))],
      ['award and draw', (n) => db.transaction((trx) => CERTIFICATE_STEPS.awardAndDraw(trx, `sg_new_${n}`))],
      ['send, track, look up', (n) => db.transaction((trx) => CERTIFICATE_STEPS.sendAndTrack(trx, `sg_new_${n}`))],
      [
        'search by name',
        (n) => selectStudentGroupPage(db, { ...NO_FILTER, words: [NAMES[n % NAMES.length] ?? ''] }, PAGE),
      ],
      ['page of a batch', () => selectBatchItems(db, batchId, { ...NO_ITEM_FILTER, after: null, limit: 51 })],
    ];
    const costs = new Map<string, Cost>();
    for (const [step, run] of steps) costs.set(step, await measure(db, run));
    return costs;
  } finally {
    await db.destroy();
  }
}

const NAMES = ['якуше', 'абаба', 'жумаза', 'nobody'];
const PAGE = { after: null, limit: 50 };

async function measure(db: Db, run: (n: number) => Promise<unknown>): Promise<Cost> {
  for (let n = 0; n < WARM; n += 1) await run(n);
  const before = await usedBy(db);
  for (let n = WARM; n < WARM + CERTIFICATES; n += 1) await run(n);
  const after = await usedBy(db);
  return { cpu: ((after.cpu - before.cpu) * 1000) / CERTIFICATES, pages: (after.pages - before.pages) / CERTIFICATES };
}

/** The pool has one connection, so all of it is one process of the server. */
async function usedBy(db: Db): Promise<{ cpu: number; pages: number }> {
  await db.raw('select pg_stat_force_next_flush()');
  const { rows } = await db.raw(
    `select pg_backend_pid() as pid, (blks_hit + blks_read)::int8 as pages from pg_stat_database
     where datname = current_database()`,
  );
  return { cpu: (await cpuSeconds(rows[0].pid)) ?? 0, pages: Number(rows[0].pages) };
}

async function bench(tidy: TidySteps): Promise<boolean> {
  const server = await startOwnDatabase(RUNS);
  tidy.push(() => server.remove());
  const admin = openDatabase({ url: server.url, poolMax: 1, applicationName: 'gramota-bench-admin' });
  tidy.push(() => admin.destroy());
  // It would read pages of our tables while we count them.
  await admin.raw('alter system set autovacuum = off');
  await admin.raw('select pg_reload_conf()');
  const bySize: Map<string, Cost>[] = [];
  for (const size of SIZES) {
    say(`${size} earlier student groups …`);
    bySize.push(await costsAt(server, admin, size));
  }
  const [first, last] = [bySize[0], bySize.at(-1)];
  const cell = (text: string) => text.padStart(16);
  say(
    `${'a certificate'.padEnd(24)}${SIZES.map((size) => cell(`CPU ms ${size}`) + cell(`pages ${size}`)).join('')}${cell('pages ×')}`,
  );
  let flat = true;
  for (const step of first?.keys() ?? []) {
    const cells = bySize.map((costs) => {
      const { cpu, pages } = costs.get(step) ?? { cpu: 0, pages: 0 };
      return cell(cpu.toFixed(2)) + cell(pages.toFixed(0));
    });
    const growth = (last?.get(step)?.pages ?? 0) / (first?.get(step)?.pages ?? 1);
    if (growth > MOST_GROWTH) flat = false;
    say(`${step.padEnd(24)}${cells.join('')}${cell(growth.toFixed(2))}`);
  }
  say(flat ? 'flat' : `a step reads more than ${MOST_GROWTH} times the pages`);
  return true;
}

await runBench(bench);

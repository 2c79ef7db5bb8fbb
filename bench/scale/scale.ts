import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import type { Db } from '../../src/records/rows.ts';
import { seedRelease } from '../../test/support/award.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { seedManyStudentGroups } from '../../test/support/many-student-groups.ts';
import { type OwnDatabase, startOwnDatabase } from '../../test/support/own-database.ts';
import { runBench, type TidySteps } from '../run-bench.ts';
import { type Step, stepsOver, WARM } from './steps.ts';

/** `npm run bench:scale`: what a certificate costs PostgreSQL as tables grow. Explained in bench/README.md. */
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000,1000000' },
    certificates: { type: 'string', default: '300' },
    rounds: { type: 'string', default: '5' },
    /** A server whose databases `scale_…` are made anew; a durable embedded one without it. */
    server: { type: 'string' },
  },
});
const SIZES = values.sizes.split(',').map(Number);
const ROUNDS = Number(values.rounds);
const EACH = Math.ceil(Number(values.certificates) / ROUNDS);
/** Wanted of every size, as a multiple of the smallest. */
const MOST_GROWTH = 1.2;

/** Of one connection's server process, so far or for one run of a step. */
interface Cost {
  /** Milliseconds of processor time. */
  cpu: number;
  /** Rows of tables and entries of indexes that were read: they do not follow the height of an index. */
  rows: number;
  /** Pages that were read, from memory or disk. */
  pages: number;
}
const UNITS = ['cpu', 'rows', 'pages'] as const;

/** One size: its database is open over one connection. */
interface Stand {
  size: number;
  db: Db;
  steps: Step[];
  costs: Map<string, Cost[]>;
}

async function open(url: string, admin: Db, size: number): Promise<Stand> {
  const began = performance.now();
  const name = `scale_${size}`;
  await admin.raw('drop database if exists ?? with (force)', [name]);
  await admin.raw('create database ??', [name]);
  const settings = { url: databaseAt(url, name), applicationName: 'gramota-bench', statementTimeoutSeconds: 0 };
  const seeding = openDatabase({ ...settings, poolMax: 4 });
  await migrate(seeding);
  await seedManyStudentGroups(seeding, size);
  await seedRelease(seeding);
  // Letters under way are few however many there were before.
  await seeding.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx('personal_issue').whereIn('state', ['sending', 'uncertain']).update({ state: 'sent' });
  });
  await seeding.raw('vacuum (analyze) personal_issue');
  await seeding.destroy();
  const db = openDatabase({ ...settings, poolMax: 1, prepared: true });
  const steps = await stepsOver(db);
  say(`${size} earlier student groups, written in ${((performance.now() - began) / 1000).toFixed(0)} s`);
  return { size, db, steps, costs: new Map() };
}

/** Runs each step of each size in turn, so that what else the machine does falls on all sizes alike. */
async function measure(stands: Stand[]): Promise<void> {
  for (const { db, steps } of stands) for (const [, run] of steps) await times(WARM, 0, run, db);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const index of (stands[0]?.steps ?? []).keys()) {
      for (const { db, steps, costs } of stands) {
        const [name, run] = steps[index] as Step;
        const cost = await times(EACH, WARM + round * EACH, run, db);
        costs.set(name, [...(costs.get(name) ?? []), cost]);
      }
    }
  }
}

async function times(count: number, from: number, run: Step[1], db: Db): Promise<Cost> {
  const before = await usedBy(db);
  for (let n = from; n < from + count; n += 1) await run(n);
  const after = await usedBy(db);
  const each = (unit: keyof Cost) => (after[unit] - before[unit]) / count;
  return { cpu: each('cpu'), rows: each('rows'), pages: each('pages') };
}

/** The pool has one connection, so all of it is one process of the server. */
async function usedBy(db: Db): Promise<Cost> {
  await db.raw('select pg_stat_force_next_flush()');
  const { rows } = await db.raw(
    `select pg_backend_pid() as pid, (blks_hit + blks_read)::int8 as pages, (tup_returned + tup_fetched)::int8 as rows
     from pg_stat_database where datname = current_database()`,
  );
  const [row] = rows;
  const ran = await readFile(`/proc/${row.pid}/schedstat`, 'utf8').catch(() => '0');
  return { cpu: Number(ran.split(' ')[0]) / 1e6, rows: Number(row.rows), pages: Number(row.pages) };
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** The table, and which steps grow. */
function report(stands: Stand[]): string[] {
  const cell = (text: string) => text.padStart(11);
  const head = UNITS.map(
    (unit) =>
      SIZES.map((size) => cell(`${unit} ${size >= 1e6 ? `${size / 1e6}M` : `${size / 1e3}k`}`)).join('') +
      cell(`${unit} ×`),
  );
  say(`${'once'.padEnd(26)}${head.join('')}`);
  const grown: string[] = [];
  for (const name of stands[0]?.costs.keys() ?? []) {
    const cells = UNITS.map((unit) => {
      const costs = stands.map(({ costs }) => median((costs.get(name) ?? []).map((cost) => cost[unit])));
      const growth = Math.max(...costs) / Math.max(costs[0] ?? 0, 0.01);
      if (unit !== 'pages' && growth > MOST_GROWTH) grown.push(`${name} (${unit})`);
      return costs.map((cost) => cell(cost.toFixed(unit === 'cpu' ? 2 : 0))).join('') + cell(growth.toFixed(2));
    });
    say(`${name.padEnd(26)}${cells.join('')}`);
  }
  return grown;
}

/** Autovacuum would read pages of our tables while we count them; the rest is room for filling. */
async function prepareServer(server: OwnDatabase): Promise<void> {
  const db = openDatabase({ url: server.url, poolMax: 1, applicationName: 'gramota-bench-admin' });
  const settings = { autovacuum: 'off', shared_buffers: '1GB', max_wal_size: '8GB', work_mem: '64MB' };
  for (const [name, value] of Object.entries(settings)) await db.raw(`alter system set ${name} = '${value}'`);
  await db.destroy();
  await server.restart('stop');
}

async function bench(tidy: TidySteps): Promise<boolean> {
  const own = values.server === undefined ? await startOwnDatabase(RUNS) : null;
  if (own !== null) {
    tidy.push(() => own.remove());
    await prepareServer(own);
  }
  const url = values.server ?? own?.url ?? '';
  const admin = openDatabase({ url, poolMax: 1, applicationName: 'gramota-bench-admin' });
  tidy.push(() => admin.destroy());
  const stands: Stand[] = [];
  tidy.push(() => Promise.all(stands.map(({ db }) => db.destroy())));
  for (const size of SIZES) stands.push(await open(url, admin, size));
  await measure(stands);
  const grown = report(stands);
  say(grown.length === 0 ? 'flat' : `grows by more than ${MOST_GROWTH}: ${grown.join(', ')}`);
  return true;
}

await runBench(bench);

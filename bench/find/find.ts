import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import type { Db } from '../../src/records/rows.ts';
import { explained } from '../../test/support/explained.ts';
import { checkSample } from '../../test/support/lists-agree.ts';
import { seedManyStudentGroups } from '../../test/support/many-student-groups.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';
import { type Asked, certificateLists, otherLists, studentGroupLists } from './lists.ts';

/** `npm run bench:find`: every list and search over many student groups. Explained in bench/README.md. */
const APPLICATION = 'gramota-bench';
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

const { values } = parseArgs({
  options: {
    groups: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '40' },
    only: { type: 'string', default: '' },
    /** A database that was filled before; it is kept. */
    url: { type: 'string' },
  },
});

/** Small by their nature: their size does not follow the number of student groups, or only by its combinations. */
const SMALL = new Set(['find_bucket', 'send_brake', 'release', 'batch']);

const server = values.url === undefined ? await startOwnDatabase(RUNS) : null;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => (server?.remove() ?? Promise.resolve()).finally(() => process.exit(130)));
const db = openDatabase({
  url: values.url ?? server?.url ?? '',
  poolMax: 4,
  applicationName: APPLICATION,
  statementTimeoutSeconds: 0,
});
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await db.destroy();
  await server?.remove();
}

async function run(): Promise<boolean> {
  const batchId = await prepare(db);
  say(`${'list'.padEnd(58)} ${'page'.padEnd(7)} rows   p50 ms   p95 ms  CPU ms  pages read  full scans`);
  let sound = true;
  for await (const { name, places } of everyList(db, batchId)) {
    if (!name.includes(values.only)) continue;
    for (const { place, ask } of places) {
      const { items } = await ask();
      const times: number[] = [];
      const before = await cpuMs(db);
      for (let round = 0; round < Number(values.rounds); round += 1) {
        const begun = performance.now();
        await ask();
        times.push(performance.now() - begun);
      }
      const cpu = ((await cpuMs(db)) - before) / times.length;
      const plans = await explained(db, ask);
      const scanned = [...new Set(plans.flatMap((plan) => plan.scanned))].filter((table) => !SMALL.has(table));
      const at = (share: number) =>
        (times.sort((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1);
      const pages = plans.reduce((sum, plan) => sum + plan.pages, 0);
      say(
        `${name.padEnd(58)} ${place.padEnd(7)} ${String(items.length).padStart(4)} ${at(0.5).padStart(8)} ${at(0.95).padStart(8)} ${cpu.toFixed(1).padStart(7)} ${String(pages).padStart(11)}  ${scanned.join(', ') || '-'}`,
      );
      if (scanned.length > 0) sound = false;
    }
  }
  say(sound ? 'sound' : 'FAILED: a statement reads a large table from end to end');
  return sound;
}

/** Processor time of this process and of PostgreSQL's for our connections, in ms; without `/proc` of this process alone. */
async function cpuMs(db: Db): Promise<number> {
  const servers: number[] = await db('pg_stat_activity').where({ application_name: APPLICATION }).pluck('pid');
  const ran = await Promise.all(
    servers.map((pid) =>
      readFile(`/proc/${pid}/schedstat`, 'utf8')
        .then((text) => Number(text.split(' ')[0]))
        .catch(() => 0),
    ),
  );
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + ran.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / 1e6;
}

async function* everyList(db: Db, batchId: string): AsyncGenerator<Asked> {
  yield* studentGroupLists(db, values.only);
  yield* certificateLists(db, values.only);
  yield* otherLists(db, batchId);
}

async function prepare(db: Db): Promise<string> {
  await migrate(db);
  const before = await db('batch').first('id');
  if (before) return before.id;
  const begun = performance.now();
  const batchId = await seedManyStudentGroups(db, Number(values.groups));
  say(`${values.groups} student groups, written in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  await checkSample(db, 500);
  return batchId;
}

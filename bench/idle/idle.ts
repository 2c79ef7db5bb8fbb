import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { sendWebhook } from '../../src/sandbox/lms/webhook-sender.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';
import { ended, firstMatch, SECRET, sandboxSettings, startSandbox } from '../../test/support/world.ts';
import { countStatements, openCounts, prepareServer } from '../pipeline/counts.ts';
import { runBench, type TidySteps } from '../run-bench.ts';
import { cpuSeconds, familyCpuSeconds } from '../send/cpu.ts';

/** `npm run bench:idle`: what a worker costs that has nothing to do. Explained in bench/README.md. */
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/idle/', import.meta.url));
const HERE = fileURLToPath(new URL('../../../', import.meta.url));
/** After its start a worker pulls what is due and compiles its code. */
const SETTLE_SECONDS = 30;
const WEBHOOKS = 20;

const say = (line: string) => process.stdout.write(`${line}\n`);

async function bench(tidy: TidySteps): Promise<boolean> {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '180' }, build: { type: 'string', default: HERE } },
  });
  const seconds = Number(values.seconds);
  await rm(LOGS, { recursive: true, force: true });
  await mkdir(LOGS, { recursive: true });
  const server = await startOwnDatabase(RUNS);
  tidy.push(() => server.remove());
  const open = (url: string) => openDatabase({ url, poolMax: 2, applicationName: 'gramota-bench' });
  await prepareServer(server, open(server.url));
  const admin = open(server.url);
  tidy.push(() => admin.destroy());
  await admin.raw('create database idle');
  const url = databaseAt(server.url, 'idle');
  const db = open(url);
  tidy.push(() => db.destroy());
  const lms = await startSandbox(['lms', '--size', '100']);
  tidy.push(() => lms.stop());
  const sendsay = await startSandbox(['sendsay']);
  tidy.push(() => sendsay.stop());
  const main = join(values.build, 'dist/src/main.js');
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: url,
    GRAMOTA_DATA_DIR: join(LOGS, 'data'),
    TEMPLATES_DIR: join(values.build, 'templates'),
    ...sandboxSettings(lms.url, sendsay.url),
    PORT: '0',
    LOG_FORMAT: 'json',
  };
  await promisify(execFile)(process.execPath, [main, 'migrate'], { env });
  const start = (verb: string): ChildProcess => {
    const child = spawn(process.execPath, [main, verb], { env });
    tidy.push(() => ended(child, 'SIGKILL'));
    return child;
  };
  const serve = start('serve');
  const address = await firstMatch(serve, /on (http[^\s"]+)/);
  const work = start('work');
  await firstMatch(work, /worker ready/);
  for (const child of [serve, work]) for (const stream of [child.stdout, child.stderr]) stream?.resume();
  await sleep(SETTLE_SECONDS * 1000);

  const postmaster = await server.pid();
  const used = async () => [(await cpuSeconds(work.pid ?? 0)) ?? 0, (await familyCpuSeconds(postmaster)) ?? 0] as const;
  const counts = await openCounts(admin, 'idle');
  const [before, beforeServer] = await used();
  await sleep(seconds * 1000);
  const [after, afterServer] = await used();
  const { statements, transactions } = await countStatements(admin, 'idle', counts);
  const ofCore = (value: number) => `${((value / seconds) * 100).toFixed(2)} % of a core`;
  say(`worker: ${ofCore(after - before)}; PostgreSQL: ${ofCore(afterServer - beforeServer)}`);
  say(`transactions of worker and serve: ${((transactions / seconds) * 60).toFixed(0)} a minute`);
  say('calls a minute, ms run a minute');
  for (const { query, calls, ran } of statements.toSorted((a, b) => b.calls - a.calls).slice(0, 25)) {
    const [each, run] = [calls, ran].map((value) => ((value / seconds) * 60).toFixed(1).padStart(7));
    say(`${each}${run}  ${query.replace(/\s+/g, ' ').slice(0, 150)}`);
  }

  const announce = async (studentGroupId: string) => {
    const order = { type: 'student-group.updated', studentGroupId } as const;
    const target = { url: `${address}/webhooks/lms`, secret: SECRET };
    const { status } = await sendWebhook(target, order, () => new Date());
    if (status < 200 || status > 299) throw new Error(`the webhook was answered with ${status}`);
  };
  for (let sent = 0; sent < WEBHOOKS; sent += 1) {
    await announce(`sg_unknown_${sent}`);
    await sleep(700 + Math.random() * 600);
  }
  const { rows } = await db.raw<{ rows: { begun: number; median: number; most: number }[] }>(
    `select count(*)::int as begun, percentile_cont(0.5) within group (order by ms) as median, max(ms) as most
     from (select extract(epoch from started_on - created_on)::float8 * 1000 as ms from pgboss.job
           where name = 'pull' and started_on is not null) as begun`,
  );
  const [{ begun, median, most } = { begun: 0, median: 0, most: 0 }] = rows;
  say(
    `pulls begun after webhooks: ${begun} of ${WEBHOOKS}; median ${median.toFixed(0)} ms, most ${most.toFixed(0)} ms`,
  );

  // The LMS does not answer while the worker is killed. The other worker is stopped until then, so that it has not the job.
  const second = start('work');
  await firstMatch(second, /worker ready/);
  for (const stream of [second.stdout, second.stderr]) stream?.resume();
  await sleep(5000);
  for (const stopped of [second.pid ?? 0, lms.pid]) process.kill(stopped, 'SIGSTOP');
  await announce('sg_unknown_held');
  const held = () =>
    db('pgboss.job')
      .where({ name: 'pull' })
      .whereRaw(`data ->> 'id' = 'sg_unknown_held'`)
      .first('state', 'retry_count');
  while ((await held())?.state !== 'active') await sleep(20);
  work.kill('SIGKILL');
  const killed = performance.now();
  for (const stopped of [second.pid ?? 0, lms.pid]) process.kill(stopped, 'SIGCONT');
  while ((await held())?.state !== 'completed') await sleep(50);
  say(`a killed worker's job was done by another one after ${((performance.now() - killed) / 1000).toFixed(1)} s`);
  return begun === WEBHOOKS;
}

await runBench(bench);

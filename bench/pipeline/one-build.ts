import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseDocument } from 'yaml';
import { prepareDemoTemplates, WAITING_COUNTRY } from '../../src/demo/templates.ts';
import type { Db } from '../../src/records/rows.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import type { OwnDatabase } from '../../test/support/own-database.ts';
import { ended, firstMatch, type Letter, RELEASE, sandboxSettings, startSandbox } from '../../test/support/world.ts';
import { cpuSeconds, familyCpuSeconds, mainThreadCpuSeconds, peakMegabytes } from '../send/cpu.ts';
import { type Counted, countStatements, openCounts } from './counts.ts';

/** A built checkout of the product: `folder` has `dist` and `templates`. */
export interface Build {
  name: string;
  folder: string;
}

export interface Stand {
  server: OwnDatabase;
  admin: Db;
  logs: string;
  students: number;
  /** Folder for a CPU profile of the worker's main thread; null: none is taken. */
  profiles: string | null;
}

export interface Figures extends Counted {
  build: string;
  students: number;
  /** Counts of the batch by state, as the API tells them. */
  states: Record<string, number>;
  /** Letters at the stand-in provider. */
  letters: number;
  doubled: number;
  /** Seconds from the batch's creation until it is finished. */
  seconds: number;
  /** CPU seconds of each process in that time. */
  cpu: Record<string, number>;
  /** Most resident memory, in MiB. */
  peak: Record<string, number>;
}

/** Limits of both sides are lifted, so that only the work itself counts. */
const LIFTED = {
  LMS_RATE_PER_SECOND: '10000',
  LMS_CONCURRENCY: '40',
  SENDSAY_RATE_PER_SECOND: '10000',
  SENDSAY_CONCURRENCY: '40',
  WORKER_CONCURRENCY: '20',
  // The stand-in settles a letter one second after it was accepted.
  SENDSAY_POLL_SECONDS: '1',
};
const UNLIMITED = ['--rate', 'none', '--concurrency', 'none'];
const LOOK_EVERY_MS = 1000;

/**
 * One batch from its creation until it is finished, through one `serve` and one `work` of a build. The build is used
 * by its command line and its HTTP API alone; the stand-ins are those of this checkout.
 */
export async function runBuild(stand: Stand, build: Build, round: number): Promise<Figures> {
  const name = `${build.name}_${round}`.replace(/\W/g, '_');
  const logs = join(stand.logs, name);
  await mkdir(logs, { recursive: true });
  const templates = join(logs, 'templates');
  await copyOpenTemplates(join(build.folder, 'templates'), templates);
  await stand.admin.raw('create database ??', [name]);
  const lms = await startSandbox(['lms', '--size', String(stand.students), ...UNLIMITED]);
  const sendsay = await startSandbox(['sendsay', '--latency', '10', ...UNLIMITED]);
  const main = join(build.folder, 'dist/src/main.js');
  const env = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: databaseAt(stand.server.url, name),
    GRAMOTA_DATA_DIR: join(logs, 'data'),
    TEMPLATES_DIR: templates,
    ...sandboxSettings(lms.url, sendsay.url),
    PORT: '0',
    LOG_FORMAT: 'json',
    ...LIFTED,
  };
  const run = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [main, ...args], { env })).stdout.trim();
  const running: ChildProcess[] = [];
  const start = (verb: string, options: string[] = []) => {
    const child = spawn(process.execPath, [...options, '--enable-source-maps', main, verb], { env });
    running.push(child);
    for (const stream of [child.stdout, child.stderr]) stream.pipe(createWriteStream(join(logs, `${verb}.log`)));
    return child;
  };
  try {
    await run('migrate');
    const token = (await run('token', 'create', '--name', 'bench', '--role', 'coordinator')).split(/\s+/).at(-1);
    const serve = start('serve');
    const url = await firstMatch(serve, /on (http[^\s"]+)/);
    const { profiles } = stand;
    const work = start('work', profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profiles, name)}`]);
    await firstMatch(work, /worker ready/);
    const postmaster = await stand.server.pid();
    const processes: [string, () => Promise<number | null>][] = [
      ['worker', () => cpuSeconds(work.pid ?? 0)],
      ['of it main thread', () => mainThreadCpuSeconds(work.pid ?? 0)],
      ['postgres', () => familyCpuSeconds(postmaster)],
      ['serve', () => cpuSeconds(serve.pid ?? 0)],
      ['stand-ins', async () => ((await cpuSeconds(lms.pid)) ?? 0) + ((await cpuSeconds(sendsay.pid)) ?? 0)],
    ];
    const used = async () =>
      Object.fromEntries(
        await Promise.all(processes.map(async ([process, read]) => [process, (await read()) ?? 0] as const)),
      );
    const counts = await openCounts(stand.admin, name);
    const before = await used();
    const began = performance.now();
    const batchId = await run('batch', 'create', '--release', RELEASE);
    const batch = await untilFinished(`${url}/api/batches/${batchId}`, token ?? '', work);
    const seconds = (performance.now() - began) / 1000;
    const after = await used();
    const counted = await countStatements(stand.admin, name, counts);
    const { letters: sent } = await sendsay.control<{ letters: Letter[] }>('letters');
    return {
      ...counted,
      build: build.name,
      students: stand.students,
      states: batch,
      letters: sent.length,
      doubled: sent.length - new Set(sent.map(({ customerId }) => customerId)).size,
      seconds,
      cpu: Object.fromEntries(processes.map(([process]) => [process, (after[process] ?? 0) - (before[process] ?? 0)])),
      peak: {
        worker: (await peakMegabytes(work.pid ?? 0)) ?? 0,
        serve: (await peakMegabytes(serve.pid ?? 0)) ?? 0,
      },
    };
  } finally {
    await Promise.all(running.map((child) => ended(child, 'SIGTERM')));
    await lms.stop();
    await sendsay.stop();
    await stand.admin.raw('drop database if exists ?? with (force)', [name]);
  }
}

/** The templates of the build with send windows that are open at any hour, in every country. */
async function copyOpenTemplates(from: string, to: string): Promise<void> {
  await prepareDemoTemplates(from, to, new Date());
  const file = join(to, 'countries.yaml');
  const countries = parseDocument(await readFile(file, 'utf8'));
  countries.deleteIn([WAITING_COUNTRY, 'contact']);
  await writeFile(file, countries.toString());
}

/** Asks for the batch until it is finished; returns its counts. */
async function untilFinished(url: string, token: string, work: ChildProcess): Promise<Record<string, number>> {
  for (;;) {
    if (work.exitCode !== null) throw new Error('the worker ended by itself; see its log');
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    const batch = (await response.json()) as { state: string; counts: Record<string, number> };
    if (batch.state === 'finished') return batch.counts;
    if (batch.state !== 'running') throw new Error(`the batch is ${batch.state}`);
    await sleep(LOOK_EVERY_MS);
  }
}

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseDocument } from 'yaml';
import { prepareDemoTemplates, WAITING_COUNTRY } from '../../src/demo/templates.ts';
import type { Db } from '../../src/records/rows.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import type { OwnDatabase } from '../../test/support/own-database.ts';
import { ended, firstMatch, type Letter, sandboxSettings, startSandbox } from '../../test/support/world.ts';
import { cpuSeconds, familyCpuSeconds, mainThreadCpuSeconds } from '../send/cpu.ts';

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

/** One `serve` and one `work` of a build, with stand-ins of this checkout and a database of their own. */
export interface RunningBuild {
  /** Name of the database, and of the folder with the logs. */
  name: string;
  url: string;
  token: string;
  serve: ChildProcess;
  work: ChildProcess;
  /** A verb of the command line; what it prints. */
  run(...args: string[]): Promise<string>;
  /** CPU seconds of each process so far. */
  cpu(): Promise<Record<string, number>>;
  /** Letters that the stand-in provider has. */
  letters(): Promise<Pick<Letter, 'customerId'>[]>;
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

/** Starts a build, hands it to `use`, and removes all of it. */
export async function withBuild<T>(
  stand: Stand,
  build: Build,
  name: string,
  use: (running: RunningBuild) => Promise<T>,
): Promise<T> {
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
    const token = (await run('token', 'create', '--name', 'bench', '--role', 'coordinator')).split(/\s+/).at(-1) ?? '';
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
    return await use({
      name,
      url,
      token,
      serve,
      work,
      run,
      cpu: async () =>
        Object.fromEntries(
          await Promise.all(processes.map(async ([process, read]) => [process, (await read()) ?? 0] as const)),
        ),
      letters: async () =>
        (await sendsay.control<{ letters: Pick<Letter, 'customerId'>[] }>('letters?brief=1')).letters,
    });
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

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/records/rows.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { prepareOpenTemplates } from '../../test/support/open-templates.ts';
import { type OwnDatabase, startOwnDatabase } from '../../test/support/own-database.ts';
import { ended, firstMatch, RELEASE, type Sandbox, startSandbox } from '../../test/support/world.ts';
import { prepareServer } from '../pipeline/counts.ts';

/** Of this checkout: `dist`. */
const HERE = fileURLToPath(new URL('../../', import.meta.url));
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/', import.meta.url));

/** A durable PostgreSQL, and a stand-in LMS with a number of student groups. */
export interface Stand {
  server: OwnDatabase;
  admin: Db;
  lms: Sandbox;
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function openStand(groups: number, settings: Record<string, string> = {}): Promise<Stand> {
  await mkdir(LOGS, { recursive: true });
  const server = await startOwnDatabase(RUNS);
  const openAdmin = () => openDatabase({ url: server.url, poolMax: 1, applicationName: 'gramota-bench' });
  await prepareServer(server, openAdmin());
  const admin = openAdmin();
  const lms = await startSandbox(['lms', '--size', String(groups)]);
  const env = {
    PATH: process.env['PATH'] ?? '',
    PUBLIC_URL: 'http://127.0.0.1:8080',
    LMS_BASE_URL: lms.url,
    LMS_TOKEN: 'sandbox-lms-token',
    SENDSAY_ACCOUNT: 'sandbox',
    SENDSAY_API_KEY: 'sandbox-api-key',
    SENDSAY_FROM_EMAIL: 'diplomas@school.example',
    SENDSAY_FROM_NAME: 'School of Continuing Education',
    LOG_FORMAT: 'json',
    ...settings,
  };
  const close = async () => {
    await admin.destroy();
    await lms.stop();
    await server.remove();
  };
  return { server, admin, lms, env, close };
}

/** A migrated database with a coordinator's batch over the sample release; no worker has started to pull it. */
export interface Intake {
  db: Db;
  env: Record<string, string>;
  batchId: string;
  /** The build's `dist`. */
  dist: string;
  close(): Promise<void>;
}

/** @param dist of the build whose command line and worker are used; default: this one */
export async function openIntake(stand: Stand, name: string, dist = HERE): Promise<Intake> {
  await stand.admin.raw('create database ??', [name]);
  const url = databaseAt(stand.server.url, name);
  const templates = join(LOGS, `templates-${name}`);
  await prepareOpenTemplates(templates, join(dist, '../templates'));
  const keys = join(LOGS, `keys-${name}`);
  const env = { ...stand.env, DATABASE_URL: url, TEMPLATES_DIR: templates, SIGNING_KEYS_DIR: keys };
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [join(dist, 'src/main.js'), ...args], { env });
  await run('migrate');
  const { stdout } = await run('batch', 'create', '--release', RELEASE);
  const db = openDatabase({ url, poolMax: 2, applicationName: 'gramota-bench', statementTimeoutSeconds: 300 });
  return { db, env, batchId: stdout.trim(), dist, close: () => db.destroy() };
}

/** Starts a worker for some queues; resolves when it is ready. */
export async function startWorker(
  { env, dist }: Pick<Intake, 'env' | 'dist'>,
  queues: string[],
  options: string[] = [],
): Promise<ChildProcess> {
  const worker = join(dist, 'bench/intake/worker.js');
  const child = spawn(process.execPath, [...options, '--enable-source-maps', worker, ...queues], { env });
  const log = createWriteStream(join(LOGS, `intake-${randomUUID().slice(0, 8)}.log`));
  child.stderr.pipe(log);
  // However the bench ends, no process remains.
  process.once('exit', () => child.kill('SIGKILL'));
  await firstMatch(child, /ready/);
  return child;
}

export const stopWorker = (child: ChildProcess): Promise<void> => ended(child, 'SIGTERM');

/** Polls until something is found. */
export async function found<T>(look: () => Promise<T | null | undefined>, everyMs = 250): Promise<T> {
  for (;;) {
    const value = await look();
    if (value !== null && value !== undefined) return value;
    await sleep(everyMs);
  }
}

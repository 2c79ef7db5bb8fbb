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

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const WORKER = fileURLToPath(new URL('./worker.js', import.meta.url));
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/', import.meta.url));

/** A durable PostgreSQL, and a stand-in LMS with a number of student groups. */
export interface Stand {
  server: OwnDatabase;
  lms: Sandbox;
  env: Record<string, string>;
  close(): Promise<void>;
}

export async function openStand(groups: number, settings: Record<string, string> = {}): Promise<Stand> {
  await mkdir(LOGS, { recursive: true });
  const templates = join(LOGS, 'templates-intake');
  await prepareOpenTemplates(templates);
  const server = await startOwnDatabase(RUNS);
  const lms = await startSandbox(['lms', '--size', String(groups)]);
  const env = {
    PATH: process.env['PATH'] ?? '',
    TEMPLATES_DIR: templates,
    SIGNING_KEYS_DIR: join(LOGS, 'keys-intake'),
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
    await lms.stop();
    await server.remove();
  };
  return { server, lms, env, close };
}

/** A migrated database with a coordinator's batch over the sample release; no worker has started to pull it. */
export interface Intake {
  db: Db;
  env: Record<string, string>;
  batchId: string;
  close(): Promise<void>;
}

export async function openIntake(stand: Stand, name: string): Promise<Intake> {
  const admin = openDatabase({ url: stand.server.url, poolMax: 1, applicationName: 'gramota-bench' });
  await admin.raw('create database ??', [name]).finally(() => admin.destroy());
  const url = databaseAt(stand.server.url, name);
  const env = { ...stand.env, DATABASE_URL: url };
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args], { env });
  await run('migrate');
  const { stdout } = await run('batch', 'create', '--release', RELEASE);
  const db = openDatabase({ url, poolMax: 2, applicationName: 'gramota-bench', statementTimeoutSeconds: 300 });
  return { db, env, batchId: stdout.trim(), close: () => db.destroy() };
}

/** Starts a worker for some queues; resolves when it is ready. */
export async function startWorker(env: Record<string, string>, queues: string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--enable-source-maps', WORKER, ...queues], { env });
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

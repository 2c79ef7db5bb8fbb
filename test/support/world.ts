import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Base, openBase } from '../../src/compose/open-base.ts';
import { openPipeline } from '../../src/compose/open-pipeline.ts';
import { type Config, NEEDED, readConfig } from '../../src/config.ts';
import { prepareDemoTemplates, WAITING_COUNTRY } from '../../src/demo/templates.ts';
import { type DrawThreads, openDrawThreads } from '../../src/diploma/draw-threads.ts';
import { type PipelineContext, runStages } from '../../src/pipeline/run-stages.ts';
import type { Jobs } from '../../src/platform/jobs/jobs.ts';
import { isDue } from '../../src/platform/jobs/queued-jobs.ts';
import { insertOrReturnBatch } from '../../src/records/batches/batches.ts';
import { type Standing, selectStanding } from '../../src/records/student-groups/standing.ts';
import { testDatabase } from './database.ts';
import { testKeysDir } from './keys.ts';
import { startInHost } from './sandbox-host.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));

export const RELEASE = 'rel_2026a';
export const SECRET = 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC1vZi1ncmFtb3Rh';

export interface Letter {
  customerId: string;
  trackInfo: string;
  requestId: string;
  email: string;
  subject: string;
  html: string;
  text: string;
  rendered: { subject: string; html: string; text: string };
  attachments: { name: string; bytes: number; sha256: string }[];
}
export interface Patch {
  studentGroupId: string;
  ifMatch: string | null;
  body: unknown;
  status: number;
}

/** A stand-in provider in another process, with the control API for tests. */
export interface Sandbox {
  url: string;
  pid: number;
  control<T = unknown>(path: string, body?: unknown, method?: string): Promise<T>;
  stop(): Promise<void>;
}

export interface World {
  env: Record<string, string>;
  config: Config;
  base: Base;
  pipeline: PipelineContext;
  lms: Sandbox;
  sendsay: Sandbox;
  /** Starts processing jobs in this process; by default with the world's own queue and pipeline. */
  run(by?: { jobs?: Jobs; pipeline?: PipelineContext; concurrency?: number }): Promise<void>;
  /** Stops processing jobs, as a worker does on SIGTERM. */
  halt(): Promise<void>;
  /** Creates a coordinator's batch over the sample release or some of its student groups; returns its id. */
  batch(options?: { ids?: string[]; dryRun?: boolean; countries?: string[] }): Promise<string>;
  /** Student groups of the sample that meet all criteria, found by a dry run (workers must be running). */
  ready(): Promise<string[]>;
  /** The same student groups without second memberships and without those whose send window is days away. */
  mailable(): Promise<string[]>;
  standing(studentGroupId: string): Promise<Standing>;
  /** Waits until a student group is in one of the states. */
  reaches(studentGroupId: string, ...states: string[]): Promise<Standing>;
  letters(): Promise<Letter[]>;
  patches(): Promise<Patch[]>;
  close(): Promise<void>;
}

/** Time limit for a wait that hangs: an expected state comes much earlier, or never. */
const HANGS_MS = 300_000;

/** Polls until something is found; after an expensive check it pauses longer, so that waiting costs little. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
  const end = Date.now() + HANGS_MS;
  for (;;) {
    const began = performance.now();
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`gave up waiting for ${what}`);
    await sleep(Math.min(Math.max(50, 4 * (performance.now() - began)), 250));
  }
}

/** Waits until no job for these objects is left, so that all automatic steps have finished. */
export async function jobsDone(world: World, ids: string[]): Promise<void> {
  const left = () =>
    world.base.db('pgboss.job').where('state', '<', 'completed').whereRaw(`data ->> 'id' = any(?)`, [ids]).first('id');
  await until('the jobs to be done', async () => (await left()) === undefined);
}

/** Settings of a process that uses the stand-ins at these addresses. */
export function sandboxSettings(lms: string, sendsay: string): Record<string, string> {
  return {
    PUBLIC_URL: 'http://127.0.0.1:8080',
    LMS_BASE_URL: lms,
    LMS_TOKEN: 'sandbox-lms-token',
    LMS_WEBHOOK_SECRET: SECRET,
    SENDSAY_URL: sendsay,
    SENDSAY_ACCOUNT: 'sandbox',
    SENDSAY_API_KEY: 'sandbox-api-key',
    SENDSAY_FROM_EMAIL: 'diplomas@school.example',
    SENDSAY_FROM_NAME: 'School of Continuing Education',
  };
}

/** `gramota sandbox …` in a process of its own. */
export async function startSandbox(args: string[], env: Record<string, string> = {}): Promise<Sandbox> {
  const child = spawn(process.execPath, [MAIN, 'sandbox', ...args, '--port', '0'], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await firstMatch(child, /on (http\S+)/);
  return steered({ url, pid: child.pid ?? 0, stop: () => ended(child, 'SIGTERM') });
}

function steered(sandbox: Omit<Sandbox, 'control'>): Sandbox {
  return {
    ...sandbox,
    async control<T>(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST') {
      const init =
        body === undefined
          ? { method }
          : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const response = await fetch(`${new URL(sandbox.url).origin}/sandbox/${path}`, init);
      if (!response.ok) throw new Error(`sandbox ${path}: ${response.status} ${await response.text()}`);
      const text = await response.text();
      return (text === '' ? null : JSON.parse(text)) as T;
    },
  };
}

export function firstMatch(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const look = (chunk: Buffer) => {
      seen += chunk.toString();
      const found = pattern.exec(seen);
      if (found) resolve(found[1] ?? found[0]);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', (code) => reject(new Error(`process ended early (${code}): ${seen}`)));
  });
}

export function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

/**
 * Removes certificate templates that criteria.yaml does not name, because every process of a world would parse them.
 */
export async function dropUnnamedTemplates(dir: string): Promise<void> {
  const criteria = (await readFile(join(dir, 'criteria.yaml'), 'utf8')).replace(/#.*$/gm, '');
  for (const id of await readdir(join(dir, 'certificate'))) {
    if (!criteria.includes(id)) await rm(join(dir, 'certificate', id), { recursive: true });
  }
}

/**
 * One drawing thread for all worlds of this process that use the same keys: starting one costs more than most tests.
 * It ends with the process.
 */
const drawing = new Map<string, DrawThreads>();

function drawingWith({ SIGNING_KEYS_DIR, RENDER_THREADS }: Config): DrawThreads {
  const key = `${RENDER_THREADS} ${SIGNING_KEYS_DIR}`;
  const open = drawing.get(key) ?? openDrawThreads(RENDER_THREADS, SIGNING_KEYS_DIR);
  drawing.set(key, open);
  return open;
}

/** The product with its own database and both stand-ins; nothing is processed until `run()`. */
export async function startWorld(
  options: {
    size?: number;
    settings?: Record<string, string>;
    /** Changes to files of the templates folder before the product reads it; a missing file is created empty. */
    templates?: Record<string, (text: string) => string>;
  } = {},
): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'gramota-test-'));
  const [database, lms, sendsay] = await Promise.all([
    testDatabase(),
    startInHost({ which: 'lms', size: options.size ?? 60 }).then(steered),
    startInHost({ which: 'sendsay' }).then(steered),
    prepareDemoTemplates(TEMPLATES, join(dir, 'templates'), new Date()),
  ]);
  for (const [file, change] of Object.entries(options.templates ?? {})) {
    const path = join(dir, 'templates', file);
    await writeFile(path, change(await readFile(path, 'utf8').catch(() => '')));
  }
  await dropUnnamedTemplates(join(dir, 'templates'));
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: database.url,
    TEMPLATES_DIR: join(dir, 'templates'),
    SIGNING_KEYS_DIR: await testKeysDir(),
    ...sandboxSettings(lms.url, sendsay.url),
    SENDSAY_POLL_SECONDS: '0.3',
    SENDSAY_TIMEOUT_SECONDS: '2',
    SENDSAY_SETTLE_SECONDS: '1',
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'json',
    RENDER_THREADS: '1',
    PORT: '0',
    DRAIN_SECONDS: '0',
    ...options.settings,
  };
  const config = readConfig(env, NEEDED.serve);
  const base = await openBase(config, 'test', 20);
  const pipeline = await openPipeline(base, drawingWith(config));
  await base.jobs.start();
  let handling = true;
  const standing = async (id: string): Promise<Standing> => {
    const found = await selectStanding(base.db, id);
    if (!found) throw new Error(`no student group ${id}`);
    return found;
  };
  async function createBatch({
    ids,
    dryRun = false,
    countries,
  }: {
    ids?: string[];
    dryRun?: boolean;
    countries?: string[];
  } = {}): Promise<string> {
    const id = base.newId();
    await base.db.transaction(async (trx) => {
      const scope = ids ? { releaseId: null, studentGroupIds: ids } : { releaseId: RELEASE, studentGroupIds: null };
      const request = { template: null, note: null, actor: 'tester', idempotencyKey: null, requestHash: id };
      await insertOrReturnBatch(trx, { id, ...scope, countries: countries ?? null, dryRun, ...request }, new Date());
      await pipeline.enqueue(trx, 'ingest', [{ kind: 'batch', id }]);
    });
    return id;
  }
  async function ready(): Promise<string[]> {
    const id = await createBatch({ dryRun: true });
    return until('a dry run to tell who is ready', async () => {
      if (await base.db('batch').where({ id }).whereNull('pulled_at').first('id')) return null;
      if (await base.db('batch_item').where({ batch_id: id }).whereNull('would_be').first('batch_id')) return null;
      return base
        .db('batch_item')
        .where({ batch_id: id, would_be: 'awarded' })
        .orderBy('student_group_id')
        .pluck('student_group_id');
    });
  }

  return {
    env,
    config,
    base,
    pipeline,
    lms,
    sendsay,
    async run(by = {}) {
      await runStages(by.jobs ?? base.jobs, by.pipeline ?? pipeline, by.concurrency ?? 10);
      // It has every release pulled that is due; later it would pull what a test has just stored, and evaluate it again.
      await until('the upkeep at the start', async () => !(await isDue(base.db, 'upkeep', {})));
    },
    async halt() {
      handling = false;
      await base.jobs.stop();
    },
    batch: createBatch,
    ready,
    async mailable() {
      const met = await ready();
      const distant = await base
        .db('decision')
        .whereRaw(`country ->> 'code' = ?`, [WAITING_COUNTRY])
        .pluck('student_group_id');
      return met.filter((id) => !distant.includes(id) && !id.endsWith('_b'));
    },
    standing,
    reaches: (id, ...states) =>
      until(`${id} in ${states.join(' or ')}`, async () => {
        const found = await selectStanding(base.db, id);
        return found && states.includes(found.state) ? found : null;
      }),
    async letters() {
      const answer = await sendsay.control<Letter[] | { letters: Letter[] }>('letters');
      return Array.isArray(answer) ? answer : answer.letters;
    },
    patches: async () => (await lms.control<{ patches: Patch[] }>('record')).patches,
    async close() {
      if (handling) await base.jobs.stop({ graceMs: 2000 });
      await pipeline.close();
      await base.db.destroy();
      await Promise.all([lms.stop(), sendsay.stop(), database.drop(), rm(dir, { recursive: true, force: true })]);
    },
  };
}

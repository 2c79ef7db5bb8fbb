import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/demo/children.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/records/rows.ts';
import { prepareOpenTemplates } from './open-templates.ts';
import { type OwnDatabase, startOwnDatabase } from './own-database.ts';
import { pipelineEnv } from './pipeline-env.ts';
import { countOpen, judge, type Verdict } from './verdict.ts';
import { ended, firstMatch, type Letter, RELEASE, type Sandbox, startSandbox } from './world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const RUNS = fileURLToPath(new URL('../../fault-runs/', import.meta.url));

export interface ProductOptions {
  /** Student groups at the LMS. Default 40. */
  size?: number;
  settings?: Record<string, string>;
  /** Further options of the sandboxes. */
  lmsOptions?: string[];
  sendsayOptions?: string[];
  /** Of `serve` and `work` alone, such as a preloaded library. */
  processEnv?: Record<string, string>;
  /** Of all processes, the sandboxes too. */
  everyEnv?: Record<string, string>;
  /** Where the cluster lies; its account must be able to reach it. */
  clusterFolder?: string;
  /** The server that the product is to use; default is an embedded one. */
  database?: OwnDatabase;
  /** Puts something between the product and its database; returns the address that the product uses. */
  between?: (databaseUrl: string) => Promise<string>;
  /** Changes the templates before any process reads them. */
  prepare?: (templates: string) => Promise<void>;
}

/** One real `serve` and one real `work` on a database of their own and both sandboxes. */
export interface Product {
  url: string;
  db: Db;
  database: OwnDatabase;
  lms: Sandbox;
  sendsay: Sandbox;
  folder: string;
  /** Processes that ended although nobody stopped them. */
  endedByThemselves: string[];
  startProcesses(): Promise<void>;
  /** Process id of `serve` or `work`. */
  pid(verb: string): number;
  stopProcesses(): Promise<void>;
  runVerb(...args: string[]): Promise<{ code: number | null; output: string }>;
  createBatch(): Promise<void>;
  letters(): Promise<Pick<Letter, 'customerId'>[]>;
  /** Status and text of an answer; status 0 when there was none. */
  ask(path: string, init?: RequestInit): Promise<{ status: number; text: string }>;
  /** A signed webhook of the LMS about a student group; status of the answer. */
  webhook(studentGroupId: string): Promise<number>;
  /** What `/readyz` of `serve` and of `work` says now. */
  readiness(): Promise<string>;
  /** Waits until nothing is open, then compares all records. @returns null when something stays open for too long */
  settle(seconds?: number): Promise<Verdict | null>;
  /** Log events of all processes with these words. */
  logged(pattern: RegExp): Promise<number>;
  close(): Promise<void>;
}

export async function startProduct(name: string, options: ProductOptions = {}): Promise<Product> {
  const tidy: (() => Promise<unknown>)[] = [];
  const folder = join(RUNS, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const close = async () => {
    for (const step of tidy.splice(0).reverse()) await step().catch(() => undefined);
  };
  try {
    return await open();
  } catch (error) {
    await close();
    throw error;
  }

  async function open(): Promise<Product> {
    const templates = join(folder, 'templates');
    await prepareOpenTemplates(templates);
    await options.prepare?.(templates);
    const database = options.database ?? (await startOwnDatabase(options.clusterFolder ?? join(folder, 'cluster')));
    tidy.push(() => database.remove());
    const every = options.everyEnv ?? {};
    const [port, serveMetrics, workMetrics] = [await freePort(), await freePort(), await freePort()];
    const webhooks = ['--webhook-url', `http://127.0.0.1:${port}/webhooks/lms`];
    const size = ['--size', String(options.size ?? 40)];
    const lms = await startSandbox(['lms', ...size, ...webhooks, ...(options.lmsOptions ?? [])], every);
    tidy.push(() => lms.stop());
    const sendsay = await startSandbox(['sendsay', ...(options.sendsayOptions ?? [])], every);
    tidy.push(() => sendsay.stop());
    const url = (await options.between?.(database.url)) ?? database.url;
    const env: Record<string, string> = {
      ...pipelineEnv(url, templates, { lms, sendsay }),
      SIGNING_KEYS_DIR: join(folder, 'keys'),
      // So slowly that every fault meets a batch under way.
      SENDSAY_RATE_PER_SECOND: '3',
      PORT: String(port),
      DRAIN_SECONDS: '0',
      ...options.settings,
      ...every,
    };
    const db = openDatabase({ url: database.url, poolMax: 2, applicationName: 'gramota-faults' });
    tidy.push(() => db.destroy());
    const running = new Map<string, ChildProcess>();
    const endedByThemselves: string[] = [];
    const logs: string[] = [];
    const begin = async (verb: string, metricsPort: number, ready: RegExp) => {
      const child = spawn(process.execPath, ['--enable-source-maps', MAIN, verb], {
        cwd: folder,
        env: { ...env, METRICS_PORT: String(metricsPort), ...options.processEnv },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      running.set(verb, child);
      const path = join(folder, `${verb}.log`);
      if (!logs.includes(path)) logs.push(path);
      const log = createWriteStream(path, { flags: 'a' });
      child.stdout?.pipe(log, { end: false });
      child.stderr?.pipe(log, { end: false });
      child.once('exit', (code, signal) => {
        if (running.get(verb) === child) endedByThemselves.push(`${verb} (${code ?? signal})`);
      });
      await firstMatch(child, ready);
    };
    const stopProcesses = async () => {
      const children = [...running.values()];
      running.clear();
      await Promise.all(children.map((child) => ended(child, 'SIGTERM')));
    };
    tidy.push(stopProcesses);
    const runVerb = (...args: string[]) =>
      new Promise<{ code: number | null; output: string }>((resolve, reject) => {
        const child = spawn(process.execPath, [MAIN, ...args], {
          cwd: folder,
          env: { ...env, ...options.processEnv },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        let output = '';
        for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
        child.once('error', reject);
        child.once('close', (code) => resolve({ code, output }));
      });
    const ask = async (address: string, init?: RequestInit) =>
      fetch(address, { ...init, signal: AbortSignal.timeout(60_000) }).then(
        async (answer) => ({ status: answer.status, text: await answer.text() }),
        (error: Error) => ({ status: 0, text: String(error.cause ?? error.message) }),
      );
    const product: Product = {
      url: `http://127.0.0.1:${port}`,
      ...{ db, database, lms, sendsay, folder, endedByThemselves, stopProcesses, runVerb, close },
      async startProcesses() {
        await begin('serve', serveMetrics, /listening on (http\S+)/);
        await begin('work', workMetrics, /worker ready/);
      },
      pid: (verb) => running.get(verb)?.pid ?? 0,
      async createBatch() {
        const { code, output } = await runVerb('batch', 'create', '--release', RELEASE);
        if (code !== 0) throw new Error(`batch create: ${output}`);
      },
      letters: async () =>
        (await sendsay.control<{ letters: Pick<Letter, 'customerId'>[] }>('letters?brief=1')).letters,
      ask: (path, init) => ask(`http://127.0.0.1:${port}${path}`, init),
      webhook: async (studentGroupId) =>
        (
          await lms.control<{ status: number }>('webhooks', {
            type: 'student-group.updated',
            studentGroupId,
          })
        ).status,
      async readiness() {
        const [serve, work] = await Promise.all(
          [serveMetrics, workMetrics].map((metricsPort) => ask(`http://127.0.0.1:${metricsPort}/readyz`)),
        );
        const told = (text = '') => (/"(failing|detail)":[^}]*/.exec(text)?.[0] ?? '').slice(0, 200);
        return `/readyz of serve ${serve?.status} ${told(serve?.text)}, of work ${work?.status} ${told(work?.text)}`;
      },
      async settle(seconds = 240) {
        for (const end = Date.now() + seconds * 1000; Date.now() < end; await wait(500)) {
          const now = await countOpen(db).catch(() => null);
          if (now?.open === 0) return judge(db, lms, sendsay);
        }
        return null;
      },
      async logged(pattern) {
        const texts = await Promise.all(logs.map((path) => readFile(path, 'utf8').catch(() => '')));
        return texts.flatMap((text) => text.split('\n')).filter((line) => pattern.test(line)).length;
      },
    };
    const migrated = await runVerb('migrate');
    if (migrated.code !== 0) throw new Error(`migrate: ${migrated.output}`);
    return product;
  }
}

/** What a verdict says against the invariants; empty: nothing. */
export function faultsOf(verdict: Verdict | null): string[] {
  if (verdict === null) return ['something stayed open'];
  const lists = {
    lost: verdict.lost,
    doubled: verdict.doubled,
    unresolved: verdict.unresolved,
    'told otherwise than it is': verdict.misjudged,
    'PATCH doubled': verdict.patchesDoubled,
    'PATCH missing': verdict.patchesMissing,
  };
  const held = Object.entries(verdict.states).filter(([state]) => state === 'held internal-error');
  return [
    ...Object.entries(lists).flatMap(([name, ids]) => (ids.length === 0 ? [] : [`${name}: ${ids.length}`])),
    ...held.map(([state, count]) => `${state}: ${count}`),
  ];
}

import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/records/rows.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { prepareOpenTemplates } from '../../test/support/open-templates.ts';
import { type OwnDatabase, startOwnDatabase } from '../../test/support/own-database.ts';
import { ended, firstMatch } from '../../test/support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const BARE = fileURLToPath(new URL('./bare.js', import.meta.url));
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/', import.meta.url));

/** A route in its own process. */
export interface Route {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** A PostgreSQL for the bench, and processes that serve its databases. */
export interface Stand {
  /** Creates an empty database; returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** An express route without middleware. */
  bare(kind: 'constant' | 'select' | 'same', databaseUrl: string): Promise<Route>;
  /** `gramota serve`, with its log in a file. */
  serve(databaseUrl: string, settings?: Record<string, string>): Promise<Route>;
  /** Starts or stops counting statements with PostgreSQL's extension `pg_stat_statements`. */
  countStatements(on: boolean): Promise<void>;
  /** Process id of the server's main process. */
  postmaster(): Promise<number>;
  close(): Promise<void>;
}

/** @param url of a server that runs already and counts statements; it is kept. Without one an embedded server is started. */
export async function openStand(url?: string): Promise<Stand> {
  mkdirSync(LOGS, { recursive: true });
  const templates = join(LOGS, 'templates-lookup');
  await prepareOpenTemplates(templates);
  const server = url === undefined ? await prepareServer(await startOwnDatabase(RUNS)) : keptServer(url);
  const routes: Route[] = [];
  const environment = (databaseUrl: string) => ({ PATH: process.env['PATH'] ?? '', DATABASE_URL: databaseUrl });
  const start = async (args: string[], env: Record<string, string>): Promise<Route> => {
    const log = openSync(join(LOGS, `lookup-${routes.length}.log`), 'w');
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', log] });
    const route = {
      url: await firstMatch(child, /on (http\S+)/),
      pid: child.pid ?? 0,
      stop: () => ended(child, 'SIGTERM'),
    };
    routes.push(route);
    return route;
  };
  return {
    async createDatabase(name) {
      await administer(server, async (admin) => {
        if ((await admin('pg_database').where({ datname: name }).first('oid')) === undefined)
          await admin.raw('create database ??', [name]);
      });
      return databaseAt(server.url, name);
    },
    bare: (kind, databaseUrl) => start([BARE, kind], { ...environment(databaseUrl), NODE_ENV: 'production' }),
    serve: (databaseUrl, settings = {}) =>
      start(['--enable-source-maps', MAIN, 'serve'], {
        ...environment(databaseUrl),
        TEMPLATES_DIR: templates,
        SIGNING_KEYS_DIR: join(LOGS, 'keys-lookup'),
        PUBLIC_URL: 'https://gramota.example',
        LMS_BASE_URL: 'http://127.0.0.1:9',
        LMS_TOKEN: 'sandbox-lms-token',
        LMS_WEBHOOK_SECRET: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC1vZi1ncmFtb3Rh',
        SENDSAY_ACCOUNT: 'sandbox',
        SENDSAY_API_KEY: 'sandbox-api-key',
        SENDSAY_FROM_EMAIL: 'diplomas@school.example',
        SENDSAY_FROM_NAME: 'School of Continuing Education',
        LOG_FORMAT: 'json',
        PORT: '0',
        ...settings,
      }),
    countStatements: (on) =>
      administer(server, async (admin) => {
        await admin.raw(`alter system set pg_stat_statements.track = ${on ? 'top' : 'none'}`);
        await admin.raw('select pg_reload_conf()');
      }),
    postmaster: () => server.pid(),
    async close() {
      await Promise.all(routes.map((route) => route.stop()));
      await server.remove();
    },
  };
}

/** A server that others started: it is neither restarted nor removed. */
function keptServer(url: string): Pick<OwnDatabase, 'url' | 'pid' | 'remove'> {
  const pid = async () => {
    const { rows } = await administer({ url }, (admin) =>
      admin.raw(`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`),
    );
    return rows[0].pid as number;
  };
  return { url, pid, remove: async () => undefined };
}

/** Writes are faster than on a durable server; the measurement only reads. */
async function prepareServer(server: OwnDatabase): Promise<OwnDatabase> {
  const settings = {
    shared_preload_libraries: 'pg_stat_statements',
    'pg_stat_statements.track': 'none',
    'pg_stat_statements.track_utility': 'off',
    fsync: 'off',
    full_page_writes: 'off',
    max_wal_size: '8GB',
    shared_buffers: '512MB',
  };
  await administer(server, async (admin) => {
    for (const [name, value] of Object.entries(settings)) await admin.raw(`alter system set ${name} = '${value}'`);
  });
  await server.restart('stop');
  return server;
}

async function administer<T>(server: Pick<OwnDatabase, 'url'>, act: (admin: Db) => PromiseLike<T>): Promise<T> {
  const admin = openDatabase({ url: server.url, poolMax: 1, applicationName: 'gramota-bench' });
  try {
    return await act(admin);
  } finally {
    await admin.destroy();
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../../../src/demo/children.ts';
import { databaseReady, openDatabase } from '../../../src/platform/database/database.ts';
import { ended, until } from '../../support/world.ts';
import { account } from './small-disk.ts';
import { duringBatch, lacksProgram, type Trial } from './trial.ts';

interface Bouncer {
  url: string;
  /** kill -9 and a new start: every session is cut. */
  replace(): Promise<void>;
  stop(): Promise<void>;
}

/** PgBouncer in session mode with its own defaults, in front of `databaseUrl`. */
async function startBouncer(databaseUrl: string): Promise<Bouncer> {
  const { hostname, port: serverPort, username, password } = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), 'gramota-pgbouncer-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const config = join(folder, 'pgbouncer.ini');
  const target = `host=${hostname} port=${serverPort} user=${username} password=${decodeURIComponent(password)}`;
  await writeFile(
    config,
    `[databases]\n* = ${target}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =\n` +
      'auth_type = any\npool_mode = session\ndefault_pool_size = 100\nmax_client_conn = 200\n',
  );
  const url = new URL(databaseUrl);
  url.port = String(port);
  const start = async (): Promise<ChildProcess> => {
    // PgBouncer refuses to run as root.
    const child = spawn('pgbouncer', ['-q', config], {
      ...account(),
      cwd: '/',
      env: { PATH: `${process.env['PATH']}:/usr/sbin` },
      stdio: 'ignore',
    });
    const probe = openDatabase({
      url: databaseUrl.replace(`:${serverPort}/`, `:${port}/`),
      poolMax: 1,
      applicationName: 'gramota-probe',
    });
    await Promise.race([until('PgBouncer', () => databaseReady(probe)), wait(15_000)]);
    await probe.destroy();
    return child;
  };
  let child = await start();
  return {
    url: url.href,
    async replace() {
      await ended(child, 'SIGKILL');
      child = await start();
    },
    async stop() {
      await ended(child, 'SIGKILL');
      await rm(folder, { recursive: true });
    },
  };
}

export const pgbouncer: Trial = {
  name: 'PgBouncer in session mode, killed once',
  lacks: () => lacksProgram('pgbouncer'),
  async run() {
    let bouncer: Bouncer | undefined;
    const between = async (databaseUrl: string) => {
      bouncer = await startBouncer(databaseUrl);
      return bouncer.url;
    };
    try {
      return await duringBatch('pgbouncer', { between }, async (product, notes, faults) => {
        const limit = await product.db('pg_stat_activity').where({ application_name: 'gramota-work' }).count();
        notes.push(`sessions of the worker behind PgBouncer: ${limit[0]?.['count']}`);
        const began = performance.now();
        const status = await product.webhook('sg_0002');
        if (status !== 202) faults.push(`webhook ${status}`);
        await until('the pull', async () =>
          product
            .db('lms_event')
            .whereNull('settled_at')
            .first('id')
            .then((row) => row === undefined),
        );
        notes.push(`a webhook was pulled within ${Math.round(performance.now() - began)} ms`);
        await bouncer?.replace();
        notes.push('PgBouncer was killed and started again');
      });
    } finally {
      await bouncer?.stop();
    }
  },
};

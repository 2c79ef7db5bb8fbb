import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { InputError } from '../domain/failure.ts';
import { isAlive } from '../platform/database/start-lock.ts';
import { program, spawnOptions } from './binaries.ts';
import type { ClusterHome } from './home.ts';

const run = promisify(execFile);

/** Maximum time for a server to accept connections, including crash recovery. */
const READY_WITHIN_MS = 60_000;

export interface Postmaster {
  pid: number;
  port: number;
}

/** Connection URL of the cluster's default database for the superuser. */
export function clusterUrl(port: number, password: string): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

/** The server running on this cluster, if any. A process id that now belongs to another program does not count. */
export async function runningPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const lines = (await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  const command = await commandLine(pid);
  if (command !== undefined && !command.includes(cluster)) return undefined;
  return { pid, port };
}

async function commandLine(pid: number): Promise<string | undefined> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return run('ps', ['-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
  }
}

/**
 * Waits until the server at `url` accepts connections and serves this cluster.
 * @returns false when `gone()` returns true, or after a minute
 */
export async function answers(url: string, cluster: string, gone: () => boolean): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && !gone()) {
    const served = await dataDirectory(url);
    if (served !== undefined) return (await realpath(served)) === (await realpath(cluster));
    await sleep(25);
  }
  return false;
}

async function dataDirectory(url: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>('show data_directory');
    return rows[0]?.data_directory;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Starts a server on the cluster. It retries while processes of a killed server still hold the shared memory, and
 * uses another port when a remembered one is in use.
 * @param port preferred port; with `fixed` no other is tried
 * @throws InputError when a fixed port is in use; else Error with the last line of the log
 */
export async function startPostmaster(
  where: ClusterHome & { native: string },
  {
    port,
    fixed,
    ephemeral,
    password,
  }: { port: number | undefined; fixed: boolean; ephemeral: boolean; password: string },
): Promise<Postmaster> {
  const logFile = path.join(where.dataDir, 'server.log');
  let chosen = port ?? (await freePort());
  for (let attempt = 0; attempt < 160; attempt++) {
    if (attempt === 2) await killOrphans(where.cluster);
    const before = await readFile(logFile, 'utf8').catch(() => '');
    const child = launch(where, chosen, ephemeral, logFile);
    let exited = false;
    child.once('exit', () => {
      exited = true;
    });
    child.once('error', () => {
      exited = true;
    });
    const ready = await answers(clusterUrl(chosen, password), where.cluster, () => exited);
    if (ready && !exited && child.pid !== undefined) return { pid: child.pid, port: chosen };
    if (!exited) child.kill('SIGQUIT');
    const newLines = (await readFile(logFile, 'utf8').catch(() => '')).slice(before.length);
    if (/could not bind|could not create any TCP/i.test(newLines)) {
      if (fixed)
        throw new InputError(`embedded PostgreSQL: port ${chosen} on 127.0.0.1 is in use; choose another port`);
      chosen = await freePort();
    } else if (!/shared memory block|lock file|database system is shutting down/i.test(newLines)) {
      throw new Error(
        `embedded PostgreSQL did not start: ${newLines.trim().split('\n').at(-1) ?? ''} (complete log: ${logFile})`,
      );
    }
    await sleep(250);
  }
  throw new Error(`embedded PostgreSQL did not start: an earlier server still uses the cluster (log: ${logFile})`);
}

/** The log is a file, not a pipe, so that the server can write it after this process died. */
function launch(
  where: ClusterHome & { native: string },
  port: number,
  ephemeral: boolean,
  logFile: string,
): ChildProcess {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...(ephemeral ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  };
  const stderr = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(
      program(where.native, 'postgres'),
      ['-D', where.cluster, '-p', String(port), ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])],
      // A separate process group: Ctrl-C reaches only us, and we stop the server after our own work.
      { ...spawnOptions(where.account), stdio: ['ignore', stderr, stderr], detached: true },
    );
    child.unref();
    return child;
  } finally {
    closeSync(stderr);
  }
}

/** Fast shutdown (disconnects clients, writes all data), then an immediate one after 20 s. */
export async function stopPostmaster(pid: number, native: string, cluster: string): Promise<void> {
  if (process.platform === 'win32') {
    await run(program(native, 'pg_ctl'), ['stop', '-m', 'fast', '-D', cluster]).catch(() => undefined);
    return;
  }
  for (const [signal, patienceMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
  ] as const) {
    const deadline = performance.now() + patienceMs;
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    while (performance.now() < deadline) {
      if (!isAlive(pid)) return;
      await sleep(15);
    }
  }
}

/**
 * Ends server processes whose postmaster was killed. A busy one does not notice this, and keeps the shared memory
 * that a new server needs. They are found by working directory; without /proc their own statement timeouts end them.
 * Crash recovery undoes their work.
 */
export async function killOrphans(cluster: string): Promise<void> {
  if ((await runningPostmaster(cluster)) !== undefined) return;
  const names = await readdir('/proc').catch(() => []);
  for (const pid of names.map(Number).filter((number) => number > 1)) {
    if ((await readlink(`/proc/${pid}/cwd`).catch(() => '')) !== cluster) continue;
    if (!(await commandLine(pid))?.startsWith('postgres')) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {}
  }
}

/**
 * Starts a shell that waits on a pipe. When this process ends in any way (kill -9 included), the shell stops the
 * server and deletes its files. Only for temporary clusters.
 * @returns a function that cancels the watchdog
 */
export function armWatchdog(pid: number, { dataDir, home, cluster }: ClusterHome): () => void {
  if (process.platform === 'win32') return () => undefined;
  const script = `cat >/dev/null
    if [ "$(head -n 1 "$2/postmaster.pid" 2>/dev/null)" = "$1" ]; then kill -INT "$1"; fi
    n=0; while kill -0 "$1" 2>/dev/null && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done
    rm -rf -- "$3" "$4"`;
  const shell = spawn('/bin/sh', ['-c', script, 'sh', String(pid), cluster, home, dataDir], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  shell.unref();
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  // Like a socket, the handle of the pipe would keep the event loop alive.
  (shell.stdin as unknown as { unref?: () => void }).unref?.();
  return () => {
    if (shell.pid === undefined) return;
    try {
      process.kill(-shell.pid, 'SIGKILL');
    } catch {}
    shell.stdin.destroy();
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port on 127.0.0.1');
  return address.port;
}

import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../domain/failure.ts';
import { isAlive, withLock } from '../platform/database/start-lock.ts';
import { prepareBinaries, program, spawnOptions } from './binaries.ts';
import { type ClusterHome, isOurs, openHome, readRecord, writeRecord } from './home.ts';
import {
  answers,
  armWatchdog,
  clusterUrl,
  killOrphans,
  type Postmaster,
  runningPostmaster,
  startPostmaster,
  stopPostmaster,
} from './server.ts';

const run = promisify(execFile);

export interface EmbeddedPostgresOptions {
  /** Directory for this cluster only; created when missing. */
  dataDir: string;
  /** TCP port on 127.0.0.1; default is a free one, which is remembered for the next start. */
  port?: number;
  /** For tests: no durability, and all files are removed at `stop()` or when this process ends in any way. */
  ephemeral?: boolean;
  /** Receives messages for the user, one line each. */
  log?: (line: string) => void;
}

export interface EmbeddedPostgres {
  /** Connection URL with the superuser's password; a secret. */
  url: string;
  /** True when a running server was adopted instead of started. */
  adopted: boolean;
  /** Leaves the server; the last live process that leaves stops it. */
  stop(): Promise<void>;
}

/**
 * Starts a private PostgreSQL on `dataDir`, or adopts the one that runs there (left by a killed process, or shared
 * with a live one). Only for demo, tests and development: the binaries are a beta with an old OpenSSL. Listens on
 * 127.0.0.1 only, with a random password. `dataDir` contains `password`, `server.log` and `cluster/`.
 * @throws InputError when there are no binaries for the platform, the directory belongs to another user, or the port
 * is in use
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { dataDir, ephemeral = false, log = () => undefined } = options;
  await mkdir(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  return withLock(lockFile(await realpath(dataDir)), async () => {
    const where = await openHome(dataDir, log);
    const native = await prepareBinaries(where.home, where.account);
    const password = await prepareCluster(where, native);
    const found = await adopt(where.cluster, password);
    const server = found ?? (await start(where, native, password, options));
    await writeRecord(where.dataDir, { home: where.home, port: server.port });
    const user = await enter(where.dataDir);
    const callOff = ephemeral ? armWatchdog(server.pid, where) : () => undefined;
    return {
      url: clusterUrl(server.port, password),
      adopted: found !== undefined,
      stop: () => leave(where, native, user, ephemeral, callOff),
    };
  });
}

/** Stops the server on `dataDir` and deletes the cluster with all its files, also those outside `dataDir`. */
export async function removeEmbeddedPostgres(dataDir: string): Promise<void> {
  const real = await realpath(dataDir).catch(() => undefined);
  if (real === undefined) return;
  const { home = real } = await readRecord(real);
  const cluster = path.join(home, 'cluster');
  const server = await runningPostmaster(cluster);
  if (server !== undefined) await stopPostmaster(server.pid, path.join(home, 'native'), cluster);
  await killOrphans(cluster);
  if (home !== real && (await isOurs(home))) await rm(home, { recursive: true, force: true });
  await rm(real, { recursive: true, force: true });
}

function lockFile(dataDir: string): string {
  return path.join(dataDir, 'start.lock');
}

async function start(
  where: ClusterHome,
  native: string,
  password: string,
  { port, ephemeral = false }: EmbeddedPostgresOptions,
): Promise<Postmaster> {
  const remembered = (await readRecord(where.dataDir)).port;
  const fixed = port !== undefined;
  return startPostmaster({ ...where, native }, { port: port ?? remembered, fixed, ephemeral, password });
}

async function adopt(cluster: string, password: string): Promise<Postmaster | undefined> {
  const server = await runningPostmaster(cluster);
  if (server === undefined) return undefined;
  const ready = await answers(clusterUrl(server.port, password), cluster, () => !isAlive(server.pid));
  return ready ? server : undefined;
}

/** Creates the cluster atomically on first use, and returns the superuser's password. */
async function prepareCluster(where: ClusterHome, native: string): Promise<string> {
  const passwordFile = path.join(where.dataDir, 'password');
  if (await exists(path.join(where.cluster, 'PG_VERSION'))) {
    const password = await readFile(passwordFile, 'utf8').catch(() => undefined);
    if (password !== undefined) return password.trim();
    throw new InputError(
      `embedded PostgreSQL: ${passwordFile} is missing or cannot be read; restore it, or remove ${where.dataDir} to start with an empty database`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await removeDrafts(where.home);
  // The server's account cannot create anything in `home`, so it gets an empty directory to fill.
  const draft = path.join(where.home, `cluster.new-${randomUUID()}`);
  const handover = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(handover, `${password}\n`, { mode: 0o600 });
  if (where.account !== undefined) {
    await chown(draft, where.account.uid, where.account.gid);
    await chown(handover, where.account.uid, where.account.gid);
  }
  const settings = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync'];
  try {
    await run(
      program(native, 'initdb'),
      ['-D', draft, `--pwfile=${handover}`, ...settings],
      spawnOptions(where.account),
    );
    await rename(draft, where.cluster);
  } catch (error) {
    const lastLine = (error as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(error);
    throw new Error(`embedded PostgreSQL: initdb failed in ${where.home}: ${lastLine}`);
  } finally {
    await rm(handover, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
  return password;
}

async function removeDrafts(home: string): Promise<void> {
  for (const name of await readdir(home))
    if (name.startsWith('cluster.new-')) await rm(path.join(home, name), { recursive: true, force: true });
}

/** Registers this process as a user of the cluster. */
async function enter(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'users', `${process.pid}-${randomUUID()}`);
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, '');
  return file;
}

async function leave(
  where: ClusterHome,
  native: string,
  user: string,
  ephemeral: boolean,
  callOff: () => void,
): Promise<void> {
  if (!(await exists(user))) return;
  await withLock(lockFile(where.dataDir), async () => {
    await rm(user, { force: true });
    if ((await liveUsers(path.dirname(user))) > 0) return;
    const server = await runningPostmaster(where.cluster);
    if (server !== undefined) await stopPostmaster(server.pid, native, where.cluster);
    callOff();
  });
  if (ephemeral && !(await exists(path.join(where.cluster, 'postmaster.pid'))))
    await removeEmbeddedPostgres(where.dataDir);
}

/** Users whose process was killed do not count. */
async function liveUsers(dir: string): Promise<number> {
  let live = 0;
  for (const name of await readdir(dir)) {
    if (isAlive(Number(name.split('-')[0]))) live++;
    else await rm(path.join(dir, name), { force: true });
  }
  return live;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

import { execFile } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../domain/failure.ts';

const run = promisify(execFile);

/** The operating system account that runs the server; absent when it is our own. */
export interface SystemAccount {
  uid: number;
  gid: number;
}

/** Location of a cluster's parts, and the account that runs it. */
export interface ClusterHome {
  /** The caller's directory: password, log, lock, record. */
  dataDir: string;
  /** Contains `cluster/` and copied binaries. It is `dataDir`, unless the server's account cannot reach that. */
  home: string;
  cluster: string;
  account: SystemAccount | undefined;
}

/** Values kept between starts in `dataDir/cluster.json`. */
export interface ClusterRecord {
  home?: string;
  port?: number;
}

/** The record of the last start; empty when it is missing or invalid. */
export async function readRecord(dataDir: string): Promise<ClusterRecord> {
  try {
    const record: unknown = JSON.parse(await readFile(path.join(dataDir, 'cluster.json'), 'utf8'));
    if (typeof record !== 'object' || record === null) return {};
    const { home, port } = record as Record<string, unknown>;
    return {
      ...(typeof home === 'string' && path.isAbsolute(home) ? { home } : {}),
      ...(typeof port === 'number' ? { port } : {}),
    };
  } catch {
    return {};
  }
}

export async function writeRecord(dataDir: string, record: ClusterRecord): Promise<void> {
  const file = path.join(dataDir, 'cluster.json');
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
}

/**
 * Creates `dataDir` and decides where the cluster is and which account runs it. PostgreSQL refuses to run as root, so
 * root uses `postgres`, else `nobody` (no account is created). When that account cannot reach `dataDir` (a 0700
 * home), the cluster is placed in an unguessable directory under the system's temporary directory.
 * @throws InputError when the directory belongs to another user or no account is usable
 */
export async function openHome(dataDir: string, log: (line: string) => void): Promise<ClusterHome> {
  const root = process.getuid?.() === 0;
  await mkdir(dataDir, { recursive: true, mode: root ? 0o711 : 0o700 });
  const real = await realpath(dataDir);
  const record = await readRecord(real);
  const home = root ? await rootHome(real, record, log) : real;
  const cluster = path.join(home, 'cluster');
  const owner = await stat(cluster).catch(() => undefined);
  if (!root) {
    const uid = process.getuid?.();
    if (owner !== undefined && uid !== undefined && owner.uid !== uid)
      throw new InputError(
        `embedded PostgreSQL: ${cluster} belongs to uid ${owner.uid}, but Gramota runs as uid ${uid}; run Gramota as that user or choose another GRAMOTA_DATA_DIR`,
      );
    return { dataDir: real, home, cluster, account: undefined };
  }
  // A cluster keeps the account that created it, even if the host's accounts changed since.
  const account =
    owner !== undefined && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await unprivilegedAccount();
  return { dataDir: real, home, cluster, account };
}

async function rootHome(dataDir: string, record: ClusterRecord, log: (line: string) => void): Promise<string> {
  if (record.home !== undefined && record.home !== dataDir) {
    if (await isOurs(record.home)) return record.home;
    log(`embedded PostgreSQL: ${record.home} is missing or belongs to another user; a new, empty cluster is created`);
  }
  const account = await unprivilegedAccount();
  if ((await isOurs(dataDir)) && (await canReach(path.dirname(dataDir), account))) {
    await chmod(dataDir, 0o711);
    return dataDir;
  }
  const home = await mkdtemp(path.join(await realpath(tmpdir()), 'gramota-postgres-'));
  await chmod(home, 0o711);
  await writeRecord(dataDir, { ...record, home });
  log(`embedded PostgreSQL: its account cannot reach ${dataDir}, so the cluster lies in ${home}`);
  return home;
}

/** Whether `dir` is a real directory that only we can write to, so that other users cannot have placed files in it. */
export async function isOurs(dir: string): Promise<boolean> {
  const found = await lstat(dir).catch(() => undefined);
  if (found === undefined || !found.isDirectory()) return false;
  const uid = process.getuid?.();
  return uid === undefined || (found.uid === uid && (found.mode & 0o022) === 0);
}

/** Whether the permission bits let an account pass through every directory down to `dir`. */
async function canReach(dir: string, account: SystemAccount): Promise<boolean> {
  for (let current = dir; ; current = path.dirname(current)) {
    const { mode, uid, gid } = await stat(current);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

async function unprivilegedAccount(): Promise<SystemAccount> {
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // The account does not exist; try the next.
    }
  }
  throw new InputError(
    'embedded PostgreSQL: PostgreSQL refuses to run as root, and neither user postgres nor nobody exists; run as another user or set DATABASE_URL',
  );
}

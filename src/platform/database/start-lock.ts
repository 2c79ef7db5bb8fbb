import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than any guarded section lasts: an older lock is left over, even if its process id has been given out again. */
const STALE_AFTER_MS = 180_000;

/** Whether a process of this id exists, ours or anybody's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Runs `section` while holding a lock file, so that of several processes on this host one at a time is inside.
 * Locks of dead processes are broken. Waits without a limit of its own; the holder's section must be bounded.
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

/** Content first, name second: the lock never exists without its holder in it. */
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
  // Moved aside rather than deleted: if another waiter was quicker, what we hold now is a live lock and goes back.
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
    if ((await read(aside)) !== held) await link(aside, file);
  } catch {
    // Somebody else broke it or took it; the next round tells.
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

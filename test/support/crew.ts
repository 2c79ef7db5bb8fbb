import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneOf } from './seeded.ts';
import { ended } from './world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** Like a supervisor's restart of an ended process, for example when the database was down at its start. */
const RESTART_MS = 500;

/** Worker processes with a supervisor that restarts each one when it ends. */
export interface Crew {
  /** kill -9 of a running one; it is restarted at once. */
  killOne(random: () => number): Promise<void>;
  /** Process ids of the running workers. */
  pids(): number[];
  /** How many ended without a kill. */
  endedByThemselves(): number;
  /** SIGTERM to all, SIGKILL after 15 seconds; no more restarts. */
  stop(): Promise<void>;
}

/** Starts `size` real `gramota work` processes; all logs go to `logDir`. */
export function startCrew(size: number, env: Record<string, string>, logDir: string): Crew {
  const running = new Set<ChildProcess>();
  let stopping = false;
  let alone = 0;
  const open = (log: WriteStream): void => {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN, 'work'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (stopping) return;
      if (signal === 'SIGKILL') return open(log);
      alone += 1;
      log.write(`ended by itself: ${code ?? signal}\n`);
      setTimeout(() => stopping || open(log), RESTART_MS);
    });
  };
  for (let n = 1; n <= size; n += 1) open(createWriteStream(join(logDir, `work-${n}.log`)));
  return {
    async killOne(random) {
      if (running.size > 0) await ended(oneOf([...running], random), 'SIGKILL');
    },
    pids: () => [...running].flatMap(({ pid }) => pid ?? []),
    endedByThemselves: () => alone,
    async stop() {
      stopping = true;
      const cut = setTimeout(() => {
        for (const child of running) child.kill('SIGKILL');
      }, 15_000);
      await Promise.all([...running].map((child) => ended(child, 'SIGTERM')));
      clearTimeout(cut);
    },
  };
}

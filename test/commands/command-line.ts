import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ended } from '../support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** No `.env` lies there, so that a run knows only the settings it was given. */
const CLEAN = fileURLToPath(new URL('.', import.meta.url));
const LIMIT_MS = 60_000;

export interface Ran {
  code: number | null;
  out: string[];
  err: string[];
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Runs the command line to its end, with nothing of the caller's environment but PATH. */
export function gramota(args: string[], env: Record<string, string> = {}): Promise<Ran> {
  const child = start(args, env);
  const ran = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    ran.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    ran.err += chunk.toString();
  });
  const cut = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(cut);
      resolve({ code, out: lines(ran.out), err: lines(ran.err) });
    });
  });
}

/** Starts a verb that stays; stop it with `stopped`. */
export function start(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: CLEAN,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function stopped(child: ChildProcess): Promise<void> {
  return ended(child, 'SIGTERM');
}

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { oneLine } from '../../src/commands/failure-line.ts';
import { InputError } from '../../src/domain/failure.ts';
import { testKeysDir } from '../support/keys.ts';
import { ended } from '../support/world.ts';

/** Made here where there are none, so that no verb makes others and tells of it. */
const KEYS = await testKeysDir();

export const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** No `.env` lies there, so that a run knows only the settings it was given. */
const CLEAN = fileURLToPath(new URL('.', import.meta.url));
/** Ends a process that hangs. */
const LIMIT_MS = 300_000;

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

/**
 * Runs a verb's function in this process: what it says, and a line for each fault, as `main.ts` would. For cases that do
 * not depend on a process; starting one costs a second. Every verb is also run by `gramota`.
 */
export async function told(run: (say: (line: string) => void) => Promise<unknown>): Promise<Ran> {
  const said: string[] = [];
  const ran = (code: number, err: string[]): Ran => ({ code, out: said.flatMap(lines), err });
  try {
    await run((line) => said.push(line));
    return ran(0, []);
  } catch (error) {
    if (error instanceof InputError) return ran(1, error.faults.map(oneLine));
    throw error;
  }
}

/** Starts a verb that stays; stop it with `stopped`. */
export function start(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: CLEAN,
    env: { PATH: process.env['PATH'] ?? '', SIGNING_KEYS_DIR: KEYS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function stopped(child: ChildProcess): Promise<void> {
  return ended(child, 'SIGTERM');
}

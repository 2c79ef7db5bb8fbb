import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runCheck } from '../../src/commands/check.ts';
import { oneLine } from '../../src/commands/failure-line.ts';
import { InputError } from '../../src/domain/failure.ts';
import { testKeysDir } from '../support/keys.ts';
import { ended } from '../support/world.ts';

/** Created here, so that no verb creates keys and reports it. */
const KEYS = await testKeysDir();

export const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** A folder without `.env`, so that a run has only the given settings. */
const CLEAN = fileURLToPath(new URL('.', import.meta.url));
/** Kills a process that hangs. */
const LIMIT_MS = 300_000;

export interface Ran {
  code: number | null;
  out: string[];
  err: string[];
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Runs the command line to its end, with only PATH from the caller's environment. */
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
 * Runs the function of a command in this process; returns its output and one line per fault, as `main.ts` prints it.
 * For cases that do not depend on a process, because starting one takes a second. Every verb is also run by `gramota`.
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

/** Like `told`, for `check`: output lines without their first word; lines with faults are in `err`. */
export async function toldCheck(env: Record<string, string>, options: { sender?: boolean } = {}): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const bare = (word: string, line: string) => (line.startsWith(word) ? line.slice(word.length).trimStart() : line);
  const isFine = await runCheck(
    env,
    (line) => out.push(bare('ok', line)),
    (line) => err.push(bare('fault', oneLine(line))),
    options,
  );
  return { code: isFine ? 0 : 1, out, err };
}

/** Starts a long-running verb; stop it with `stopped`. */
export function start(args: string[], env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], {
    cwd: CLEAN,
    env: { PATH: process.env['PATH'] ?? '', SIGNING_KEYS_DIR: KEYS, DRAIN_SECONDS: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export function stopped(child: ChildProcess): Promise<void> {
  return ended(child, 'SIGTERM');
}

import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ResultLine } from './results-reporter.ts';

/** Test files that one process runs, one after the other. */
export interface TestProcess {
  files: string[];
}

export interface ProcessResult {
  /** Per file of the process: tests and their duration. A file that did not reach its tests is missing. */
  files: { file: string; passed: number; failed: number; skipped: number; ms: number }[];
  /** Output of the spec reporter, and everything else written to stdout and stderr. */
  output: string;
  /** Why the process itself failed, independent of its tests; null: it did not fail. */
  fault: string | null;
}

const REPORTER = new URL('./results-reporter.js', import.meta.url).href;
const TOGETHER = fileURLToPath(new URL('./together.js', import.meta.url));
/** Some tests read the shipped templates by their path from here. */
const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
/** Kills a process that hangs; no process takes nearly this long, even on a busy machine. */
const HANGS_MS = 900_000;

/** Runs the files in a process of their own. `scratch` is a temporary file that this call writes and removes. */
export async function runTestProcess(
  { files }: TestProcess,
  { scratch, signal }: { scratch: string; signal: AbortSignal },
): Promise<ProcessResult> {
  const reporters = ['spec', REPORTER].map((name) => `--test-reporter=${name}`);
  const destinations = ['stdout', scratch].map((name) => `--test-reporter-destination=${name}`);
  const [only = ''] = files;
  const program = files.length === 1 ? [only] : [TOGETHER, ...files];
  const began = performance.now();
  const child = spawn(process.execPath, [...reporters, ...destinations, ...program], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // With a process group of its own, so that the servers that it started can be killed with it.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // Not the process alone: its servers hold the pipes of its output, and waiting for these would never end.
  const end = (by: NodeJS.Signals) => child.pid !== undefined && process.kill(-child.pid, by);
  const interrupt = () => end('SIGTERM');
  signal.addEventListener('abort', interrupt);
  let hung = false;
  const cut = setTimeout(() => {
    hung = true;
    end('SIGKILL');
  }, HANGS_MS);
  const ended = await new Promise<number | NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, killedBy) => resolve(killedBy ?? code));
  });
  clearTimeout(cut);
  signal.removeEventListener('abort', interrupt);
  const lines = await readFile(scratch, 'utf8').catch(() => '');
  await rm(scratch, { force: true });
  const results = perFile(files, lines, performance.now() - began);
  const counted = results.reduce((sum, { passed, failed, skipped }) => sum + passed + failed + skipped, 0);
  const isToldByTests = ended === 1 && results.some(({ failed }) => failed > 0);
  const fault = hung ? `still running after ${HANGS_MS / 1000} s` : `ended with ${ended} after ${counted} tests`;
  return { files: results, output, fault: (ended === 0 && counted > 0) || isToldByTests ? null : fault };
}

function perFile(files: string[], lines: string, wholeMs: number): ProcessResult['files'] {
  const results = files.map((file) => ({ file, passed: 0, failed: 0, skipped: 0, ms: 0 }));
  // A test that a shared helper declares has the file name of the helper; its time is added to the test file before it.
  let current = results[0];
  for (const text of lines.split('\n').filter((line) => line !== '')) {
    const result = JSON.parse(text) as ResultLine;
    // The suite that `together.ts` makes of a file has the file as its name.
    current = results.find(({ file }) => file === result.file || file === result.name) ?? current;
    if (current === undefined) continue;
    if (result.kind === 'test') current[result.outcome] += 1;
    else current.ms += result.ms;
  }
  if (results.length === 1 && current !== undefined) current.ms = wholeMs;
  return results;
}

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestCluster } from './support/cluster.ts';
import { childEnvironment, testEnvironment } from './support/environment.ts';
import { planProcesses } from './support/test-plan.ts';
import { type ProcessResult, runTestProcess } from './support/test-process.ts';

/**
 * `npm test`: runs the test files against one server. Arguments select files by parts of their names; `--all` adds
 * the browser and PDF validators; `--no-skips` makes a skipped test a failure; `--verbose` prints every test.
 */
const root = fileURLToPath(new URL('.', import.meta.url));
const options = process.argv.slice(2).filter((argument) => argument.startsWith('--'));
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const verbose = options.includes('--verbose') || filters.length > 0;
/**
 * Tests with a browser and PDF validators, which take minutes. `.ci/run` runs them; locally they run when their name is
 * given as argument.
 */
const OUTSIDE = ['browser/', 'verify/verify'];
/**
 * Duration of each file in the last run on this checkout. The longest files start first, so that none runs alone at the
 * end.
 */
const TIMES = fileURLToPath(new URL('../test-times.json', import.meta.url));
const SLOWEST = 10;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const began = performance.now();
const counts = { passed: 0, failed: 0, skipped: 0 };
const took = new Map<string, number>();
const failures: string[] = [];

const files = (await readdir(root, { recursive: true }))
  .filter((file) => file.endsWith('.test.js'))
  .map((file) => path.join(root, file))
  .filter((file) => isChosen(nameOf(file)));
const known: Record<string, number> = await readFile(TIMES, 'utf8').then(JSON.parse, () => ({}));
const processes = planProcesses(files, (file) => known[nameOf(file)]);
const scratch = await mkdtemp(path.join(tmpdir(), 'gramota-run-'));
const cluster = await startTestCluster(testEnvironment().databaseUrl);
try {
  childEnvironment(cluster);
  // More processes than CPU cores, because tests wait for processes and timers.
  await Promise.all(Array.from({ length: availableParallelism() + 3 }, worker));
} finally {
  await cluster.stop();
  await rm(scratch, { recursive: true, force: true });
}
await writeFile(TIMES, JSON.stringify({ ...known, ...Object.fromEntries(took) }, null, 1));

const slowest = [...took].sort(([, a], [, b]) => b - a).slice(0, SLOWEST);
say(`\nslowest files:\n${slowest.map(([name, ms]) => `  ${seconds(ms)}  ${name}`).join('\n')}`);
if (failures.length > 0) say(`\nfailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
if (!options.includes('--all') && filters.length === 0) say(`\nleft out: ${OUTSIDE.join(', ')} (npm test -- --all)`);
if (interrupted.signal.aborted) say('interrupted');
if (counts.passed + counts.failed === 0) say('no test ran');
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
say(`${counts.passed} passed, ${counts.failed} failed${skipped} in ${seconds(performance.now() - began).trim()}`);
const isRed = interrupted.signal.aborted || counts.failed > 0 || counts.passed === 0;
process.exit(isRed || (options.includes('--no-skips') && counts.skipped > 0) ? 1 : 0);

function isChosen(name: string): boolean {
  if (filters.length > 0) return filters.some((part) => `${name}.test.js`.includes(part));
  return options.includes('--all') || !OUTSIDE.some((part) => name.startsWith(part));
}

async function worker(_: unknown, number: number): Promise<void> {
  for (;;) {
    const next = processes.shift();
    if (next === undefined || interrupted.signal.aborted) return;
    const file = path.join(scratch, `${number}.jsonl`);
    tell(await runTestProcess(next, { scratch: file, signal: interrupted.signal }));
  }
}

function tell({ files: results, output, fault }: ProcessResult): void {
  const isRed = fault !== null || results.some(({ failed }) => failed > 0);
  if (isRed || verbose) say(output);
  for (const { file, passed, failed, skipped: left, ms } of results) {
    const name = nameOf(file);
    took.set(name, Math.round(ms));
    counts.passed += passed;
    counts.failed += failed;
    counts.skipped += left;
    if (failed > 0) failures.push(`${name}: ${failed} of ${passed + failed}`);
    const others = [failed > 0 ? `, ${failed} FAILED` : '', left > 0 ? `, ${left} skipped` : ''].join('');
    say(`${seconds(ms)}  ${name}: ${passed} passed${others}`);
  }
  if (fault === null) return;
  counts.failed += 1;
  failures.push(`the process of ${results.map(({ file }) => nameOf(file)).join(', ')}: ${fault}`);
}

/** Name of a test file with `/` on every system: `domain/send-window`. */
function nameOf(file: string): string {
  return path
    .relative(root, file)
    .replace(/\.test\.js$/, '')
    .split(path.sep)
    .join('/');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(8);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

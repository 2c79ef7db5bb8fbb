import { readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { startTestCluster } from './support/cluster.ts';
import { childEnvironment, testEnvironment } from './support/environment.ts';

/**
 * `npm test`: runs every test file against one server.
 * Arguments: parts of file names choose some of them; `--all` takes those in that do not fit into five minutes;
 * `--no-skips` makes a skipped test a failure.
 */
const root = fileURLToPath(new URL('.', import.meta.url));
const noSkips = process.argv.includes('--no-skips');
const all = process.argv.includes('--all');
/** What takes minutes of two cores; `.ci/run` runs it, and so does its name on the command line. */
const LONG = [
  ...['pipeline/crash-points', 'pipeline/announced', 'pipeline/delivery', 'pipeline/letters', 'pipeline/recipients'],
  ...['pipeline/other-lms', 'flow/faults', 'flow/demo', 'diploma/same-bytes', 'http/webhook-abuse', 'browser/pages'],
  ...['commands/preview', 'commands/keys', 'commands/usage'],
];
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const files = (await readdir(root, { recursive: true }))
  .filter((file) => file.endsWith('.test.js') && isChosen(file))
  .map((file) => path.join(root, file))
  .sort();

const counts = { passed: 0, failed: 0, skipped: 0 };
const cluster = await startTestCluster(testEnvironment().databaseUrl);
try {
  childEnvironment(cluster);
  if (files.length > 0 && !interrupted.signal.aborted) await runFiles();
} finally {
  await cluster.stop();
}

if (!all && filters.length === 0) say(`left out for time: ${LONG.join(', ')}; "npm test -- --all" runs them too`);
if (interrupted.signal.aborted) say('interrupted');
if (counts.passed + counts.failed === 0) say('no test ran');
say(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
const failed =
  interrupted.signal.aborted || counts.failed > 0 || counts.passed === 0 || (noSkips && counts.skipped > 0);
process.exit(failed ? 1 : 0);

function isChosen(file: string): boolean {
  if (filters.length > 0) return filters.some((part) => file.includes(part));
  return (
    all ||
    !LONG.includes(
      file
        .replace(/\.test\.js$/, '')
        .split(path.sep)
        .join('/'),
    )
  );
}

async function runFiles(): Promise<void> {
  const events = run({
    files,
    // More than cores: tests wait for processes and timers; the long ones are several processes already.
    concurrency: availableParallelism() + (all ? 1 : 2),
    signal: interrupted.signal,
    // Ends a file that hangs; none comes near it, however busy the machine.
    timeout: 900_000,
  });
  events.on('test:pass', (event) => {
    if (isContainer(event)) return;
    if (event.skip !== undefined || event.todo !== undefined) counts.skipped++;
    else counts.passed++;
  });
  events.on('test:fail', (event) => {
    // A suite fails with its tests; one that fails on its own (a hook, a file that does not load) has no test to blame.
    if (event.details.type === 'suite' && isConsequence(event)) return;
    counts.failed++;
  });
  const report = events.compose(new spec());
  report.pipe(process.stdout, { end: false });
  await new Promise<void>((resolve, reject) => {
    report.once('end', resolve);
    report.once('error', reject);
  });
}

function isContainer(event: { name: string; details: { type?: string | undefined } }): boolean {
  return event.details.type === 'suite' || files.includes(event.name);
}

function isConsequence(event: { details: { error?: unknown } }): boolean {
  return (event.details.error as { failureType?: unknown } | undefined)?.failureType === 'subtestsFailed';
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

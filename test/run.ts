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
 * Arguments: parts of file names choose some of them; `--no-skips` makes a skipped test a failure.
 */
const root = fileURLToPath(new URL('.', import.meta.url));
const noSkips = process.argv.includes('--no-skips');
const filters = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());

const files = (await readdir(root, { recursive: true }))
  .filter((file) => file.endsWith('.test.js') && (filters.length === 0 || filters.some((part) => file.includes(part))))
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

if (interrupted.signal.aborted) say('interrupted');
if (counts.passed + counts.failed === 0) say('no test ran');
say(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`);
const failed =
  interrupted.signal.aborted || counts.failed > 0 || counts.passed === 0 || (noSkips && counts.skipped > 0);
process.exit(failed ? 1 : 0);

async function runFiles(): Promise<void> {
  const events = run({
    files,
    // One more than cores: the tests wait for processes and timers more than they compute.
    concurrency: availableParallelism() + 1,
    signal: interrupted.signal,
    timeout: 240_000,
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

import { clockChanges } from './clock-change.ts';
import { clockTrials } from './clocks.ts';
import { artefactsDiskFull, databaseDiskFull, temporaryDiskFull } from './disk-full.ts';
import { lowerLimits } from './lower-limits.ts';
import { pgbouncer } from './pgbouncer.ts';
import { primaryStopped } from './primary-stopped.ts';
import { lockHeld, slowWrites } from './slow-statements.ts';
import type { Trial } from './trial.ts';

/**
 * `npm run chaos:faults [-- PART-OF-A-NAME …]`: each fault meets real processes in the middle of a batch. Prints what was
 * seen. Exit code 1 if a trial failed, or if one could not be run.
 */
const TRIALS: Trial[] = [
  databaseDiskFull,
  artefactsDiskFull,
  temporaryDiskFull,
  lockHeld,
  slowWrites,
  ...lowerLimits,
  ...clockTrials,
  ...clockChanges,
  primaryStopped,
  pgbouncer,
];

const say = (line: string) => process.stdout.write(`${line}\n`);
const wanted = process.argv.slice(2);
const counts = { passed: 0, failed: 0, 'not run': 0 };
const results: [string, keyof typeof counts][] = [];
for (const trial of TRIALS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))) {
  say(`${trial.name} …`);
  const lacks = trial.lacks();
  if (lacks !== null) {
    say(`  not run: ${lacks}`);
    results.push([trial.name, 'not run']);
    continue;
  }
  const seen = await trial.run().catch((error: Error) => ({ notes: [], faults: [error.stack ?? error.message] }));
  for (const note of seen.notes) say(`  ${note}`);
  for (const fault of seen.faults) say(`  FAULT: ${fault}`);
  results.push([trial.name, seen.faults.length === 0 ? 'passed' : 'failed']);
}
for (const [name, result] of results) {
  counts[result] += 1;
  say(`${result.padEnd(8)}  ${name}`);
}
say(JSON.stringify(counts));
process.exit(counts.failed === 0 && counts['not run'] === 0 && results.length > 0 ? 0 : 1);

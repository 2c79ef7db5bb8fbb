import { writeFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { movedInWords, type ReleaseReport, releaseReport, reportCsv } from '../coordinate/release-report.ts';
import { InputError } from '../domain/failure.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

/** `gramota report`: prints the report, or writes it as CSV into a file. */
export async function runReport(config: Config, options: { release: string; out?: string }, say: Say): Promise<void> {
  const report = await withDatabase(config, (db) => releaseReport(db, options.release));
  if (!report)
    throw new InputError(`--release: nothing of ${options.release} was ever pulled; start a batch for it first`);
  if (options.out === undefined) print(report, say);
  else {
    await writeFile(options.out, reportCsv(report));
    say(`${report.total} student groups, ${report.numbers.issued.length} numbers → ${options.out}`);
  }
}

function print(report: ReleaseReport, say: Say): void {
  say(`release ${report.releaseId}: ${report.total} student groups`);
  for (const [state, count] of Object.entries(report.byState)) say(`  ${state.padEnd(10)} ${count}`);
  for (const [title, groups] of [
    ['country', report.byCountry],
    ['template', report.byTemplate],
  ] as const) {
    say(`by ${title}`);
    for (const [key, counts] of Object.entries(groups))
      say(
        `  ${key.padEnd(12)} ${Object.entries(counts)
          .map(([state, n]) => `${state} ${n}`)
          .join(', ')}`,
      );
  }
  say(`unresolved: ${report.unresolved.length}`);
  for (const row of report.unresolved)
    say(
      `  ${row.studentGroupId}  ${row.state}  ${row.reason?.code ?? ''}  ${row.reason?.detail ?? ''}${row.nextAt ? `  (next ${row.nextAt.toISOString()})` : ''}`,
    );
  for (const { number, studentGroupId, ...places } of report.moved)
    say(`moved: ${studentGroupId}  ${number}  ${movedInWords(places)}`);
  say(`numbers: ${report.numbers.issued.length} issued, ${report.numbers.missing.length} missing`);
}

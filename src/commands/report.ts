import { writeFile } from 'node:fs/promises';
import type { Config } from '../config.ts';
import { movedInWords, type ReleaseReport, releaseReport, reportCsv } from '../coordinate/release-report.ts';
import { InputError } from '../domain/failure.ts';
import { message } from '../domain/messages/message.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

/** `gramota report`: prints the report, or writes it as CSV into a file. */
export async function runReport(config: Config, options: { release: string; out?: string }, say: Say): Promise<void> {
  const report = await withDatabase(config, (db) => releaseReport(db, options.release));
  if (!report) throw new InputError(message('line.release-never-pulled', { release: options.release }));
  if (options.out === undefined) print(report, say);
  else {
    await writeFile(options.out, reportCsv(report));
    say(
      message('line.report-written', { total: report.total, numbers: report.numbers.issued.length, file: options.out }),
    );
  }
}

function print(report: ReleaseReport, say: Say): void {
  say(message('line.report', { release: report.releaseId, total: report.total }));
  for (const [state, count] of Object.entries(report.byState)) say(`  ${state.padEnd(10)} ${count}`);
  for (const [title, groups] of [
    ['country', report.byCountry],
    ['template', report.byTemplate],
  ] as const) {
    say(message(`line.by-${title}`));
    for (const [key, counts] of Object.entries(groups))
      say(
        `  ${key.padEnd(12)} ${Object.entries(counts)
          .map(([state, n]) => `${state} ${n}`)
          .join(', ')}`,
      );
  }
  say(message('line.unresolved', { count: report.unresolved.length }));
  for (const row of report.unresolved)
    say(
      `  ${row.studentGroupId}  ${row.state}  ${message('line.row', {
        code: row.reason?.code ?? '-',
        detail: row.reason?.detail ?? '-',
      })}${row.nextAt ? `  (${shownTime(row.nextAt)})` : ''}`,
    );
  for (const { number, studentGroupId, ...places } of report.moved)
    say(message('line.moved', { studentGroup: studentGroupId, number, detail: movedInWords(places) }));
  say(message('line.numbers', { issued: report.numbers.issued.length, missing: report.numbers.missing.length }));
}

import { stringify } from 'csv-stringify/sync';
import { foldNumber, formatNumber } from '../domain/certificate/certificate-number.ts';
import { isResolved } from '../domain/certificate/certificate-state.ts';
import { message } from '../domain/messages/message.ts';
import {
  type IssuedNumber,
  isReleaseSeen,
  type Moved,
  type ReportRow,
  selectMoved,
  selectNumbers,
  selectReportRows,
} from '../records/batches/report-rows.ts';
import type { Db } from '../records/rows.ts';
import { inert } from './inert-cell.ts';

type Counts = Record<string, number>;

export interface ReleaseReport {
  releaseId: string;
  total: number;
  byState: Counts;
  /** Country (or `unknown`) → state → count. */
  byCountry: Record<string, Counts>;
  /** Certificate template (or `none`) → state → count. */
  byTemplate: Record<string, Counts>;
  /** Everything that is not finished, with its reason. */
  unresolved: Pick<ReportRow, 'studentGroupId' | 'state' | 'reason' | 'nextAt'>[];
  /**
   * Student groups that the LMS moved after their award, from or to this release; each certificate stays with the
   * release `from`.
   */
  moved: Moved[];
  numbers: {
    /** All assigned numbers with their holders and states. */
    issued: IssuedNumber[];
    /**
     * Assigned numbers without a certificate: always empty, because a number is assigned in the transaction of its
     * award.
     */
    missing: string[];
  };
}

/** The accounting report of a release; null when neither the release nor any of its student groups was ever pulled. */
export async function releaseReport(db: Db, releaseId: string): Promise<ReleaseReport | null> {
  if (!(await isReleaseSeen(db, releaseId))) return null;
  const rows = await selectReportRows(db, releaseId);
  const { series, issued } = await selectNumbers(db, releaseId);
  const known = new Set(issued.map(({ number }) => foldNumber(number)));
  const drawn = series.flatMap(({ prefix, lastNumber }) =>
    Array.from({ length: lastNumber }, (_, index) => formatNumber(prefix, index + 1)),
  );
  return {
    releaseId,
    total: rows.length,
    byState: countBy(rows, (row) => row.state),
    byCountry: countWithin(rows, (row) => row.country ?? 'unknown'),
    byTemplate: countWithin(rows, (row) => row.template ?? 'none'),
    unresolved: rows
      .filter(({ state, noLetter }) => !isResolved(state, { noLetter }))
      .map(({ studentGroupId, state, reason, nextAt }) => ({ studentGroupId, state, reason, nextAt })),
    moved: await selectMoved(db, releaseId),
    numbers: { issued, missing: drawn.filter((number) => !known.has(foldNumber(number))) },
  };
}

export const movedInWords = ({ from, to }: Pick<Moved, 'from' | 'to'>): string =>
  message('release-moved.row', { former: from, release: to });

function countBy(rows: ReportRow[], keyOf: (row: ReportRow) => string): Counts {
  const counts: Counts = {};
  for (const row of rows) counts[keyOf(row)] = (counts[keyOf(row)] ?? 0) + 1;
  return counts;
}

function countWithin(rows: ReportRow[], keyOf: (row: ReportRow) => string): Record<string, Counts> {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return Object.fromEntries([...groups].sort().map(([key, own]) => [key, countBy(own, (row) => row.state)]));
}

const COLUMNS = ['section', 'key', 'state', 'count', 'studentGroupId', 'reasonCode', 'reasonDetail', 'nextAt'] as const;
type Line = Partial<Record<(typeof COLUMNS)[number], string | number>>;

/** The report as one flat CSV (RFC 4180, UTF-8 with BOM for spreadsheets), one `section` after the other. */
export function reportCsv(report: ReleaseReport): string {
  const { releaseId, total, byState, byCountry, byTemplate, unresolved, moved, numbers } = report;
  const grouped = (section: string, groups: Record<string, Counts>): Line[] =>
    Object.entries(groups).flatMap(([key, counts]) =>
      Object.entries(counts).map(([state, count]) => ({ section, key, state, count })),
    );
  const lines: Line[] = [
    { section: 'release', key: releaseId, count: total },
    ...Object.entries(byState).map(([state, count]) => ({ section: 'state', key: state, state, count })),
    ...grouped('country', byCountry),
    ...grouped('template', byTemplate),
    ...unresolved.map(({ studentGroupId, state, reason, nextAt }) => ({
      section: 'unresolved',
      key: studentGroupId,
      state,
      studentGroupId,
      reasonCode: reason?.code ?? '',
      reasonDetail: reason?.detail ?? '',
      nextAt: nextAt?.toISOString() ?? '',
    })),
    ...moved.map(({ number, studentGroupId, from, to }) => ({
      section: 'moved',
      key: number,
      studentGroupId,
      reasonDetail: movedInWords({ from, to }),
    })),
    ...numbers.issued.map(({ number, studentGroupId, state }) => ({
      section: 'number',
      key: number,
      state,
      studentGroupId,
    })),
    ...numbers.missing.map((number) => ({ section: 'number', key: number, state: 'missing' })),
  ];
  const cells = lines.map((line) => COLUMNS.map((column) => inert(line[column] ?? '')));
  return stringify([[...COLUMNS], ...cells], { bom: true, record_delimiter: '\r\n' });
}

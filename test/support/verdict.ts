import { FINAL_FOR_BATCH } from '../../src/domain/certificate/certificate-state.ts';
import type { Db } from '../../src/records/rows.ts';
import type { Patch, Sandbox } from './world.ts';

/** Compares the records of both sandboxes with Gramota's own records. */
export interface Verdict {
  certificates: number;
  letters: number;
  /** Number of certificates per state; held ones with their reason. */
  states: Record<string, number>;
  /** Certificates in no final or held state, or `sent` without a letter at the sandbox. */
  lost: string[];
  /** Certificates with more than one letter at the sandbox. */
  doubled: string[];
  /** Letters with an open outcome although the sandbox's record shows it. */
  unresolved: string[];
  /**
   * Letters that wait for a new attempt although the sandbox has the letter, or that are `sent` with a letter number
   * unknown to the sandbox.
   */
  misjudged: string[];
  patchesDoubled: string[];
  patchesMissing: string[];
  peakChanging: number;
  peakConcurrent: number;
  peakPerRollingSecond: number;
  requests: number;
  refusedByLimits: number;
  lmsPeakPerSecond: number;
  lmsPeakConcurrent: number;
}

interface Row {
  id: string;
  student_group_id: string;
  state: string;
  reason_code: string | null;
  send_after: Date | null;
  issue_id: string | null;
  issue_state: string | null;
}
interface BriefLetter {
  customerId: string;
  trackInfo: string;
}
interface SendsayRecord {
  requests: number;
  peakConcurrent: number;
  peakChanging: number;
  peakPerRollingSecond: number;
  refusedRateLimit: number;
}

/** A letter that waits for its send window is not late. */
const SOON_MS = 60_000;
const OPEN: ReadonlySet<string | null> = new Set(['sending', 'uncertain', 'accepted']);

function rowsOf(db: Db): Promise<Row[]> {
  return db('certificate as c')
    .join('standing as s', 's.student_group_id', 'c.student_group_id')
    .joinRaw(`left join personal_issue as i on i.certificate_id = c.id and i.purpose = 'first'`)
    .select('c.id', 'c.student_group_id', 's.state', 's.reason_code', 's.send_after')
    .select({ issue_id: 'i.id', issue_state: 'i.state' });
}

function settled(row: Pick<Row, 'state' | 'send_after'>): boolean {
  if (FINAL_FOR_BATCH.has(row.state as never)) return true;
  return row.state === 'waiting' && row.send_after !== null && row.send_after.getTime() > Date.now() + SOON_MS;
}

/** Number of student groups with remaining steps; the pull of a batch counts as one. */
export async function countOpen(db: Db): Promise<{ open: number; sent: number; total: number }> {
  const unpulled = await db('batch').whereNull('pulled_at').where({ dry_run: false }).first('id');
  const rows: Pick<Row, 'state' | 'send_after'>[] = await db('standing').select('state', 'send_after');
  const open = rows.filter((row) => !settled(row)).length + (unpulled || rows.length === 0 ? 1 : 0);
  return { open, sent: rows.filter((row) => row.state === 'sent').length, total: rows.length };
}

export async function judge(db: Db, lms: Sandbox, sendsay: Sandbox): Promise<Verdict> {
  const rows = await rowsOf(db);
  const { letters } = await sendsay.control<{ letters: BriefLetter[] }>('letters?brief=1');
  const record = await sendsay.control<SendsayRecord>('record');
  const lmsRecord = await lms.control<{ patches: Patch[]; peakPerSecond: number; peakConcurrent: number }>('record');
  const perCertificate = countBy(letters.map((letter) => letter.customerId));
  const mailed = new Set(letters.map((letter) => letter.trackInfo));
  const applied = countBy(
    lmsRecord.patches.filter((patch) => patch.status === 200).map((patch) => patch.studentGroupId),
  );
  const ids = (test: (row: Row) => boolean) => rows.filter(test).map((row) => row.id);
  const undecided: string[] = await db('standing').where({ state: 'pending' }).pluck('student_group_id');
  const unknown = (row: Row) => row.reason_code === 'outcome-unknown' && row.state === 'held';
  return {
    certificates: rows.length,
    letters: letters.length,
    states: Object.fromEntries(
      countBy(rows.map((row) => (row.state === 'held' ? `held ${row.reason_code}` : row.state))),
    ),
    lost: [...ids((row) => !settled(row) || (row.state === 'sent' && !perCertificate.has(row.id))), ...undecided],
    doubled: ids((row) => (perCertificate.get(row.id) ?? 0) > 1),
    // Younger than the time for which the provider keeps trackers, so the list shows whether the letter exists.
    unresolved: ids((row) => OPEN.has(row.issue_state) || unknown(row)),
    misjudged: ids(
      (row) =>
        (row.issue_state === 'waiting' && mailed.has(row.issue_id ?? '')) ||
        (row.issue_state === 'sent' && !mailed.has(row.issue_id ?? '')),
    ),
    patchesDoubled: [...applied].filter(([, times]) => times > 1).map(([id]) => id),
    patchesMissing: rows.filter((row) => row.issue_id !== null && !applied.has(row.student_group_id)).map((r) => r.id),
    peakChanging: record.peakChanging,
    peakConcurrent: record.peakConcurrent,
    peakPerRollingSecond: record.peakPerRollingSecond,
    requests: record.requests,
    refusedByLimits: record.refusedRateLimit,
    lmsPeakPerSecond: lmsRecord.peakPerSecond,
    lmsPeakConcurrent: lmsRecord.peakConcurrent,
  };
}

function countBy(keys: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

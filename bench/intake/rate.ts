import { readFile } from 'node:fs/promises';
import type { Db } from '../../src/records/rows.ts';
import { type Counted, countStatements, openCounts } from '../pipeline/counts.ts';
import { found, type Intake, openIntake, type Stand, startWorker, stopWorker } from './stand.ts';
import { countJudged, watchTenths } from './tenths.ts';

type Say = (line: string) => void;

/** Tables with rows for a student group. */
const TABLES = ['student_group', 'batch_item', 'decision', 'certificate', 'certificate_version', 'status_entry'];

export interface MeasuredBuild {
  /** Also the name of its database. */
  name: string;
  /** Its folder `dist`; default: this build's. */
  dist?: string;
  /** Of its worker's Node.js. */
  options: string[];
  /** Whether to tell the dearest statements. */
  statements: boolean;
}

/**
 * Pulls and evaluates the whole release with one worker, and prints the cost. True when all student groups were
 * judged.
 */
export async function measureRate(stand: Stand, groups: number, build: MeasuredBuild, say: Say): Promise<boolean> {
  const intake = await openIntake(stand, build.name, build.dist);
  const { db, batchId } = intake;
  const worker = await startWorker(intake, ['ingest', 'evaluate'], build.options);
  const pid = worker.pid ?? 0;
  const row = (what: string, value: string) => say(`  ${what.padEnd(40)}${value}`);
  try {
    await found(async () => (await db('batch').where({ id: batchId }).whereNotNull('pulled_at').first('id')) ?? null);
    row('worker: peak RSS after the pull', await peakMegabytes(pid));
    const total = Number((await db('batch_item').where({ batch_id: batchId }).count({ n: '*' }).first())?.['n']);
    const tenths = watchTenths(pid, await stand.server.pid(), total);
    const counts = build.statements ? await openCounts(stand.admin, build.name) : null;
    await found(async () => {
      const judged = await countJudged(db, batchId);
      await tenths.sample(judged);
      return judged === total ? true : null;
    }, 500);
    const counted = counts && (await countStatements(stand.admin, build.name, counts));
    row('worker: peak RSS, evaluations included', await peakMegabytes(pid));
    row('stand-in LMS: peak RSS', await peakMegabytes(stand.lms.pid));
    for (const process of ['worker', 'postgres'] as const) {
      const [all, first, last] = [
        tenths.between(process, 0, 1),
        tenths.between(process, 0, 0.1),
        tenths.between(process, 0.9, 1),
      ];
      const shown = [all, first, last].map((value) => value.toFixed(2));
      row(`${process}: CPU ms an evaluation`, `${shown[0]}; first tenth ${shown[1]}, last ${shown[2]}`);
    }
    await tellTimes(intake, total, row);
    for (const table of TABLES) await tellBytes(db, table, row);
    const certificates = Number((await db('certificate').count({ n: '*' }).first())?.['n']);
    row('student groups, certificates', `${total}, ${certificates}`);
    if (counted) for (const line of dearest(counted, total)) say(`  ${line}`);
    return total === groups + 1 && certificates > 0;
  } finally {
    await stopWorker(worker);
    await intake.close();
  }
}

const SHOWN = 30;

function dearest({ statements, calls, transactions, walBytes }: Counted, total: number): string[] {
  const shown = statements.slice(0, SHOWN).map(({ query, calls, planned, ran }) => {
    const [each, plan, run] = [calls, planned, ran].map((value) => (value / total).toFixed(3).padStart(7));
    return `${each}${plan}${run}  ${query.replace(/\s+/g, ' ').slice(0, 150)}`;
  });
  const [each, commits, wal] = [calls, transactions, walBytes / 1024].map((value) => (value / total).toFixed(2));
  return [
    `${each} statements, ${commits} transactions, ${wal} KiB WAL an evaluation`,
    'calls, ms planned, ms run; each an evaluation',
    ...shown,
  ];
}

async function tellTimes({ db, batchId }: Intake, total: number, row: (what: string, value: string) => void) {
  const { rows } = await db.raw<{ rows: Record<'pulled' | 'evaluated' | 'first' | 'last', number>[] }>(
    `with judged as (select evaluated_at as at, ntile(10) over (order by evaluated_at) as tenth
       from batch_item where batch_id = :batchId),
     span as (select tenth, extract(epoch from max(at) - min(at))::float8 as seconds from judged group by tenth)
     select extract(epoch from b.pulled_at - p.begun_at)::float8 as pulled,
            extract(epoch from (select max(at) - min(at) from judged))::float8 as evaluated,
            (select seconds from span where tenth = 1) as first, (select seconds from span where tenth = 10) as last
     from batch as b join release_pull as p on p.batch_id = b.id where b.id = :batchId`,
    { batchId },
  );
  const [times] = rows;
  if (!times) throw new Error('the batch was not pulled');
  const per = (seconds: number, count: number) => `${(count / seconds).toFixed(0)} a second (${seconds.toFixed(1)} s)`;
  row('pulled', per(times.pulled, total));
  row('evaluated', per(times.evaluated, total));
  row('evaluated, the first tenth', per(times.first, total / 10));
  row('evaluated, the last tenth', per(times.last, total / 10));
}

async function tellBytes(db: Db, table: string, row: (what: string, value: string) => void): Promise<void> {
  const { rows } = await db.raw<{ rows: { bytes: number; count: number }[] }>(
    `select pg_total_relation_size(:table)::float8 as bytes, (select count(*) from ??)::int as count`.replace(
      '??',
      table,
    ),
    { table },
  );
  const { bytes = 0, count = 0 } = rows[0] ?? {};
  row(`${table}: bytes a row, indexes included`, `${(bytes / Math.max(1, count)).toFixed(0)} (${count} rows)`);
}

/** Peak memory of a process (`VmHWM`, proc(5)). */
async function peakMegabytes(pid: number): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = /^VmHWM:\s+(\d+) kB/m.exec(status)?.[1];
  return kib === undefined ? '?' : `${(Number(kib) / 1024).toFixed(0)} MB`;
}

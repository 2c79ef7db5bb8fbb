import { readFile } from 'node:fs/promises';
import type { Db } from '../../src/records/rows.ts';
import { cpuSeconds, familyCpuSeconds } from '../send/cpu.ts';
import { found, type Intake, openIntake, type Stand, startWorker, stopWorker } from './stand.ts';

type Say = (line: string) => void;

/** Tables with rows for a student group. */
const TABLES = ['student_group', 'batch_item', 'decision', 'certificate', 'certificate_version', 'status_entry'];

/**
 * Pulls and evaluates the whole release with one worker, and prints the cost. True when all student groups were
 * judged.
 */
export async function measureRate(stand: Stand, groups: number, say: Say): Promise<boolean> {
  const intake = await openIntake(stand, 'intake_rate');
  const { db, batchId } = intake;
  const worker = await startWorker(intake.env, ['ingest', 'evaluate']);
  const pid = worker.pid ?? 0;
  const row = (what: string, value: string) => say(`  ${what.padEnd(40)}${value}`);
  try {
    await found(async () => (await db('batch').where({ id: batchId }).whereNotNull('pulled_at').first('id')) ?? null);
    row('worker: peak RSS after the pull', await peakMegabytes(pid));
    const total = Number((await db('batch_item').where({ batch_id: batchId }).count({ n: '*' }).first())?.['n']);
    await found(async () => ((await judged(db, batchId)) === total ? true : null), 1000);
    row('worker: peak RSS, evaluations included', await peakMegabytes(pid));
    row('stand-in LMS: peak RSS', await peakMegabytes(stand.lms.pid));
    row('worker: CPU', `${(await cpuSeconds(pid))?.toFixed(1) ?? '?'} s`);
    row('postgres: CPU', `${(await familyCpuSeconds(await stand.server.pid()))?.toFixed(1) ?? '?'} s`);
    await tellTimes(intake, total, row);
    for (const table of TABLES) await tellBytes(db, table, row);
    const certificates = Number((await db('certificate').count({ n: '*' }).first())?.['n']);
    row('student groups, certificates', `${total}, ${certificates}`);
    return total === groups + 1 && certificates > 0;
  } finally {
    await stopWorker(worker);
    await intake.close();
  }
}

async function judged(db: Db, batchId: string): Promise<number> {
  const row = await db('batch_item')
    .where({ batch_id: batchId })
    .whereNotNull('evaluated_at')
    .count({ n: '*' })
    .first();
  return Number(row?.['n']);
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

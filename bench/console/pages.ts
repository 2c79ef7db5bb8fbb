import { quantile } from '../lookup/ask.ts';
import { cpuSeconds, familyCpuSeconds } from '../send/cpu.ts';
import { openDesk } from './desk.ts';
import type { ManyGroups } from './many-groups.ts';

const WARM = 5;
/** Milliseconds at p95 that a page may take. */
const WANTED = 300;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/**
 * Every page of the console, one request at a time: median, 95th percentile, processor time (of it that of PostgreSQL),
 * statements and KiB of an answer.
 */
export async function everyPage(
  { route, db, stand, batchId, tokens }: ManyGroups,
  { rounds, only, statements }: { rounds: number; only: string; statements: boolean },
): Promise<void> {
  const desk = await openDesk(route.url, tokens[0] ?? '');
  await stand.countStatements(true);
  say(`${'page'.padEnd(64)} p50 ms  p95 ms  CPU ms  of it PostgreSQL  statements   KiB`);
  const postmaster = await stand.postmaster();
  const used = async () => ({
    serve: (await cpuSeconds(route.pid)) ?? 0,
    postgres: (await familyCpuSeconds(postmaster)) ?? 0,
  });
  let slow = 0;
  for (const path of (await paths(desk, db, batchId)).filter((one) => one.includes(only))) {
    for (let n = 0; n < WARM; n += 1) await desk.page(path);
    await db.raw('select pg_stat_statements_reset()');
    const before = await used();
    const times: number[] = [];
    let bytes = 0;
    for (let n = 0; n < rounds; n += 1) {
      const began = performance.now();
      bytes = Buffer.byteLength(await desk.page(path));
      times.push(performance.now() - began);
    }
    const after = await used();
    const [serve, postgres] = (['serve', 'postgres'] as const).map(
      (name) => ((after[name] - before[name]) * 1000) / rounds,
    ) as [number, number];
    const { rows } = await db.raw<{ rows: { calls: number; ms: number; query: string }[] }>(
      `select calls::int, total_exec_time as ms, query from pg_stat_statements
       where query not ilike '%pg_stat%' order by total_exec_time desc`,
    );
    times.sort((a, b) => a - b);
    const p95 = quantile(times, 0.95);
    if (p95 > WANTED) slow += 1;
    const calls = rows.reduce((sum, row) => sum + row.calls, 0) / rounds;
    say(
      `${path.padEnd(64)} ${quantile(times, 0.5).toFixed(0).padStart(6)}  ${p95.toFixed(0).padStart(6)}  ${(serve + postgres).toFixed(1).padStart(6)}  ${postgres.toFixed(1).padStart(16)}  ${calls.toFixed(1).padStart(10)} ${(bytes / 1024).toFixed(0).padStart(5)}${p95 > WANTED ? '  SLOW' : ''}`,
    );
    if (statements || p95 > WANTED)
      for (const row of rows.slice(0, statements ? 6 : 2))
        say(`    ${(row.ms / rounds).toFixed(1)} ms  ${row.query.replace(/\s+/g, ' ').slice(0, 150)}`);
  }
  say(slow === 0 ? `every page within ${WANTED} ms at p95` : `${slow} pages above ${WANTED} ms at p95`);
  await stand.countStatements(false);
  await desk.close();
}

async function paths(
  desk: Awaited<ReturnType<typeof openDesk>>,
  db: ManyGroups['db'],
  batchId: string,
): Promise<string[]> {
  const one = async (condition: string) =>
    (
      await db('find_entry as e')
        .join('find_bucket as b', 'b.id', 'e.bucket_id')
        .whereRaw(condition)
        .first('e.student_group_id')
    )?.student_group_id as string;
  const certificate = (await db('certificate').offset(1000).first('id')).id as string;
  const held = await one(`b.state = 'held'`);
  const bulk = await desk.post('/console/held/country-unknown', {
    verb: 'retry',
    all: 'yes',
    reason: 'fictional',
    expect: String(
      (await db('find_bucket').where({ state: 'held', reason_code: 'country-unknown' }).sum('size as n').first())?.[
        'n'
      ],
    ),
  });
  const search = (q: string) => `/console/people?${new URLSearchParams({ q })}`;
  return [
    '/console',
    '/console/releases',
    '/console/releases/rel_big',
    '/console/releases/rel_0010',
    '/console/batches',
    `/console/batches/${batchId}`,
    `/console/batches/${batchId}?state=held`,
    '/console/people',
    '/console/people?state=held',
    '/console/people?release=rel_big&state=sent',
    search('айгул'),
    search('а'),
    search('юнусотауова'),
    search('нет такого имени'),
    `${search('айгул')}&state=held`,
    `/console/student-groups/${held}`,
    `/console/student-groups/${await one(`b.state = 'sent'`)}`,
    `/console/certificates/${certificate}`,
    '/console/held',
    '/console/held/country-unknown',
    '/console/held/name-doubtful',
    bulk.split('?')[0] ?? bulk,
    '/console/reconciliation',
    '/console/templates',
    '/console/imports',
    '/console/reports',
    '/console/access',
    '/console/audit',
  ];
}

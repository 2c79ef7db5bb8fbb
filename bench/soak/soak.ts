import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';
import { prepareServer } from '../pipeline/counts.ts';
import { untilFinished } from '../pipeline/one-build.ts';
import { type RunningBuild, withBuild } from '../pipeline/open-build.ts';
import { runBench } from '../run-bench.ts';
import { residentMegabytes } from '../send/cpu.ts';

/** `npm run bench:soak`: whether what a certificate costs stays flat over many. Explained in bench/README.md. */
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/soak/', import.meta.url));
const HERE = fileURLToPath(new URL('../../../', import.meta.url));
const TENTHS = 10;
/** Before it, code is compiled and caches fill; every later tenth is compared with it. */
const SECOND = 1;
/** Wanted of the last tenth, as a multiple of the second. */
const MOST_GROWTH = 1.2;

const { values } = parseArgs({ options: { students: { type: 'string', default: '20000' } } });
const STUDENTS = Number(values.students);
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Of one batch, a tenth of all. Of a certificate, what its letter divides. */
interface Tenth {
  letters: number;
  'letters/s': number;
  'CPU ms': number;
  'WAL KiB': number;
  'tables KiB': number;
  'work MiB': number;
  'serve MiB': number;
}
/** What would grow if anything were left behind. */
const WATCHED = ['CPU ms', 'WAL KiB', 'tables KiB', 'work MiB', 'serve MiB'] as const;

await runBench(async (tidy) => {
  await rm(LOGS, { recursive: true, force: true });
  await mkdir(LOGS, { recursive: true });
  const server = await startOwnDatabase(RUNS);
  tidy.push(() => server.remove());
  const open = () => openDatabase({ url: server.url, poolMax: 2, applicationName: 'gramota-bench' });
  await prepareServer(server, open());
  const admin = open();
  tidy.push(() => admin.destroy());
  const stand = { server, admin, logs: LOGS, students: STUDENTS, profiles: null };
  return withBuild(stand, { name: 'soak', folder: HERE }, 'soak', async (running) => {
    const used = async () => {
      const { rows } = await admin.raw(
        `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as wal, pg_database_size(?)::float8 as bytes`,
        [running.name],
      );
      const cpu = await running.cpu();
      // The worker's main thread is a part of it.
      const busy = ['worker', 'postgres', 'serve', 'stand-ins'].reduce((sum, name) => sum + (cpu[name] ?? 0), 0);
      return { ...(rows[0] as { wal: number; bytes: number }), busy, letters: (await running.letters()).length };
    };
    const tenths: Tenth[] = [];
    say(['tenth', 'letters', 'letters/s', ...WATCHED].map((name) => name.padStart(11)).join(''));
    let before = await used();
    for (let part = 0; part < TENTHS; part += 1) {
      const began = performance.now();
      await runBatch(running, idsOf(part));
      const seconds = (performance.now() - began) / 1000;
      const after = await used();
      const letters = after.letters - before.letters;
      const tenth: Tenth = {
        letters,
        'letters/s': letters / seconds,
        'CPU ms': ((after.busy - before.busy) * 1000) / letters,
        'WAL KiB': (after.wal - before.wal) / 1024 / letters,
        'tables KiB': (after.bytes - before.bytes) / 1024 / letters,
        'work MiB': (await residentMegabytes(running.work.pid ?? 0)) ?? 0,
        'serve MiB': (await residentMegabytes(running.serve.pid ?? 0)) ?? 0,
      };
      tenths.push(tenth);
      before = after;
      say(
        [part + 1, ...Object.values(tenth).map((value) => value.toFixed(1))]
          .map((text) => `${text}`.padStart(11))
          .join(''),
      );
    }
    const [second, last] = [tenths[SECOND], tenths.at(-1)];
    for (const name of WATCHED) {
      const ratio = (last?.[name] ?? 0) / (second?.[name] ?? 1);
      say(`${name}: last tenth ${ratio.toFixed(2)} × the second: ${ratio <= MOST_GROWTH ? 'flat' : 'GROWS'}`);
    }
    return isSound(running);
  });
});

/** As the stand-in LMS names them. */
function idsOf(part: number): string[] {
  const [from, to] = [part, part + 1].map((n) => Math.floor((n * STUDENTS) / TENTHS)) as [number, number];
  return Array.from({ length: to - from }, (_, n) => `sg_${String(from + n + 1).padStart(4, '0')}`);
}

async function runBatch({ url, token, work }: RunningBuild, studentGroupIds: string[]): Promise<void> {
  const response = await fetch(`${url}/api/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ studentGroupIds }),
  });
  if (!response.ok) throw new Error(`POST /api/batches: ${response.status} ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  await untilFinished(`${url}/api/batches/${id}`, token, work);
}

/** Whether nobody has two letters and most have one. */
async function isSound(running: RunningBuild): Promise<boolean> {
  const letters = await running.letters();
  const doubled = letters.length - new Set(letters.map(({ customerId }) => customerId)).size;
  say(`${letters.length} letters of ${STUDENTS} teachers, ${doubled} doubled`);
  return doubled === 0 && letters.length > 0.7 * STUDENTS;
}

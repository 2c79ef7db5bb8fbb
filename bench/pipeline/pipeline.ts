import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';
import { runBench, type TidySteps } from '../run-bench.ts';
import { prepareServer } from './counts.ts';
import { type Figures, runBuild } from './one-build.ts';
import type { Build } from './open-build.ts';

/** `npm run bench:pipeline`: what a letter costs from pull to sent. Explained in bench/README.md. */
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/pipeline/', import.meta.url));
const HERE = fileURLToPath(new URL('../../../', import.meta.url));
const SHOWN = 40;

const say = (line: string) => process.stdout.write(`${line}\n`);

function readOptions() {
  const { values } = parseArgs({
    options: {
      students: { type: 'string', default: '2000' },
      rounds: { type: 'string', default: '3' },
      beside: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      statements: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'students' | 'rounds') => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number from 1 is needed`);
    return value;
  };
  const beside = values.beside.map((folder, index): Build => ({ name: `beside${index + 1}`, folder: resolve(folder) }));
  const builds = [...beside, { name: 'this', folder: HERE }].filter(({ name }) => (values.only ?? name) === name);
  return { ...values, students: whole('students'), rounds: whole('rounds'), builds };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

const ROWS: [string, (figures: Figures) => number, number][] = [
  ['letters sent', ({ letters }) => letters, 0],
  ['letters/s', ({ letters, seconds }) => letters / seconds, 1],
  ['CPU ms a letter', (run) => total(run) / run.letters, 1],
  ...['worker', 'of it main thread', 'postgres', 'serve', 'stand-ins'].map(
    (process): [string, (figures: Figures) => number, number] => [
      `  ${process}`,
      ({ cpu, letters }) => ((cpu[process] ?? 0) * 1000) / letters,
      1,
    ],
  ),
  ['statements a letter', ({ calls, letters }) => calls / letters, 1],
  ['transactions a letter', ({ transactions, letters }) => transactions / letters, 1],
  ['planning, ms a letter', ({ planMs, letters }) => planMs / letters, 2],
  ['running statements, ms a letter', ({ runMs, letters }) => runMs / letters, 2],
  ['waiting for locks, ms a letter', ({ lockSeconds, letters }) => (lockSeconds * 1000) / letters, 1],
  ['WAL KiB a letter', ({ walBytes, letters }) => walBytes / 1024 / letters, 1],
  ['peak memory of work, MiB', ({ peak }) => peak['worker'] ?? 0, 0],
  ['peak memory of serve, MiB', ({ peak }) => peak['serve'] ?? 0, 0],
];

/** CPU milliseconds of all processes. */
function total({ cpu }: Figures): number {
  return ['worker', 'postgres', 'serve', 'stand-ins'].reduce((sum, process) => sum + (cpu[process] ?? 0), 0) * 1000;
}

function tableOf(builds: Build[], runs: Figures[]): string[] {
  const own = (build: Build) => runs.filter((run) => run.build === build.name);
  const line = (name: string, cells: string[]) =>
    `${name.padEnd(34)}${cells.map((cell) => cell.padStart(14)).join('')}`;
  const named = builds.map(({ name }) => name);
  return [
    line('', builds.length === 2 ? [...named, 'ratio'] : named),
    ...ROWS.map(([name, read, digits]) => {
      const values = builds.map((build) => median(own(build).map(read)));
      const [first = 0, last = 0] = values;
      const ratio = builds.length === 2 && first > 0 ? [`× ${(last / first).toFixed(2)}`] : [];
      return line(name, [...values.map((value) => value.toFixed(digits)), ...ratio]);
    }),
  ];
}

function statementsOf({ statements, letters }: Figures): string[] {
  const shown = statements.slice(0, SHOWN).map(({ query, calls, planned, ran }) => {
    const words = query.replace(/\s+/g, ' ').slice(0, 150);
    const [each, plan, run] = [calls, planned, ran].map((value) => (value / letters).toFixed(2).padStart(7));
    return `${each}${plan}${run}  ${words}`;
  });
  return ['calls, ms planned, ms run; each a letter', ...shown];
}

/** Whether no item is left open and each sent one has one letter. */
function isSound({ states, letters, doubled, students }: Figures): boolean {
  return doubled === 0 && states['sent'] === letters && letters > 0.7 * students && (states['total'] ?? 0) >= students;
}

async function bench(tidy: TidySteps): Promise<boolean> {
  const { students, rounds, builds, statements, profile } = readOptions();
  await rm(LOGS, { recursive: true, force: true });
  await mkdir(LOGS, { recursive: true });
  const server = await startOwnDatabase(RUNS);
  tidy.push(() => server.remove());
  const open = () =>
    openDatabase({ url: server.url, poolMax: 3, applicationName: 'gramota-bench', statementTimeoutSeconds: 120 });
  await prepareServer(server, open());
  const admin = open();
  tidy.push(() => admin.destroy());
  const stand = { server, admin, logs: LOGS, students, profiles: profile ? join(LOGS, 'profiles') : null };
  const runs: Figures[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const build of builds) {
      const run = await runBuild(stand, build, round);
      runs.push(run);
      await writeFile(join(LOGS, 'runs.json'), JSON.stringify(runs));
      const states = Object.entries(run.states).map(([state, count]) => `${state} ${count}`);
      const rate = (run.letters / run.seconds).toFixed(1);
      say(
        `${build.name}, round ${round}: ${(total(run) / run.letters).toFixed(1)} ms a letter, ${rate} letters/s; ${states.join(', ')}`,
      );
      if (statements) for (const line of statementsOf(run)) say(line);
      if (!isSound(run)) say(`FAILED: a letter was lost, doubled or left open; logs in ${LOGS}`);
    }
  }
  say('');
  for (const line of tableOf(builds, runs)) say(line);
  return runs.every(isSound);
}

await runBench(bench);

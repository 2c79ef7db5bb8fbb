import { mkdir } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/records/rows.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { type Crew, startCrew } from '../../test/support/crew.ts';
import type { OwnDatabase } from '../../test/support/own-database.ts';
import { judge, type Verdict } from '../../test/support/verdict.ts';
import { type Sandbox, startSandbox } from '../../test/support/world.ts';
import { cpuSeconds, familyCpuSeconds } from './cpu.ts';

export const WORKERS = 2;

export interface Setting {
  name: string;
  /** Options of the stand-in Sendsay. */
  sandbox: string[];
  /** Differences from the settings of all runs. */
  env: Record<string, string>;
}

export interface Figures {
  setting: Setting;
  letters: number;
  /** Seconds from the first call of `issue.send` until the last letter is `sent`. */
  seconds: number;
  /** Seconds from the first to the last call of `issue.send`. */
  sendingSeconds: number;
  byAction: Record<string, number>;
  verdict: Verdict;
  /** CPU seconds by process; null when the system does not report them. */
  cpu: Record<string, number | null>;
  /** Load of the machine in the minute before the run. */
  load: number;
  /** Average number of busy processors during the run, by any process, for example 1.7 of two. */
  machineBusy: number;
}

export interface Stand {
  database: OwnDatabase;
  admin: Db;
  /** Name of the database that contains the due letters. */
  source: string;
  lms: Sandbox;
  env: Record<string, string>;
  logs: string;
}

/** Sends every due letter once, on a copy of the database; `number` names the copy. */
export async function runOnce(stand: Stand, setting: Setting, number: number, seconds: number): Promise<Figures> {
  const name = `run_${number}`;
  await stand.admin.raw('create database ?? template ??', [name, stand.source]);
  const url = databaseAt(stand.database.url, name);
  const db = openDatabase({ url, poolMax: 2, applicationName: 'gramota-bench' });
  const sendsay = await startSandbox(['sendsay', ...setting.sandbox]);
  const logs = `${stand.logs}/${name}`;
  await mkdir(logs, { recursive: true });
  const load = loadavg()[0] ?? 0;
  const env = { ...stand.env, ...setting.env, DATABASE_URL: url, SENDSAY_URL: sendsay.url };
  // As if all records were just pulled; otherwise a later run would query the LMS again, and an earlier one would
  // not.
  await db('student_group').update({ pulled_at: db.raw('now()') });
  const crew = startCrew(WORKERS, env, logs);
  try {
    const cpu = async () => {
      const workers = await Promise.all(crew.pids().map(cpuSeconds));
      const postgres = await familyCpuSeconds(await stand.database.pid());
      const named = workers.map((used, index): [string, number | null] => [`worker ${index + 1}`, used]);
      return [...named, ['sandbox', await cpuSeconds(sendsay.pid)], ['postgres', postgres]] as [
        string,
        number | null,
      ][];
    };
    await begun(db, crew, seconds);
    const before = new Map(await cpu());
    const machineBefore = machineTimes();
    await allSent(db, seconds);
    const after = await cpu();
    const machineAfter = machineTimes();
    const ran = machineAfter.total - machineBefore.total;
    const machineBusy = (cpus().length * (machineAfter.busy - machineBefore.busy)) / Math.max(1, ran);
    const verdict = await judge(db, stand.lms, sendsay);
    const { byAction } = await sendsay.control<{ byAction: Record<string, number> }>('record');
    return {
      setting,
      letters: verdict.letters,
      ...(await times(db)),
      byAction,
      verdict,
      cpu: Object.fromEntries(
        after.map(([process, used]) => {
          const from = before.get(process) ?? null;
          return [process, used === null || from === null ? null : used - from];
        }),
      ),
      load,
      machineBusy,
    };
  } finally {
    await crew.stop();
    await sendsay.stop();
    await db.destroy();
    await stand.admin.raw('drop database if exists ?? with (force)', [name]);
  }
}

function machineTimes(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = Object.values(times).reduce((sum, time) => sum + time, 0);
    busy += all - times.idle;
    total += all;
  }
  return { busy, total };
}

async function begun(db: Db, crew: Crew, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while ((await db('send_attempt').first('request_id')) === undefined) {
    if (crew.endedByThemselves() > 0) throw new Error('a worker ended by itself at its start; see its log');
    if (Date.now() > end) throw new Error(`no letter was sent within ${seconds} s`);
    await sleep(20);
  }
}

/** Waits until no letter is in progress, or until the time is up; then the verdict shows what is missing. */
async function allSent(db: Db, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const open = await db('personal_issue').whereNot({ state: 'sent' }).first('id');
    if (open === undefined) return;
    await sleep(250);
  }
}

async function times(db: Db): Promise<{ seconds: number; sendingSeconds: number }> {
  const calls = await db('send_attempt').min({ first: 'started_at' }).max({ last: 'started_at' }).first();
  const ends = await db('personal_issue').max({ last: 'sent_at' }).first();
  const from = calls?.['first']?.getTime() ?? 0;
  const since = (at: Date | null | undefined) => Math.max(0.001, ((at?.getTime() ?? from) - from) / 1000);
  return { seconds: since(ends?.['last']), sendingSeconds: since(calls?.['last']) };
}

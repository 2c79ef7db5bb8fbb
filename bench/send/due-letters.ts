import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openBase } from '../../src/compose/open-base.ts';
import { openPipeline } from '../../src/compose/open-pipeline.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { runStage } from '../../src/pipeline/run-stages.ts';
import { type QueueName, STAGES } from '../../src/pipeline/stages.ts';
import type { Db } from '../../src/records/rows.ts';
import { databaseAt } from '../../test/support/cluster.ts';
import { RELEASE } from '../../test/support/world.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** Share of the sample's teachers that are awarded; rounded down, so that there are enough letters. */
const AWARDED = 0.86;
const NOT_YET: ReadonlySet<QueueName> = new Set(['send', 'track', 'upkeep']);
const BUSY = ['pending', 'awarded', 'patched', 'rendered'];

export interface DueLetters {
  /** Each run works on a copy of this database. */
  name: string;
  letters: number;
  /** Mean size of a stored diploma, in bytes. */
  diplomaBytes: number;
}

/** Number of teachers in the LMS for a number of letters. */
export function teachersFor(letters: number): number {
  return Math.ceil(letters / AWARDED);
}

/** A database in which all stages before `send` are finished: every letter is drawn, stored, due and enqueued. */
export async function prepareDueLetters(
  admin: Db,
  serverUrl: string,
  settings: Record<string, string>,
): Promise<DueLetters> {
  const name = 'due_letters';
  await admin.raw('create database ??', [name]);
  const env = { ...settings, DATABASE_URL: databaseAt(serverUrl, name), LOG_LEVEL: 'silent' };
  const run = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args], { env });
  await run('migrate');
  const base = await openBase(readConfig(env, NEEDED.work), 'bench', 20);
  const pipeline = await openPipeline(base);
  try {
    await base.jobs.start();
    for (const queue of Object.keys(STAGES) as QueueName[])
      if (!NOT_YET.has(queue)) await runStage(base.jobs, queue, pipeline, 10);
    await run('batch', 'create', '--release', RELEASE);
    while (await isBusy(base.db)) await sleep(200);
    const [stored] = await base.db('diploma').count({ letters: '*' }).avg({ diplomaBytes: 'bytes' });
    return { name, letters: Number(stored?.['letters']), diplomaBytes: Number(stored?.['diplomaBytes']) };
  } finally {
    await base.jobs.stop();
    await pipeline.close();
    // What autovacuum does after some time.
    await base.db.raw('vacuum analyze');
    await base.close();
  }
}

async function isBusy(db: Db): Promise<boolean> {
  if (await db('batch').whereNull('pulled_at').first('id')) return true;
  return (await db('standing').whereIn('state', BUSY).first('state')) !== undefined;
}

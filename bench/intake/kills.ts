import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../src/records/rows.ts';
import { ended } from '../../test/support/world.ts';
import { found, type Intake, openIntake, type Stand, startWorker, stopWorker } from './stand.ts';

type Say = (line: string) => void;

/**
 * Pulls the release once without interruption and once with a number of kills of the worker, each while a page is
 * requested or written. True when both leave the same rows, and every evaluation is enqueued once.
 */
export async function compareKilled(stand: Stand, kills: number, say: Say): Promise<boolean> {
  const calm = await openIntake(stand, 'intake_calm');
  const killed = await openIntake(stand, 'intake_killed');
  try {
    const worker = await startWorker(calm, ['ingest']);
    await found(() => finished(calm.db));
    await stopWorker(worker);
    const places = await pullUnderKills(killed, kills, say);
    const [undisturbed, disturbed] = [await leftBy(calm.db), await leftBy(killed.db)];
    assert.deepEqual(disturbed, undisturbed);
    say(
      `  ${places} kills at different places; ${undisturbed.groups.length} student groups, the same rows, each evaluation asked for once`,
    );
    return true;
  } catch (error) {
    say(`  FAILED: ${error instanceof Error ? error.message.slice(0, 500) : ''}`);
    return false;
  } finally {
    await calm.close();
    await killed.close();
  }
}

async function pullUnderKills(intake: Intake, kills: number, say: Say): Promise<number> {
  const { db } = intake;
  const places = new Set<string>();
  for (let kill = 1; kill <= kills; kill += 1) {
    const before = await place(db);
    const worker = await startWorker(intake, ['ingest']);
    // Another worker takes the job over when its heartbeat stops.
    await found(async () => ((await place(db)) === before ? await skipBackoff(db) : true), 20);
    await sleep(Math.random() * 400);
    await kill9(worker);
    const now = await place(db);
    if (await finished(db)) throw new Error(`the pull was over before kill ${kill}: give it more student groups`);
    places.add(now);
    say(`  kill ${kill} at ${now}`);
  }
  const worker = await startWorker(intake, ['ingest']);
  await found(async () => (await finished(db)) ?? (await skipBackoff(db)));
  await stopWorker(worker);
  return places.size;
}

/** A job that is lost repeatedly waits longer each time, finally for minutes; this skips the wait. */
async function skipBackoff(db: Db): Promise<null> {
  await db.raw(`update pgboss.job set retry_count = 0, start_after = now() where name = 'ingest' and state = 'retry'`);
  return null;
}

const kill9 = (worker: ChildProcess): Promise<void> => ended(worker, 'SIGKILL');

async function place(db: Db): Promise<string> {
  const pull = await db('release_pull').first('step', 'cursor');
  return pull === undefined ? 'the beginning' : `${pull.step} ${pull.cursor ?? ''}`;
}

async function finished(db: Db): Promise<true | null> {
  return (await db('release_pull').whereNotNull('finished_at').first('id')) === undefined ? null : true;
}

/** All rows that a pull leaves, without their times. */
async function leftBy(db: Db) {
  const evaluations = await db.raw(
    `select data ->> 'id' as id, count(*)::int as jobs from pgboss.job where name = 'evaluate' group by 1 order by 1`,
  );
  return {
    groups: await db('student_group')
      .orderBy('id')
      .select(
        'id',
        'release_id',
        'student_id',
        'email',
        'invalid',
        'gone_at',
        db.raw('md5(snapshot::text) as snapshot'),
      ),
    items: await db('batch_item')
      .orderBy('student_group_id')
      .select('student_group_id', 'evaluated_at', 'cancelled_at'),
    releases: await db('release').select('id', 'snapshot'),
    evaluations: evaluations.rows,
  };
}

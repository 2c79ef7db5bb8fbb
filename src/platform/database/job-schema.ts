import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { type Db, fromKnex, getConstructionPlans, PgBoss } from 'pg-boss';
import { InputError } from '../../domain/failure.ts';

/** How often pg-boss looks for an index to build, in seconds; the least that it takes. */
const LOOK_SECONDS = 10;
/** An index whose building failed is built anew at the next look, for so long. */
const MOST_FAILING_MS = 180_000;

/**
 * Brings the schema of the job queue (`pgboss`) up to date, with all its indexes.
 * @throws InputError when an index cannot be built
 */
export async function migrateJobs(knex: Knex): Promise<void> {
  const options = { supervise: false, schedule: false, bamIntervalSeconds: LOOK_SECONDS };
  const boss = new PgBoss({ db: upgradeDb(knex), ...options });
  // The building of an index that failed is read from its row.
  boss.on('error', () => undefined);
  try {
    await boss.start();
    await untilBuilt(boss);
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** pg-boss upgrades build indexes in the background, but only in the instance that migrates, which is this one. */
async function untilBuilt(boss: PgBoss): Promise<void> {
  for (let failing = 0; ; await sleep(250)) {
    const open = (await boss.getBamEntries()).filter(({ status }) => status !== 'completed');
    if (open.length === 0) return;
    const failed = open.find(({ status }) => status === 'failed');
    failing = failed === undefined ? 0 : failing + 250;
    if (failed !== undefined && failing >= MOST_FAILING_MS)
      throw new InputError(
        `database: an index of the job queue cannot be built (${failed.name}: ${failed.error ?? 'no reason given'}): run "gramota migrate" again when nothing else uses ${failed.table}`,
      );
  }
}

/**
 * The connection for pg-boss. It upgrades its tables by one text that holds a whole transaction, in which it would wait 30 s
 * for a table and keep everybody else waiting; after an error the connection is still inside. It builds indexes outside of a
 * transaction: that waits for all older snapshots, so it may take long, but nobody waits for it.
 */
function upgradeDb(knex: Knex): Db {
  return {
    async executeSql(text, values) {
      const connection: unknown = await knex.client.acquireConnection();
      const { executeSql } = fromKnex({
        raw: (sql: string, bindings: Knex.RawBinding[]) => knex.raw(sql, bindings).connection(connection),
      } as unknown as Parameters<typeof fromKnex>[0]);
      const run = (sql: string) => executeSql(sql, []);
      try {
        if (!/\bCONCURRENTLY\b/.test(text))
          return await executeSql(text.replace(/SET LOCAL lock_timeout = \d+;/, ''), values);
        const { rows } = await run('show lock_timeout');
        await run('set lock_timeout to 0');
        try {
          return await executeSql(text, values);
        } finally {
          await run(`set lock_timeout to '${rows[0].lock_timeout}'`);
        }
      } catch (error) {
        // Where the connection is lost, the first error says so.
        await run('rollback').catch(() => undefined);
        throw error;
      } finally {
        await knex.client.releaseConnection(connection);
      }
    },
  };
}

/** Whether the schema of the job queue is the one of this version of pg-boss. */
export async function areJobsCurrent(knex: Knex): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { found: string | null }[] }>(
    `select to_regclass('pgboss.version') as found`,
  );
  if (rows[0]?.found == null) return false;
  const version = await knex('pgboss.version').first<{ version: number } | undefined>('version');
  return version !== undefined && Number(version.version) === expectedVersion();
}

/** pg-boss does not export its schema version, but the script that creates the schema records it at the end. */
function expectedVersion(): number {
  const found = /version\(version\) VALUES \('(\d+)'\)/.exec(getConstructionPlans());
  if (found === null)
    throw new Error('pg-boss does not record its schema version as expected any more: correct expectedVersion');
  return Number(found[1]);
}

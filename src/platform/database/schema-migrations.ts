import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { InputError } from '../../domain/failure.ts';
import { DEADLOCK, openDatabase } from './database.ts';
import { areJobsCurrent, migrateJobs } from './job-schema.ts';

/** The relative path is the same in the sources and in the compiled `dist/src`. */
const MIGRATIONS = new URL('../../../migrations/', import.meta.url);
/** Any number works, as long as every host uses the same one. */
const MIGRATION_LOCK = 0x6772616d6f7461n;
/** The mean pause between two tries while others use a table that a migration changes. */
const PAUSE_MS = 250;
const LOCK_NOT_AVAILABLE = '55P03';

interface MigrationFile {
  name: string;
  url: URL;
}

/** Migration names have no extension, so that `.ts` and `.js` count as the same migration. */
export const migrationSource: Knex.MigrationSource<MigrationFile> = {
  async getMigrations() {
    const files = (await readdir(MIGRATIONS)).filter((file) => /^\d{14}_[\w-]+\.(js|ts)$/.test(file)).sort();
    return files.map((file) => ({ name: file.replace(/\.(js|ts)$/, ''), url: new URL(file, MIGRATIONS) }));
  },
  getMigrationName: ({ name }) => name,
  // knex requires a `down` function in every migration. Most migrations have none, because a rollback would delete
  // issued certificates.
  getMigration: async ({ url }) => ({ down: refuseRollback, ...((await import(url.href)) as Knex.Migration) }),
};

async function refuseRollback(): Promise<never> {
  throw new InputError('this migration cannot be rolled back: restore a backup instead');
}

/**
 * Opens a database for `migrate`. A migration waits 1.5 s for a table, because everybody who comes after it waits too. That is
 * longer than the second after which PostgreSQL ends a deadlock and an automatic vacuum gives its table up.
 */
export function openForMigration(url: string): Knex {
  return openDatabase({
    url,
    poolMax: 3,
    applicationName: 'gramota-migrate',
    statementTimeoutSeconds: 0,
    lockTimeoutSeconds: 1.5,
  });
}

/**
 * Migrates the product's tables and the job queue's schema (`pgboss`). Any number of hosts may call it concurrently:
 * one works, the others wait. While others use a table that a migration changes, it is tried again, `tries` times in all.
 * Needs a pool of at least two connections.
 * @throws InputError when the database was migrated by a newer version, or others use a table without a pause
 */
export async function migrate(knex: Knex, tries = 40): Promise<void> {
  while (!(await migrateAlone(knex, tries))) await sleep(PAUSE_MS);
}

/** False while another host migrates. */
function migrateAlone(knex: Knex, tries: number): Promise<boolean> {
  return knex.transaction(async (lock) => {
    await lock.raw('set local statement_timeout = 0');
    await lock.raw('set local idle_in_transaction_session_timeout = 0');
    // A host that waited for the lock would have a snapshot all the time, and so would a statement with a binding after its
    // end. The job queue's upgrade waits for all older snapshots when it builds an index.
    const { rows } = await lock.raw<{ rows: { mine: boolean; pid: number }[] }>(
      `select pg_try_advisory_xact_lock(${MIGRATION_LOCK}) as mine, pg_backend_pid() as pid`,
    );
    const [{ mine, pid } = { mine: false, pid: 0 }] = rows;
    if (!mine) return false;
    const { unknown } = await compare(knex);
    if (unknown.length > 0)
      throw new InputError(
        `database: this version of Gramota does not have the migration ${unknown.at(-1)}, because a newer version migrated the database: upgrade this host`,
      );
    for (let triesLeft = tries - 1; ; triesLeft -= 1) {
      try {
        await migrateTables(knex);
        await migrateJobs(knex);
        return true;
      } catch (error) {
        if (!isInUse(error)) throw error;
        if (triesLeft === 0) throw new InputError(await usedBy(knex, pid, tries));
      }
      await sleep(PAUSE_MS * (0.5 + Math.random()));
    }
  });
}

/** One migration after the other, each with its record in one transaction. */
async function migrateTables(knex: Knex): Promise<void> {
  // knex's own lock stays behind when a migration is killed, so an advisory lock of PostgreSQL is used instead.
  if (await knex.schema.hasTable('knex_migrations_lock')) await knex.migrate.forceFreeMigrationsLock();
  for (;;) {
    const [, done] = (await knex.migrate.up({ migrationSource })) as [number, string[]];
    if (done.length === 0) return;
  }
}

/** Another transaction uses a table that a migration changes. */
function isInUse(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === LOCK_NOT_AVAILABLE || code === DEADLOCK;
}

/** @param own process of PostgreSQL that keeps the migration's own lock */
async function usedBy(knex: Knex, own: number, tries: number): Promise<string> {
  const [oldest] = await knex('pg_stat_activity')
    .whereRaw('datname = current_database() and pid <> pg_backend_pid()')
    .where({ backend_type: 'client backend' })
    .whereNot({ pid: own })
    .whereNotNull('xact_start')
    .orderBy('xact_start')
    .limit(1)
    .select(
      'pid',
      'application_name',
      knex.raw('round(extract(epoch from clock_timestamp() - xact_start)) as seconds'),
    );
  const whose = oldest?.application_name || 'a program without a name';
  const who = oldest && `; the oldest transaction is of ${whose}, process ${oldest.pid}, open for ${oldest.seconds} s`;
  return `database: a table that a migration changes was in use at each of ${tries} tries${who ?? ''}: wait until nothing uses it for long, and run "gramota migrate" again`;
}

/**
 * Compares the database with this version: `empty` (never migrated), `behind` (run `gramota migrate`) or `current`.
 * Migrations of a newer version do not count as behind, so hosts can be upgraded one by one.
 */
export async function schemaState(knex: Knex): Promise<'current' | 'behind' | 'empty'> {
  const { known, done } = await compare(knex);
  if (done.size === 0) return 'empty';
  if (known.some((name) => !done.has(name))) return 'behind';
  return (await areJobsCurrent(knex)) ? 'current' : 'behind';
}

async function compare(knex: Knex): Promise<{ known: string[]; done: Set<string>; unknown: string[] }> {
  const known = (await migrationSource.getMigrations([])).map(({ name }) => name);
  const rows: { name: string }[] = (await knex.schema.hasTable('knex_migrations'))
    ? await knex('knex_migrations').select('name').orderBy('id')
    : [];
  const done = new Set(rows.map(({ name }) => name));
  return { known, done, unknown: [...done].filter((name) => !known.includes(name)) };
}

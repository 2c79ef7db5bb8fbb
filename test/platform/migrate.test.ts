import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';
import { getRollbackPlans } from 'pg-boss';
import { transaction } from '../../src/platform/database/database.ts';
import {
  migrate,
  migrationSource,
  openForMigration,
  schemaState,
} from '../../src/platform/database/schema-migrations.ts';
import { emptyDatabase } from '../support/database.ts';

const { knex, url, drop } = await emptyDatabase();
after(drop);
const program = fileURLToPath(new URL('./processes/migrating.js', import.meta.url));

test('three hosts migrate an empty database at once: all succeed, and each migration runs once', async () => {
  assert.equal(await schemaState(knex), 'empty');
  const hosts = [1, 2, 3].map(() => fork(program, [url]));
  const codes = await Promise.all(hosts.map(async (host) => (await once(host, 'exit'))[0]));
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(await schemaState(knex), 'current');
  const names = await knex('knex_migrations').pluck('name').orderBy('id');
  assert.deepEqual(
    names,
    (await migrationSource.getMigrations([])).map(({ name }) => name),
  );
  assert.ok(names.every((name: string) => !name.includes('.')));
});

test('a migration that is killed does not leave the database locked', async () => {
  await knex('knex_migrations_lock').update({ is_locked: 1 });
  await migrate(knex);
  assert.equal(await schemaState(knex), 'current');
});

test('a migration that cannot be undone refuses a rollback', async () => {
  const name = '20261128140300_certificates';
  await assert.rejects(knex.migrate.down({ name, migrationSource }), /cannot be rolled back: restore a backup/);
  assert.equal(await schemaState(knex), 'current');
});

test('a database that lacks a migration or the job queue is reported as behind, and "gramota migrate" completes it', async () => {
  await knex.raw('drop schema pgboss cascade');
  assert.equal(await schemaState(knex), 'behind');
  await migrate(knex);
  assert.equal(await schemaState(knex), 'current');
});

test('a database of a newer version is refused by "gramota migrate" in one line, and other commands can still use it', async () => {
  await knex('knex_migrations').insert({ name: '29990101000000_future', batch: 99, migration_time: new Date() });
  assert.equal(await schemaState(knex), 'current');
  await assert.rejects(migrate(knex), { name: 'InputError', message: /29990101000000_future.*upgrade this host/ });
  await knex('knex_migrations').where({ name: '29990101000000_future' }).del();
});

// It changes api_token first, then console_session.
const TWO_TABLES = { name: '20261129203000_token_use', migrationSource };

test('of a migration and a worker that wait for each other, one is ended by PostgreSQL and repeated: both succeed', async () => {
  await knex.migrate.down(TWO_TABLES);
  const migrating = openForMigration(url);
  try {
    let migrated: Promise<void> | undefined;
    const worked = transaction(knex, async (trx) => {
      await trx('console_session').update({ token_id: null });
      if (migrated === undefined) {
        migrated = migrate(migrating);
        await untilMigrationWaits();
      }
      await trx('api_token').update({ name: 'renamed' });
    });
    await worked;
    await migrated;
    assert.equal(await schemaState(knex), 'current');
  } finally {
    await migrating.destroy();
  }
});

test('a migration that never gets its table ends with the name of who uses it, and nothing is half done', () =>
  besideAnother(async (migrating, other) => {
    await other('console_session').update({ token_id: null });
    const message =
      /in use at each of 2 tries; the oldest transaction is of gramota-test, process \d+, open for \d+ s: wait until/;
    await assert.rejects(migrate(migrating, 2), { name: 'InputError', message });
  }));

test('the job queue is upgraded by two hosts at once beside a long reader: all its indexes are built, and none is left broken', async () => {
  const { version } = await knex('pgboss.version').first('version');
  for (let step = 0; step < 2; step += 1) await knex.raw(getRollbackPlans('pgboss', version - step));
  assert.equal(await schemaState(knex), 'behind');
  const reader = await knex.transaction({ isolationLevel: 'repeatable read' });
  const hosts = [1, 2].map(() => openForMigration(url));
  try {
    await reader('pgboss.job').count();
    const migrated = Promise.all(hosts.map((host) => migrate(host)));
    await untilMigrationWaits();
    await sleep(2000);
    await reader.rollback();
    await migrated;
    assert.equal(await schemaState(knex), 'current');
    assert.deepEqual(await knex('pgboss.bam').whereNot({ status: 'completed' }), []);
    assert.deepEqual((await knex.raw('select indexrelid::regclass from pg_index where not indisvalid')).rows, []);
  } finally {
    if (!reader.isCompleted()) await reader.rollback();
    await Promise.all(hosts.map((host) => host.destroy()));
  }
});

test('a migration is recorded in the transaction that makes its change, also when one without a transaction waits', () =>
  besideAnother(async (migrating, other) => {
    await knex('knex_migrations').where({ name: '20261130012200_counts_fill' }).del();
    await other.raw('lock table knex_migrations in share row exclusive mode');
    await assert.rejects(migrate(migrating, 1), { name: 'InputError', message: /in use at each of 1 tries/ });
  }));

/** Undoes a migration and lets `fail` show that it cannot be made beside `other`; then it is not half done, and can be made. */
async function besideAnother(fail: (migrating: Knex, other: Knex.Transaction) => Promise<void>): Promise<void> {
  await knex.migrate.down(TWO_TABLES);
  const migrating = openForMigration(url);
  const other = await knex.transaction();
  try {
    await fail(migrating, other);
    assert.equal(await knex.schema.hasColumn('api_token', 'expires_at'), false);
    await other.rollback();
    await migrate(migrating);
    assert.equal(await schemaState(knex), 'current');
  } finally {
    if (!other.isCompleted()) await other.rollback();
    await migrating.destroy();
  }
}

async function untilMigrationWaits(): Promise<void> {
  const waits = () =>
    knex('pg_stat_activity')
      .whereRaw('datname = current_database()')
      .where({ application_name: 'gramota-migrate', wait_event_type: 'Lock' })
      .first('pid');
  while (!(await waits())) await sleep(5);
}

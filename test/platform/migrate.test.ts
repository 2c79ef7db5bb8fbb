import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { migrate, migrationSource, schemaState } from '../../src/platform/database/schema-migrations.ts';
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

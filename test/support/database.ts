import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { openDatabase } from '../../src/platform/database/database.ts';
import { databaseAt, startTestCluster, type TestCluster } from './cluster.ts';
import { testEnvironment } from './environment.ts';
import { checkListsAgree } from './lists-agree.ts';

export interface TestDatabase {
  url: string;
  knex: Knex;
  /** Compares lists and standing, closes the pool and drops the database; call it in `after`. */
  drop(): Promise<void>;
}

/** Only used when a test file runs without the runner: the file then starts its own server. */
let own: Promise<TestCluster> | undefined;

/** A migrated database on the run's server, copied from the template; one per test file. */
export async function testDatabase(): Promise<TestDatabase> {
  return copy(true);
}

/** Like `testDatabase`, but empty. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return copy(false);
}

async function copy(migrated: boolean): Promise<TestDatabase> {
  const given = testEnvironment();
  if (given.adminUrl === undefined) own ??= startTestCluster(given.databaseUrl);
  const { adminUrl = '', template = '', prefix = '' } = (await own) ?? given;
  const name = `${prefix}_${randomBytes(5).toString('hex')}`;
  await administer(adminUrl, (admin) =>
    admin.raw('create database ?? template ??', [name, migrated ? template : 'template1']),
  );
  const url = databaseAt(adminUrl, name);
  const knex = openDatabase({ url, poolMax: 10, applicationName: 'gramota-test' });
  return {
    url,
    knex,
    async drop() {
      try {
        if (migrated) await checkListsAgree(knex);
      } finally {
        await knex.destroy();
        await administer(adminUrl, (admin) => admin.raw('drop database if exists ?? with (force)', [name]));
      }
    },
  };
}

async function administer(url: string, act: (admin: Knex) => Promise<unknown>): Promise<void> {
  // No time limit: copying and dropping databases takes long on a busy machine.
  const admin = openDatabase({ url, poolMax: 1, applicationName: 'gramota-test', statementTimeoutSeconds: 0 });
  try {
    await act(admin);
  } finally {
    await admin.destroy();
  }
}

import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import { isAlive } from '../../src/platform/database/start-lock.ts';

export interface TestCluster {
  adminUrl: string;
  template: string;
  prefix: string;
  /** Drops all databases of this run. */
  stop(): Promise<void>;
}

/** Beside the compiled tests, so that it is neither published nor committed. */
const CLUSTERS = fileURLToPath(new URL('../../clusters/', import.meta.url));

/**
 * One PostgreSQL server for a whole run, with a migrated database that tests copy. It is either the given server, where
 * the run creates and drops its own databases, or an embedded one that is deleted even when this process is killed.
 */
export async function startTestCluster(databaseUrl: string | undefined): Promise<TestCluster> {
  const prefix = `gramota_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const server = databaseUrl === undefined ? await embedded(prefix) : { url: databaseUrl, stop: async () => undefined };
  const template = `${prefix}_template`;
  const stop = async () => {
    if (databaseUrl !== undefined) await dropAll(databaseUrl, prefix);
    await server.stop();
  };
  try {
    const admin = openDatabase({ url: server.url, poolMax: 1, applicationName: 'gramota-test' });
    await admin.raw('create database ??', [template]).finally(() => admin.destroy());
    const knex = openDatabase({ url: databaseAt(server.url, template), poolMax: 4, applicationName: 'gramota-test' });
    await migrate(knex).finally(() => knex.destroy());
    return { adminUrl: server.url, template, prefix, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Another database on the same server. */
export function databaseAt(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

async function embedded(prefix: string): Promise<{ url: string; stop(): Promise<void> }> {
  await mkdir(CLUSTERS, { recursive: true });
  for (const name of await readdir(CLUSTERS)) {
    const pid = Number(name.split('_')[2]);
    if (!isAlive(pid)) await removeEmbeddedPostgres(path.join(CLUSTERS, name));
  }
  return startEmbeddedPostgres({ dataDir: path.join(CLUSTERS, prefix), ephemeral: true });
}

async function dropAll(url: string, prefix: string): Promise<void> {
  const admin = openDatabase({ url, poolMax: 1, applicationName: 'gramota-test' });
  try {
    const { rows } = await admin.raw<{ rows: { datname: string }[] }>(
      'select datname from pg_database where starts_with(datname, ?)',
      [prefix],
    );
    for (const { datname } of rows) await admin.raw('drop database if exists ?? with (force)', [datname]);
  } finally {
    await admin.destroy();
  }
}

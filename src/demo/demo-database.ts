import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { startEmbeddedPostgres } from '../embedded-postgres/start.ts';
import { openDatabase } from '../platform/database/database.ts';

export interface DemoDatabase {
  url: string;
  close(): Promise<void>;
}

/**
 * Creates a database for one run of the demo: on the server of DATABASE_URL if that is set, else on an embedded
 * server.
 */
export async function openDemoDatabase(
  config: Config,
  dir: string,
  say: (line: string) => void,
): Promise<DemoDatabase> {
  if (config.DATABASE_URL === undefined) {
    const server = await startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), ephemeral: true, log: say });
    return { url: server.url, close: () => server.stop() };
  }
  const name = `gramota_demo_${randomBytes(4).toString('hex')}`;
  const admin = openDatabase({ url: config.DATABASE_URL, poolMax: 1, applicationName: 'gramota-demo' });
  await admin.raw('create database ??', [name]);
  const url = new URL(config.DATABASE_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    async close() {
      await admin.raw('drop database if exists ?? with (force)', [name]);
      await admin.destroy();
    },
  };
}

import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../src/demo/children.ts';
import { databaseReady, openDatabase } from '../../../src/platform/database/database.ts';
import { ended, until } from '../../support/world.ts';
import { account } from './small-disk.ts';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';

function programs(): string | null {
  const found = existsSync(VERSIONS) ? readdirSync(VERSIONS).map((version) => join(VERSIONS, version, 'bin')) : [];
  return found.find((folder) => existsSync(join(folder, 'postgres'))) ?? null;
}

export const lacksPostgres = (): string | null =>
  programs() === null ? 'a PostgreSQL of the system is not installed (Debian: apt-get install postgresql)' : null;

/** A PostgreSQL of the system whose processes have the given environment, such as a wrong clock. */
export interface EnvPostgres {
  url: string;
  remove(): Promise<void>;
}

export async function startEnvPostgres(env: Record<string, string>): Promise<EnvPostgres> {
  const bin = programs() ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'gramota-env-postgres-'));
  await chmod(folder, 0o711);
  const data = join(folder, 'data');
  await mkdir(data, { mode: 0o700 });
  const { uid, gid } = account();
  if (uid !== undefined && gid !== undefined) await chown(data, uid, gid);
  const options = { ...account(), cwd: '/' };
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    options,
  );
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'max_connections=100'];
  const child = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
    ...options,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', ...env },
    stdio: 'ignore',
  });
  const probe = openDatabase({ url, poolMax: 1, applicationName: 'gramota-probe' });
  await until('PostgreSQL', () => databaseReady(probe)).finally(() => probe.destroy());
  return {
    url,
    async remove() {
      await ended(child, 'SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

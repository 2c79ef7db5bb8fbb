import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { isAlive } from '../../src/platform/database/start-lock.ts';

export interface OwnDatabase {
  url: string;
  /** Process id of the server's main process. */
  pid(): Promise<number>;
  /** Stops or kills the server and restarts it on the same files and port. */
  restart(how: 'stop' | 'kill'): Promise<void>;
  /** Shuts the server down at once, without a checkpoint, as `pg_ctl stop -m immediate` does. */
  halt(): Promise<void>;
  /** Starts it again on the same files and port. */
  resume(): Promise<void>;
  /** Stops the server and removes its files. */
  remove(): Promise<void>;
}

/** A durable embedded PostgreSQL in its own folder below `parent`; removes folders of dead runs. */
export async function startOwnDatabase(parent: string): Promise<OwnDatabase> {
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (!isAlive(Number(name.split('_')[1]))) await removeEmbeddedPostgres(join(parent, name));
  }
  const dataDir = join(parent, `run_${process.pid}`);
  let server = await startEmbeddedPostgres({ dataDir });
  const { url } = server;
  const port = Number(new URL(url).port);
  const resume = async () => {
    await server.stop();
    server = await startEmbeddedPostgres({ dataDir, port });
  };
  return {
    url,
    pid: () => postmasterPid(url),
    async restart(how) {
      if (how === 'kill') await endPostmaster(url, 'SIGKILL');
      await resume();
    },
    halt: () => endPostmaster(url, 'SIGQUIT'),
    resume,
    async remove() {
      await server.stop();
      await removeEmbeddedPostgres(dataDir);
    },
  };
}

/** Ends the server's main process without a checkpoint; its successor starts with crash recovery. */
async function endPostmaster(url: string, signal: 'SIGKILL' | 'SIGQUIT'): Promise<void> {
  const pid = await postmasterPid(url);
  process.kill(pid, signal);
  while (isAlive(pid)) await new Promise((done) => setTimeout(done, 20));
}

async function postmasterPid(url: string): Promise<number> {
  const db = openDatabase({ url, poolMax: 1, applicationName: 'gramota-own-database' });
  const { rows } = await db
    .raw<{ rows: { file: string }[] }>(`select pg_read_file('postmaster.pid') as file`)
    .finally(() => db.destroy());
  const pid = Number(rows[0]?.file.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) throw new Error('the server tells no process id');
  return pid;
}

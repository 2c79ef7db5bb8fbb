import { join } from 'node:path';
import { InputError } from '../domain/failure.ts';

type Env = Record<string, string | undefined>;

/** Runs a verb with the embedded PostgreSQL of GRAMOTA_DATA_DIR as DATABASE_URL, if that was requested explicitly. */
export async function withEmbedded(wanted: boolean, env: Env, run: (env: Env) => Promise<void>): Promise<void> {
  if (!wanted) return run(env);
  if (env['DATABASE_URL'])
    throw new InputError('--embedded cannot be used while DATABASE_URL is set; choose one of the two');
  const { startEmbeddedPostgres } = await import('./start.ts');
  const server = await startEmbeddedPostgres({ dataDir: join(env['GRAMOTA_DATA_DIR'] ?? './.gramota', 'postgres') });
  try {
    await run({ ...env, DATABASE_URL: server.url });
  } finally {
    await server.stop();
  }
}

import { need } from '../compose/open-base.ts';
import type { Config } from '../config.ts';
import { InputError } from '../domain/failure.ts';
import { openDatabase } from '../platform/database/database.ts';
import { schemaState } from '../platform/database/schema-migrations.ts';
import type { Db } from '../records/rows.ts';

/**
 * Gives a short command a migrated database.
 * @throws InputError when the schema is not current
 */
export async function withDatabase<T>(config: Config, run: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase({
    url: need(config.DATABASE_URL, 'DATABASE_URL'),
    poolMax: 4,
    applicationName: 'gramota-cli',
  });
  try {
    const state = await schemaState(db);
    if (state !== 'current') throw new InputError(`database: its schema is ${state}; run "gramota migrate" first`);
    return await run(db);
  } finally {
    await db.destroy();
  }
}

import { need } from '../compose/open-base.ts';
import type { Config } from '../config.ts';
import { openDatabase } from '../platform/database/database.ts';
import { migrate } from '../platform/database/schema-migrations.ts';

/** The command `gramota migrate`. */
export async function runMigrate(config: Config, say: (line: string) => void): Promise<void> {
  const url = need(config.DATABASE_URL, 'DATABASE_URL');
  const db = openDatabase({ url, poolMax: 3, applicationName: 'gramota-migrate', statementTimeoutSeconds: 0 });
  try {
    await migrate(db);
    say('database schema is up to date');
  } finally {
    await db.destroy();
  }
}

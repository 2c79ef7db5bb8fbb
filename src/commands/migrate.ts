import { need } from '../compose/open-base.ts';
import type { Config } from '../config.ts';
import { migrate, openForMigration } from '../platform/database/schema-migrations.ts';

/** The command `gramota migrate`. */
export async function runMigrate(config: Config, say: (line: string) => void): Promise<void> {
  const url = need(config.DATABASE_URL, 'DATABASE_URL');
  const db = openForMigration(url);
  try {
    await migrate(db);
    say('database schema is up to date');
  } finally {
    await db.destroy();
  }
}

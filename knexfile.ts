import type { Knex } from 'knex';
import { migrationSource } from './src/platform/database/schema-migrations.ts';

/**
 * For knex's own command line: `npx knex --knexfile dist/knexfile.js migrate:status`. The product never reads this;
 * `gramota migrate` also updates the job queue.
 */
const config: Knex.Config = {
  client: 'pg',
  connection: process.env['DATABASE_URL'] ?? '',
  migrations: { migrationSource },
};

export default config;

import { migrate, openForMigration } from '../../../src/platform/database/schema-migrations.ts';

const knex = openForMigration(process.argv[2] ?? '');
await migrate(knex);
await knex.destroy();

import { openDatabase } from '../../../src/platform/database/database.ts';
import { migrate } from '../../../src/platform/database/schema-migrations.ts';

const knex = openDatabase({ url: process.argv[2] ?? '', poolMax: 3, applicationName: 'migrating' });
await migrate(knex);
await knex.destroy();

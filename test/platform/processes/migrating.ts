import { openDatabase } from '../../../src/platform/database.ts';
import { migrate } from '../../../src/platform/migrate.ts';

const knex = openDatabase({ url: process.argv[2] ?? '', poolMax: 3, applicationName: 'migrating' });
await migrate(knex);
await knex.destroy();

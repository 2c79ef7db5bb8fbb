import { randomUUID } from 'node:crypto';
import { applyImport } from '../../../src/coordinate/apply-import.ts';
import { openDatabase } from '../../../src/platform/database/database.ts';
import { systemClock } from '../../../src/platform/system-clock.ts';

/** A worker that applies an import: `applying.js DATABASE_URL IMPORT_ID`. Tests kill it. */
const [url = '', id = ''] = process.argv.slice(2);
const db = openDatabase({ url, poolMax: 2, applicationName: 'gramota-test' });
await applyImport(
  {
    ...{ db, clock: systemClock, newId: randomUUID, templates: () => [], mailInstructions: [] },
    criteria: { version: 1, programmes: [] },
    lms: { pullRelease: async () => null, pullOne: async () => null },
    enqueue: async (_trx, _queue, jobs) => jobs.length,
  },
  id,
);
await db.destroy();

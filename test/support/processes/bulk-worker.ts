import { randomUUID } from 'node:crypto';
import { stateOfBulk } from '../../../src/coordinate/bulk/bulk-view.ts';
import { makeRunBulk } from '../../../src/coordinate/bulk/run-bulk.ts';
import { CriteriaFile } from '../../../src/domain/criteria/criteria.ts';
import { CountriesFile } from '../../../src/domain/time/send-window.ts';
import { openDatabase } from '../../../src/platform/database/database.ts';
import { systemClock } from '../../../src/platform/system-clock.ts';
import { selectBulkAct } from '../../../src/records/bulk/bulk-acts.ts';

/**
 * A worker that handles the rows of one bulk act of `revoke`, until none is left or it is killed. It kills itself after
 * its n-th write, or never (0). It prints `ready`, and at the end its largest resident memory in bytes.
 */
const [, , url = '', id = '', point = '0'] = process.argv;
const WRITES = /^\s*(insert|update|delete|with|commit|release)\b/i;

const db = openDatabase({ url, poolMax: 8, applicationName: 'gramota-bulk-worker' });
const outside = async () => {
  throw new Error('revoke asks nobody');
};
const runBulk = makeRunBulk({
  ...{ db, newId: randomUUID, clock: systemClock },
  enqueue: async (_trx, _queue, jobs) => jobs.length,
  log: { warn: () => undefined, error: (fields: object) => void process.stderr.write(`${JSON.stringify(fields)}\n`) },
  lms: { pullOne: outside, pullRelease: outside },
  rulebook: {
    letters: new Map(),
    countries: CountriesFile.parse({
      default: { contact: { windows: [{ days: ['mon'], from: '00:00', to: '24:00' }] } },
    }),
    issuer: { approvals: 'optional' },
  },
  criteria: CriteriaFile.parse({
    version: 1,
    programmes: [
      {
        ...{ id: 'p', releases: ['rel_test'], issue: 'batch', letter: 'diploma' },
        require: { source: 'project', parameter: 'accepted', equals: true },
        certTemplate: { default: 'teacher-ru' },
      },
    ],
  }),
  templates: () => [],
  mailInstructions: [],
});

let writes = 0;
db.on('query-response', (_rows: unknown, query: { sql: string }) => {
  if (!WRITES.test(query.sql)) return;
  writes += 1;
  if (writes === Number(point)) process.kill(process.pid, 'SIGKILL');
});
let most = 0;
const watch = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 100);
process.stdout.write(`ready ${process.memoryUsage.rss()}\n`);
for (;;) {
  await runBulk({ id });
  const bulk = await selectBulkAct(db, id);
  if (bulk === null || stateOfBulk(bulk) !== 'running') break;
}
clearInterval(watch);
process.stdout.write(`most ${most}\n`);
await db.destroy();

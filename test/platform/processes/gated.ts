import { openDatabase } from '../../../src/platform/database/database.ts';
import { createGate } from '../../../src/platform/gate.ts';

/**
 * Six callers send calls through the rate limiter: short ones limited by the rate, then long ones limited by the slots.
 * Prints start and end of each call in Unix milliseconds.
 */
const [url = '', calls = '0'] = process.argv.slice(2);
const knex = openDatabase({ url, poolMax: 6, applicationName: 'gated' });
const gate = createGate(knex, { name: 'service', ratePerSecond: 75, concurrency: 5, leaseSeconds: 30 });
let left = Number(calls);
const spans: [number, number][] = [];
await Promise.all(
  Array.from({ length: 6 }, async () => {
    while (left-- > 0) {
      const holdMs = left > Number(calls) / 3 ? 25 : 150;
      await gate(async () => {
        const begin = performance.timeOrigin + performance.now();
        await new Promise((resolve) => setTimeout(resolve, holdMs));
        spans.push([begin, performance.timeOrigin + performance.now()]);
      });
    }
  }),
);
await knex.destroy();
process.stdout.write(JSON.stringify(spans));

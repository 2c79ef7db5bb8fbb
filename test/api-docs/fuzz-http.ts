import { parseArgs } from 'node:util';
import { startTestCluster } from '../support/cluster.ts';
import { childEnvironment, testEnvironment } from '../support/environment.ts';
import { fuzzRoutes } from './fuzz.ts';

/**
 * `npm run fuzz:http -- --requests 10000 --seed 1 --route /api/batches`: fuzzes every route, or those whose method and
 * path contain a text, and prints one line per route. Exit 1 with the shortest request found that is answered by a 5xx
 * or otherwise than `openapi.json` describes, or if memory grows.
 */
const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    route: { type: 'string', default: '' },
  },
});
const MOST_GROWTH_MB = 80;
const heapMb = (): number => {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const cluster = await startTestCluster(testEnvironment().databaseUrl);
let total = 0;
let least = Number.POSITIVE_INFINITY;
let last = 0;
try {
  childEnvironment(cluster);
  process.stdout.write(`seed ${values.seed}, ${values.requests} requests a route\n`);
  const options = { numRuns: Number(values.requests), seed: Number(values.seed), chosen: values.route };
  await fuzzRoutes(options, ({ route, requests, statuses }) => {
    total += requests;
    last = heapMb();
    least = Math.min(least, last);
    process.stdout.write(`${route}  ${JSON.stringify(statuses)}  heap ${last.toFixed(0)} MB\n`);
  });
} finally {
  await cluster.stop();
}
process.stdout.write(`${total} requests; heap ${least.toFixed(0)} MB at the least, ${last.toFixed(0)} MB at the end\n`);
if (last - least > MOST_GROWTH_MB) {
  process.stderr.write(`memory grew by more than ${MOST_GROWTH_MB} MB\n`);
  process.exitCode = 1;
}

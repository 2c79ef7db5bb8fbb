import assert from 'node:assert/strict';
import { it } from 'node:test';
import { committedDescription, operationsOf } from '../support/api-description.ts';
import { fuzzRoutes } from './fuzz.ts';

/** The command `npm run fuzz:http` sends ten thousand requests. */
const REQUESTS = 25;

it('for random requests generated from openapi.json, every response is as described and none is a 5xx', async () => {
  const seen: string[] = [];
  const statuses = new Set<string>();
  await fuzzRoutes({ numRuns: REQUESTS, seed: 20_261_128 }, (tally) => {
    seen.push(tally.route);
    for (const status of Object.keys(tally.statuses)) statuses.add(status);
  });
  assert.equal(seen.length, operationsOf(committedDescription()).length);
  for (const status of ['200', '202', '400', '401', '403', '404']) assert.ok(statuses.has(status), `no ${status}`);
});

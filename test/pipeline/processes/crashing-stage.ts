import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { openBase, openPipeline } from '../../../src/compose.ts';
import { NEEDED, readConfig } from '../../../src/config.ts';
import { makePatch } from '../../../src/pipeline/patch/patch.ts';
import { makeSend } from '../../../src/pipeline/send/send.ts';
import { makeTrack } from '../../../src/pipeline/track/track.ts';

/**
 * A worker that does one job and is killed at a point of it: the n-th time that the database has carried out a write, a
 * request has left, or its answer has come. Exit 0: the job was done before that.
 */
export interface CrashOrder {
  stage: 'patch' | 'send' | 'track';
  id: string;
  point: number;
}

const WRITES = /^\s*(insert|update|delete|with|commit)\b/i;
/** Made by every worker when it first asks for a turn; no part of a stage. */
const GATE_ROWS = /^\s*(insert into|delete from) "gate_/i;

const base = await openBase(readConfig(process.env, NEEDED.work), 'crashing', 4);
const ctx = await openPipeline(base);
await base.jobs.start();
process.stdout.write('ready\n');
const [line] = (await once(createInterface({ input: process.stdin }), 'line')) as [string];
const { stage, id, point } = JSON.parse(line) as CrashOrder;

let reached = 0;
const pass = (): void => {
  reached += 1;
  if (reached === point) process.kill(process.pid, 'SIGKILL');
};
base.db.on('query-response', (_rows: unknown, query: { sql: string }) => {
  if (WRITES.test(query.sql) && !GATE_ROWS.test(query.sql)) pass();
});
subscribe('undici:request:bodySent', pass);
subscribe('undici:request:headers', pass);

if (stage === 'patch') await makePatch(ctx)({ id });
if (stage === 'send') await makeSend(ctx)({ id });
if (stage === 'track') await makeTrack(ctx)({});
process.stdout.write(`${reached}\n`, () => process.exit(0));

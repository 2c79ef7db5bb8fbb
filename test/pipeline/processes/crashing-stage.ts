import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { loadRulebook } from '../../../src/adapters/templates-dir/load-rulebook.ts';
import { openBase, openLms } from '../../../src/compose/open-base.ts';
import { mailProvider } from '../../../src/compose/open-mail.ts';
import { NEEDED, readConfig } from '../../../src/config.ts';
import { comparableEmail } from '../../../src/domain/letter/email-address.ts';
import { enqueueWith } from '../../../src/pipeline/context.ts';
import { makeIngest } from '../../../src/pipeline/ingest/ingest.ts';
import { makePatch } from '../../../src/pipeline/patch/patch.ts';
import { makeSend } from '../../../src/pipeline/send/send.ts';
import { makeTrack } from '../../../src/pipeline/track/track.ts';
import type { Lms } from '../../../src/ports/lms.ts';

/**
 * A worker that does one job and is killed at its n-th point: after a database write, after sending a request, or
 * after its answer. Exit code 0: the job finished first.
 */
export interface CrashOrder {
  stage: 'ingest' | 'patch' | 'send' | 'track';
  id: string;
  point: number;
  /** Whether points before the first request count too. */
  from: 'start' | 'request';
}

const WRITES = /^\s*(insert|update|delete|with|commit)\b/i;
/** Every worker writes this on its first call of the rate limiter; it is not part of a stage. */
const GATE_ROWS = /^\s*(insert into|delete from) "gate_/i;

const config = readConfig(process.env, NEEDED.work);
const base = await openBase(config, 'crashing', 4);
// Creates only what these stages need, because dozens of such workers are started and none of them draws.
const { db, clock, log, newId, artefacts, jobs } = base;
const ctx = {
  ...{ db, clock, log, newId, artefacts, enqueue: enqueueWith(jobs) },
  rulebook: await loadRulebook(config.TEMPLATES_DIR, [{ id: 'teacher-ru', language: 'ru', hash: '' }]),
  lms: await openLms(config, db, clock),
  mail: await mailProvider(config).open(db, clock),
  normaliseEmail: comparableEmail,

  lookupUrl: (code: string) => `${config.PUBLIC_URL}/c/${code}`,
  timeoutSeconds: config.SENDSAY_TIMEOUT_SECONDS,
  pollSeconds: config.SENDSAY_POLL_SECONDS,
  mostUnknown: 100,
  settleSeconds: config.SENDSAY_SETTLE_SECONDS,
};
await jobs.start();
process.stdout.write('ready\n');
const [line] = (await once(createInterface({ input: process.stdin }), 'line')) as [string];
const { stage, id, point, from } = JSON.parse(line) as CrashOrder;

let reached = 0;
let counts = from === 'start';
const pass = (): void => {
  if (counts) reached += 1;
  if (reached === point) process.kill(process.pid, 'SIGKILL');
};
base.db.on('query-response', (_rows: unknown, query: { sql: string }) => {
  if (WRITES.test(query.sql) && !GATE_ROWS.test(query.sql)) pass();
});
subscribe('undici:request:bodySent', () => {
  counts = true;
  pass();
});
subscribe('undici:request:headers', pass);

// Pages are so small that even a small release has several.
const smallPages: Lms = { ...ctx.lms, pullPage: (query) => ctx.lms.pullPage({ ...query, limit: 20 }) };
if (stage === 'ingest') await makeIngest({ ...ctx, lms: smallPages })({ kind: 'batch', id });
if (stage === 'patch') await makePatch(ctx)({ id });
if (stage === 'send') await makeSend(ctx)({ id });
if (stage === 'track') await makeTrack(ctx)({});
process.stdout.write(`${reached}\n`, () => process.exit(0));

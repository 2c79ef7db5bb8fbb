import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import { prepareOpenTemplates } from '../../test/support/open-templates.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';
import { startSandbox } from '../../test/support/world.ts';
import { runBench, type TidySteps } from '../run-bench.ts';
import { prepareDueLetters, teachersFor } from './due-letters.ts';
import { runOnce, type Setting, type Stand, WORKERS } from './one-run.ts';
import { isSound, tableOf } from './table.ts';

/** `npm run bench:send`: how fast due letters are sent and confirmed. Explained in bench/README.md. */
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/', import.meta.url));
const LATENCY_MS = 40;

const SETTINGS: Setting[] = [
  {
    name: `limits of the provider kept: 80 requests in any second, 5 at once, latency ${LATENCY_MS} ms, ${WORKERS} workers`,
    sandbox: ['--latency', String(LATENCY_MS), '--rate', '80', '--concurrency', '5'],
    env: { SENDSAY_RATE_PER_SECOND: '75', SENDSAY_CONCURRENCY: '5' },
  },
  {
    name: `limits lifted, latency ${LATENCY_MS} ms, ${WORKERS} workers`,
    sandbox: ['--latency', String(LATENCY_MS), '--rate', 'none', '--concurrency', 'none'],
    env: { SENDSAY_RATE_PER_SECOND: '10000', SENDSAY_CONCURRENCY: '40', WORKER_CONCURRENCY: '20' },
  },
];

const say = (line: string) => process.stdout.write(`${line}\n`);

function readOptions(): { letters: number; runs: number; only: string } {
  const { values } = parseArgs({
    options: {
      letters: { type: 'string', default: '2000' },
      runs: { type: 'string', default: '1' },
      only: { type: 'string', default: '' },
    },
  });
  const whole = (name: 'letters' | 'runs') => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number from 1 is needed`);
    return value;
  };
  return { letters: whole('letters'), runs: whole('runs'), only: values.only };
}

async function bench(tidy: TidySteps): Promise<boolean> {
  const { letters, runs, only } = readOptions();
  await rm(LOGS, { recursive: true, force: true });
  await mkdir(LOGS, { recursive: true });
  const templates = join(LOGS, 'templates');
  await prepareOpenTemplates(templates);
  const database = await startOwnDatabase(RUNS);
  tidy.push(() => database.remove());
  const lms = await startSandbox(['lms', '--size', String(teachersFor(letters))]);
  tidy.push(() => lms.stop());
  const admin = openDatabase({
    url: database.url,
    poolMax: 1,
    applicationName: 'gramota-bench',
    statementTimeoutSeconds: 120,
  });
  tidy.push(() => admin.destroy());
  const env: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    TEMPLATES_DIR: templates,
    PUBLIC_URL: 'http://127.0.0.1:8080',
    LMS_BASE_URL: lms.url,
    LMS_TOKEN: 'sandbox-lms-token',
    SENDSAY_ACCOUNT: 'sandbox',
    SENDSAY_API_KEY: 'sandbox-api-key',
    SENDSAY_FROM_EMAIL: 'diplomas@school.example',
    SENDSAY_FROM_NAME: 'School of Continuing Education',
    // The sandbox finishes a letter after a second.
    SENDSAY_POLL_SECONDS: '1',
    LOG_FORMAT: 'json',
  };
  const began = performance.now();
  const due = await prepareDueLetters(admin, database.url, env);
  const took = ((performance.now() - began) / 1000).toFixed(0);
  say(
    `${due.letters} letters are due, diplomas of ${(due.diplomaBytes / 1024).toFixed(0)} KiB; prepared in ${took} s\n`,
  );
  const stand: Stand = { database, admin, source: due.name, lms, env, logs: LOGS };
  let sound = true;
  let number = 0;
  for (let run = 1; run <= runs; run += 1) {
    for (const setting of SETTINGS.filter(({ name }) => name.includes(only))) {
      number += 1;
      const figures = await runOnce(stand, setting, number, 60 + due.letters / 5);
      for (const line of tableOf(figures)) say(line);
      say('');
      sound &&= isSound(figures, due.letters);
    }
  }
  say(sound ? 'every letter once' : `FAILED: a letter was lost, doubled or left open; logs in ${LOGS}`);
  return sound;
}

await runBench(bench);

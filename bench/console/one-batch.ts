import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDatabase } from '../../src/platform/database/database.ts';
import type { Db } from '../../src/records/rows.ts';
import { prepareOpenTemplates } from '../../test/support/open-templates.ts';
import { startOwnDatabase } from '../../test/support/own-database.ts';
import {
  ended,
  firstMatch,
  type Letter,
  type Patch,
  RELEASE,
  type Sandbox,
  sandboxSettings,
  startSandbox,
} from '../../test/support/world.ts';
import type { TidySteps } from '../run-bench.ts';
import { openDesk } from './desk.ts';

const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const RUNS = fileURLToPath(new URL('../../bench-runs/', import.meta.url));
const LOGS = fileURLToPath(new URL('../../bench-logs/console/', import.meta.url));
/** So many letters have left before the batch is paused. */
const UNDER_WAY = 40;
/** What may still be under way at a pause has this long. */
const GRACE_MS = 2000;
/** How long it is watched that nothing follows. */
const WATCHED_MS = 10_000;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** What has left or was made so far. */
interface Left {
  letters: number;
  patches: number;
  diplomas: number;
}

/**
 * A batch through `serve` and `work` with rendering on, against the sandbox: how long its creation takes to answer, and
 * what still leaves after a pause was answered. False when something leaves later than two seconds after.
 */
export async function oneBatch(size: number, tidy: TidySteps): Promise<boolean> {
  await mkdir(LOGS, { recursive: true });
  const templates = join(LOGS, 'templates');
  await prepareOpenTemplates(templates);
  const server = await startOwnDatabase(RUNS);
  tidy.push(() => server.remove());
  const lms = await startSandbox(['lms', '--size', String(size), '--rate', 'none', '--concurrency', 'none']);
  tidy.push(() => lms.stop());
  const sendsay = await startSandbox(['sendsay', '--latency', '10', '--rate', 'none', '--concurrency', 'none']);
  tidy.push(() => sendsay.stop());
  const env = environment(server.url, templates, lms.url, sendsay.url);
  const run = async (...args: string[]) =>
    (await promisify(execFile)(process.execPath, [MAIN, ...args], { env })).stdout.trim();
  const start = (verb: string) => {
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN, verb], { env });
    for (const stream of [child.stdout, child.stderr]) stream.pipe(createWriteStream(join(LOGS, `${verb}.log`)));
    tidy.push(() => ended(child, 'SIGTERM'));
    return child;
  };
  await run('migrate');
  const token = await run('token', 'create', '--name', 'Bench', '--role', 'coordinator');
  const url = await firstMatch(start('serve'), /on (http[^\s"]+)/);
  const work = start('work');
  await firstMatch(work, /worker ready/);
  const db = openDatabase({ url: server.url, poolMax: 2, applicationName: 'gramota-bench' });
  tidy.push(() => db.destroy());
  const desk = await openDesk(url, token);
  tidy.push(() => desk.close());

  const api = apiAt(url, token);
  const byRelease = await timed(() => api('/api/batches', { releaseId: RELEASE }));
  say(`a batch over a release of ${size}: created in ${byRelease.ms.toFixed(0)} ms`);
  const leaves = () => countLeft(db, lms, sendsay);
  for (;;) {
    if ((await leaves()).letters >= UNDER_WAY) break;
    if (work.exitCode !== null) throw new Error('the worker ended by itself; see its log');
    await sleep(500);
  }
  const path = `/console/batches/${byRelease.answer.id}/pause`;
  const paused = await timed(() => desk.post(path, { reason: 'fictional' }));
  const atAnswer = await leaves();
  await sleep(GRACE_MS);
  const after = await leaves();
  await sleep(WATCHED_MS);
  const later = await leaves();
  say(`paused in ${paused.ms.toFixed(0)} ms, while letters left`);
  for (const name of ['letters', 'patches', 'diplomas'] as const)
    say(
      `${name.padEnd(9)} at the answer ${atAnswer[name]}, ${GRACE_MS / 1000} s after ${after[name]}, ${WATCHED_MS / 1000} s later ${later[name]}`,
    );

  const studentGroupIds: string[] = await db('student_group').orderBy('id').limit(10_000).pluck('id');
  const byIds = await timed(() => api('/api/batches', { studentGroupIds, dryRun: true }));
  say(`a batch over ${studentGroupIds.length} student groups by their ids: created in ${byIds.ms.toFixed(0)} ms`);
  const byForm = await timed(() => desk.post('/console/batches', { releaseId: RELEASE }));
  say(`a dry run from the console: created in ${byForm.ms.toFixed(0)} ms`);
  const isStill = after.letters === later.letters && after.patches === later.patches;
  say(isStill ? 'nothing new left' : 'FAILED: something left after the pause');
  return isStill && [byRelease, byIds, byForm].every(({ ms }) => ms > 0);
}

async function countLeft(db: Db, lms: Sandbox, sendsay: Sandbox): Promise<Left> {
  const [letters, patches, drawn] = await Promise.all([
    sendsay.control<{ letters: Letter[] }>('letters'),
    lms.control<{ patches: Patch[] }>('record'),
    db('diploma').count('* as n').first(),
  ]);
  return { letters: letters.letters.length, patches: patches.patches.length, diplomas: Number(drawn?.['n']) };
}

function apiAt(url: string, token: string) {
  return async (path: string, body: object): Promise<{ id: string }> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string };
  };
}

async function timed<T>(act: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const began = performance.now();
  return { answer: await act(), ms: performance.now() - began };
}

/** Limits of both sides are lifted, so that as much as possible is under way at the pause. */
function environment(databaseUrl: string, templates: string, lms: string, sendsay: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: databaseUrl,
    GRAMOTA_DATA_DIR: join(LOGS, 'data'),
    SIGNING_KEYS_DIR: join(LOGS, 'keys'),
    TEMPLATES_DIR: templates,
    ...sandboxSettings(lms, sendsay),
    PORT: '0',
    LOG_FORMAT: 'json',
    LMS_RATE_PER_SECOND: '10000',
    LMS_CONCURRENCY: '40',
    SENDSAY_RATE_PER_SECOND: '10000',
    SENDSAY_CONCURRENCY: '40',
    WORKER_CONCURRENCY: '20',
  };
}

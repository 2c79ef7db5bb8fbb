import { randomUUID } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import { loadRulebook } from '../adapters/templates-dir/load-rulebook.ts';
import { need, openLms } from '../compose/open-base.ts';
import type { Config } from '../config.ts';
import { actOnBatch } from '../coordinate/batch-verbs.ts';
import { type BatchContext, BatchRequest, type BatchView, createBatch, viewBatch } from '../coordinate/create-batch.ts';
import { loadTemplates } from '../diploma/template/load-templates.ts';
import type { BatchVerb } from '../domain/batch-verb.ts';
import { InputError } from '../domain/failure.ts';
import { type Language, message } from '../domain/messages/message.ts';
import { releaseWarnings } from '../domain/student-group/release-warnings.ts';
import { declaredWarnings } from '../lifecycle/declared-warnings.ts';
import { enqueueWith } from '../pipeline/context.ts';
import { QUEUES } from '../pipeline/stages.ts';
import { createJobs } from '../platform/jobs/jobs.ts';
import { createLog } from '../platform/log.ts';
import { systemClock } from '../platform/system-clock.ts';
import { type Batch, selectBatch, selectBatches } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { actor } from './actor.ts';
import { forecastLines, readForecast } from './forecast-lines.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;
export interface BatchOptions {
  release: string;
  dryRun?: boolean;
  country?: string[];
  letter?: string;
  wait?: boolean;
  /** Of the report of a dry run. */
  language: Language;
}

/** `gramota batch create`: like `POST /api/batches`, from a terminal. */
export async function runBatchCreate(config: Config, options: BatchOptions, say: Say): Promise<void> {
  const request = BatchRequest.safeParse({
    releaseId: options.release,
    dryRun: options.dryRun ?? false,
    countries: options.country ?? null,
    letter: options.letter ?? null,
  });
  if (!request.success)
    throw new InputError(
      request.error.issues.map(
        (issue) => `--${issue.path[0] === 'countries' ? 'country' : 'release'}: ${issue.message}`,
      ),
    );
  await withDatabase(config, async (db) => {
    const lms = await openLms(config, db);
    const release = await lms.pullRelease(options.release);
    if (release === null) throw new InputError(message('line.no-release', { release: options.release }));
    if (!release.ok)
      throw new InputError(message('line.release-unusable', { release: options.release, fault: release.detail }));
    await withQueue(config, db, async (ctx) => {
      const batch = await createBatch(ctx, request.data, { actor: actor(), idempotencyKey: null });
      say(batch.id);
      const rules = options.dryRun ? await loadRules(config) : null;
      const warnings = [
        ...releaseWarnings(release.release),
        ...(rules === null ? [] : declaredWarnings(rules, release.release)),
      ];
      for (const { code, detail } of warnings) say(message('line.warning', { code, detail }));
      if (!options.wait) return;
      const ended = await follow(db, batch.id, say);
      show(ended, say);
      await showForecast(config, db, batch, options.language, say);
      if (ended.waitsFor !== undefined)
        throw new InputError(message('batch.stopped', { detail: ended.pull?.reason?.detail ?? '-' }));
    });
  });
}

/** `gramota batch pause|resume|cancel|retry|confirm`: like the routes with these names, from a terminal. */
export async function runBatchVerb(config: Config, verb: BatchVerb, id: string, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    await view(db, id);
    await withQueue(config, db, async (ctx) => {
      const act = await actOnBatch(ctx, id, verb, { actor: actor(), reason: null });
      if (act?.ok === false) throw new InputError(act.detail);
    });
    show(await view(db, id), say);
  });
}

/** Gives a short command the queue, so that its records and their jobs are one transaction. */
export async function withQueue<T>(config: Config, db: Db, run: (ctx: BatchContext) => Promise<T>): Promise<T> {
  const jobs = createJobs({
    databaseUrl: need(config.DATABASE_URL, 'DATABASE_URL'),
    queues: QUEUES,
    poolMax: 1,
    works: false,
    applicationName: 'gramota-cli-jobs',
    log: createLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, role: 'cli' }),
  });
  try {
    await jobs.start();
    return await run({ db, enqueue: enqueueWith(jobs), clock: systemClock, newId: randomUUID });
  } finally {
    await jobs.stop();
  }
}

export async function runBatchList(config: Config, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    for (const batch of await selectBatches(db, 50, null)) {
      const view = await viewBatch(db, batch, new Date());
      say(
        `${view.id}  ${shownTime(view.createdAt)}  ${view.state.padEnd(9)}  ${view.releaseId ?? 'student groups'}${view.dryRun ? '  dry run' : ''}  ${view.counts.total}`,
      );
    }
  });
}

/** `gramota batch show`: the batch, and of a dry run its report; `json`: both, for programs. */
export async function runBatchShow(
  config: Config,
  id: string,
  options: { json?: boolean; language: Language },
  say: Say,
): Promise<void> {
  await withDatabase(config, async (db) => {
    const batch = await find(db, id);
    const shown = await viewBatch(db, batch, new Date(), batch.dryRun ? await loadRules(config) : null);
    if (options.json) {
      say(JSON.stringify({ batch: shown, forecast: await readForecast(config, db, batch) }, null, 2));
      return;
    }
    show(shown, say);
    await showForecast(config, db, batch, options.language, say);
  });
}

const loadRules = async ({ TEMPLATES_DIR }: Config) => loadRulebook(TEMPLATES_DIR, await loadTemplates(TEMPLATES_DIR));

async function showForecast(config: Config, db: Db, batch: Batch, language: Language, say: Say): Promise<void> {
  const report = await readForecast(config, db, batch);
  if (report) for (const line of forecastLines(report, language)) say(line);
}

async function find(db: Db, id: string): Promise<Batch> {
  const batch = /^[0-9a-f-]{36}$/i.test(id) ? await selectBatch(db, id) : null;
  if (!batch) throw new InputError(message('line.no-batch', { id }));
  return batch;
}

async function view(db: Db, id: string): Promise<BatchView> {
  return viewBatch(db, await find(db, id), new Date());
}

function show(batch: BatchView, say: Say): void {
  say(`${batch.id}  ${batch.state}${batch.dryRun ? ' (dry run)' : ''}  ${batch.releaseId ?? ''}`);
  for (const line of pullInWords(batch)) say(`  ${line}`);
  for (const [state, count] of Object.entries(batch.counts)) say(`  ${state.padEnd(10)} ${count}`);
  for (const { releaseId, code, detail } of batch.warnings ?? [])
    say(`  ${message('line.warning-of', { release: releaseId, code, detail })}`);
  if (batch.notice !== null) say(batch.notice);
  const { lastError } = batch;
  if (!lastError) return;
  const until = lastError.nextAttemptAt === null ? 'now' : shownTime(lastError.nextAttemptAt);
  say(`  waits for the LMS, next attempt ${until}`);
  say(`  ${lastError.code}: ${lastError.detail}`);
}

function pullInWords({ pull }: BatchView): string[] {
  if (pull === undefined) return [];
  const { state, pages, studentGroups, reason, leftOut, releaseFault } = pull;
  const lines = [message('line.pull', { state, pages, count: studentGroups })];
  if (reason) lines.push(`${reason.code}: ${reason.detail}`);
  if (leftOut) lines.push(message('line.left-out', { detail: leftOut.detail }));
  if (releaseFault) lines.push(message('line.release-fault', { fault: releaseFault }));
  return lines;
}

async function follow(db: Db, id: string, say: Say): Promise<BatchView> {
  const bar = process.stderr.isTTY
    ? new SingleBar({ format: '{bar} {value}/{total}, {pages} pages read', clearOnComplete: true })
    : null;
  bar?.start(1, 0, { pages: 0 });
  let noticed = false;
  try {
    for (;;) {
      const now = await view(db, id);
      const { total, ...counts } = now.counts;
      bar?.setTotal(Math.max(1, total));
      bar?.update(total - (counts['pending'] ?? 0), { pages: now.pull?.pages ?? 0 });
      if (now.state === 'finished' || now.state === 'cancelled' || now.waitsFor === 'lms-paging') return now;
      if (now.notice !== null && !noticed) say(now.notice);
      noticed = now.notice !== null;
      await systemClock.sleep(500);
    }
  } finally {
    bar?.stop();
  }
}

import { randomUUID } from 'node:crypto';
import { readFieldMap } from '../adapters/lms/field-map.ts';
import { createLms } from '../adapters/lms/lms-client.ts';
import type { Config } from '../config.ts';
import { InputError } from '../domain/failure.ts';
import { QUEUES } from '../pipeline/stages.ts';
import { openDatabase } from '../platform/database/database.ts';
import { createDatabaseClock, type DatabaseClock } from '../platform/database/database-clock.ts';
import { isDatabaseOutage } from '../platform/database/database-down.ts';
import { schemaState } from '../platform/database/schema-migrations.ts';
import { createGate, penalise } from '../platform/gate.ts';
import { DEAD_QUEUE } from '../platform/jobs/job-queues.ts';
import { createJobReport } from '../platform/jobs/job-report.ts';
import { createJobs, type Jobs } from '../platform/jobs/jobs.ts';
import { createLog, type Log } from '../platform/log.ts';
import { createMetrics, type Metrics } from '../platform/metrics.ts';
import { systemClock } from '../platform/system-clock.ts';
import { createTraceExport, type TraceExport, traceToo } from '../platform/trace-export.ts';
import { type Artefacts, ArtefactsDown } from '../ports/artefacts.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lms } from '../ports/lms.ts';
import type { Db } from '../records/rows.ts';
import { measuresOf } from './gauges.ts';
import { observeLms } from './observe-calls.ts';
import { openArtefacts } from './open-artefacts.ts';
import { watchCredentials } from './watch-credentials.ts';

/** A setting that the command requires. readConfig has already checked that it exists. */
export function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new InputError(`${name}: required; set it in the environment or in .env`);
  return value;
}

/** The parts that every process of the product needs; they are created only here. */
export interface Base {
  config: Config;
  log: Log;
  metrics: Metrics;
  db: Db;
  jobs: Jobs;
  clock: Clock;
  artefacts: Artefacts;
  newId: () => string;
  close: () => Promise<void>;
}

export async function openBase(config: Config, role: string, poolMax: number): Promise<Base> {
  const log = createLog({ level: config.LOG_LEVEL, format: config.LOG_FORMAT, role });
  const databaseUrl = need(config.DATABASE_URL, 'DATABASE_URL');
  // Searches of people are planned for their values; stages repeat the same statements.
  const prepared = role !== 'serve';
  const db = openDatabase({ url: databaseUrl, poolMax, applicationName: `gramota-${role}`, prepared });
  let clock: DatabaseClock;
  try {
    const state = await schemaState(db);
    if (state !== 'current') throw new InputError(`database: its schema is ${state}; run "gramota migrate" first`);
    clock = await createDatabaseClock(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  if (clock.offset() !== 0)
    log.warn(
      { milliseconds: clock.offset() },
      'the clock of this host differs from the clock of the database, which is used instead',
    );
  const queues = [...QUEUES.map(({ name }) => name), DEAD_QUEUE];
  const measured = createMetrics(measuresOf({ db, clock, config, queues }));
  const traces = openTraces(config, role, log, clock);
  const metrics = traces === null ? measured : traceToo(measured, traces, () => clock.now());
  const report = createJobReport(log);
  const jobs = createJobs({
    databaseUrl,
    queues: QUEUES,
    works: role !== 'serve',
    log,
    applicationName: `gramota-${role}-jobs`,
    isOutage: (error) => isDatabaseOutage(error) || error instanceof ArtefactsDown,
    tell: (done) => {
      report(done);
      metrics.countJob(done);
    },
  });
  const close = async () => {
    clock.close();
    await jobs.stop();
    await traces?.close();
    await db.destroy();
  };
  const artefacts = openArtefacts(config, db);
  return { config, log, metrics, db, jobs, clock, artefacts, newId: randomUUID, close };
}

function openTraces(config: Config, role: string, log: Log, clock: Clock): TraceExport | null {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return null;
  // As in a URL: values are percent-encoded.
  const pairs = (config.OTEL_EXPORTER_OTLP_HEADERS ?? '').split(',').map((pair) => pair.split(/=(.*)/s));
  const headers = Object.fromEntries(
    pairs.flatMap(([name = '', value = '']) => (name === '' ? [] : [[name, decodeURIComponent(value)]])),
  );
  return createTraceExport({
    endpoint,
    headers,
    serviceName: config.OTEL_SERVICE_NAME,
    role,
    log,
    now: () => clock.now(),
  });
}

/** Longest pause of all calls to the LMS after a 429, in seconds; the refused call itself waits as long as is asked. */
const LONGEST_PENALTY_SECONDS = 10;

/**
 * The LMS client behind the limits shared by all processes.
 * @param observers of a long-running process: its calls are counted and failing ones are logged
 */
export async function openLms(
  config: Config,
  db: Db,
  clock: Clock = systemClock,
  observers: Pick<Base, 'metrics' | 'log'> | null = null,
): Promise<Lms> {
  const timeoutSeconds = 30;
  const gate = createGate(db, {
    name: 'lms',
    ratePerSecond: config.LMS_RATE_PER_SECOND,
    concurrency: config.LMS_CONCURRENCY,
    leaseSeconds: timeoutSeconds + 15,
    waited: (ms) => observers?.metrics.countGateWait('lms', ms),
  });
  const lms = createLms({
    baseUrl: need(config.LMS_BASE_URL, 'LMS_BASE_URL'),
    token: need(config.LMS_TOKEN, 'LMS_TOKEN'),
    map: await readFieldMap(config.TEMPLATES_DIR),
    through: (call) => gate(call),
    timeoutMs: timeoutSeconds * 1000,
    clock,
    onLimited: (seconds) => penalise(db, 'lms', Math.min(seconds, LONGEST_PENALTY_SECONDS)),
    ...(observers && { onCredentials: watchCredentials(db, 'lms', clock) }),
  });
  return observers === null ? lms : observeLms(lms, observers.metrics, observers.log);
}

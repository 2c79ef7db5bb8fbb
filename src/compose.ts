import { randomUUID } from 'node:crypto';
import { createLms } from './adapters/lms/client.ts';
import { readFieldMap } from './adapters/lms/field-map.ts';
import { createSendsay } from './adapters/sendsay/client.ts';
import { loadDeliveryMap } from './adapters/sendsay/delivery-map.ts';
import type { Config } from './config.ts';
import { InputError } from './domain/failure.ts';
import { QUEUES } from './pipeline/stages.ts';
import { systemClock } from './platform/clock.ts';
import { openDatabase } from './platform/database/database.ts';
import { createDatabaseClock, type DatabaseClock } from './platform/database/database-clock.ts';
import { schemaState } from './platform/database/migrate.ts';
import { createGate, penalise } from './platform/gate.ts';
import { createJobs, type Jobs } from './platform/jobs/jobs.ts';
import { createLog, type Log } from './platform/log.ts';
import type { Artefacts } from './ports/artefacts.ts';
import type { Clock } from './ports/clock.ts';
import type { Lms } from './ports/lms.ts';
import type { Mail } from './ports/mail.ts';
import { postgresArtefacts } from './records/certificates/diplomas.ts';
import type { Db } from './records/rows.ts';

/** A setting that the verb has declared as needed; readConfig has refused the start without it. */
export function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new InputError(`${name}: required; set it in the environment or in .env`);
  return value;
}

/** What every process of the product has. Chosen here and nowhere else. */
export interface Base {
  config: Config;
  log: Log;
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
  const db = openDatabase({ url: databaseUrl, poolMax, applicationName: `gramota-${role}` });
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
    log.warn({ milliseconds: clock.offset() }, 'this host’s clock differs from the database’s, which counts');
  const jobs = createJobs({ databaseUrl, queues: QUEUES, log, applicationName: `gramota-${role}-jobs` });
  const close = async () => {
    clock.close();
    await jobs.stop();
    await db.destroy();
  };
  return { config, log, db, jobs, clock, artefacts: postgresArtefacts(db), newId: randomUUID, close };
}

/** The LMS behind the limits that all processes share. */
export async function openLms(config: Config, db: Db, clock: Clock = systemClock): Promise<Lms> {
  const timeoutSeconds = 30;
  const gate = createGate(db, {
    name: 'lms',
    ratePerSecond: config.LMS_RATE_PER_SECOND,
    concurrency: config.LMS_CONCURRENCY,
    leaseSeconds: timeoutSeconds + 15,
  });
  return createLms({
    baseUrl: need(config.LMS_BASE_URL, 'LMS_BASE_URL'),
    token: need(config.LMS_TOKEN, 'LMS_TOKEN'),
    map: await readFieldMap(config.TEMPLATES_DIR),
    through: (call) => gate(call),
    timeoutMs: timeoutSeconds * 1000,
    clock,
  });
}

/** However long the provider asks for: it is asked again after a minute at most, by one request. */
const LONGEST_PENALTY_SECONDS = 60;

/** Sendsay behind its limits: every request counts for the rate, changing ones have their own few slots. */
export async function openMail(config: Config, db: Db, clock: Clock = systemClock, log?: Log): Promise<Mail> {
  const limits = {
    name: 'sendsay',
    ratePerSecond: config.SENDSAY_RATE_PER_SECOND,
    leaseSeconds: config.SENDSAY_TIMEOUT_SECONDS * 2 + 15,
  };
  return createSendsay({
    url: config.SENDSAY_URL,
    account: need(config.SENDSAY_ACCOUNT, 'SENDSAY_ACCOUNT'),
    auth:
      config.SENDSAY_API_KEY !== undefined
        ? { kind: 'key', apiKey: config.SENDSAY_API_KEY }
        : {
            kind: 'session',
            login: need(config.SENDSAY_LOGIN, 'SENDSAY_LOGIN'),
            sublogin: config.SENDSAY_SUBLOGIN ?? '',
            password: need(config.SENDSAY_PASSWORD, 'SENDSAY_PASSWORD'),
          },
    from: {
      email: need(config.SENDSAY_FROM_EMAIL, 'SENDSAY_FROM_EMAIL'),
      name: need(config.SENDSAY_FROM_NAME, 'SENDSAY_FROM_NAME'),
    },
    replyEmail: config.SENDSAY_REPLY_EMAIL ?? null,
    deliveries: await loadDeliveryMap(config.TEMPLATES_DIR),
    timeoutMs: config.SENDSAY_TIMEOUT_SECONDS * 1000,
    changing: createGate(db, { ...limits, group: 'changing', concurrency: config.SENDSAY_CONCURRENCY }),
    reading: createGate(db, { ...limits, group: 'reading', concurrency: null }),
    onLimited: (seconds) => penalise(db, 'sendsay', Math.min(seconds, LONGEST_PENALTY_SECONDS)),
    onCredentials: (event) => {
      if (event.refused) {
        const text = 'Sendsay refuses our credentials: no letter can leave until a person has mended them';
        log?.error({ event: 'provider-auth', detail: event.detail }, text);
      } else log?.info({ event: 'provider-auth-mended' }, 'Sendsay takes our credentials again');
    },
    onWarnings: (action, ids) =>
      log?.warn({ event: 'provider-warning', action, ids }, 'Sendsay warns beside its answer'),
    clock,
  });
}

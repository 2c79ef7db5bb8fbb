import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLms } from './adapters/lms/client.ts';
import { loadFieldMap } from './adapters/lms/field-map.ts';
import { createSendsay } from './adapters/sendsay/client.ts';
import { loadDeliveryMap } from './adapters/sendsay/delivery-map.ts';
import { loadRulebook } from './adapters/templates-dir/load-rulebook.ts';
import { agreeOnKeys } from './compose-keys.ts';
import type { Config } from './config.ts';
import { createPrinter } from './diploma/printer.ts';
import { loadTemplates } from './diploma/template/load-templates.ts';
import {
  bundleAssets,
  bundleFromRow,
  bundleToRow,
  storedAssets,
  type TemplateBundle,
} from './diploma/template/template.ts';
import { shortAddress } from './diploma/template/wording.ts';
import type { KeyReferences } from './domain/credential-facts.ts';
import { normaliseEmail } from './domain/email-address.ts';
import { InputError } from './domain/failure.ts';
import { makeCode } from './domain/lookup-code.ts';
import type { Issuer } from './domain/rulebook.ts';
import type { PipelineContext } from './pipeline/stages.ts';
import { enqueueWith, QUEUES } from './pipeline/stages.ts';
import { systemClock } from './platform/clock.ts';
import { openDatabase } from './platform/database.ts';
import { createDatabaseClock, type DatabaseClock } from './platform/database-clock.ts';
import { createGate, penalise } from './platform/gate.ts';
import { createJobs, type Jobs } from './platform/jobs.ts';
import { createLog, type Log } from './platform/log.ts';
import { schemaState } from './platform/migrate.ts';
import type { Artefacts } from './ports/artefacts.ts';
import type { Clock } from './ports/clock.ts';
import type { Lms } from './ports/lms.ts';
import type { Mail } from './ports/mail.ts';
import { postgresArtefacts, publishTemplate, selectTemplate, selectTemplateAsset } from './records/diplomas.ts';
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
  const source = await readFile(join(config.TEMPLATES_DIR, 'lms.yaml'), 'utf8').catch(() => '');
  return createLms({
    baseUrl: need(config.LMS_BASE_URL, 'LMS_BASE_URL'),
    token: need(config.LMS_TOKEN, 'LMS_TOKEN'),
    map: loadFieldMap(source, 'lms.yaml'),
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

/** Everything the stages need; templates are published first, so that any host can draw what this one awards. */
export async function openPipeline(base: Base): Promise<PipelineContext & { close: () => Promise<void> }> {
  const { config, db, log, clock, newId, artefacts, jobs } = base;
  const bundles = await loadTemplates(config.TEMPLATES_DIR);
  const rulebook = await loadRulebook(config.TEMPLATES_DIR, bundles);
  const keys = await agreedKeys(base, rulebook.issuer);
  for (const bundle of bundles) {
    await publishTemplate(db, {
      ...bundleToRow(bundle),
      id: bundle.id,
      assets: bundleAssets(bundle),
    });
  }
  const printer = createPrinter({
    templates: bundles,
    bundleByHash: (hash) => storedBundle(db, bundles, hash),
    threads: config.RENDER_THREADS,
    signingKeysDir: config.SIGNING_KEYS_DIR,
  });
  const publicUrl = need(config.PUBLIC_URL, 'PUBLIC_URL').replace(/\/+$/, '');
  const unprintable = bundles.flatMap(({ id }) => {
    const fault = printer.checkText(id, shortAddress(`${publicUrl}/c/code`), 'address');
    return fault === null ? [] : [`PUBLIC_URL: every diploma prints it: ${fault}`];
  });
  if (unprintable.length > 0) {
    await printer.close();
    throw new InputError([...new Set(unprintable)]);
  }
  return {
    db,
    enqueue: enqueueWith(jobs),
    clock,
    log,
    newId,
    artefacts,
    rulebook,
    printer,
    lms: await openLms(config, db, clock),
    mail: await openMail(config, db, clock, log),
    normaliseEmail: (raw) => {
      const result = normaliseEmail(raw);
      return result.ok ? result.email : null;
    },
    newCode: () => makeCode(randomInt),
    random: randomBytes,
    randomBelow: randomInt,
    keys,
    publicUrl,
    lookupUrl: (code) => `${publicUrl}/c/${code}`,
    timeoutSeconds: config.SENDSAY_TIMEOUT_SECONDS,
    pollSeconds: config.SENDSAY_POLL_SECONDS,
    settleSeconds: config.SENDSAY_SETTLE_SECONDS,
    close: () => printer.close(),
  };
}

/** The keys that this host shares with all others; says so in the log where it made them. */
export async function agreedKeys({ db, config, clock, log }: Base, issuer: Issuer): Promise<KeyReferences> {
  const { references, made } = await agreeOnKeys(db, config.SIGNING_KEYS_DIR, issuer, clock.now());
  if (made.length > 0)
    log.warn(
      { event: 'signing-keys-made', keys: made, dir: config.SIGNING_KEYS_DIR },
      'there were no signing keys: self-issued ones were made; back them up and copy them to every host',
    );
  return references;
}

async function storedBundle(db: Db, loaded: TemplateBundle[], hash: string): Promise<TemplateBundle | null> {
  const own = loaded.find((bundle) => bundle.hash === hash);
  if (own) return own;
  const row = await selectTemplate(db, hash);
  if (!row) return null;
  const assets = new Map<string, Buffer>();
  for (const sha256 of storedAssets(row.definition)) {
    const bytes = await selectTemplateAsset(db, sha256);
    if (bytes) assets.set(sha256, bytes);
  }
  return bundleFromRow(row, (sha256) => need(assets.get(sha256), `template file ${sha256}`));
}

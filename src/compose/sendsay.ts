import { parseCallbacks } from '../adapters/sendsay/callbacks.ts';
import { loadDeliveryMap } from '../adapters/sendsay/delivery-map.ts';
import { limitWarnings } from '../adapters/sendsay/limits.ts';
import { createSendsay } from '../adapters/sendsay/sendsay-client.ts';
import type { Config } from '../config.ts';
import { createGate, penalise } from '../platform/gate.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { Mail } from '../ports/mail.ts';
import type { Db } from '../records/rows.ts';
import { observeMail } from './observe-calls.ts';
import { need } from './open-base.ts';
import type { MailProvider } from './open-mail.ts';
import { watchCredentials } from './watch-credentials.ts';

/** Maximum pause in seconds, whatever the provider requests; then one request tries again. */
const LONGEST_PENALTY_SECONDS = 60;

/** How long a call that sends a letter takes, for forecasts: an assumption on the safe side. */
const SECONDS_PER_CALL = 1;

/** Sendsay, by the settings SENDSAY_* and the file sendsay.yaml. */
export function sendsay(config: Config): MailProvider {
  return {
    name: 'Sendsay',
    canOpen: Boolean(config.SENDSAY_ACCOUNT && (config.SENDSAY_API_KEY || config.SENDSAY_PASSWORD)),
    sender: config.SENDSAY_FROM_EMAIL,
    callbacks: {
      route: 'sendsay',
      secretSetting: 'SENDSAY_CALLBACK_SECRET',
      secret: config.SENDSAY_CALLBACK_SECRET,
      parse: parseCallbacks,
    },
    warnings: limitWarnings(config),
    pace: {
      timeoutSeconds: config.SENDSAY_TIMEOUT_SECONDS,
      pollSeconds: config.SENDSAY_POLL_SECONDS,
      settleSeconds: config.SENDSAY_SETTLE_SECONDS,
      concurrency: config.SENDSAY_CONCURRENCY,
      lettersPerSecond: Math.min(config.SENDSAY_RATE_PER_SECOND, config.SENDSAY_CONCURRENCY / SECONDS_PER_CALL),
    },
    checkFile: () => checkDelivery(config),
    open: (db, clock, observers) => openSendsay(config, db, clock, observers),
  };
}

async function checkDelivery(config: Config): Promise<string> {
  const map = await loadDeliveryMap(config.TEMPLATES_DIR);
  if (map === null) return 'not queried, so letters stay "sent": sendsay.yaml has no "delivery"';
  const { letter, issue, status } = map.select;
  return `queried with stat.uni by ${letter} and ${issue}; ${map.outcomes.size} values of ${status} are defined`;
}

/**
 * The client behind its limits: every request counts for the rate; changing requests have a few slots of
 * their own.
 */
async function openSendsay(
  config: Config,
  db: Db,
  clock: Clock,
  observers?: { log: Log; metrics: Metrics },
): Promise<Mail> {
  const log = observers?.log;
  const limits = {
    name: 'sendsay',
    ratePerSecond: config.SENDSAY_RATE_PER_SECOND,
    leaseSeconds: config.SENDSAY_TIMEOUT_SECONDS * 2 + 15,
    waited: (ms: number) => observers?.metrics.countGateWait('sendsay', ms),
  };
  const client = createSendsay({
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
        const text = 'Sendsay refuses the credentials: no letter is sent until a person has corrected them';
        log?.error({ event: 'provider-auth', detail: event.detail }, text);
      } else log?.info({ event: 'provider-auth-mended' }, 'Sendsay accepts the credentials again');
    },
    ...(observers && { onAnswered: watchCredentials(db, 'mail', clock) }),
    onWarnings: (action, ids) =>
      log?.warn({ event: 'provider-warning', action, ids }, "Sendsay's response contains warnings"),
    clock,
  });
  return observers === undefined ? client : observeMail('sendsay', client, observers.metrics, observers.log);
}

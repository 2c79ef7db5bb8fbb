import { loadDeliveryMap } from '../adapters/sendsay/delivery-map.ts';
import { INSTRUCTIONS } from '../adapters/sendsay/issue-send-body.ts';
import { createSendsay } from '../adapters/sendsay/sendsay-client.ts';
import type { Config } from '../config.ts';
import { createGate, penalise } from '../platform/gate.ts';
import type { Log } from '../platform/log.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { Clock } from '../ports/clock.ts';
import type { Mail } from '../ports/mail.ts';
import type { Db } from '../records/rows.ts';
import { need } from './open-base.ts';

/** What the mail provider in use would execute: a name that holds it is held, in other text it is broken up. */
export const MAIL_INSTRUCTIONS = INSTRUCTIONS;

/** Maximum pause in seconds, whatever the provider requests; then one request tries again. */
const LONGEST_PENALTY_SECONDS = 60;

/**
 * The Sendsay client behind its limits: every request counts for the rate; changing requests have a few slots of
 * their own.
 */
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

import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import { type Lms, LmsUnreadable } from '../ports/lms.ts';
import type { Mail } from '../ports/mail.ts';

/** From this failed call in a row on it is an error; before it is a warning. */
const SERIOUS = 3;

/** Outcomes that say that the service does not work, not that it refused this one request. */
const FAILURES = new Set(['unavailable', 'unreadable', 'unknown', 'limited', 'failed']);

type Observe = <A extends unknown[], R>(
  call: string,
  run: (...args: A) => Promise<R>,
  outcomeOf?: (result: R) => string,
) => (...args: A) => Promise<R>;

/**
 * Counts and times the calls to a service, and tells of failing ones: a warning at the first, an error at the third in a
 * row, and one line when it works again.
 */
function createObserver(service: string, metrics: Pick<Metrics, 'countCall'>, log: Log): Observe {
  let inRow = 0;
  const tell = (call: string, outcome: string): void => {
    if (!FAILURES.has(outcome)) {
      if (inRow > 0 && outcome !== 'not-begun') {
        log.info({ event: 'calls-work-again', service, failed: inRow }, 'calls to this service succeed again');
        inRow = 0;
      }
      return;
    }
    inRow += 1;
    if (inRow === 1 || inRow === SERIOUS) {
      const text = 'a call to this service failed; it is tried again';
      log[inRow === 1 ? 'warn' : 'error']({ event: 'calls-failing', service, call, outcome, inRow }, text);
    }
  };
  return (call, run, outcomeOf = () => 'ok') =>
    async (...args) => {
      const began = performance.now();
      let outcome = 'failed';
      try {
        const result = await run(...args);
        outcome = outcomeOf(result);
        return result;
      } catch (error) {
        outcome = outcomeOfError(error);
        throw error;
      } finally {
        metrics.countCall({ service, call, outcome, ms: performance.now() - began });
        tell(call, outcome);
      }
    };
}

function outcomeOfError(error: unknown): string {
  if (error instanceof LmsUnreadable) return 'unreadable';
  const { name } = error as { name?: unknown };
  if (name === 'LmsUnavailable' || name === 'MailUnavailable') return 'unavailable';
  return name === 'LetterFault' ? 'refused' : 'failed';
}

const found = (result: unknown): string => (result === null ? 'absent' : 'ok');

/** The same LMS; its calls are counted and failing ones are logged. */
export function observeLms(lms: Lms, metrics: Metrics, log: Log): Lms {
  const observe = createObserver('lms', metrics, log);
  return {
    tellsIssued: lms.tellsIssued,
    pullPage: observe('pullPage', lms.pullPage),
    pullOne: observe('pullOne', lms.pullOne, found),
    pullRelease: observe('pullRelease', lms.pullRelease, found),
    reportCriteriaMet: observe('reportCriteriaMet', lms.reportCriteriaMet, ({ kind }) => kind),
    reportIssued: observe('reportIssued', lms.reportIssued, ({ kind }) => kind),
  };
}

/** The same mail provider; its calls are counted and failing ones are logged. */
export function observeMail(service: string, mail: Mail, metrics: Metrics, log: Log): Mail {
  const observe = createObserver(service, metrics, log);
  return {
    ...mail,
    send: observe('send', mail.send, ({ kind }) => kind),
    describeBlock: observe('describeBlock', mail.describeBlock),
    listTrackers: observe('listTrackers', mail.listTrackers),
    getTracker: observe('getTracker', mail.getTracker, found),
    senderConfirmed: observe('senderConfirmed', mail.senderConfirmed),
    ready: observe('ready', mail.ready),
    deliveries: mail.deliveries && { ...mail.deliveries, list: observe('listDeliveries', mail.deliveries.list) },
  };
}

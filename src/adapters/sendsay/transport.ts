import {
  bodyJson,
  type HttpAnswer,
  type HttpClient,
  HttpFailure,
  headerOf,
  retryAfterOf,
  type Through,
} from '../../platform/http/http.ts';
import type { Clock } from '../../ports/clock.ts';
import { type ApiObject, errorsOf, objectOf, type SendsayError } from './wire.ts';

/** Any result of one call, before classification. */
export type Reply =
  /**
   * An HTTP answer; `content` is null when the body is not a JSON object. `retryAfterSeconds` is the requested delay,
   * if any.
   */
  | {
      kind: 'answer';
      status: number;
      content: ApiObject | null;
      errors: SendsayError[];
      retryAfterSeconds: number | null;
    }
  /** A redirect that is not followed. */
  | { kind: 'stray'; detail: string }
  /** No answer. `not-sent`: no byte of the request left this process. */
  | { kind: 'failure'; sent: 'not-sent' | 'maybe-sent'; detail: string };

export interface TransportOptions {
  /** Address before the account's code. */
  url: string;
  account: string;
  http: HttpClient;
  clock: Pick<Clock, 'now'>;
}

export interface Transport {
  /**
   * Posts one call and follows the provider's redirects with the same bytes.
   * @param authorization header value, or null for calls without authentication
   * @param gate every request passes it; its errors are passed on when it did not let the call through
   * @param timeLeft awaited inside the gate right before each request: milliseconds left for the exchange; its errors
   * stop the call and are passed on
   */
  post(content: ApiObject, authorization: string | null, gate: Through, timeLeft: TimeLeft): Promise<Reply>;
}

/** Milliseconds left for a call; 0 or less: no request may start any more. */
export type TimeLeft = () => Promise<number>;

const MAX_HTTP_REDIRECTS = 5;
const MAX_BODY_REDIRECTS = 10;

/**
 * The provider's HTTP rules. A call is a POST of one JSON object to `url/account`. After 3xx it is posted again, but
 * only to the same origin, because the credential goes with it. A `REDIRECT` in the body is a path relative to the
 * base address; it is kept for later calls until an answer from there is unusable.
 */
export function createTransport(options: TransportOptions): Transport {
  const base = `${options.url.replace(/\/+$/, '')}/${encodeURIComponent(options.account)}`;
  let remembered = '';

  async function exchange(
    url: URL,
    body: string,
    authorization: string | null,
    gate: Through,
    timeLeft: TimeLeft,
  ): Promise<HttpAnswer> {
    return passGate(gate, async (signal) => {
      const deadlineMs = await timeLeft();
      if (deadlineMs <= 0) {
        throw new HttpFailure('the deadline passed while the call waited for a rate-limit slot', 'timeout', 'not-sent');
      }
      return options.http.exchange({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...(authorization === null ? {} : { authorization }),
        },
        body,
        deadlineMs,
        signal,
      });
    });
  }

  async function post(
    content: ApiObject,
    authorization: string | null,
    gate: Through,
    timeLeft: TimeLeft,
  ): Promise<Reply> {
    const body = JSON.stringify(content);
    let suffix = remembered;
    let url = new URL(base + suffix);
    let httpHops = 0;
    let bodyHops = 0;
    for (;;) {
      let answer: HttpAnswer;
      try {
        answer = await exchange(url, body, authorization, gate, timeLeft);
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        remembered = '';
        // A redirected call has been read by a server; only the first hop can be "not sent" for certain.
        const sent = httpHops + bodyHops > 0 ? 'maybe-sent' : error.sent;
        return { kind: 'failure', sent, detail: error.message };
      }

      if (answer.status >= 300 && answer.status < 400) {
        const target = locationOf(answer, url);
        if (target === null) return { kind: 'stray', detail: `HTTP ${answer.status} without a usable Location header` };
        if (target.origin !== url.origin) {
          return {
            kind: 'stray',
            detail: `HTTP ${answer.status} redirects to another host, which must not get the credential`,
          };
        }
        httpHops += 1;
        if (httpHops > MAX_HTTP_REDIRECTS) {
          return { kind: 'stray', detail: `more than ${MAX_HTTP_REDIRECTS} HTTP redirects` };
        }
        url = target;
        continue;
      }

      const parsed = objectOf(bodyJson(answer));
      const errors = parsed === null ? [] : errorsOf(parsed);
      if (parsed !== null && answer.status === 200 && errors.length === 0 && Object.hasOwn(parsed, 'REDIRECT')) {
        const path = redirectPathOf(parsed['REDIRECT']);
        if (path === null) return { kind: 'stray', detail: 'REDIRECT is not a path' };
        bodyHops += 1;
        if (bodyHops > MAX_BODY_REDIRECTS) {
          remembered = '';
          return { kind: 'stray', detail: `more than ${MAX_BODY_REDIRECTS} REDIRECTs in a row` };
        }
        suffix = path;
        url = new URL(base + suffix);
        continue;
      }

      remembered = answer.status === 200 && parsed !== null ? suffix : '';
      const retryAfterSeconds = retryAfterOf(answer, options.clock.now());
      return { kind: 'answer', status: answer.status, content: parsed, errors, retryAfterSeconds };
    }
  }

  return { post };
}

/** Runs a call inside the gate. An error of the gate after the call never hides the call's result. */
async function passGate<T>(gate: Through, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  let state: { at: 'waiting' | 'calling' } | { at: 'answered'; answer: T } | { at: 'failed'; error: unknown } = {
    at: 'waiting',
  };
  const readState = (): typeof state => state;
  try {
    return await gate(async (signal) => {
      state = { at: 'calling' };
      try {
        const answer = await call(signal);
        state = { at: 'answered', answer };
        return answer;
      } catch (error) {
        state = { at: 'failed', error };
        throw error;
      }
    });
  } catch (error) {
    const last = readState();
    if (last.at === 'answered') return last.answer;
    if (last.at === 'failed') throw last.error;
    if (last.at === 'waiting') throw error;
    throw new HttpFailure('the rate limiter aborted the call', 'aborted', 'maybe-sent');
  }
}

function locationOf(answer: HttpAnswer, from: URL): URL | null {
  const location = headerOf(answer, 'location');
  if (location === null || !URL.canParse(location, from.href)) return null;
  const target = new URL(location, from);
  return target.username === '' && target.password === '' ? target : null;
}

/** A plain path; null for anything that could leave the base address. */
function redirectPathOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 500 || !/^\/?[\w~.%-]+(\/[\w~.%-]*)*$/.test(value)) return null;
  if (value.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) return null;
  return value.startsWith('/') ? value : `/${value}`;
}

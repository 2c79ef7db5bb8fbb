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

/** Everything that can come back from one call, before anybody judges it. */
export type Reply =
  /** An HTTP answer; `content` is null when it was no JSON object. `retryAfterSeconds` as the answer asked, if it did. */
  | {
      kind: 'answer';
      status: number;
      content: ApiObject | null;
      errors: SendsayError[];
      retryAfterSeconds: number | null;
    }
  /** A redirect that is not followed. */
  | { kind: 'stray'; detail: string }
  /** No answer. `not-sent`: not a byte of the request left. */
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
   * Posts one call and follows the provider's redirects, posting the very same bytes again.
   * @param authorization value of the header, or null for calls without authentication
   * @param gate every single request passes it; what it throws without letting the call through is passed on
   * @param timeLeft awaited inside the gate right before each request: milliseconds the exchange may take; what it
   *   throws stops the call and is passed on
   */
  post(content: ApiObject, authorization: string | null, gate: Through, timeLeft: TimeLeft): Promise<Reply>;
}

/** Milliseconds a call still has; 0 or less: nothing may begin any more. */
export type TimeLeft = () => Promise<number>;

const MAX_HTTP_REDIRECTS = 5;
const MAX_BODY_REDIRECTS = 10;

/**
 * The provider's HTTP rules: POST of one JSON object to `url/account`; 3xx is posted again by hand to the same origin
 * and nowhere else, since the credential goes along; a `REDIRECT` in the body is a path appended to the base address,
 * kept for later calls until an answer from there is unusable.
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
        throw new HttpFailure('deadline passed while waiting for its turn', 'timeout', 'not-sent');
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
        // A redirected call has been read by somebody; only the first hop can be "not sent" for certain.
        const sent = httpHops + bodyHops > 0 ? 'maybe-sent' : error.sent;
        return { kind: 'failure', sent, detail: error.message };
      }

      if (answer.status >= 300 && answer.status < 400) {
        const target = locationOf(answer, url);
        if (target === null) return { kind: 'stray', detail: `HTTP ${answer.status} without a usable Location` };
        if (target.origin !== url.origin) {
          return { kind: 'stray', detail: `HTTP ${answer.status} to another host, where the credential must not go` };
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
        if (path === null) return { kind: 'stray', detail: 'REDIRECT that is not a path' };
        bodyHops += 1;
        if (bodyHops > MAX_BODY_REDIRECTS) {
          remembered = '';
          return { kind: 'stray', detail: `more than ${MAX_BODY_REDIRECTS} REDIRECTs` };
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

/**
 * Runs a call inside the gate. What the gate itself throws after the call was made never hides what came of it.
 */
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
    throw new HttpFailure('the rate gate gave the call up', 'aborted', 'maybe-sent');
  }
}

function locationOf(answer: HttpAnswer, from: URL): URL | null {
  const location = headerOf(answer, 'location');
  if (location === null || !URL.canParse(location, from.href)) return null;
  const target = new URL(location, from);
  return target.username === '' && target.password === '' ? target : null;
}

/** A plain path; anything that could leave the base address is refused. */
function redirectPathOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 500 || !/^\/?[\w~.%-]+(\/[\w~.%-]*)*$/.test(value)) return null;
  if (value.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment))) return null;
  return value.startsWith('/') ? value : `/${value}`;
}

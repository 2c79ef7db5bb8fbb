import type { IncomingMessage, ServerResponse } from 'node:http';
import { performFault } from './fault-effects.ts';
import { type Fault, type FaultKind, FaultPlan } from './faults.ts';
import {
  answerJson,
  answerText,
  hang,
  isLoopback,
  listen,
  pause,
  type RunningSandbox,
  readBody,
} from './http-listener.ts';
import { Meter } from './meter.ts';
import { type ApiCall, type ApiState, executeCall, isChanging } from './sendsay/actions.ts';
import { AddressBook } from './sendsay/addresses.ts';
import { Authentication, urlDecoded } from './sendsay/authentication.ts';
import { Callbacks } from './sendsay/callback-sender.ts';
import { LetterBook } from './sendsay/letters.ts';
import { type ApiAnswer, Habits, isEmpty, isRecord, refused } from './sendsay/protocol.ts';
import { RedirectedPaths } from './sendsay/redirected-paths.ts';
import { answerSendsayControl, type LimitStyle, streamLetters } from './sendsay/sendsay-control.ts';
import { Statistics } from './sendsay/statistics.ts';
import { Trackers } from './sendsay/trackers.ts';

export interface SendsaySandboxOptions {
  /** 0 means any free port. */
  port: number;
  host?: string;
  account: string;
  apiKey?: string;
  login?: string;
  sublogin?: string;
  password?: string;
  /** The only addresses allowed in `from.email` and `reply.email`. */
  confirmedSenders: string[];
  /** Requests per rolling second; default 80. */
  ratePerSecond?: number;
  /** Concurrent changing calls; default 5. The limit for all calls is twice as high. */
  concurrency?: number;
  latencyMs?: number;
  /** Awaited before each call is executed, so that a test can keep calls in progress. */
  hold?: () => Promise<void>;
  /** Seconds until a tracker (Sendsay's record of a running send) reaches its final state; default 1. */
  trackerSeconds?: number;
  /** Seconds until the receiving mail server accepts or refuses the letter; default 0.5. */
  deliverySeconds?: number;
  /** Hours for which trackers are kept; default 48. */
  retentionHours?: number;
  now?: () => Date;
  /** Monotonic clock for the rolling second, in milliseconds. */
  monotonicMs?: () => number;
  /** Address for callbacks about ended trackers. */
  callback?: { url: string };
}

const BASE = '/general/api/v100/json';
const MAX_BODY_BYTES = 400 * 1024 * 1024;
const FAULTS: readonly FaultKind[] = [
  'rate-limit',
  'status',
  'reset-before',
  'reset-after-accept',
  'timeout-after-accept',
  'hang',
  'slow',
  'garbage',
  'wrong-schema',
  'redirect',
  'body-redirect',
  'session-expired',
  'error',
  'tracker',
  'other-answer',
];

/**
 * Starts the stand-in Sendsay: a real HTTP server with the provider's rules, limits and habits, and injected faults.
 * `url` is the base address for a client; the account name follows it. Rejects when the port is in use.
 */
export async function startSendsaySandbox(options: SendsaySandboxOptions): Promise<RunningSandbox> {
  const sandbox = new SendsaySandbox(options);
  const address = { host: options.host ?? '127.0.0.1', port: options.port };
  const running = await listen((request, response) => sandbox.handle(request, response), address);
  return {
    url: running.url + BASE,
    port: running.port,
    close: () => {
      sandbox.stop();
      return running.close();
    },
  };
}

class SendsaySandbox {
  readonly #options: SendsaySandboxOptions;
  readonly #state: ApiState;
  readonly #faults = new FaultPlan(FAULTS);
  readonly #meter: Meter;
  readonly #redirected = new RedirectedPaths(BASE);
  readonly #byAction = new Map<string, number>();
  #limitStyle: LimitStyle = 'mixed';
  #overLimit = 0;

  constructor(options: SendsaySandboxOptions) {
    const { account, apiKey, login, sublogin, password, confirmedSenders } = options;
    const now = options.now ?? (() => new Date());
    const changing = options.concurrency ?? 5;
    const habits = new Habits();
    const trackerSeconds = options.trackerSeconds ?? 1;
    const trackers = new Trackers({ trackerSeconds, retentionHours: options.retentionHours ?? 48 }, habits, now);
    const addresses = new AddressBook(habits);
    const limits = { perSecond: options.ratePerSecond ?? 80, concurrent: changing * 2, changing };
    this.#options = options;
    this.#meter = new Meter(limits, options.monotonicMs ?? (() => performance.now()));
    this.#state = {
      authentication: new Authentication({ account, apiKey, login, sublogin, password }, now),
      addresses,
      trackers,
      statistics: new Statistics({ trackers, addresses, habits }, options.deliverySeconds ?? 0.5, now),
      letters: new LetterBook(),
      habits,
      callbacks: options.callback ? new Callbacks(options.callback.url, trackers, trackerSeconds * 1000 + 20) : null,
      seenRequestIds: new Map(),
      account,
      confirmedSenders,
      now,
    };
  }

  stop(): void {
    this.#state.callbacks?.stop();
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://sandbox.invalid');
    if (url.pathname.startsWith('/sandbox/')) return this.#control(request, response, url);
    const urlAccount = this.#redirected.accountOf(url.pathname);
    if (urlAccount === null) return answerText(response, 404, 'Not Found\n');
    if (request.method !== 'POST') return answerText(response, 405, 'Method Not Allowed\n', { allow: 'POST' });

    const passage = this.#meter.enter();
    response.on('close', () => passage.leave());
    const read = await this.#readCall(request, urlAccount);
    if ('status' in read) return answerText(response, read.status, 'refused\n');
    if ('refusal' in read) return answerJson(response, 200, read.refusal);
    const { call } = read;

    this.#byAction.set(call.action, (this.#byAction.get(call.action) ?? 0) + 1);
    const changingFits = !isChanging(call.action) || passage.change();
    if (passage.overLimit || !changingFits) return this.#refuseOverLimit(call, response);
    await pause(this.#options.latencyMs ?? 0, response);
    await this.#options.hold?.();
    const email = typeof call.body['email'] === 'string' ? { email: call.body['email'] } : {};
    const subject = { method: 'POST', path: url.pathname, action: call.action, ...email };
    await this.#perform(this.#faults.strike(subject), call, response);
  }

  /** Returns the call, an API error, or the HTTP status that refuses the call. */
  async #readCall(
    request: IncomingMessage,
    urlAccount: string,
  ): Promise<{ call: ApiCall } | { refusal: ApiAnswer } | { status: number }> {
    const refusal = (id: string, explain: string) => ({ refusal: refused({ id, explain }) });
    let text: string;
    try {
      text = await readBody(request, MAX_BODY_BYTES);
    } catch (error) {
      return error instanceof TypeError ? refusal('error/encoding', 'not UTF-8') : { status: 413 };
    }
    const mediaType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
    if (mediaType !== 'application/json') return { status: 415 };
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return refusal('error/json', 'not JSON');
    }
    if (!isRecord(body)) return refusal('error/json', 'not an object');
    const inHeader = request.headers['x-request-id'];
    const header = typeof inHeader === 'string' && inHeader !== '' ? (urlDecoded(inHeader) ?? inHeader) : null;
    const inBody = isEmpty(body['request.id']) ? null : String(body['request.id']);
    if (header !== null && inBody !== null) {
      return { refusal: { ...refused({ id: 'double_request.id' }), 'request.id': inBody } };
    }
    if (typeof body['action'] !== 'string') return refusal('error/action/missing', 'action is required');
    const { authorization } = request.headers;
    return { call: { body, action: body['action'], urlAccount, authorization, requestId: inBody ?? header } };
  }

  async #refuseOverLimit(call: ApiCall, response: ServerResponse): Promise<void> {
    this.#overLimit += 1;
    const style = this.#limitStyle === 'mixed' ? (this.#overLimit % 2 === 1 ? 'error' : '503') : this.#limitStyle;
    if (style === 'timeout') return hang(response, undefined);
    if (style === '503') return answerText(response, 503, 'Service Temporarily Unavailable\n');
    this.#write(call, response, refused({ id: 'rate_limit' }));
  }

  async #perform(fault: Fault | null, call: ApiCall, response: ServerResponse): Promise<void> {
    const outcome = fault?.kind === 'tracker' ? (fault.outcome ?? null) : null;
    const execute = () => executeCall(call, this.#state, outcome);
    if (fault === null) return this.#write(call, response, execute());
    switch (fault.kind) {
      case 'tracker':
        return this.#write(call, response, execute());
      case 'rate-limit':
        return this.#write(call, response, refused({ id: 'rate_limit' }));
      case 'error':
        return this.#write(call, response, refused({ id: fault.id ?? 'error/unknown', explain: fault.explain }));
      case 'session-expired':
        this.#state.authentication.expireSessions();
        return this.#write(call, response, refused({ id: 'error/auth/failed', explain: 'expired' }));
      case 'other-answer': {
        const changed = Object.entries({ ...this.#dressed(call, execute()), ...fault.fields });
        return answerJson(response, 200, Object.fromEntries(changed.filter(([, value]) => value !== null)));
      }
      case 'redirect': {
        const location = fault.location ?? `/node2${BASE}/${call.urlAccount}`;
        this.#redirected.open(location, call.urlAccount);
        return answerText(response, fault.status ?? 307, '', { location });
      }
      case 'body-redirect': {
        const location = fault.location ?? '/node3';
        this.#redirected.open(location, call.urlAccount);
        return answerJson(response, 200, { REDIRECT: location });
      }
      default:
        await performFault(fault, response, () => ({ status: 200, body: this.#dressed(call, execute()) }));
    }
  }

  #write(call: ApiCall, response: ServerResponse, answer: ApiAnswer): void {
    answerJson(response, 200, this.#dressed(call, answer));
  }

  /** Adds request id and duration to every answer. */
  #dressed(call: ApiCall, answer: ApiAnswer): ApiAnswer {
    const id = call.requestId === null ? {} : { 'request.id': call.requestId };
    return { ...answer, ...id, duration: this.#state.habits.number(0) };
  }

  async #control(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (!isLoopback(request))
      return answerJson(response, 403, { error: 'the control API answers only requests from this machine' });
    const { letters, addresses, statistics } = this.#state;
    if (request.method === 'GET' && url.pathname === '/sandbox/letters') {
      return streamLetters(response, url.searchParams, letters);
    }
    const answer = answerSendsayControl(request.method ?? '', url.pathname, await readBody(request, 1024 * 1024), {
      letters,
      addresses,
      statistics,
      faults: this.#faults,
      meter: this.#meter,
      byAction: this.#byAction,
      setLimitStyle: (style) => {
        this.#limitStyle = style;
      },
      reset: () => this.#reset(),
    });
    answerJson(response, answer.status, answer.body);
  }

  #reset(): void {
    this.#state.letters.reset();
    this.#state.addresses.reset();
    this.#state.trackers.reset();
    this.#state.statistics.speak({});
    this.#state.seenRequestIds.clear();
    this.#state.callbacks?.stop();
    this.#faults.replace({ faults: [] });
    this.#meter.reset();
    this.#byAction.clear();
    this.#limitStyle = 'mixed';
  }
}

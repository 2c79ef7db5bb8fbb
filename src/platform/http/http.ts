import type { LookupFunction } from 'node:net';
import { DateTime } from 'luxon';
import { Agent, type Dispatcher } from 'undici';
import { type DecodedBody, decodeBody } from './content-coding.ts';

/** Lets a call through when its turn has come (rate, concurrency); the signal aborts when the turn is lost. */
export type Through = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** One request. `body` is sent byte for byte; redirects are never followed here. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: URL;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** Milliseconds for the whole exchange: name lookup, connecting, writing, reading to the end. */
  deadlineMs: number;
  signal?: AbortSignal;
}

/** A complete answer, whatever its status. Header names are in lower case; the body is decoded where that is possible. */
export interface HttpAnswer extends DecodedBody {
  status: number;
  headers: Record<string, string | string[] | undefined>;
}

export type HttpFailureReason = 'connect' | 'timeout' | 'aborted' | 'cut' | 'too-large';

/**
 * No complete answer came. `sent` is what decides whether a request may be repeated: `not-sent` only when not a
 * single byte of it was handed to a connection, `maybe-sent` in every other case.
 * The message names method, host and cause; never path, query or body.
 */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly reason: HttpFailureReason;
  readonly sent: 'not-sent' | 'maybe-sent';
  constructor(message: string, reason: HttpFailureReason, sent: 'not-sent' | 'maybe-sent') {
    super(message);
    this.reason = reason;
    this.sent = sent;
  }
}

/** Connections to one outside system. */
export interface HttpClient {
  /** @throws HttpFailure when no complete answer came within the deadline. */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /** Waits for running exchanges, then closes idle connections. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /** An answer longer than this fails as `too-large`; one that would be longer once decoded stays undecoded. Default 32 MiB. */
  maxAnswerBytes?: number;
  /** Limit for one connection with all its addresses. Default 10 s. */
  connectTimeoutMs?: number;
  /** How long one address may take before the host's next one is tried. Default 2.5 s. */
  addressTimeoutMs?: number;
  /** Name lookup; default is the system's. It is asked for all addresses of a host. */
  lookup?: LookupFunction;
}

/**
 * Client with its own connections. Every address of a host is tried in turn, IPv4 and IPv6, until one connects.
 * Idle connections are dropped early, since a request that meets a connection the server has just closed
 * has an unknown outcome.
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const maxAnswerBytes = options.maxAnswerBytes ?? 32 * 1024 * 1024;
  const agent = new Agent({
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 2_000,
    keepAliveMaxTimeout: 10_000,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: options.addressTimeoutMs ?? 2_500,
    connect: {
      timeout: options.connectTimeoutMs ?? 10_000,
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    },
  });
  return {
    exchange: (request) => exchange(agent, maxAnswerBytes, request),
    close: () => agent.close(),
  };
}

/**
 * Drives the dispatcher directly: its start callback runs just before the first byte is written, which is the one
 * exact mark between "not sent" and "maybe sent", and a deadline ends even a connection that is still being made.
 */
function exchange(agent: Agent, maxAnswerBytes: number, request: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    let running: Dispatcher.DispatchController | null = null;
    let settled = false;
    let status = 0;
    let headers: HttpAnswer['headers'] = {};
    const chunks: Buffer[] = [];
    let length = 0;

    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      return true;
    };
    const fail = (reason: HttpFailureReason, cause: string): void => {
      if (!settle()) return;
      const failure = new HttpFailure(
        `${request.method} ${request.url.host}: ${cause}`,
        reason,
        running === null ? 'not-sent' : 'maybe-sent',
      );
      running?.abort(failure);
      reject(failure);
    };
    const onAbort = (): void => fail('aborted', 'given up, its turn was lost');
    const timer = setTimeout(
      () => fail('timeout', `no complete answer within ${Math.round(request.deadlineMs)} ms`),
      Math.max(0, request.deadlineMs),
    );
    request.signal?.addEventListener('abort', onAbort, { once: true });
    if (request.signal?.aborted) return onAbort();

    agent.dispatch(
      {
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        // Servers may choose any coding where nothing is said (RFC 9110 §12.5.3), and those that compress often change
        // the ETag with it, which a later If-Match would then miss.
        headers: { 'accept-encoding': 'identity', ...request.headers },
        body: request.body ?? null,
      },
      {
        onRequestStart(controller) {
          if (settled) controller.abort(new Error('given up before it was sent'));
          else running = controller;
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          length += chunk.length;
          if (length > maxAnswerBytes) fail('too-large', `answer longer than ${maxAnswerBytes} bytes`);
          else chunks.push(chunk);
        },
        onResponseEnd() {
          const answered = { status, headers };
          void decodeBody(headers['content-encoding'], Buffer.concat(chunks, length), maxAnswerBytes).then(
            (decoded) => {
              if (settle()) resolve({ ...answered, ...decoded });
            },
          );
        },
        onResponseError(_controller, error) {
          if (running === null) fail('connect', `no connection (${codeOf(error)})`);
          else fail('cut', `connection broke before the answer was complete (${codeOf(error)})`);
        },
      },
    );
  });
}

/** Error codes only: messages of lower layers may quote what was sent or received. */
function codeOf(error: unknown): string {
  const codes = new Set<string>();
  const inner = error instanceof AggregateError ? error.errors : [];
  for (const each of [error, ...inner]) {
    if (each instanceof Error && 'code' in each && typeof each.code === 'string') codes.add(each.code);
  }
  return codes.size === 0 ? 'no code' : [...codes].join(', ');
}

/** One header's value; of a repeated header the first. */
export function headerOf(answer: HttpAnswer, name: string): string | null {
  const value = answer.headers[name.toLowerCase()];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

/** The body as text, or null when it is not UTF-8 or cannot be decoded. */
export function bodyText({ body, codingFault }: HttpAnswer): string | null {
  if (codingFault !== undefined) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** The body as JSON, or undefined when it is not JSON in UTF-8. */
export function bodyJson(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(bodyText(answer) ?? '');
  } catch {
    return undefined;
  }
}

/** Longest that somebody outside may stop us with one answer. */
const MAX_RETRY_AFTER_SECONDS = 15 * 60;
/** From here on a number is no span but an instant: seconds, or milliseconds, since 1970. */
const FIRST_EPOCH_SECOND = 1e9;
const FIRST_EPOCH_MILLISECOND = 1e12;

/**
 * `Retry-After` in whole seconds from `now`, at most 15 minutes: a number of seconds or an HTTP date (RFC 9110 §10.2.3), or
 * Unix time in seconds or milliseconds, as some servers send it.
 * @returns null when absent or none of these.
 */
export function retryAfterOf(answer: HttpAnswer, now: Date): number | null {
  const text = headerOf(answer, 'retry-after')?.trim();
  if (text === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? spanOf(Number(text), now) : secondsUntil(DateTime.fromHTTP(text), now);
  return seconds === null ? null : Math.min(Math.max(0, Math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS);
}

function spanOf(told: number, now: Date): number {
  if (told < FIRST_EPOCH_SECOND) return told;
  return (told < FIRST_EPOCH_MILLISECOND ? told : told / 1000) - now.getTime() / 1000;
}

function secondsUntil(at: DateTime, now: Date): number | null {
  return at.isValid ? (at.toMillis() - now.getTime()) / 1000 : null;
}

/** When an answer was made, by the clock of whoever made it (`Date`, RFC 9110); null where it does not tell. */
export function answerDate(answer: HttpAnswer): Date | null {
  const at = DateTime.fromHTTP(headerOf(answer, 'date')?.trim() ?? '');
  return at.isValid ? at.toJSDate() : null;
}

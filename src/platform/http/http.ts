import type { LookupFunction } from 'node:net';
import { DateTime } from 'luxon';
import type { Agent, Dispatcher } from 'undici';
import { type DecodedBody, decodeBody } from './content-coding.ts';

/** Runs a call when its turn comes (rate, concurrency); the signal aborts when the turn is lost. */
export type Through = <T>(call: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** One request. `body` is sent unchanged; redirects are not followed. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: URL;
  headers: Record<string, string>;
  body?: string | Buffer;
  /** Milliseconds for the whole exchange: name lookup, connecting, writing, and reading to the end. */
  deadlineMs: number;
  signal?: AbortSignal;
}

/** A complete answer with any status. Header names are lower-case; the body is decoded if possible. */
export interface HttpAnswer extends DecodedBody {
  status: number;
  headers: Record<string, string | string[] | undefined>;
}

export type HttpFailureReason = 'connect' | 'timeout' | 'aborted' | 'cut' | 'too-large';

/**
 * No complete answer came. `sent` decides whether the request may be retried: `not-sent` only when no byte of it was
 * given to a connection; otherwise `maybe-sent`. The message contains method, host and cause, never path, query or
 * body.
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

/** Connections to one external system. */
export interface HttpClient {
  /** @throws HttpFailure when no complete answer came within the deadline. */
  exchange(request: HttpRequest): Promise<HttpAnswer>;
  /** Waits for running exchanges, then closes idle connections. */
  close(): Promise<void>;
}

export interface HttpClientOptions {
  /**
   * A longer answer fails as `too-large`; an answer that would be longer when decoded stays encoded. Default 32 MiB.
   */
  maxAnswerBytes?: number;
  /** Limit for one connection over all addresses of a host. Default 10 s. */
  connectTimeoutMs?: number;
  /** Time for one address before the next address is tried. Default 2.5 s. */
  addressTimeoutMs?: number;
  /** Name lookup; default is the system's. It must return all addresses of a host. */
  lookup?: LookupFunction;
}

/**
 * Creates a client with its own connections. It tries all addresses of a host, IPv4 and IPv6, until one connects.
 * Idle connections are closed early, because a request on a connection that the server has just closed has an unknown
 * outcome.
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const maxAnswerBytes = options.maxAnswerBytes ?? 32 * 1024 * 1024;
  let opened: Promise<Agent> | null = null;
  const open = () => (opened ??= openAgent(options));
  return {
    exchange: async (request) => exchange(await open(), maxAnswerBytes, request),
    close: async () => (await opened)?.close(),
  };
}

/** The library is loaded for the first request, because a server may never make one. */
async function openAgent(options: HttpClientOptions): Promise<Agent> {
  const undici = await import('undici');
  return new undici.Agent({
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
}

/**
 * Drives the dispatcher directly. Its start callback runs just before the first byte is written, which is the exact
 * boundary between "not sent" and "maybe sent". A deadline also ends a connection attempt.
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
    const onAbort = (): void => fail('aborted', 'aborted, because the rate-limit slot was lost');
    const timer = setTimeout(
      () => fail('timeout', `no complete response within ${Math.round(request.deadlineMs)} ms`),
      Math.max(0, request.deadlineMs),
    );
    request.signal?.addEventListener('abort', onAbort, { once: true });
    if (request.signal?.aborted) return onAbort();

    agent.dispatch(
      {
        origin: request.url.origin,
        path: `${request.url.pathname}${request.url.search}`,
        method: request.method,
        // Without this header a server may choose any coding (RFC 9110 §12.5.3). Servers that compress often change
        // the ETag, and a later If-Match would fail.
        headers: { 'accept-encoding': 'identity', ...request.headers },
        body: request.body ?? null,
      },
      {
        onRequestStart(controller) {
          if (settled) controller.abort(new Error('aborted before the request was sent'));
          else running = controller;
        },
        onResponseStart(_controller, statusCode, responseHeaders) {
          status = statusCode;
          headers = responseHeaders;
        },
        onResponseData(_controller, chunk) {
          length += chunk.length;
          if (length > maxAnswerBytes) fail('too-large', `response longer than ${maxAnswerBytes} bytes`);
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
          else fail('cut', `the connection broke before the response was complete (${codeOf(error)})`);
        },
      },
    );
  });
}

/** Error codes only, because messages of lower layers may quote data. */
function codeOf(error: unknown): string {
  const codes = new Set<string>();
  const inner = error instanceof AggregateError ? error.errors : [];
  for (const each of [error, ...inner]) {
    if (each instanceof Error && 'code' in each && typeof each.code === 'string') codes.add(each.code);
  }
  return codes.size === 0 ? 'no code' : [...codes].join(', ');
}

/** Value of a header; the first one when it is repeated. */
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

/** Maximum delay that an external answer can impose. */
const MAX_RETRY_AFTER_SECONDS = 15 * 60;
/** Numbers from here on are Unix time in seconds or milliseconds, not a duration. */
const FIRST_EPOCH_SECOND = 1e9;
const FIRST_EPOCH_MILLISECOND = 1e12;

/**
 * `Retry-After` in whole seconds from `now`, at most 15 minutes. Accepts seconds or an HTTP date (RFC 9110 §10.2.3),
 * and Unix time in seconds or milliseconds, which some servers send.
 * @returns null when it is absent or invalid
 */
export function retryAfterOf(answer: HttpAnswer, now: Date): number | null {
  const text = headerOf(answer, 'retry-after')?.trim();
  if (text === undefined) return null;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? spanOf(Number(text), now) : secondsUntil(DateTime.fromHTTP(text), now);
  return seconds === null ? null : Math.min(Math.max(0, Math.ceil(seconds)), MAX_RETRY_AFTER_SECONDS);
}

function spanOf(value: number, now: Date): number {
  if (value < FIRST_EPOCH_SECOND) return value;
  return (value < FIRST_EPOCH_MILLISECOND ? value : value / 1000) - now.getTime() / 1000;
}

function secondsUntil(at: DateTime, now: Date): number | null {
  return at.isValid ? (at.toMillis() - now.getTime()) / 1000 : null;
}

/** Time of an answer by the sender's clock (`Date`, RFC 9110); null when absent. */
export function answerDate(answer: HttpAnswer): Date | null {
  const at = DateTime.fromHTTP(headerOf(answer, 'date')?.trim() ?? '');
  return at.isValid ? at.toJSDate() : null;
}

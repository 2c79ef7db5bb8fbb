import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, performFault } from './fault-effects.ts';
import { type Fault, type FaultKind, FaultPlan } from './faults.ts';
import { answerJson, BodyTooLarge, isLoopback, listen, pause, type RunningSandbox, readBody } from './http-listener.ts';
import { answerContract, header, type LmsRequest, problem, type RecordedPatch, recordedBody } from './lms/contract.ts';
import { type Dialect, fromContract, toContract } from './lms/dialect.ts';
import { answerLmsControl, type LmsControl } from './lms/lms-control.ts';
import { type JsonObject, RecordStore } from './lms/record-store.ts';
import type { WebhookTarget } from './lms/webhook-sender.ts';
import { Meter } from './meter.ts';
import { sampleEntries, sampleRelease } from './sample-release.ts';

export interface LmsSandboxOptions {
  /** 0 means any free port. */
  port: number;
  host?: string;
  /** The only accepted bearer token. */
  token: string;
  /** Number of teachers in the sample release; default 60. */
  size?: number;
  /** Address for webhooks about changes that a test makes through the control API. */
  webhook?: WebhookTarget;
  /** Delay added to every answer of the contract's routes. */
  latencyMs?: number;
  /** Awaited before each call is executed, so that a test can keep calls in progress. */
  hold?: () => Promise<void>;
  ratePerSecond?: number;
  concurrency?: number;
  /** Field names of this LMS; default: the names of the contract. */
  dialect?: Dialect;
  now?: () => Date;
  /** Monotonic clock for the rolling second, in milliseconds. */
  monotonicMs?: () => number;
}

const FAULTS: readonly FaultKind[] = [
  'status',
  'reset-before',
  'reset-after-apply',
  'hang',
  'slow',
  'garbage',
  'wrong-schema',
];
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Starts the stand-in LMS: a real HTTP server with the sample release, the contract's rules, and injected faults.
 * Rejects when the port is in use.
 */
export async function startLmsSandbox(options: LmsSandboxOptions): Promise<RunningSandbox> {
  const now = options.now ?? (() => new Date());
  const concurrent = options.concurrency ?? 10;
  const limits = { perSecond: options.ratePerSecond ?? 60, concurrent, changing: concurrent };
  const control: LmsControl = {
    store: seeded(options.size),
    faults: new FaultPlan(FAULTS),
    quirks: {},
    meter: new Meter(limits, options.monotonicMs ?? (() => performance.now())),
    patches: [],
    webhook: options.webhook,
    now,
    reset() {
      control.store = seeded(options.size);
      control.faults.replace({ faults: [] });
      control.quirks = {};
      control.meter.reset();
      control.patches = [];
    },
  };
  const handler = async (incoming: IncomingMessage, response: ServerResponse) => {
    const url = new URL(incoming.url ?? '/', 'http://sandbox.invalid');
    if (url.pathname.startsWith('/sandbox/')) {
      if (!isLoopback(incoming))
        return write(response, problem(403, 'Forbidden', 'the control API answers only requests from this machine'));
      return write(response, await answerLmsControl(await read(incoming, url), control));
    }
    const passage = control.meter.enter();
    response.on('close', () => passage.leave());
    const request = await read(incoming, url).catch((error: unknown) => error as Error);
    if (request instanceof BodyTooLarge) return write(response, problem(413, 'Content Too Large', 'body too large'));
    if (request instanceof Error) return write(response, problem(400, 'Bad Request', 'the body is not UTF-8'));
    if (!authorized(header(request, 'authorization'), options.token)) {
      const challenge = { 'www-authenticate': 'Bearer' };
      return write(response, problem(401, 'Unauthorized', 'a valid bearer token is required', challenge));
    }
    const patch = recordPatch(request, control);
    if (passage.overLimit) {
      if (patch) patch.status = 429;
      return write(
        response,
        problem(429, 'Too Many Requests', 'too many requests per second or at the same time', { 'retry-after': '1' }),
      );
    }
    await pause(options.latencyMs ?? 0, response);
    await options.hold?.();
    const execute = () => {
      const { dialect } = options;
      const answer = answerContract(
        dialect ? toContract(dialect, request) : request,
        control.store,
        now,
        control.quirks,
      );
      if (patch) patch.status = answer.status;
      return dialect ? fromContract(dialect, request.path, answer) : answer;
    };
    const fault = control.faults.strike({ method: request.method, path: request.path });
    if (!fault) return write(response, execute());
    if (patch) patch.status = unexecutedStatus(fault);
    await performFault(fault, response, execute);
  };
  const running = await listen(handler, { host: options.host ?? '127.0.0.1', port: options.port });
  return running;
}

function seeded(size: number | undefined): RecordStore {
  const store = new RecordStore();
  const { release } = sampleRelease(0);
  store.putRelease(release.id, release as unknown as JsonObject);
  for (const { id, make } of sampleEntries(size))
    store.putMadeGroup(id, release.id, () => make() as unknown as JsonObject);
  return store;
}

async function read(incoming: IncomingMessage, url: URL): Promise<LmsRequest> {
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: incoming.headers,
    body: await readBody(incoming, MAX_BODY_BYTES),
  };
}

function authorized(given: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const match = /^Bearer +(\S+)$/i.exec(given ?? '');
  return match?.[1] !== undefined && timingSafeEqual(digest(match[1]), digest(token));
}

function recordPatch(request: LmsRequest, control: LmsControl): RecordedPatch | null {
  const match = /^\/student-groups\/([^/]+)$/.exec(request.path);
  if (request.method !== 'PATCH' || match?.[1] === undefined) return null;
  const patch: RecordedPatch = {
    at: control.now().toISOString(),
    studentGroupId: match[1],
    ifMatch: header(request, 'if-match') ?? null,
    body: recordedBody(request.body),
    status: 0,
  };
  control.patches.push(patch);
  return patch;
}

/** The recorded status of a PATCH that a fault prevented. */
function unexecutedStatus(fault: Fault): number {
  return fault.kind === 'status' ? (fault.status ?? 503) : 0;
}

function write(response: ServerResponse, answer: Answer): void {
  answerJson(response, answer.status, answer.body, answer.headers ?? {});
}

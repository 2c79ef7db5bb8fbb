import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { isDatabaseDown } from '../database/database-down.ts';
import type { Log } from '../log.ts';

/** A fault of the input: its place (JSON pointer into body or query) and description, never the value. */
export interface InputFault {
  pointer: string;
  detail: string;
}

/**
 * A problem document (RFC 9457) that a handler throws. `detail` tells the caller how to correct the request, without
 * personal data.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: InputFault[] | undefined;
  readonly headers: Record<string, string>;
  constructor(status: number, detail: string, more: { errors?: InputFault[]; headers?: Record<string, string> } = {}) {
    super(detail);
    this.status = status;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }
}

/** A dependency is down; the client should retry after `seconds`. */
export function unavailable(detail: string, seconds = 5): Problem {
  return new Problem(503, detail, { headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) } });
}

/** Sends a problem as `application/problem+json`. */
export function sendProblem(res: Response, problem: Problem): void {
  const { status, message, errors, headers } = problem;
  const body = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail: message };
  res.status(status).set(headers).set('Content-Type', 'application/problem+json; charset=utf-8');
  res.send(Buffer.from(JSON.stringify(errors === undefined ? body : { ...body, errors })));
}

/** For unknown addresses. */
export const answerNotFound: RequestHandler = () => {
  throw new Problem(404, 'There is nothing at this address.');
};

/**
 * The last handler: turns any error into a problem. A database outage becomes 503. An unexpected error becomes 500
 * and is logged by name and place, not by message, which may contain personal data.
 */
export function answerErrors(log: Pick<Log, 'warn' | 'error'>): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    const requestId = res.getHeader('X-Request-Id');
    if (res.headersSent) {
      log.warn({ requestId, error: nameOf(error) }, 'answer broken off');
      res.destroy();
      return;
    }
    const problem = toProblem(error);
    if (problem.status === 500) log.error({ requestId, error: nameOf(error), at: placeOf(error) }, 'request failed');
    if (problem.status === 503)
      log.warn({ requestId, cause: problem.message, error: nameOf(error) }, 'dependency down');
    sendProblem(res, problem);
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseDown(error)) return unavailable('The database cannot be reached now; try again later.');
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return refusedBody(status, type);
  return new Problem(500, 'Something went wrong here; the operators can find it by the X-Request-Id of this answer.');
}

/** Errors of express and its body parser; their own messages may quote the input. */
function refusedBody(status: number, type: unknown): Problem {
  if (status === 413) return new Problem(413, 'The body is larger than this address takes.');
  if (status === 415) return new Problem(415, 'This content encoding is not taken; send the body uncompressed.');
  return new Problem(
    status,
    type === 'request.aborted' ? 'The request was broken off.' : 'The request cannot be read.',
  );
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}

function placeOf(error: unknown): string[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => /^\s+at /.test(line)).map((line) => line.trim());
}

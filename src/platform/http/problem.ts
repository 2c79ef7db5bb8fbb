import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { message } from '../../domain/messages/message.ts';
import { isDatabaseDown } from '../database/database-down.ts';
import type { Log } from '../log.ts';
import { during } from '../trace.ts';
import { inLanguageOf } from './language.ts';
import { stepOf } from './request-step.ts';

export const PROBLEM_TYPE = 'application/problem+json';

/** One fault of an input: where (JSON pointer into body or query) and what, never the value itself. */
export const InputFault = z
  .object({
    pointer: z
      .string()
      .describe('JSON pointer (RFC 6901) to the fault in the body or the query; empty for the whole input.'),
    detail: z.string().describe('What is wrong at this place. The text never repeats the value.'),
  })
  .meta({ id: 'InputFault', description: 'One fault in the input.' });
export type InputFault = z.infer<typeof InputFault>;

/** The body of every error answer (RFC 9457). */
export const ProblemBody = z
  .object({
    type: z.literal('about:blank').describe('Always `about:blank`: the status code gives the kind of problem.'),
    title: z.string().describe('The name of the HTTP status.'),
    status: z.int().min(400).max(599).describe('The HTTP status.'),
    detail: z.string().describe('What went wrong and what to do, for a person. The text contains no personal data.'),
    state: z.string().optional().describe('Only if the state does not allow the action: the current state.'),
    errors: z.array(InputFault).optional().describe('Only for invalid input: each fault with its place, at most 50.'),
  })
  .meta({ id: 'Problem', description: 'An error in the format of RFC 9457.' });

/**
 * A problem document (RFC 9457) that a handler throws. `detail` tells the caller how to correct the request, without
 * personal data.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: InputFault[] | undefined;
  readonly state: string | undefined;
  readonly headers: Record<string, string>;
  constructor(
    status: number,
    detail: string,
    more: { errors?: InputFault[]; state?: string; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.status = status;
    this.errors = more.errors;
    this.state = more.state;
    this.headers = more.headers ?? {};
  }
}

/** A dependency is down; the client should retry after `seconds`. */
export function unavailable(detail: string, seconds = 5): Problem {
  return new Problem(503, detail, { headers: { 'Retry-After': String(Math.max(1, Math.ceil(seconds))) } });
}

/** Sends a problem as `application/problem+json`. */
export function sendProblem(res: Response, problem: Problem): void {
  const { status, message, errors, state, headers } = problem;
  const title = STATUS_CODES[status] ?? 'Error';
  const body: z.infer<typeof ProblemBody> = { type: 'about:blank', title, status, detail: message };
  res.status(status).set(headers).set('Content-Type', `${PROBLEM_TYPE}; charset=utf-8`);
  const more = { ...(state === undefined ? {} : { state }), ...(errors === undefined ? {} : { errors }) };
  const translated = inLanguageOf(res, { ...body, ...more });
  res.send(Buffer.from(JSON.stringify(translated)));
}

/** The handler for unknown addresses; it returns 404. */
export const answerNotFound: RequestHandler = () => {
  throw new Problem(404, message('unknown.address'));
};

/**
 * The last handler: turns any error into a problem. A database outage becomes 503. An unexpected error becomes 500
 * and is logged by name and place, not by message, which may contain personal data.
 */
export function answerErrors(log: Pick<Log, 'warn' | 'error'>): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    during(stepOf(res), () => {
      const requestId = res.getHeader('X-Request-Id');
      if (res.headersSent) {
        log.warn({ requestId, error: nameOf(error) }, 'the response was cut off');
        res.destroy();
        return;
      }
      const problem = toProblem(error);
      if (problem.status === 500) log.error({ requestId, error: nameOf(error), at: placeOf(error) }, 'request failed');
      if (problem.status === 503)
        log.warn({ requestId, cause: problem.message, error: nameOf(error) }, 'dependency down');
      sendProblem(res, problem);
    });
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isDatabaseDown(error)) return unavailable(message('down.database'));
  const { status, type } = (error ?? {}) as { status?: unknown; type?: unknown };
  if (typeof status === 'number' && status >= 400 && status < 500) return refusedBody(status, type);
  return new Problem(500, message('failed'));
}

/** Errors of express and its body parser; their own messages may quote the input. */
function refusedBody(status: number, type: unknown): Problem {
  if (status === 413) return new Problem(413, message('http.too-large'));
  if (status === 415) return new Problem(415, message('http.encoded'));
  return new Problem(status, message(type === 'request.aborted' ? 'http.aborted' : 'http.unreadable'));
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

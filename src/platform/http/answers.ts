import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { type InputFault, PROBLEM_TYPE, ProblemBody } from './problem.ts';

/** The content of an answer in one media type. */
export interface Content {
  schema: z.ZodType;
  /** An example that matches `schema`; absent: the content is not JSON. */
  example?: unknown;
}

/** One answer of a route. */
export interface AnswerDescription {
  description: string;
  /** Response bodies by media type; empty if the response has no body. */
  content: Record<string, Content>;
  /** Headers that the answer always has, by name, with their meaning; `X-Request-Id` is on every answer. */
  headers?: Record<string, string> | undefined;
  /** Name of this description in `components`, if several routes share it. */
  shared?: string | undefined;
}

/** A response body of bytes. */
export const BYTES = z.unknown().meta({ contentEncoding: 'binary' });

/**
 * An answer in JSON.
 * @param example shown in the API's description; it has the type that handlers return
 */
export function json<T extends z.ZodType>(
  description: string,
  schema: T,
  example: z.output<T>,
  headers?: Record<string, string>,
): AnswerDescription {
  return { description, content: { 'application/json': { schema, example } }, headers };
}

/** An answer without a body. */
export function empty(description: string, headers?: Record<string, string>): AnswerDescription {
  return { description, content: {}, headers };
}

/** 304: the caller sent its copy's `ETag` in `If-None-Match`, and that copy is current. */
export const NOT_MODIFIED: AnswerDescription = empty('Not modified: the `ETag` in `If-None-Match` is still current.');

/** One answer in several media types; the caller chooses one by `Accept`. */
export function either(description: string, ...answers: AnswerDescription[]): AnswerDescription {
  const content = Object.assign({}, ...answers.map((answer) => answer.content));
  return { description, content, headers: Object.assign({}, ...answers.map((answer) => answer.headers)) };
}

/** An error answer: a problem document (RFC 9457). */
export function problemAnswer(
  status: number,
  description: string,
  detail: string,
  more: { errors?: InputFault[]; headers?: Record<string, string>; shared?: string } = {},
): AnswerDescription {
  const example = { type: 'about:blank' as const, title: STATUS_CODES[status] ?? '', status, detail };
  return {
    description,
    content: {
      [PROBLEM_TYPE]: {
        schema: ProblemBody,
        example: more.errors ? { ...example, errors: more.errors } : example,
      },
    },
    headers: more.headers,
    shared: more.shared,
  };
}

const RETRY = { 'Retry-After': 'Seconds to wait before the next attempt.' };

export const BAD_REQUEST = problemAnswer(
  400,
  'The query or the body does not have the expected form. `errors` gives the place and the fault of each error.',
  'The request does not have the expected form; see errors.',
  { errors: [{ pointer: '/limit', detail: 'expected a whole number from 1 to 200' }], shared: 'BadRequest' },
);
export const UNAUTHORIZED = problemAnswer(
  401,
  'The request has no valid token.',
  'A valid token is needed: Authorization: Bearer gr_…',
  {
    headers: { 'WWW-Authenticate': 'How to authenticate: `Bearer realm="gramota"`.' },
    shared: 'Unauthorized',
  },
);
export const FORBIDDEN = problemAnswer(
  403,
  'The role of the token does not allow this request.',
  "This request needs the role coordinator; the token's role is viewer.",
  { shared: 'Forbidden' },
);
export const METHOD_NOT_ALLOWED = problemAnswer(
  405,
  'The address exists, but does not allow this method. `Allow` lists the allowed methods.',
  'DELETE is not allowed here; allowed: GET, HEAD, OPTIONS.',
  { headers: { Allow: 'The methods that this address allows.' }, shared: 'MethodNotAllowed' },
);
export const TOO_LARGE = problemAnswer(
  413,
  'The request body is too large for this address.',
  'The request body is too large for this address.',
  { shared: 'ContentTooLarge' },
);
export const WRONG_TYPE = problemAnswer(
  415,
  'The request body has an unsupported media type or content encoding.',
  'Content-Type: expected application/json in UTF-8.',
  { shared: 'UnsupportedMediaType' },
);
export const UNAVAILABLE = problemAnswer(
  503,
  'A dependency is down: try again after `Retry-After`.',
  'The database cannot be reached now; try again later.',
  { headers: RETRY, shared: 'Unavailable' },
);
/** @param detail what a client reads */
export function unavailableAnswer(description: string, detail: string): AnswerDescription {
  return problemAnswer(503, description, detail, { headers: RETRY });
}
export const TOO_MANY = problemAnswer(
  429,
  'Too many lookups from this address: try again after `Retry-After`.',
  'Too many lookups from this address; try again after the number of seconds in Retry-After.',
  { headers: RETRY },
);

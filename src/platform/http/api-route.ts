import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import {
  type AnswerDescription,
  BAD_REQUEST,
  FORBIDDEN,
  json,
  METHOD_NOT_ALLOWED,
  problemAnswer,
  TOO_LARGE,
  UNAUTHORIZED,
  UNAVAILABLE,
  WRONG_TYPE,
} from './answers.ts';
import { actorOf, identityOf, requireRole } from './auth.ts';
import type { Method, Route } from './declare-route.ts';
import { readJson } from './json-body.ts';
import { Problem } from './problem.ts';
import { parseInput } from './validate.ts';

const BODY_LIMIT = 64 * 1024;
/** A route without query parameters refuses any; otherwise a misspelt filter would be ignored silently. */
const NoQuery = z.strictObject({});

/** The record that the path identifies. A malformed path or an unknown record gets 404 before anything else is parsed. */
export interface Subject<P extends z.ZodObject, S> {
  params: P;
  find: (params: z.output<P>) => Promise<S | null>;
  /** `detail` of the answer 404. */
  missing: string | (() => string);
}

export interface JsonBody<B extends z.ZodType> {
  schema: B;
  example: z.input<B>;
  /** Bytes; 64 KiB by default. */
  limit?: number;
  /** True: a missing body is read as `{}`. */
  optional?: boolean;
}

/** The input of a handler of `/api`, validated and parsed. */
export interface ApiInput<P extends z.ZodObject, S, Q extends z.ZodType, B extends z.ZodType> {
  req: Request;
  res: Response;
  params: z.output<P>;
  subject: S;
  query: z.output<Q>;
  body: z.output<B>;
  /** The caller, in the form stored as `actor` in the audit record. */
  actor: string;
}

interface ApiSpec<P extends z.ZodObject, S, Q extends z.ZodType, B extends z.ZodType> {
  method: Method;
  path: string;
  name: string;
  tag: string;
  summary: string;
  description?: string;
  role: 'viewer' | 'coordinator' | 'admin';
  subject?: Subject<P, S>;
  query?: Q;
  headers?: z.ZodObject;
  body?: JsonBody<B>;
  /** Further answers, by status. The successful one and those such as 401 and 404 are derived from the other fields. */
  problems?: Record<number, AnswerDescription>;
}

type NoParams = z.ZodObject<Record<never, never>>;

/** A route of `/api` with a JSON response: the handler returns data that match `answer.schema`. */
export function jsonRoute<
  A extends z.ZodType,
  P extends z.ZodObject = NoParams,
  S = null,
  Q extends z.ZodType = typeof NoQuery,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: ApiSpec<P, S, Q, B> & {
    answer: {
      status?: 200 | 202;
      description: string;
      schema: A;
      example: z.output<A>;
      headers?: Record<string, string>;
    };
    handle: (input: ApiInput<P, S, Q, B>) => Promise<z.output<A>> | z.output<A>;
  },
): Route {
  const { answer, handle } = spec;
  const { status = 200, description, schema, example, headers } = answer;
  return apiRoute(spec, { [status]: json(description, schema, example, headers) }, async (input) => {
    const result = await handle(input);
    input.res.status(status).json(result);
  });
}

/** A route of `/api` whose answer is not JSON; the handler writes the answer. */
export function contentRoute<
  P extends z.ZodObject = NoParams,
  S = null,
  Q extends z.ZodType = typeof NoQuery,
  B extends z.ZodType = z.ZodUndefined,
>(
  spec: ApiSpec<P, S, Q, B> & {
    answers: Record<number, AnswerDescription>;
    handle: (input: ApiInput<P, S, Q, B>) => Promise<void> | void;
  },
): Route {
  return apiRoute(spec, spec.answers, spec.handle);
}

/** All routes check in one order: 401 (checked before any route of `/api`), 403, 404, type of the body, its contents. */
function apiRoute<P extends z.ZodObject, S, Q extends z.ZodType, B extends z.ZodType>(
  spec: ApiSpec<P, S, Q, B>,
  good: Record<number, AnswerDescription>,
  handle: (input: ApiInput<P, S, Q, B>) => Promise<void> | void,
): Route {
  const { method, path, name, tag, summary, description, role, subject, query, headers, body } = spec;
  const run: RequestHandler = async (req, res) => {
    const found = (res.locals['subject'] ?? { params: {}, subject: null }) as Pick<
      ApiInput<P, S, Q, B>,
      'params' | 'subject'
    >;
    const asked = parseInput(query ?? NoQuery, req.query) as z.output<Q>;
    const given = (body && parseInput(body.schema, req.body)) as z.output<B>;
    await handle({ req, res, ...found, query: asked, body: given, actor: actorOf(identityOf(res)) });
  };
  const read = body ? readJson(body.limit ?? BODY_LIMIT, { optional: body.optional ?? false }) : [];
  return {
    method,
    path,
    name,
    tag,
    summary,
    description,
    access: role,
    params: subject?.params,
    query,
    headers,
    body: body && {
      schema: body.schema,
      example: body.example,
      mediaType: 'application/json',
      required: !(body.optional ?? false),
    },
    answers: { ...good, ...refusals(spec), ...spec.problems },
    handlers: [requireRole(role), ...(subject ? [findSubject(subject)] : []), ...read, run],
  };
}

function refusals<P extends z.ZodObject, S>(
  spec: ApiSpec<P, S, z.ZodType, z.ZodType>,
): Record<number, AnswerDescription> {
  const missing = spec.subject?.missing;
  const detail = typeof missing === 'string' ? missing : 'There is no object with this id.';
  return {
    400: BAD_REQUEST,
    401: UNAUTHORIZED,
    ...(spec.role === 'viewer' ? {} : { 403: FORBIDDEN }),
    ...(spec.subject ? { 404: problemAnswer(404, 'There is no object at this address.', detail) } : {}),
    405: METHOD_NOT_ALLOWED,
    ...(spec.body ? { 413: TOO_LARGE, 415: WRONG_TYPE } : {}),
    503: UNAVAILABLE,
  };
}

function findSubject<P extends z.ZodObject, S>({ params, find, missing }: Subject<P, S>): RequestHandler {
  return async (req, res, next) => {
    const named = params.safeParse(req.params);
    const subject = named.success ? await find(named.data) : null;
    if (subject === null) throw new Problem(404, typeof missing === 'string' ? missing : missing());
    res.locals['subject'] = { params: named.data, subject };
    next();
  };
}

import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { useToken } from '../../coordinate/token-verbs.ts';
import { type Language, translate } from '../../domain/messages/message.ts';
import { hashToken } from '../../platform/http/auth.ts';
import { addressLimit } from '../../platform/http/limit-per-address.ts';
import { readUploadName } from '../../platform/http/multipart.ts';
import { Problem } from '../../platform/http/problem.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  deleteOldSessions,
  insertSession,
  type SessionOwner,
  selectSession,
  touchSession,
} from '../../records/console-sessions.ts';
import type { Db } from '../../records/rows.ts';
import { noteTokenUse } from '../../records/tokens.ts';
import { type Fields, fieldOf } from '../desk-route.ts';
import type { Reader } from '../frame/desk-frame.ts';
import { fill } from '../frame/words.ts';
import { clearSessionCookie, hashSessionId, sessionIdOf, setSessionCookie, transportOf } from './session-cookie.ts';
import { type Interrupted, InterruptedForm, resumePage, signInPage, unpackInterrupted } from './sign-in-page.ts';
import { SIGN_IN_WORDS } from './sign-in-words.ts';

export interface SessionContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
  base: string;
  zone: string;
  hasProvider: boolean;
}

/** Failed sign-ins per minute and address. */
const ATTEMPTS = 10;
/** A request is noted in the session at most this often. */
const TOUCH_MS = 60_000;

const CONSOLE_PATH = /^\/console(?![^/?])[^\\\p{Cc}]*$/u;

/** A path of the console to go to; anything else leads to its first page, never to another site. */
export function pathWithin(text: string | undefined): string {
  if (text === undefined || !CONSOLE_PATH.test(text)) return '/console';
  // As a browser resolves it: with `..` and its encoded forms taken out.
  return CONSOLE_PATH.test(new URL(text, 'http://localhost').pathname) ? text : '/console';
}

/**
 * The language before the sign-in: of `?lang=`, the form's, or the one that the provider gives back in the state; else the
 * browser's, else Russian.
 */
export function languageBefore(req: Request): Language {
  const { lang, state } = req.query;
  const asked =
    lang ?? (req.body as Fields | undefined)?.['lang'] ?? (typeof state === 'string' && state.split('.')[1]);
  if (asked === 'ru' || asked === 'en') return asked;
  return req.acceptsLanguages(['ru', 'en']) === 'en' ? 'en' : 'ru';
}

export function readerBefore(ctx: SessionContext, req: Request): Reader {
  return { language: languageBefore(req), name: null, base: ctx.base, zone: ctx.zone, here: '/console' };
}

/** The session of a request into `res.locals.session`; without one a page leads to the sign-in, and a form is kept. */
export function requireSession(ctx: SessionContext): RequestHandler {
  return async (req, res, next) => {
    const id = sessionIdOf(req);
    const at = ctx.clock.now();
    const session = id === null ? null : await selectSession(ctx.db, hashSessionId(id), at);
    if (session === null) {
      await leadToSignIn(ctx, req, res);
      return;
    }
    if (at.getTime() - session.seenAt.getTime() > TOUCH_MS) {
      await touchSession(ctx.db, session.id, at);
      if (session.tokenId !== null) await noteTokenUse(ctx.db, session.tokenId, at);
    }
    res.locals['session'] = session;
    next();
  };
}

async function leadToSignIn(ctx: SessionContext, req: Request, res: Response): Promise<void> {
  if (sessionIdOf(req) !== null) clearSessionCookie(req, res);
  const path = req.originalUrl;
  if (req.method === 'GET' || req.method === 'HEAD') {
    res.redirect(303, `${ctx.base}/console/sign-in?${new URLSearchParams({ next: pathWithin(path) })}`);
    return;
  }
  const parsed = InterruptedForm.safeParse({ action: path, ...(await interruptedFields(req)) });
  sendSignIn(ctx, req, res, { next: '/console', interrupted: parsed.data ?? null, fault: null, status: 401 });
}

async function interruptedFields(req: Request): Promise<Omit<Interrupted, 'action'>> {
  const upload = req.is('multipart/form-data') ? await readUploadName(req) : null;
  if (upload === null) return { fields: req.body ?? {} };
  return { fields: Object.fromEntries(upload.fields), files: { [upload.part]: upload.name } };
}

export function sendSignIn(
  ctx: SessionContext,
  req: Request,
  res: Response,
  { status, ...page }: { next: string; interrupted: Interrupted | null; fault: string | null; status: number },
): void {
  const body = signInPage(readerBefore(ctx, req), {
    ...page,
    transport: transportOf(req),
    hasProvider: ctx.hasProvider,
  });
  res.status(status).type('html').send(body);
}

/** The form of the sign-in, by token: a session and the way to the page that was wanted. */
export function signInWithToken(ctx: SessionContext): RequestHandler {
  const limit = addressLimit(ctx.db, { name: 'sign-in', perMinute: ATTEMPTS });
  return async (req, res) => {
    const fields = req.body as Fields;
    const words = SIGN_IN_WORDS[languageBefore(req)];
    const next = pathWithin(fieldOf(fields, 'next'));
    const interrupted = readInterrupted(fields);
    const refuse = (fault: string, status: number) => sendSignIn(ctx, req, res, { next, interrupted, fault, status });
    const wait = await limit.count(req.ip ?? '');
    if (wait !== null) {
      res.set('Retry-After', String(wait));
      return refuse(fill(words.many, { seconds: wait }), 429);
    }
    const token = await useToken(ctx, hashToken(fieldOf(fields, 'token') ?? '')).catch((error: unknown) => {
      if (error instanceof Problem) return error;
      throw error;
    });
    if (token instanceof Problem) return refuse(translate(token.message, languageBefore(req)), 401);
    if (token === null) return refuse(words.wrong, 401);
    if (token.role === 'viewer') return refuse(words.role, 403);
    await limit.forgive(req.ip ?? '');
    await beginSession(ctx, req, res, { tokenId: token.id });
    if (interrupted === null) return res.redirect(303, `${ctx.base}${next}`);
    res.type('html').send(resumePage({ ...readerBefore(ctx, req), name: token.name }, interrupted));
  };
}

export function readInterrupted(fields: Fields): Interrupted | null {
  const text = fieldOf(fields, 'interrupted');
  return text === undefined ? null : unpackInterrupted(text);
}

/** A new session with a new id, so that an id known from before the sign-in is worth nothing. */
export async function beginSession(
  ctx: SessionContext,
  req: Request,
  res: Response,
  owner: SessionOwner,
): Promise<void> {
  const id = randomBytes(32).toString('base64url');
  const at = ctx.clock.now();
  await deleteOldSessions(ctx.db, at);
  await insertSession(
    ctx.db,
    { id: ctx.newId(), hash: hashSessionId(id), language: languageBefore(req), ...owner },
    at,
  );
  setSessionCookie(req, res, id);
}

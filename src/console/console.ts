import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import { translate } from '../domain/messages/message.ts';
import { isDatabaseDown } from '../platform/database/database-down.ts';
import { html } from '../platform/http/html.ts';
import { Problem } from '../platform/http/problem.ts';
import type { Log } from '../platform/log.ts';
import type { ConsoleSession } from '../records/console-sessions.ts';
import { endSession, endSessionsOfOwner, setSessionLanguage } from '../records/console-sessions.ts';
import { accessPages } from './access/access-desk.ts';
import { auditPages } from './audit/audit-desk.ts';
import { batchPages } from './batches/batches-desk.ts';
import { bulkPages } from './bulk/bulk-desk.ts';
import { certificatePages } from './certificate/certificate-desk.ts';
import { letterPages } from './certificate/letter-desk.ts';
import { reissuePages } from './certificate/reissue-desk.ts';
import type { DeskContext } from './desk-context.ts';
import { type Fields, fieldOf, mountDesk, readForm } from './desk-route.ts';
import { DESK_POLICY, SCRIPT_ASSET, STYLE_ASSET } from './frame/desk-assets.ts';
import { deskPage, type Reader } from './frame/desk-frame.ts';
import { FRAME_WORDS } from './frame/frame-words.ts';
import { fill } from './frame/words.ts';
import { heldPages } from './held/held-desk.ts';
import { homePages } from './home/home-desk.ts';
import { importPages } from './imports/imports-desk.ts';
import { peoplePages } from './people/people-desk.ts';
import { reconciliationPages } from './reconciliation/reconciliation-desk.ts';
import { releasePages } from './release/releases-desk.ts';
import { reportPages } from './reports/reports-desk.ts';
import { openIdSignIn } from './session/openid.ts';
import { refuseForeignForms } from './session/same-origin.ts';
import { clearSessionCookie } from './session/session-cookie.ts';
import {
  pathWithin,
  readerBefore,
  requireSession,
  type SessionContext,
  sendSignIn,
  signInWithToken,
} from './session/sessions.ts';
import { keptForm } from './session/sign-in-page.ts';
import { studentGroupPages } from './student-group/student-group-desk.ts';
import { templatePages } from './templates/templates-desk.ts';

/** The favicon: a sheet with a seal. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="5" y="3" width="22" height="26" rx="3" fill="#1d4e63"/><path d="M10 10h12M10 15h12" stroke="#fff" stroke-width="2"/><circle cx="20" cy="22" r="4" fill="#e8bd6d"/></svg>`;

/** The largest form; the sign-in has to hold such a form that was interrupted. */
const FORM_KB = 512;
const SIGN_IN_KB = 2 * FORM_KB;

/** The web console for coordinators: pages that are made here, and forms that act by the functions of the API. */
export function mountConsole(app: Express, ctx: DeskContext, log: Pick<Log, 'warn' | 'error'>): void {
  const site = { base: new URL(ctx.publicUrl).pathname.replace(/\/+$/, ''), zone: ctx.zone };
  const sessions: SessionContext = {
    ...site,
    db: ctx.db,
    clock: ctx.clock,
    newId: ctx.newId,
    hasProvider: ctx.openId !== null,
  };

  app.use('/console', deskHeaders, refuseForeignForms(new URL(ctx.publicUrl).origin));
  mountAssets(app);
  app.get('/console/sign-in', (req, res) => {
    const next = pathWithin(typeof req.query['next'] === 'string' ? req.query['next'] : undefined);
    sendSignIn(sessions, req, res, { next, interrupted: null, fault: null, status: 200 });
  });
  app.post('/console/session', ...readForm(SIGN_IN_KB), signInWithToken(sessions));
  if (ctx.openId !== null) {
    const { begin, finish } = openIdSignIn(sessions, {
      ...ctx.openId,
      callback: `${ctx.publicUrl}/console/session/callback`,
    });
    app.post('/console/session/openid', ...readForm(SIGN_IN_KB), begin);
    app.get('/console/session/callback', finish);
  }
  app.use('/console', ...readForm(FORM_KB), requireSession(sessions));
  mountSessionActs(app, ctx, site.base);
  const parts = [
    homePages(ctx),
    releasePages(ctx),
    batchPages(ctx),
    peoplePages(ctx),
    studentGroupPages(ctx),
    certificatePages(ctx),
    letterPages(ctx),
    reissuePages(ctx),
    heldPages(ctx),
    bulkPages(ctx),
    reconciliationPages(ctx),
    templatePages(ctx),
    importPages(ctx),
    reportPages(ctx),
    accessPages(ctx),
    auditPages(ctx),
  ];
  mountDesk(app, site, {
    pages: parts.flatMap(({ pages }) => pages),
    files: parts.flatMap(({ files = [] }) => files),
    acts: parts.flatMap(({ acts = [] }) => acts),
  });
  app.use('/console', () => {
    throw new Problem(404, 'unknown');
  });
  app.use('/console', errorPage(sessions, log));
}

const deskHeaders: RequestHandler = (_req, res, next) => {
  res.locals['route'] = '/console';
  res.set({
    'Cache-Control': 'no-store',
    'Content-Security-Policy': DESK_POLICY,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    // Needed for the check of forms by `Origin`; other sites get nothing.
    'Referrer-Policy': 'same-origin',
    'X-Robots-Tag': 'noindex',
  });
  next();
};

function mountAssets(app: Express): void {
  const icon = { path: '/console/assets/icon.svg', type: 'image/svg+xml', text: ICON };
  for (const { path, type, text } of [STYLE_ASSET, SCRIPT_ASSET, icon])
    app.get(path, (_req, res) => {
      res.set({ 'Cache-Control': 'public, max-age=31536000, immutable', 'Content-Type': type }).send(Buffer.from(text));
    });
}

function mountSessionActs(app: Express, ctx: DeskContext, base: string): void {
  for (const path of ['/console/session/end', '/console/session/end-all', '/console/language'])
    app.get(path, (_req, res) => res.redirect(303, `${base}/console`));
  const sessionOf = (locals: Record<string, unknown>) => locals['session'] as ConsoleSession;
  app.post('/console/session/end', async (req, res) => {
    await endSession(ctx.db, sessionOf(res.locals).id, ctx.clock.now());
    clearSessionCookie(req, res);
    res.redirect(303, `${base}/console/sign-in`);
  });
  app.post('/console/session/end-all', async (req, res) => {
    await endSessionsOfOwner(ctx.db, sessionOf(res.locals), ctx.clock.now());
    clearSessionCookie(req, res);
    res.redirect(303, `${base}/console/sign-in`);
  });
  app.post('/console/language', async (req, res) => {
    const fields = req.body as Fields;
    await setSessionLanguage(ctx.db, sessionOf(res.locals).id, fieldOf(fields, 'language') === 'en' ? 'en' : 'ru');
    res.redirect(303, `${base}${pathWithin(fieldOf(fields, 'next'))}`);
  });
}

/** Errors as pages: what happened, and a way back. */
function errorPage(sessions: SessionContext, log: Pick<Log, 'warn' | 'error'>): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error);
    const session = res.locals['session'] as ConsoleSession | undefined;
    const before = readerBefore(sessions, req);
    const reader: Reader = session
      ? { ...before, name: session.name, language: session.language === 'ru' ? 'ru' : 'en' }
      : before;
    const words = FRAME_WORDS[reader.language];
    const requestId = String(res.getHeader('X-Request-Id') ?? '');
    const status = error instanceof Problem ? error.status : isDatabaseDown(error) ? 503 : statusOf(error);
    if (status >= 500) {
      const name = error instanceof Error ? error.name : typeof error;
      const at = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
      log.error({ requestId, error: name, at: at.map((line) => line.trim()) }, 'page of the console failed');
    }
    const title = status === 404 ? words.notFound : status === 403 ? words.forbidden : words.failed;
    const text =
      status === 404
        ? words.notFoundText
        : error instanceof Problem
          ? translate(error.message, reader.language)
          : status === 413
            ? fill(words.tooLarge, { limit: FORM_KB })
            : fill(words.failedText, { id: requestId });
    const kept = status >= 500 && req.method === 'POST' ? keptForm(reader, req.originalUrl, req.body) : null;
    const content = html`<h1>${title}</h1><p class="lead">${text}</p>${kept}<p><a class="button quiet" href="${reader.base}/console">${words.home}</a></p>`;
    if (error instanceof Problem) res.set(error.headers);
    res
      .status(status)
      .type('html')
      .send(deskPage(reader, { title, content, menu: null }));
  };
}

function statusOf(error: unknown): number {
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

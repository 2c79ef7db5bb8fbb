import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { type Language, message } from '../domain/messages/message.ts';
import { actorOf, type Identity } from '../platform/http/auth.ts';
import { type Html, html } from '../platform/http/html.ts';
import { Problem } from '../platform/http/problem.ts';
import type { ConsoleSession } from '../records/console-sessions.ts';
import { type DeskView, deskPage } from './frame/desk-frame.ts';
import { FRAME_WORDS } from './frame/frame-words.ts';
import { faultList, type PartContext, type Refusal } from './frame/parts.ts';

/** The person at the console. */
export interface Visitor {
  session: ConsoleSession;
  /** As acts are recorded in the audit, equal to that of the same token at the API. */
  actor: string;
}

export interface DeskInput extends PartContext {
  req: Request;
  res: Response;
  visitor: Visitor;
  params: Record<string, string>;
  /** The query; of a parameter that occurs twice, the first. */
  query: Record<string, string>;
}

export type Show = (input: DeskInput) => Promise<DeskView | string | null>;

/** A page: `show` gives null where the path names nothing, and a path where the reader is led on. */
export interface DeskPageSpec {
  path: string;
  /** Only for administrators. */
  admin?: true;
  show: Show;
}

/** An answer that is no page: a stream, a picture or a file. */
export interface DeskFileSpec {
  path: string;
  send: (input: DeskInput) => Promise<void> | void;
}

/** A form's act. After it the browser goes to the path that `act` returns; a refusal shows `page` again with the form. */
export interface DeskActSpec {
  path: string;
  /** Only for administrators. */
  admin?: true;
  act: (input: DeskInput & { fields: Fields }) => Promise<string | DeskView>;
  page: Show;
}

/** The fields of a posted form. */
export type Fields = Record<string, string | string[]>;

const FieldsSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** Reads the posted form. Thousands of checkboxes may be in it. @param limit of the body, in kB */
export const readForm = (limit: number): RequestHandler[] => [
  express.urlencoded({ extended: false, limit: `${limit}kb`, parameterLimit: 20_000 }),
  (req, _res, next) => {
    req.body = FieldsSchema.parse({ ...(req.body ?? {}) });
    next();
  },
];

/** One value of a field; undefined where it is absent or empty, so that empty fields change nothing. */
export function fieldOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  const first = (Array.isArray(value) ? value[0] : value)?.trim();
  return first === '' ? undefined : first;
}

/** All values of a field. */
export function valuesOf(fields: Fields, name: string): string[] {
  const value = fields[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

export interface DeskSite {
  base: string;
  zone: string;
}

const languageOf = (session: ConsoleSession): Language => (session.language === 'ru' ? 'ru' : 'en');

export function actorOfSession({ name, tokenId, subject }: ConsoleSession): string {
  return actorOf({ id: tokenId ?? subject ?? '', name } as Identity);
}

export interface DeskRoutes {
  pages: readonly DeskPageSpec[];
  acts: readonly DeskActSpec[];
  files: readonly DeskFileSpec[];
}

/** Registers pages, files and acts. The session is already checked. */
export function mountDesk(app: Express, site: DeskSite, { pages, files, acts }: DeskRoutes): void {
  for (const { path, show, admin = false } of pages)
    app.get(path, async (req, res) => {
      name(res, path);
      if (admin) requireAdmin(res);
      await answer(inputOf(site, req, res, null), show, 200);
    });
  for (const { path, send: sendFile } of files)
    app.get(path, async (req, res) => {
      name(res, path);
      await sendFile(inputOf(site, req, res, null));
    });
  for (const { path } of acts.filter((act) => pages.every((page) => page.path !== act.path)))
    app.get(path, leadToPage(site, pages, path));
  for (const spec of acts)
    app.post(spec.path, async (req, res) => {
      name(res, spec.path);
      if (spec.admin) requireAdmin(res);
      await runAct(site, spec, req, res);
    });
}

/** A refused form stays at the address of its act: opened again, or with a query, it leads to the page of the form. */
function leadToPage({ base }: DeskSite, pages: readonly DeskPageSpec[], act: string): RequestHandler {
  const depth = Math.max(2, ...pages.filter(({ path }) => act.startsWith(`${path}/`)).map(depthOf));
  return (req, res) => {
    name(res, act);
    const { search } = new URL(req.originalUrl, 'http://localhost');
    res.redirect(303, `${base}${req.path.split('/').slice(0, depth).join('/')}${search}`);
  };
}

const depthOf = ({ path }: DeskPageSpec): number => path.split('/').length;

const name = (res: Response, pattern: string): void => {
  res.locals['route'] = pattern;
};

function requireAdmin(res: Response): void {
  const { role } = res.locals['session'] as ConsoleSession;
  if (role !== 'admin') throw new Problem(403, message('http.role', { needed: 'admin', role }));
}

async function runAct(site: DeskSite, spec: DeskActSpec, req: Request, res: Response): Promise<void> {
  const fields = req.body as Fields;
  const input = inputOf(site, req, res, null);
  try {
    const next = await spec.act({ ...input, fields });
    if (typeof next === 'string') res.redirect(303, `${site.base}${next}`);
    else send(input, next, 200);
  } catch (error) {
    if (!(error instanceof Problem) || error.status >= 500 || error.status === 404) throw error;
    const refusal = { action: req.path, values: fields, faults: error.errors ?? [], detail: error.message };
    await answer(inputOf(site, req, res, refusal), spec.page, error.status);
  }
}

function inputOf(site: DeskSite, req: Request, res: Response, refusal: Refusal | null): DeskInput {
  const session = res.locals['session'] as ConsoleSession;
  const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
  const query = Object.fromEntries(Object.entries(req.query).map(([key, value]) => [key, String(first(value) ?? '')]));
  return {
    ...site,
    req,
    res,
    refusal,
    query,
    language: languageOf(session),
    visitor: { session, actor: actorOfSession(session) },
    params: Object.fromEntries(Object.entries(req.params).map(([key, value]) => [key, String(value)])),
  };
}

async function answer(input: DeskInput, show: Show, status: number): Promise<void> {
  const view = await show(input);
  if (view === null) throw new Problem(404, 'unknown');
  if (typeof view === 'string') input.res.redirect(303, `${input.base}${view}`);
  else send(input, { ...view, content: html`${lostForm(input, view)}${view.content}` }, status);
}

/** A refused form that the page no longer has in its new state: why it was refused, and the reason that was typed. */
function lostForm(input: DeskInput, { content }: DeskView): Html | null {
  const { refusal } = input;
  if (refusal === null || content.text.includes('role="alert"')) return null;
  const reason = fieldOf(refusal.values, 'reason');
  return html`${faultList(input, refusal)}${reason !== undefined && html`<p>${FRAME_WORDS[input.language].typed} <q>${reason}</q></p>`}`;
}

function send(input: DeskInput, view: DeskView, status: number): void {
  const { req, res, language, base, zone, visitor } = input;
  const here = req.method === 'GET' ? req.originalUrl : '/console';
  res.status(status).type('html').set('Content-Language', language);
  // The answer to a form is never loaded again by itself: that would send the form again.
  const again = view.again === true && req.method === 'GET';
  res.send(deskPage({ language, base, zone, here, name: visitor.session.name }, { ...view, again }));
}

/** Whether the page is shown after an act that succeeded. */
export const isDone = ({ query }: Pick<DeskInput, 'query'>): boolean => query['done'] !== undefined;

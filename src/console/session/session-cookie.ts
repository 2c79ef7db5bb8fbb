import type { CookieOptions, Request, Response } from 'express';
import { hashToken } from '../../platform/http/auth.ts';

/** `__Host-`: the browser accepts it only with Secure, for this host alone, and for all paths. */
const SECURE_NAME = '__Host-gramota';
/** On plain HTTP of this computer, where a browser would not store a `__Host-` cookie. */
const PLAIN_NAME = 'gramota-plain';
const ID = /^[A-Za-z0-9_-]{43}$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/;

/** Plain HTTP is good enough only for a browser on the same computer. */
export type ConnectionKind = 'secure' | 'loopback' | 'insecure';

export function transportOf(req: Request): ConnectionKind {
  if (req.secure) return 'secure';
  return LOOPBACK.test(req.get('Host') ?? '') ? 'loopback' : 'insecure';
}

const nameOn = (transport: ConnectionKind): string => (transport === 'loopback' ? PLAIN_NAME : SECURE_NAME);

/** The id in the session cookie; null when there is none. */
export function sessionIdOf(req: Request): string | null {
  return readCookie(req, '');
}

/** The stored form of a session's id. */
export const hashSessionId = (id: string): string => hashToken(`session ${id}`);

export const setSessionCookie = (req: Request, res: Response, id: string): void => setCookie(req, res, '', id);
export const clearSessionCookie = (req: Request, res: Response): void => clearCookie(req, res, '');

/** A cookie of the console; `suffix` tells it from the session's own, whose suffix is empty. Null: none of a right form. */
export function readCookie(req: Request, suffix: string): string | null {
  const name = `${nameOn(transportOf(req))}${suffix}`;
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const [key = '', value = ''] = pair.trim().split('=');
    if (key === name && ID.test(value)) return value;
  }
  return null;
}

export function setCookie(req: Request, res: Response, suffix: string, value: string): void {
  res.cookie(`${nameOn(transportOf(req))}${suffix}`, value, optionsOn(transportOf(req)));
}

export function clearCookie(req: Request, res: Response, suffix: string): void {
  res.clearCookie(`${nameOn(transportOf(req))}${suffix}`, optionsOn(transportOf(req)));
}

function optionsOn(transport: ConnectionKind): CookieOptions {
  return { httpOnly: true, secure: transport !== 'loopback', sameSite: 'lax', path: '/' };
}

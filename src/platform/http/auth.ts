import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { Problem } from './problem.ts';

/** What a role may do includes what those before it may. */
const RANK = { viewer: 0, coordinator: 1, admin: 2 } as const;
type Role = keyof typeof RANK;

/** Whose token came with a request. */
export interface Identity {
  id: string;
  name: string;
  role: Role;
}

/** A new API token, `gr_` and 256 random bits. @param random unpredictable bytes, e.g. `crypto.randomBytes` */
export function makeToken(random: (bytes: number) => Buffer): string {
  return `gr_${random(32).toString('base64url')}`;
}

/** What is stored of a token. It has 256 random bits, so a plain SHA-256 cannot be turned back. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Constant-time comparison of secrets of any length. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** How a request proves who sends it; null when it does not. */
export type Authenticate = (req: Request) => Promise<Identity | null>;

/** `Authorization: Bearer gr_…`, looked up by hash. */
export function bearer(findByHash: (hash: string) => Promise<Identity | null>): Authenticate {
  return async (req) => {
    const token = /^Bearer +(gr_[A-Za-z0-9_-]{20,100}) *$/i.exec(req.headers.authorization ?? '')?.[1];
    return token === undefined ? null : findByHash(hashToken(token));
  };
}

/** 401 unless the request proves who sends it; the identity is then `identityOf(res)`. */
export function requireIdentity(authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    const identity = await authenticate(req);
    if (identity === null) {
      const headers = { 'WWW-Authenticate': 'Bearer realm="gramota"' };
      throw new Problem(401, 'A valid token is needed: Authorization: Bearer gr_…', { headers });
    }
    res.locals['identity'] = identity;
    next();
  };
}

/** 403 unless the sender's role is at least this one. */
export function requireRole(needed: Role): RequestHandler {
  return (_req, res, next) => {
    const { role } = identityOf(res);
    if (RANK[role] < RANK[needed])
      throw new Problem(403, `This needs the role ${needed}; the token's role is ${role}.`);
    next();
  };
}

/** Who sent the request. @throws Error when the route forgot `requireIdentity` */
export function identityOf(res: Response): Identity {
  const identity = res.locals['identity'] as Identity | undefined;
  if (identity === undefined) throw new Error('this route has no requireIdentity');
  return identity;
}

/** How an act is signed: the token's name, and enough of its id to tell two tokens of one name apart. */
export function actorOf({ name, id }: Identity): string {
  return `${name} (${id.slice(-8)})`;
}

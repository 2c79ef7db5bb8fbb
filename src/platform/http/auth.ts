import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { message } from '../../domain/messages/message.ts';
import { Problem } from './problem.ts';

/** Each role includes the rights of the roles before it. */
const RANK = { viewer: 0, coordinator: 1, admin: 2 } as const;
type Role = keyof typeof RANK;

/** The owner of a request's token. */
export interface Identity {
  id: string;
  name: string;
  role: Role;
}

/**
 * A new API token: `gr_` and 256 random bits.
 * @param random unpredictable bytes, such as `crypto.randomBytes`
 */
export function makeToken(random: (bytes: number) => Buffer): string {
  return `gr_${random(32).toString('base64url')}`;
}

/** The stored form of a token. A plain SHA-256 suffices, because the token has 256 random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** Compares secrets of any length in constant time. */
export function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Authenticates a request; null when it fails. */
export type Authenticate = (req: Request) => Promise<Identity | null>;

/** `Authorization: Bearer gr_…`, looked up by hash. */
export function bearer(findByHash: (hash: string) => Promise<Identity | null>): Authenticate {
  return async (req) => {
    const token = /^Bearer +(gr_[A-Za-z0-9_-]{20,100}) *$/i.exec(req.headers.authorization ?? '')?.[1];
    return token === undefined ? null : findByHash(hashToken(token));
  };
}

/** The headers of an answer 401. */
export const BEARER_CHALLENGE = { 'WWW-Authenticate': 'Bearer realm="gramota"' };

/** Answers 401 unless the request is authenticated; afterwards `identityOf(res)` gives the identity. */
export function requireIdentity(authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    const identity = await authenticate(req);
    if (identity === null) throw new Problem(401, message('http.token'), { headers: BEARER_CHALLENGE });
    res.locals['identity'] = identity;
    next();
  };
}

/** Answers 403 unless the caller has at least this role. */
export function requireRole(needed: Role): RequestHandler {
  return (_req, res, next) => {
    const { role } = identityOf(res);
    if (RANK[role] < RANK[needed]) throw new Problem(403, message('http.role', { needed, role }));
    next();
  };
}

/**
 * The authenticated caller.
 * @throws Error when the route lacks `requireIdentity`
 */
export function identityOf(res: Response): Identity {
  const identity = res.locals['identity'] as Identity | undefined;
  if (identity === undefined) throw new Error('this route has no requireIdentity');
  return identity;
}

/** Name of the actor in audit records: the token's name, and the end of its id to distinguish tokens with one name. */
export function actorOf({ name, id }: Identity): string {
  return `${name} (${id.slice(-8)})`;
}

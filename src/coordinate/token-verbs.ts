import { z } from 'zod';
import { InputError } from '../domain/failure.ts';
import { message } from '../domain/messages/message.ts';
import { ROLES } from '../domain/role.ts';
import { endOfDay } from '../domain/time/local-time.ts';
import { type Authenticate, BEARER_CHALLENGE, bearer, hashToken, makeToken } from '../platform/http/auth.ts';
import { Problem } from '../platform/http/problem.ts';
import type { Clock } from '../ports/clock.ts';
import type { Db } from '../records/rows.ts';
import {
  insertToken,
  noteTokenUse,
  recordAct,
  revokeToken as revokeStored,
  selectTokenByHash,
  selectTokens,
  type Token,
} from '../records/tokens.ts';

export interface TokenContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  newId: () => string;
  /** Unpredictable bytes, such as `crypto.randomBytes`. */
  random: (bytes: number) => Buffer;
  /** Name of the person or program that acts, such as `command line`. */
  actor: string;
}

/** When a token that is valid through a day (`YYYY-MM-DD`) in a zone expires; null: that is no day, or it is over. */
export function expiryOf(day: string, zone: string, now: Date): Date | null {
  const end = endOfDay(day, zone);
  return end > now.getTime() ? new Date(end) : null;
}

const Wanted = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, '--name: expected 1 to 100 characters'),
  role: z.enum(ROLES, `--role: expected one of ${ROLES.join(', ')}`),
});

/**
 * Creates a token; it is shown once, and only its hash is stored.
 * @param wanted `expiresAt`: it is valid before this moment; without one it does not expire
 * @throws InputError when name or role is invalid
 */
export async function createToken(
  ctx: TokenContext,
  wanted: { name: string; role: string; expiresAt?: Date | null },
): Promise<{ id: string; token: string }> {
  const parsed = Wanted.safeParse(wanted);
  if (!parsed.success) throw new InputError(parsed.error.issues.map((issue) => issue.message));
  const { name, role } = parsed.data;
  const expiresAt = wanted.expiresAt ?? null;
  const [id, token, at] = [ctx.newId(), makeToken(ctx.random), ctx.clock.now()];
  await ctx.db.transaction(async (trx) => {
    await insertToken(trx, { id, name, role, hash: hashToken(token), expiresAt }, at);
    const act = { id: ctx.newId(), actor: ctx.actor, verb: 'token.create', subject: id, reason: null };
    const until = expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() };
    await recordAct(trx, { ...act, detail: { name, role, ...until } }, at);
  });
  return { id, token };
}

/** All tokens, oldest first, without their secrets. */
export async function listTokens(db: Db): Promise<Token[]> {
  return selectTokens(db);
}

/**
 * Revokes the active tokens with an id or name; returns their number.
 * @throws InputError when there is none
 */
export async function revokeTokenByName(ctx: Omit<TokenContext, 'random'>, idOrName: string): Promise<number> {
  const at = ctx.clock.now();
  return ctx.db.transaction(async (trx) => {
    const revoked = await revokeStored(trx, idOrName, at);
    if (revoked.length === 0)
      throw new InputError('there is no active token with this id or name; see `gramota token list`');
    for (const { id, name, role } of revoked) {
      const act = { id: ctx.newId(), actor: ctx.actor, verb: 'token.revoke', subject: id, reason: null };
      await recordAct(trx, { ...act, detail: { name, role } }, at);
    }
    return revoked.length;
  });
}

export const isExpired = ({ expiresAt }: Pick<Token, 'expiresAt'>, at: Date): boolean =>
  expiresAt !== null && expiresAt <= at;

const NOTED_MS = 60_000;

/**
 * The token with this hash, for a request or a sign-in; its use is noted, at most once a minute. Null when it is unknown
 * or revoked.
 * @throws Problem 401 when it has expired
 */
export async function useToken({ db, clock }: Pick<TokenContext, 'db' | 'clock'>, hash: string): Promise<Token | null> {
  const token = await selectTokenByHash(db, hash);
  if (token === null) return null;
  const at = clock.now();
  if (isExpired(token, at)) {
    const detail = message('http.token-expired', { at: token.expiresAt?.toISOString() ?? '' });
    throw new Problem(401, detail, { headers: BEARER_CHALLENGE });
  }
  if (token.lastUsedAt === null || at.getTime() - token.lastUsedAt.getTime() >= NOTED_MS)
    await noteTokenUse(db, token.id, at);
  return token;
}

/** Authenticates API requests by token. */
export function tokenAuthentication(ctx: Pick<TokenContext, 'db' | 'clock'>): Authenticate {
  return bearer((hash) => useToken(ctx, hash));
}

import { z } from 'zod';
import { InputError } from '../domain/failure.ts';
import { type Authenticate, bearer, hashToken, makeToken } from '../platform/http/auth.ts';
import type { Clock } from '../ports/clock.ts';
import type { Db } from '../records/rows.ts';
import {
  insertToken,
  ROLES,
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

const Wanted = z.object({
  name: z
    .string()
    .trim()
    .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, '--name: expected 1 to 100 characters'),
  role: z.enum(ROLES, `--role: expected one of ${ROLES.join(', ')}`),
});

/**
 * Creates a token; it is shown once, and only its hash is stored.
 * @throws InputError when name or role is invalid
 */
export async function createToken(
  ctx: TokenContext,
  wanted: { name: string; role: string },
): Promise<{ id: string; token: string }> {
  const parsed = Wanted.safeParse(wanted);
  if (!parsed.success) throw new InputError(parsed.error.issues.map((issue) => issue.message));
  const { name, role } = parsed.data;
  const [id, token, at] = [ctx.newId(), makeToken(ctx.random), ctx.clock.now()];
  await ctx.db.transaction(async (trx) => {
    await insertToken(trx, { id, name, role, hash: hashToken(token) }, at);
    await recordAct(
      trx,
      { id: ctx.newId(), actor: ctx.actor, verb: 'token.create', subject: id, reason: null, detail: { name, role } },
      at,
    );
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

/** Authenticates API requests by token. */
export function tokenAuthentication(db: Db): Authenticate {
  return bearer((hash) => selectTokenByHash(db, hash));
}

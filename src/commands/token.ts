import { randomBytes, randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { viewToken } from '../coordinate/token-routes.ts';
import { createToken, expiryOf, listTokens, revokeTokenByName, type TokenContext } from '../coordinate/token-verbs.ts';
import { InputError } from '../domain/failure.ts';
import { hostZone } from '../domain/time/local-time.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { Db } from '../records/rows.ts';
import { actor } from './actor.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

export function tokenContext(db: Db): TokenContext {
  return { db, clock: systemClock, newId: randomUUID, random: randomBytes, actor: actor() };
}

/** `gramota token create`: prints the token once; only its hash is stored. `expires`: the last day of its validity. */
export async function runTokenCreate(
  config: Config,
  { expires, ...wanted }: { name: string; role: string; expires?: string },
  say: Say,
): Promise<void> {
  const zone = config.CONSOLE_ZONE ?? hostZone();
  const expiresAt = expires === undefined ? null : expiryOf(expires, zone, systemClock.now());
  if (expires !== undefined && expiresAt === null)
    throw new InputError('--expires: expected a day such as 2027-06-30 that is not over yet');
  await withDatabase(config, async (db) => say((await createToken(tokenContext(db), { ...wanted, expiresAt })).token));
}

export async function runTokenList(config: Config, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    for (const token of await listTokens(db)) {
      const { state, revokedAt, expiresAt, lastUsedAt } = viewToken(token, systemClock.now());
      const until = revokedAt ?? expiresAt;
      const standing =
        state === 'active'
          ? `active${until === null ? '' : ` until ${shownTime(until)}`}`
          : `${state} ${shownTime(until ?? '')}`;
      const used = lastUsedAt === null ? 'never used' : `last used ${shownTime(lastUsedAt)}`;
      say(`${token.id}  ${token.role.padEnd(11)}  ${standing}  ${used}  ${token.name}`);
    }
  });
}

export async function runTokenRevoke(config: Config, idOrName: string, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    const revoked = await revokeTokenByName(tokenContext(db), idOrName);
    say(`revoked ${revoked}`);
  });
}

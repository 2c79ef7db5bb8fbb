import { randomBytes, randomUUID } from 'node:crypto';
import type { Config } from '../config.ts';
import { createToken, listTokens, revokeTokenByName, type TokenContext } from '../coordinate/token-verbs.ts';
import { systemClock } from '../platform/system-clock.ts';
import type { Db } from '../records/rows.ts';
import { actor } from './actor.ts';
import { shownTime } from './shown-time.ts';
import { withDatabase } from './with-database.ts';

type Say = (line: string) => void;

export function tokenContext(db: Db): TokenContext {
  return { db, clock: systemClock, newId: randomUUID, random: randomBytes, actor: actor() };
}

/** `gramota token create`: prints the token once; only its hash is stored. */
export async function runTokenCreate(config: Config, wanted: { name: string; role: string }, say: Say): Promise<void> {
  await withDatabase(config, async (db) => say((await createToken(tokenContext(db), wanted)).token));
}

export async function runTokenList(config: Config, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    for (const token of await listTokens(db)) {
      const state = token.revokedAt ? `revoked ${shownTime(token.revokedAt)}` : 'active';
      say(`${token.id}  ${token.role.padEnd(11)}  ${state}  ${token.name}`);
    }
  });
}

export async function runTokenRevoke(config: Config, idOrName: string, say: Say): Promise<void> {
  await withDatabase(config, async (db) => {
    const revoked = await revokeTokenByName(tokenContext(db), idOrName);
    say(`revoked ${revoked}`);
  });
}

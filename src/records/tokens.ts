import { z } from 'zod';
import { type Db, parseRow, parseRows } from './rows.ts';

export const ROLES = ['viewer', 'coordinator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const Token = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(ROLES),
    created_at: z.date(),
    revoked_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }));
export type Token = z.infer<typeof Token>;

/** Stores the hash of a token; the token itself is shown once and never stored. */
export async function insertToken(
  db: Db,
  token: { id: string; name: string; role: Role; hash: string },
  at: Date,
): Promise<void> {
  await db('api_token').insert({ ...token, created_at: at });
}

/** The active token with this hash. */
export async function selectTokenByHash(db: Db, hash: string): Promise<Token | null> {
  return parseRow(Token, await db('api_token').where({ hash }).whereNull('revoked_at').first());
}

/** Of these tokens, those that are not revoked. */
export async function selectActiveTokens(db: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  return new Set(await db('api_token').whereIn('id', ids).whereNull('revoked_at').pluck<string[]>('id'));
}

export async function selectTokens(db: Db): Promise<Token[]> {
  return parseRows(Token, await db('api_token').orderBy('created_at'));
}

/** Revokes by id or name; returns those that were active. */
export async function revokeToken(db: Db, idOrName: string, at: Date): Promise<Token[]> {
  const rows = await db('api_token')
    .where((match) => match.whereRaw('id::text = ?', [idOrName]).orWhere({ name: idOrName }))
    .whereNull('revoked_at')
    .update({ revoked_at: at })
    .returning('*');
  return parseRows(Token, rows);
}

/** Appends an act of a person: who, what, on what, why. Call it in the transaction of the act itself. */
export async function recordAct(
  trx: Db,
  act: { id: string; actor: string; verb: string; subject: string; reason: string | null; detail?: unknown },
  at: Date,
): Promise<void> {
  await trx('act').insert({
    id: act.id,
    actor: act.actor,
    verb: act.verb,
    subject: act.subject,
    reason: act.reason,
    detail: act.detail === undefined ? null : JSON.stringify(act.detail),
    acted_at: at,
  });
}

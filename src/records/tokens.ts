import { z } from 'zod';
import { ROLES } from '../domain/role.ts';
import { type Db, parseRow, parseRows } from './rows.ts';

export type Role = (typeof ROLES)[number];

const Token = z
  .object({
    id: z.uuid(),
    name: z.string(),
    role: z.enum(ROLES),
    created_at: z.date(),
    expires_at: z.date().nullable(),
    revoked_at: z.date().nullable(),
    last_used_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    role: row.role,
    createdAt: row.created_at,
    /** Valid before this moment; null: it does not expire. */
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    /** To the minute; null: never used. */
    lastUsedAt: row.last_used_at,
  }));
export type Token = z.infer<typeof Token>;

/** Stores the hash of a token; the token itself is shown once and never stored. */
export async function insertToken(
  db: Db,
  { expiresAt, ...token }: { id: string; name: string; role: Role; hash: string; expiresAt: Date | null },
  at: Date,
): Promise<void> {
  await db('api_token').insert({ ...token, expires_at: expiresAt, created_at: at });
}

/** The token with this hash that is not revoked; it may have expired. */
export async function selectTokenByHash(db: Db, hash: string): Promise<Token | null> {
  return parseRow(Token, await db('api_token').where({ hash }).whereNull('revoked_at').first());
}

/** Of these tokens, those that are neither revoked nor expired. */
export async function selectActiveTokens(db: Db, ids: readonly string[], at: Date): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const active = await db('api_token')
    .whereIn('id', ids)
    .whereNull('revoked_at')
    .where((match) => match.whereNull('expires_at').orWhere('expires_at', '>', at))
    .pluck<string[]>('id');
  return new Set(active);
}

/** Notes a use of the token, unless one was noted within the last minute. */
export async function noteTokenUse(db: Db, id: string, at: Date): Promise<void> {
  await db('api_token')
    .where({ id })
    .whereRaw(`(last_used_at is null or last_used_at <= ?::timestamptz - interval '1 minute')`, [at])
    .update({ last_used_at: at });
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

import { z } from 'zod';
import { ROLES } from '../domain/role.ts';
import { type Db, parseRow, parseRows } from './rows.ts';
import type { Role } from './tokens.ts';

/** A session without a request for so long is over. */
export const IDLE_MINUTES = 30;
/** A session is over this long after the sign-in, whatever happens in it. */
export const MOST_HOURS = 12;

const Session = z
  .object({
    id: z.uuid(),
    token_id: z.uuid().nullable(),
    subject: z.string().nullable(),
    name: z.string(),
    role: z.enum(ROLES),
    language: z.string(),
    created_at: z.date(),
    seen_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    tokenId: row.token_id,
    subject: row.subject,
    name: row.name,
    role: row.role,
    language: row.language,
    createdAt: row.created_at,
    seenAt: row.seen_at,
  }));
/** A session that is open, with the present role of its owner. */
export type ConsoleSession = z.infer<typeof Session>;

/**
 * Who signed in: the owner of a token, or a person whom an identity provider named. `personId`: the invitation that gave
 * the role; null: a claim gave it.
 */
export type SessionOwner = { tokenId: string } | { subject: string; name: string; role: Role; personId: string | null };

/** Role and validity are those of the token or the invitation now. Nobody is at the console as a viewer. */
const OPEN = `
  select s.id, s.token_id, s.subject, coalesce(t.name, s.name) as name, coalesce(t.role, p.role, s.role) as role,
    s.language, s.created_at, s.seen_at
  from console_session s left join api_token t on t.id = s.token_id left join console_person p on p.id = s.person_id
  where s.ended_at is null and t.revoked_at is null and (t.expires_at > :at::timestamptz or t.expires_at is null)
    and p.ended_at is null and coalesce(t.role, p.role, s.role) <> 'viewer'
    and s.seen_at > :at::timestamptz - interval '${IDLE_MINUTES} minutes'
    and s.created_at > :at::timestamptz - interval '${MOST_HOURS} hours'`;

/** Stores a session; `hash` is that of its id in the cookie, which is never stored. */
export async function insertSession(
  db: Db,
  session: { id: string; hash: string; language: string } & SessionOwner,
  at: Date,
): Promise<void> {
  const { id, hash, language } = session;
  const owner =
    'tokenId' in session
      ? { token_id: session.tokenId }
      : { subject: session.subject, name: session.name, role: session.role, person_id: session.personId };
  await db('console_session').insert({ id, hash, language, ...owner, created_at: at, seen_at: at });
}

/** The open session of this hash; null when it is over, also by the end of its token or invitation. */
export async function selectSession(db: Db, hash: string, at: Date): Promise<ConsoleSession | null> {
  const { rows } = await db.raw<{ rows: unknown[] }>(`${OPEN} and s.hash = :hash`, { hash, at });
  return parseRow(Session, rows[0]);
}

/** Of these sessions, those that are still open. */
export async function selectOpenSessions(db: Db, ids: readonly string[], at: Date): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { rows } = await db.raw<{ rows: unknown[] }>(`${OPEN} and s.id = any(:ids::uuid[])`, { ids: [...ids], at });
  return new Set(parseRows(Session, rows).map(({ id }) => id));
}

/** Open sessions of the same owner, newest first. */
export async function selectSessionsOfOwner(db: Db, owner: ConsoleSession, at: Date): Promise<ConsoleSession[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(
    `${OPEN} and (s.token_id = :tokenId or s.subject = :subject) order by s.created_at desc limit 100`,
    { tokenId: owner.tokenId, subject: owner.subject, at },
  );
  return parseRows(Session, rows);
}

/** Notes a request of the session. */
export async function touchSession(db: Db, id: string, at: Date): Promise<void> {
  await db('console_session').where({ id }).where('seen_at', '<', at).update({ seen_at: at });
}

export async function setSessionLanguage(db: Db, id: string, language: string): Promise<void> {
  await db('console_session').where({ id }).update({ language });
}

export async function endSession(db: Db, id: string, at: Date): Promise<void> {
  await db('console_session').where({ id }).whereNull('ended_at').update({ ended_at: at });
}

/** Ends every open session of the same owner; returns how many there were. */
export async function endSessionsOfOwner(db: Db, { tokenId, subject }: ConsoleSession, at: Date): Promise<number> {
  return db('console_session')
    .whereNull('ended_at')
    .where((match) => (tokenId === null ? match.where({ subject }) : match.where({ token_id: tokenId })))
    .update({ ended_at: at });
}

/** Deletes sessions that have been over for a day. */
export async function deleteOldSessions(db: Db, at: Date): Promise<void> {
  await db.raw(`delete from console_session where created_at < ?::timestamptz - interval '36 hours'`, [at]);
}

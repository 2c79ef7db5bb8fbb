import { z } from 'zod';
import { ROLES } from '../domain/role.ts';
import { type Db, parseRow, parseRows } from './rows.ts';
import type { Role } from './tokens.ts';

const Person = z
  .object({
    id: z.uuid(),
    email: z.string(),
    role: z.enum(ROLES),
    invited_by: z.string(),
    invited_at: z.date(),
    subject: z.string().nullable(),
  })
  .transform(({ invited_by: invitedBy, invited_at: invitedAt, ...row }) => ({ ...row, invitedBy, invitedAt }));
/** Somebody who may sign in by OpenID Connect, by a verified e-mail address. */
export type ConsolePerson = z.infer<typeof Person>;

/** People with an invitation in force, by address. */
export async function selectPeople(db: Db): Promise<ConsolePerson[]> {
  return parseRows(Person, await db('console_person').whereNull('ended_at').orderBy('email').limit(1000));
}

/** Invites an address in its comparable form, or changes its role, also in open sessions; returns the invitation's id. */
export async function upsertPerson(
  trx: Db,
  person: { id: string; email: string; role: Role; invitedBy: string },
  at: Date,
): Promise<string> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `insert into console_person (id, email, role, invited_by, invited_at) values (:id, :email, :role, :invitedBy, :at)
     on conflict (email) where ended_at is null do update set role = excluded.role, invited_by = excluded.invited_by
     returning id`,
    { ...person, at },
  );
  return rows[0]?.id ?? person.id;
}

/** The invitation of a verified address; notes who came with it. Null when there is none. */
export async function acceptInvitation(db: Db, email: string, subject: string): Promise<ConsolePerson | null> {
  const [row] = await db('console_person').where({ email }).whereNull('ended_at').update({ subject }).returning('*');
  return parseRow(Person, row);
}

/** Ends an invitation, and with it the sessions that have its role; false when it was not in force. */
export async function endInvitation(trx: Db, id: string, at: Date): Promise<boolean> {
  return (await trx('console_person').where({ id }).whereNull('ended_at').update({ ended_at: at })) > 0;
}

const SignIn = z
  .object({ verifier: z.string(), nonce: z.string(), next: z.string(), interrupted: z.unknown() })
  .transform((row) => row);
/** A sign-in that has begun. */
export type BegunSignIn = z.infer<typeof SignIn>;

/** Stores a begun sign-in by the hash of its state; those older than ten minutes are deleted. */
export async function insertSignIn(db: Db, signIn: BegunSignIn & { stateHash: string }, at: Date): Promise<void> {
  await db.raw(`delete from console_sign_in where created_at < ?::timestamptz - interval '10 minutes'`, [at]);
  const { stateHash, verifier, nonce, next, interrupted } = signIn;
  const kept = interrupted === null ? null : JSON.stringify(interrupted);
  await db('console_sign_in').insert({
    state_hash: stateHash,
    verifier,
    nonce,
    next,
    interrupted: kept,
    created_at: at,
  });
}

/** Takes a begun sign-in out; null when there is none, or it is older than ten minutes. */
export async function takeSignIn(db: Db, stateHash: string, at: Date): Promise<BegunSignIn | null> {
  const [row] = await db('console_sign_in')
    .where({ state_hash: stateHash })
    .whereRaw(`created_at > ?::timestamptz - interval '10 minutes'`, [at])
    .del()
    .returning('*');
  return parseRow(SignIn, row);
}

import { z } from 'zod';
import { type Db, parseRows } from './rows.ts';

const Refusal = z.object({ party: z.enum(['lms', 'mail']), since: z.date() });
/** A party outside that refuses our credentials, and since when. */
export type CredentialRefusal = z.infer<typeof Refusal>;
export type Party = CredentialRefusal['party'];

export async function selectCredentialRefusals(db: Db): Promise<CredentialRefusal[]> {
  return parseRows(Refusal, await db('credential_refusal').orderBy('party'));
}

/** Notes a refusal; the first one of a row stays. */
export async function noteRefusal(db: Db, party: Party, at: Date): Promise<void> {
  await db('credential_refusal').insert({ party, since: at }).onConflict('party').ignore();
}

/** Notes that the credentials are accepted. */
export async function clearRefusal(db: Db, party: Party): Promise<void> {
  await db('credential_refusal').where({ party }).del();
}

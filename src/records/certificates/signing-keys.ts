import { z } from 'zod';
import type { KeyPurpose } from '../../domain/certificate/credential-facts.ts';
import { KEY_PURPOSES } from '../../domain/certificate/key-purposes.ts';
import type { PublicKey } from '../../ports/signer.ts';
import { type Db, parseRows } from '../rows.ts';

const Row = z
  .object({
    id: z.string(),
    purpose: z.enum(KEY_PURPOSES),
    algorithm: z.enum(['Ed25519', 'RS256']),
    public_key: z.instanceof(Buffer),
    certificates: z.array(z.instanceof(Buffer)),
    fingerprint: z.string(),
    created_at: z.date(),
    retired_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    purpose: row.purpose,
    algorithm: row.algorithm,
    publicKey: row.public_key,
    certificates: row.certificates,
    fingerprint: row.fingerprint,
    createdAt: row.created_at,
    retiredAt: row.retired_at,
  }));
/** The public half of a key, as stored in the database. */
export type KnownKey = z.infer<typeof Row>;

/** Every key ever used, oldest first. */
export async function selectSigningKeys(db: Db): Promise<KnownKey[]> {
  return parseRows(Row, await db('signing_key').orderBy(['created_at', 'id']));
}

/** Serialises hosts that start concurrently, until the end of the transaction. */
export async function lockSigningKeys(trx: Db): Promise<void> {
  await trx.raw('lock table signing_key in share row exclusive mode');
}

/**
 * Registers a key for all hosts.
 * @throws a database error when its id or key already exists
 */
export async function insertSigningKey(trx: Db, key: PublicKey, at: Date): Promise<void> {
  await trx('signing_key').insert({
    id: key.id,
    purpose: key.purpose,
    algorithm: key.algorithm,
    public_key: Buffer.from(key.publicKey),
    certificates: trx.raw('?::bytea[]', [key.certificates.map((certificate) => Buffer.from(certificate))]),
    fingerprint: key.fingerprint,
    created_at: at,
  });
}

/**
 * Retires all keys of a purpose except one: they sign nothing new, but stay known for ever.
 * @returns the ids that this call retired
 */
export async function retireSigningKeys(trx: Db, purpose: KeyPurpose, except: string, at: Date): Promise<string[]> {
  const retired = await trx('signing_key')
    .where({ purpose })
    .whereNot({ id: except })
    .whereNull('retired_at')
    .update({ retired_at: at })
    .returning<{ id: string }[]>('id');
  return retired.map(({ id }) => id).sort();
}

import { createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import { z } from 'zod';
import { InputError } from '../domain/failure.ts';

/** Trusted keys. They are plain data, because they are sent to another thread. */
export interface TrustedKeys {
  /** Ed25519 keys as `z6Mk…`, for embedded proofs. */
  proofs: { multibase: string; controller: string | null }[];
  /** RSA keys that verify JWTs. */
  tokens: { jwk: JsonWebKey; controller: string | null }[];
  /** X.509 in DER: the seal's own certificate, or its authority's. */
  certificates: Uint8Array[];
}

const Jwk = z.looseObject({ kty: z.string(), crv: z.string().optional(), x5c: z.array(z.string()).min(1).optional() });
const JwkSet = z.looseObject({ keys: z.array(Jwk).min(1) });
const Method = z.looseObject({
  id: z.string(),
  publicKeyMultibase: z.string().optional(),
  publicKeyJwk: Jwk.optional(),
});
const DidDocument = z.looseObject({
  id: z.string().startsWith('did:'),
  verificationMethod: z.array(Method).min(1),
  assertionMethod: z.array(z.string()),
});

const PEM = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[\s\S]+?-----END \1-----/g;
const MEND = 'give the issuer’s did.json, a JWK or JWK set, or public keys or certificates in PEM format';

export const NO_KEYS: TrustedKeys = { proofs: [], tokens: [], certificates: [] };

/**
 * Reads an issuer's public keys: a DID document, a JWK, a JWK set, or PEM. Keys from a DID document are trusted only
 * for its identifier. Keys in other forms are trusted for any issuer, because the user who gives them vouches for
 * them.
 * @param name of the file, for messages
 * @throws InputError for a file without usable keys
 */
export async function readTrustedKeys(name: string, text: string): Promise<TrustedKeys> {
  const refuse = (what: string): never => {
    throw new InputError(`--keys ${name}: ${what}; ${MEND}`);
  };
  try {
    const keys = text.includes('-----BEGIN ') ? await keysInPem(text) : await keysInJson(JSON.parse(text) as unknown);
    if (keys.proofs.length + keys.tokens.length + keys.certificates.length > 0) return keys;
  } catch {
    return refuse('contains something that is not a readable key');
  }
  return refuse('contains no key for credentials or seals');
}

/** Merges several sets of keys. */
export function joinKeys(all: readonly TrustedKeys[]): TrustedKeys {
  return {
    proofs: all.flatMap(({ proofs }) => proofs),
    tokens: all.flatMap(({ tokens }) => tokens),
    certificates: all.flatMap(({ certificates }) => certificates),
  };
}

async function keysInPem(text: string): Promise<TrustedKeys> {
  const found = [...text.matchAll(PEM)].map(([block, kind]) => ({ block, kind }));
  const certificates = found
    .filter(({ kind }) => kind === 'CERTIFICATE')
    .map(({ block }) => new X509Certificate(block).raw);
  const bare = found
    .filter(({ kind }) => kind === 'PUBLIC KEY')
    .map(({ block }) => keyOf(createPublicKey(block).export({ format: 'jwk' }), null));
  return joinKeys([{ ...NO_KEYS, certificates }, ...(await Promise.all(bare))]);
}

async function keysInJson(json: unknown): Promise<TrustedKeys> {
  const document = DidDocument.safeParse(json);
  if (document.success) return keysInDocument(document.data);
  const set = JwkSet.safeParse(json);
  const keys = set.success ? set.data.keys : [Jwk.parse(json)];
  return joinKeys(await Promise.all(keys.map((key) => keyOf(key, null))));
}

/** Only keys listed under `assertionMethod` may sign credentials (DID Core 1.0, 5.3.2). */
async function keysInDocument({ id, verificationMethod, assertionMethod }: z.infer<typeof DidDocument>) {
  const methods = verificationMethod.filter((method) => assertionMethod.includes(method.id));
  const keys = methods.map(async ({ publicKeyMultibase, publicKeyJwk }): Promise<TrustedKeys> => {
    if (publicKeyMultibase !== undefined)
      return { ...NO_KEYS, proofs: [{ multibase: publicKeyMultibase, controller: id }] };
    return publicKeyJwk === undefined ? NO_KEYS : keyOf(publicKeyJwk, id);
  });
  return joinKeys(await Promise.all(keys));
}

/**
 * A key with certificates is a seal key and is used for nothing else.
 * @throws Error for an unreadable key
 */
async function keyOf(jwk: z.infer<typeof Jwk> | JsonWebKey, controller: string | null): Promise<TrustedKeys> {
  const own = Array.isArray(jwk['x5c']) ? (jwk['x5c'][0] as unknown) : undefined;
  if (own !== undefined)
    return { ...NO_KEYS, certificates: [new X509Certificate(Buffer.from(String(own), 'base64')).raw] };
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  if (key.asymmetricKeyType === 'rsa')
    return { ...NO_KEYS, tokens: [{ jwk: key.export({ format: 'jwk' }), controller }] };
  if (key.asymmetricKeyType !== 'ed25519') return NO_KEYS;
  const { publicKeyMultibase } = await Ed25519Multikey.fromJwk({ jwk: key.export({ format: 'jwk' }) });
  return { ...NO_KEYS, proofs: [{ multibase: publicKeyMultibase, controller }] };
}

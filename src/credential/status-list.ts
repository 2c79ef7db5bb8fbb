import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { didWeb } from '../domain/certificate/did-web.ts';
import type { SigningKey } from '../ports/signer.ts';
import { proofOf, tokenOf } from './proofs.ts';
import type { SignedCredential } from './sign-credential.ts';

const HOUR_MS = 3_600_000;
/** How long a verifier may cache a list, in milliseconds; short, so that a revocation is seen soon. */
const TTL_MS = 60_000;

/**
 * Encodes bits for Bitstring Status List 1.0: first bit leftmost, GZIP (RFC 1952), base64url without padding,
 * Multibase prefix `u`.
 */
export function encodeBits(length: number, set: readonly number[]): string {
  const bytes = Buffer.alloc(length / 8);
  for (const index of set) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
  return `u${gzipSync(bytes, { level: 9 }).toString('base64url')}`;
}

export interface StatusList {
  /** Number of the status list. */
  list: number;
  /** Number of positions in the list. */
  length: number;
  /** Positions of revoked or superseded credentials. */
  revoked: readonly number[];
}

/** A BitstringStatusListCredential. It contains only bits: neither how many positions are assigned, nor to whom. */
export function buildStatusList({ list, length, revoked }: StatusList, publicUrl: string, validFrom: string) {
  const id = `${publicUrl}/status/${list}`;
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: didWeb(publicUrl),
    validFrom,
    credentialSubject: {
      id: `${id}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      ttl: TTL_MS,
      encodedList: encodeBits(length, revoked),
    },
  };
}

/**
 * The date (UTC) of a list. All hosts sign the same text for the same bits, and a holder of a copy knows its age. The
 * date changes one hour late, so that a verifier with a slow clock does not see a list from the future.
 */
export function dayOf(now: Date): string {
  return `${new Date(now.getTime() - HOUR_MS).toISOString().slice(0, 10)}T00:00:00Z`;
}

export interface StatusKeys {
  credential: SigningKey;
  jwt: SigningKey;
}

/**
 * Signs status lists. The same bits, date and keys return the cached signature.
 * @param publicUrl without a trailing slash
 */
export function createStatusListSigner(
  publicUrl: string,
): (list: StatusList, keys: StatusKeys, now: Date) => Promise<SignedCredential> {
  const signed = new Map<number, Pick<StatusList, 'revoked'> & { by: string; texts: Promise<SignedCredential> }>();
  return async (list, keys, now) => {
    const validFrom = dayOf(now);
    const by = [validFrom, keys.credential.fingerprint, keys.jwt.fingerprint].join();
    const known = signed.get(list.list);
    if (known?.by === by && isDeepStrictEqual(known.revoked, list.revoked)) return known.texts;
    const texts = sign(buildStatusList(list, publicUrl, validFrom), keys, publicUrl);
    signed.set(list.list, { revoked: list.revoked, by, texts });
    texts.catch(() => signed.delete(list.list));
    return texts;
  };
}

async function sign(
  credential: ReturnType<typeof buildStatusList>,
  keys: StatusKeys,
  publicUrl: string,
): Promise<SignedCredential> {
  const { id, issuer, validFrom, credentialSubject } = credential;
  const proof = await proofOf(credential, issuer, keys.credential, validFrom);
  const claims = { iss: issuer, jti: id, sub: credentialSubject.id, validFrom };
  return {
    json: JSON.stringify({ ...credential, proof }),
    jwt: await tokenOf(credential, claims, keys.jwt, publicUrl),
  };
}

import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { OpenBadge } from '../credential/open-badge.ts';
import { dayOf } from '../credential/status-list.ts';
import { checkProof, checkToken } from './check-signatures.ts';
import { bareToken } from './file-text.ts';
import { type Finding, fails, holds, Unreadable, unproven } from './findings.ts';
import { fitting, openToken, parseJsonForm } from './read-forms.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/**
 * Minimum length of a list, which hides whose bit is read (Bitstring Status List 1.0, 3.1), and the maximum accepted.
 */
const LEAST_BITS = 131_072;
const MOST_BYTES = 16 * 1024 * 1024;
const DAY_MS = 86_400_000;

const Proof = z.strictObject({
  type: z.literal('DataIntegrityProof'),
  created: z.iso.datetime(),
  verificationMethod: z.string(),
  cryptosuite: z.literal('eddsa-rdfc-2022'),
  proofPurpose: z.literal('assertionMethod'),
  proofValue: z.string().startsWith('z'),
});
const StatusList = z.strictObject({
  '@context': z.tuple([z.literal('https://www.w3.org/ns/credentials/v2')]),
  id: z.url({ protocol: /^https?$/ }),
  type: z.tuple([z.literal('VerifiableCredential'), z.literal('BitstringStatusListCredential')]),
  issuer: z.string(),
  validFrom: z.iso.datetime(),
  credentialSubject: z.strictObject({
    id: z.string(),
    type: z.literal('BitstringStatusList'),
    statusPurpose: z.literal('revocation'),
    ttl: z.int().optional(),
    encodedList: z.string().regex(/^u[\w-]+$/),
  }),
});
type StatusList = z.infer<typeof StatusList>;
const Signed = StatusList.extend({ proof: Proof });
const Claims = StatusList.extend({ iss: z.string(), jti: z.string(), sub: z.string(), nbf: z.int() });

/**
 * Checks by a status list in either form (Bitstring Status List 1.0) whether a credential is revoked. It must be the
 * list that the credential names, be signed by the same issuer, and be neither older than the credential nor older
 * than `days`. A set bit is never cleared, so it counts at any age of the list.
 * @param text the list
 * @param signedAt when the credential was signed, or at least when its validity starts
 * @param days maximum age of a list
 */
export async function checkStatus(
  badge: OpenBadge,
  text: string,
  keys: TrustedKeys,
  { signedAt, now, days }: { signedAt: Date; now: Date; days: number },
): Promise<Finding> {
  const { credentialStatus: entry, issuer } = badge;
  let read: Awaited<ReturnType<typeof readList>>;
  try {
    read = await readList(text, keys);
  } catch (error) {
    if (error instanceof Unreadable) return fails('status', `the status list is ${error.message}`);
    throw error;
  }
  const { list, signature } = read;
  if (signature.outcome !== 'holds') return { ...signature, detail: `the status list: ${signature.detail}` };
  if (list.id !== entry.statusListCredential || list.issuer !== issuer.id)
    return fails('status', `this status list is another one; the credential names ${entry.statusListCredential}`);
  const day = list.validFrom.slice(0, 10);
  const bit = bitOf(list, Number(entry.statusListIndex));
  if (bit === null) return fails('status', 'the status list cannot be decompressed, or does not have this position');
  if (bit)
    return fails(
      'status',
      `revoked, or replaced by a newer version: so says the issuer’s signed status list of ${day}`,
    );
  const [listedAt, from] = [Date.parse(list.validFrom), Date.parse(dayOf(signedAt))];
  if (listedAt < from)
    return unproven('status', `the status list of ${day} is older than the credential: download a newer one`);
  const age = Math.floor((Date.parse(dayOf(now)) - listedAt) / DAY_MS);
  if (age > days)
    return unproven(
      'status',
      `the status list of ${day} is ${age} days old, but at most ${days} days are allowed: download a newer one`,
    );
  return holds('status', `not revoked, by the issuer’s signed status list of ${day}`);
}

async function readList(text: string, keys: TrustedKeys): Promise<{ list: StatusList; signature: Finding }> {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    const signed = fitting(Signed, parseJsonForm(trimmed), "not in the format of Gramota's status lists");
    const { proof, ...list } = signed;
    const { verificationMethod } = proof;
    const proven = { issuerId: list.issuer, verificationMethod, validFrom: list.validFrom, document: signed };
    return { list, signature: await checkProof('status', proven, keys) };
  }
  const jwt = bareToken(trimmed);
  const { algorithm, payload } = openToken(jwt);
  const {
    iss,
    jti,
    sub: _sub,
    nbf: _nbf,
    ...list
  } = fitting(Claims, payload, "not in the format of Gramota's status lists");
  if (iss !== list.issuer || jti !== list.id) throw new Unreadable('a JWT whose claims contradict its list');
  return { list, signature: await checkToken('status', { jwt, algorithm, issuerId: iss }, keys) };
}

/** Bit at an index, leftmost first, in GZIP and base64url. Null when the list is damaged or too short. */
function bitOf({ credentialSubject: { encodedList } }: StatusList, index: number): boolean | null {
  try {
    const bytes = gunzipSync(Buffer.from(encodedList.slice(1), 'base64url'), { maxOutputLength: MOST_BYTES });
    const byte = bytes[index >> 3];
    if (byte === undefined || bytes.length * 8 < LEAST_BITS) return null;
    return (byte & (0x80 >> (index & 7))) !== 0;
  } catch {
    return null;
  }
}

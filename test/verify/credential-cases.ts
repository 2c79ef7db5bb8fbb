import type { SignedCredential } from '../../src/credential/sign-credential.ts';
import type { CredentialCase, Verdict } from './outside-verifiers.ts';
import type { PublicDocuments } from './public-documents.ts';

/** A test case: its description, and the verdict that every verifier must give. */
export interface ExpectedCase extends CredentialCase {
  what: string;
  expected: Verdict;
}

type Badge = {
  [part: string]: unknown;
  credentialSubject: { licenseNumber: string; achievement: { name: string }; identifier: { identityHash: string }[] };
  credentialStatus: { statusListIndex: string };
  validFrom: string;
};

/** For each fact, one changed character, as a forger would change it. */
const CHANGES: Record<string, (badge: Badge) => void> = {
  'the holder’s name': ({ credentialSubject: { identifier } }) => {
    const name = identifier.at(-1);
    if (name !== undefined) name.identityHash = changed(name.identityHash);
  },
  'the number': ({ credentialSubject }) => {
    credentialSubject.licenseNumber = changed(credentialSubject.licenseNumber);
  },
  'the course': ({ credentialSubject: { achievement } }) => {
    achievement.name = changed(achievement.name);
  },
  'the date': (badge) => {
    badge.validFrom = badge.validFrom.replace(/\d\d(?=T)/, (day) => (day === '11' ? '12' : '11'));
  },
  'the place in the status list': ({ credentialStatus }) => {
    credentialStatus.statusListIndex = String(Number(credentialStatus.statusListIndex) + 1);
  },
};

/** The same text with its last character changed. */
const changed = (text: string): string => text.slice(0, -1) + (text.endsWith('1') ? '2' : '1');

/**
 * A valid credential, copies with one character of each fact changed, a revoked copy, and one with a forged status
 * list.
 * @param index its position in the status list
 */
export async function casesOf(
  signed: SignedCredential,
  index: number,
  documents: PublicDocuments,
): Promise<ExpectedCase[]> {
  const list = await documents.statusList([index - 1, index + 1]);
  const revoked = await documents.statusList([index]);
  const sound: ExpectedCase = { ...signed, list, what: 'as issued', expected: 'valid' };
  const forgeries = Object.entries(CHANGES).map(([what, change]): ExpectedCase => {
    return { ...tampered(signed, change), list, what: `another ${what}`, expected: 'tampered' };
  });
  return [sound, { ...sound, list: revoked, what: 'revoked', expected: 'revoked' }, ...forgeries];
}

/** The list of a revoked credential with the bits of a valid one: the forger does not have the issuer's key. */
export async function forgedList(index: number, documents: PublicDocuments): Promise<SignedCredential> {
  const [clean, revoked] = [await documents.statusList([]), await documents.statusList([index])];
  const bits = (text: string): string => /"encodedList":"([^"]+)"/.exec(text)?.[1] ?? '';
  const payload = (jwt: string): string => Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString();
  return {
    json: revoked.json.replace(bits(revoked.json), bits(clean.json)),
    jwt: retold(revoked.jwt, payload(revoked.jwt).replace(bits(revoked.json), bits(clean.json))),
  };
}

function tampered({ json, jwt }: SignedCredential, change: (badge: Badge) => void): SignedCredential {
  const badge = JSON.parse(json) as Badge;
  change(badge);
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Badge;
  change(claims);
  return { json: JSON.stringify(badge), jwt: retold(jwt, JSON.stringify(claims)) };
}

/** A JWT with another payload and the same signature. */
function retold(jwt: string, payload: string): string {
  const [header, , signature] = jwt.split('.');
  return [header, Buffer.from(payload).toString('base64url'), signature].join('.');
}

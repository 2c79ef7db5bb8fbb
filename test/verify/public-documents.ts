import { contexts as earlier } from 'open-badges-context-2023';
import { CONTEXTS, loadContext } from '../../src/credential/contexts.ts';
import { type DidDocument, didDocument, publicJwk } from '../../src/credential/did-document.ts';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import type { SignedCredential } from '../../src/credential/sign-credential.ts';
import { createStatusListSigner } from '../../src/credential/status-list.ts';
import type { KeyPurpose } from '../../src/domain/certificate/credential-facts.ts';
import { didWeb } from '../../src/domain/certificate/did-web.ts';
import { STATUS_LIST_LENGTH } from '../../src/records/certificates/status-entries.ts';

/** The issuer's public documents, made by the code behind the product's routes. */
export interface PublicDocuments {
  did: DidDocument;
  /** The response of `/keys/{id}`. */
  jwk(purpose: KeyPurpose): object;
  /** The status list with these positions set. */
  statusList(revoked: readonly number[]): Promise<SignedCredential>;
}

export async function publicDocuments(keysDir: string, publicUrl: string, now: Date): Promise<PublicDocuments> {
  const keys = await openKeyFolder(keysDir).keys();
  const keyFor = (purpose: KeyPurpose) => {
    const key = keys.find((one) => one.purpose === purpose);
    if (key === undefined) throw new Error(`there is no key for ${purpose}`);
    return key;
  };
  const signList = createStatusListSigner(publicUrl);
  return {
    did: await didDocument(didWeb(publicUrl), keys),
    jwk: (purpose) => publicJwk(keyFor(purpose), publicUrl),
    statusList: (revoked) =>
      signList(
        { list: 1, length: STATUS_LIST_LENGTH, revoked },
        { credential: keyFor('credential'), jwt: keyFor('jwt') },
        now,
      ),
  };
}

/**
 * Two texts of the Open Badges context 3.0.3: 1EdTech changed it in place in 2024, and verifiers use packages with
 * either text.
 */
export const EDITIONS = ['the context as it is', 'the context before 2024'] as const;
export type Edition = (typeof EDITIONS)[number];

/** The contexts of credentials and related documents, by address. */
export async function contextsByAddress(edition: Edition): Promise<Record<string, unknown>> {
  const before = edition === 'the context before 2024' ? earlier : new Map<string, unknown>();
  const entries = CONTEXTS.map(async (url) => [url, before.get(url) ?? (await loadContext(url)).document] as const);
  return Object.fromEntries(await Promise.all(entries));
}

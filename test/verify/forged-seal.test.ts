import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { type CertificateRequest, issueCertificate } from '../../src/credential/keys/x509-certificate.ts';
import { sealBytes, sealPdf } from '../../src/diploma/pdf/seal.ts';
import { TaggedDocument } from '../../src/diploma/pdf/tagged-document.ts';
import type { SigningKey } from '../../src/ports/signer.ts';
import { checkSeal } from '../../src/verify/check-seal.ts';
import type { Finding } from '../../src/verify/findings.ts';
import { readPdf } from '../../src/verify/read-pdf.ts';
import { NO_KEYS } from '../../src/verify/trusted-keys.ts';
import { TEST_ORGANISATION, testKeyReferences, testKeysDir } from '../support/keys.ts';

const DAY_MS = 86_400_000;
const EVIL = { name: 'Evil School', country: 'KZ', url: 'https://evil.example' };

let genuine: SigningKey;
/** Certificates of the genuine seal: its own, and its authority's. */
let own: Uint8Array;
let authority: Uint8Array;
let evilKey: KeyObject;
let otherKey: KeyObject;

before(async () => {
  genuine = await openKeyFolder(await testKeysDir()).key((await testKeyReferences()).seal);
  [own, authority] = genuine.certificates as [Uint8Array, Uint8Array];
  [evilKey, otherKey] = [rsaKey(), rsaKey()];
});

const rsaKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const certificateOf = (changes: Partial<CertificateRequest> = {}): Promise<Uint8Array> =>
  issueCertificate({
    kind: 'seal',
    organisation: EVIL,
    key: evilKey,
    issuer: null,
    serial: randomBytes(16),
    notBefore: new Date(Date.now() - DAY_MS),
    notAfter: new Date(Date.now() + DAY_MS),
    ...changes,
  });

/** An empty page that is sealed with a key (null: the genuine key) and has these certificates in the seal. */
async function sealed(key: KeyObject | null, certificates: Uint8Array[]) {
  const sign = key === null ? genuine.sign : async (data: Uint8Array) => createSign('sha256').update(data).sign(key);
  const date = new Date();
  const document = new TaggedDocument({ title: 't', author: 'a', subject: 's', keywords: 'k', language: 'kk', date });
  document.addPage();
  document.reserveSeal({ bytes: await sealBytes({ certificates, sign }), at: date, signer: 's', reason: 'r' });
  const pdf = await sealPdf(await document.finish(), { certificates, sign });
  const { signatures } = await readPdf(pdf);
  /** The finding about the signer when these certificates are trusted. */
  return async (given: Uint8Array[], issuer: { name: string; url: string } = TEST_ORGANISATION): Promise<Finding> => {
    const [seal, signer] = await checkSeal(pdf, signatures, date, { ...NO_KEYS, certificates: given }, issuer);
    assert.equal(seal?.outcome, 'holds', seal?.detail);
    assert.ok(signer);
    return signer;
  };
}

describe('the issuer that a seal proves', () => {
  it('follows from the signing certificate alone, whatever other certificates the seal contains', async () => {
    const evil = await certificateOf();
    for (const certificates of [
      [evil, own],
      [evil, evil, own],
      [evil, authority, evil, authority, own],
    ]) {
      const signerBy = await sealed(evilKey, certificates);
      for (const given of [[own], [authority], [own, authority]]) {
        const { outcome, detail } = await signerBy(given);
        assert.equal(outcome, 'unproven', detail);
        assert.match(detail, /Evil School.*which --keys does not confirm/);
      }
    }
  });

  it('is proven when its own certificate or the certificate of its authority is trusted, in any order', async () => {
    for (const certificates of [[own, own, authority], [own]]) {
      const signerBy = await sealed(null, certificates);
      for (const given of [[own], [authority]]) assert.equal((await signerBy(given)).outcome, 'holds');
    }
  });

  it('is not proven by another trusted seal certificate, which is not an authority', async () => {
    const parent = { key: evilKey, certificate: await certificateOf() };
    const issued = await certificateOf({ key: otherKey, issuer: parent });
    const { detail } = await (await sealed(otherKey, [issued]))([parent.certificate, own]);
    assert.match(detail, /which --keys does not confirm/);
  });

  it('is not another customer of the same authority; name or address must match', async () => {
    const organisation = { ...EVIL, name: 'Public Authority' };
    const root = { key: evilKey, certificate: await certificateOf({ kind: 'authority', organisation }) };
    const issued = await certificateOf({ key: otherKey, issuer: root });
    const signerBy = await sealed(otherKey, [issued, root.certificate]);
    const school = { name: 'True School', url: 'https://true.example' };
    const stranger = await signerBy([root.certificate], school);
    assert.equal(stranger.outcome, 'unproven');
    assert.match(stranger.detail, /certificate names neither "True School" nor https:\/\/true\.example/);
    for (const named of [{ name: EVIL.name }, { url: 'https://evil.example/' }])
      assert.equal((await signerBy([root.certificate], { ...school, ...named })).outcome, 'holds');
    assert.equal((await signerBy([issued], school)).outcome, 'holds');
  });
});

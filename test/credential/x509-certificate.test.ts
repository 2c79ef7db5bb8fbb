import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { it } from 'node:test';
import { issueCertificate } from '../../src/credential/keys/x509-certificate.ts';

it('an X.509 certificate can end before or after 2050, where the encoding of years changes', async () => {
  const { privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const notAfter of ['2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z', '2061-06-30T12:00:00Z']) {
    const der = await issueCertificate({
      kind: 'authority',
      organisation: { name: 'Fictional School', country: 'KZ', url: 'https://school.example' },
      key,
      issuer: null,
      serial: new Uint8Array(16).fill(7),
      notBefore: new Date('2041-01-01T00:00:00Z'),
      notAfter: new Date(notAfter),
    });
    assert.equal(new Date(new X509Certificate(der).validTo).getTime(), Date.parse(notAfter));
  }
});

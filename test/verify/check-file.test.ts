import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { before, describe, it } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { issueCertificate } from '../../src/credential/keys/x509-certificate.ts';
import { type SignedCredential, signCredential } from '../../src/credential/sign-credential.ts';
import { sealBytes, sealPdf } from '../../src/diploma/pdf/seal.ts';
import { TaggedDocument } from '../../src/diploma/pdf/tagged-document.ts';
import { type CheckRequest, checkFile } from '../../src/verify/check-file.ts';
import { checkSeal } from '../../src/verify/check-seal.ts';
import { KINDS, type Kind } from '../../src/verify/file-kind.ts';
import { type CheckReport, type CheckSubject, type Finding, objection } from '../../src/verify/findings.ts';
import { guardedCheck } from '../../src/verify/guarded-check.ts';
import { type Ask, askNetwork, fetchText } from '../../src/verify/network.ts';
import { readPdf } from '../../src/verify/read-pdf.ts';
import { joinKeys, NO_KEYS, readTrustedKeys, type TrustedKeys } from '../../src/verify/trusted-keys.ts';
import { credentialedFacts } from '../credential/sample-facts.ts';
import { TEST_ORGANISATION, testKeyReferences, testKeysDir } from '../support/keys.ts';
import { type SampleDiploma, sampleDiploma } from './sample-diploma.ts';

const DAY_MS = 86_400_000;

let sample: SampleDiploma;

before(async () => {
  sample = await sampleDiploma();
});

const check = (
  kind: Kind,
  bytes: Uint8Array | string = sample.files[kind],
  changes: Partial<CheckRequest> = {},
  ask: Ask | null = null,
): Promise<CheckReport> => {
  const request = { kind, bytes: Buffer.from(bytes), keys: sample.keys, statusList: null, now: new Date(), ...changes };
  return checkFile(request, ask);
};

/** A certificate that an unrelated authority issued. */
function strangersCertificate(): Promise<Uint8Array> {
  const now = Date.now();
  return issueCertificate({
    kind: 'authority',
    organisation: { name: 'Sample School of Teaching', country: 'KZ', url: 'https://school.example' },
    key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
    issuer: null,
    serial: randomBytes(16),
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAY_MS),
  });
}

/** Why a file is not accepted: `subject outcome: detail`; null when it is. */
function against(report: CheckReport): string | null {
  const found = objection(report);
  return found === null ? null : `${found.subject} ${found.outcome}: ${found.detail}`;
}

const finding = (report: CheckReport, subject: CheckSubject): Finding | undefined =>
  report.findings.find((one) => one.subject === subject);

describe('gramota verify, for an unchanged file', () => {
  it('reports the file as valid in each form, with the issuer’s keys and a status list, and names the holder', async () => {
    const clean = (await sample.documents.statusList([])).json;
    for (const kind of KINDS) {
      const report = await check(kind, undefined, { statusList: clean });
      assert.equal(against(report), null, kind);
      assert.equal(report.says?.holderName, 'Әсел Нұрмұхамедова');
      assert.equal(report.says?.number, 'INT-26-000042');
      assert.equal(report.says?.code, 'EG5N8PYDQBWY8S1JN29G5Q0WW');
      assert.equal(finding(report, 'status')?.outcome, 'holds');
    }
  });

  it('opens the file in a separate thread', async () => {
    const request = {
      kind: 'pdf',
      bytes: sample.files.pdf,
      keys: sample.keys,
      statusList: null,
      now: new Date(),
    } as const;
    const report = await guardedCheck({ ...request, online: false }, 60_000);
    assert.equal(against(report), null);
    const subjects = report.findings.map(({ subject }) => subject);
    assert.deepEqual(subjects, ['seal', 'signer', 'page', 'attachments', 'proof', 'token', 'period', 'status']);
  });

  it('reports the file as valid without a status list, and says that revocation was not checked', async () => {
    const report = await check('json');
    assert.equal(against(report), null);
    assert.match(
      finding(report, 'status')?.detail ?? '',
      /not checked whether the credential was revoked \(offline\): download https:\/\/gramota.example\/status\/1/,
    );
  });

  it('reports the file as unproven without keys, because offline nothing shows whose keys were used', async () => {
    for (const kind of KINDS) {
      const report = await check(kind, undefined, { keys: NO_KEYS });
      assert.equal(objection(report)?.outcome, 'unproven', kind);
      const last = finding(report, kind === 'jwt' ? 'token' : 'proof')?.detail ?? '';
      assert.match(last, /signature unverified.*give --keys \(the did\.json of did:web:gramota\.example\)/);
    }
  });
});

describe('trusted keys for gramota verify', () => {
  const by = async (...texts: string[]): Promise<TrustedKeys> =>
    joinKeys(await Promise.all(texts.map((text) => readTrustedKeys('keys', text))));

  it('may be a JWK, a JWK set, a PEM file, or the certificate of the seal', async () => {
    const { documents, didText, sealPem, authorityPem } = sample;
    const set = JSON.stringify({ keys: [documents.jwk('jwt'), documents.jwk('credential'), documents.jwk('seal')] });
    for (const keys of [await by(set), await by(didText, sealPem), await by(didText, authorityPem)])
      assert.equal(against(await check('pdf', undefined, { keys })), null);
    assert.equal(
      against(await check('jwt', undefined, { keys: await by(JSON.stringify(documents.jwk('jwt'))) })),
      null,
    );
  });

  it('count only for the issuer of their did.json, and only if they are listed there as assertionMethod', async () => {
    const other = sample.didText.replaceAll('did:web:gramota.example', 'did:web:other.example');
    const unlisted = JSON.stringify({ ...sample.documents.did, assertionMethod: [] });
    assert.match(against(await check('json', undefined, { keys: await by(other) })) ?? '', /^proof unproven/);
    assert.match(against(await check('jwt', undefined, { keys: await by(other) })) ?? '', /^token unproven/);
    await assert.rejects(by(unlisted), /--keys keys: contains no key for/);
  });

  it('count for a seal only when it was made within their validity period', async () => {
    const { files, sealPem, authorityPem } = sample;
    const { signatures } = await readPdf(files.pdf);
    for (const keys of [await by(sealPem), await by(authorityPem)]) {
      const outcomes = [new Date(), new Date('2019-01-01')].map(async (sealedAt) => {
        const [, signer] = await checkSeal(files.pdf, signatures, sealedAt, keys, TEST_ORGANISATION);
        return signer?.outcome;
      });
      assert.deepEqual(await Promise.all(outcomes), ['holds', 'unproven']);
    }
  });

  it('do not prove a file of another issuer', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const stranger = { ...NO_KEYS, certificates: [await strangersCertificate()] };
    assert.match(against(await check('jwt', undefined, { keys: await by(pem) })) ?? '', /^token fails/);
    assert.match(against(await check('json', undefined, { keys: await by(ed25519) })) ?? '', /^proof unproven/);
    const keys = joinKeys([await by(sample.didText), stranger]);
    const report = await check('pdf', undefined, { keys });
    assert.match(against(report) ?? '', /^signer unproven: .*which --keys does not confirm/);
    assert.equal(finding(report, 'seal')?.outcome, 'holds');
  });

  it('are refused with advice when they cannot be read', async () => {
    const bad = [
      '',
      '{}',
      '[1]',
      '{"kty":"RSA","n":"?"}',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    ];
    for (const text of bad)
      await assert.rejects(by(text), /^InputError: --keys keys: .*give the issuer’s did\.json/, text);
  });
});

/** An empty page that is sealed with the issuer's key and has these credential forms attached. */
async function sealedBlank(forms: Partial<SignedCredential>): Promise<Buffer> {
  const key = await openKeyFolder(await testKeysDir()).key((await testKeyReferences()).seal);
  const date = new Date();
  const document = new TaggedDocument({ title: 't', author: 'a', subject: 's', keywords: 'k', language: 'kk', date });
  document.addPage();
  for (const [form, text] of Object.entries(forms)) {
    const kind = { mediaType: 'text/plain', description: form, relationship: 'Data' } as const;
    document.attach({ ...kind, name: `credential.${form}`, bytes: Buffer.from(text), date });
  }
  document.reserveSeal({ bytes: await sealBytes(key), at: date, signer: 'Үлгі мектебі', reason: 'Диплом' });
  return sealPdf(await document.finish(), key);
}

describe('gramota verify, for a PDF', () => {
  it('reports a fault when a sealed byte is changed; the bytes of the seal itself may differ', async () => {
    const { pdf } = sample.files;
    const [, start, end] = /\/ByteRange \[0 (\d+) (\d+)/.exec(pdf.toString('latin1'))?.map(Number) ?? [];
    assert.ok(start !== undefined && end !== undefined);
    const changedAt = (at: number): Promise<CheckReport> => {
      const copy = Buffer.from(pdf);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return check('pdf', copy);
    };
    const sealed = fc.oneof(fc.nat(start), fc.integer({ min: end - 1, max: pdf.length - 1 }));
    await fc.assert(
      fc.asyncProperty(sealed, async (at) => {
        assert.equal(objection(await changedAt(at))?.outcome, 'fails', `byte ${at}`);
      }),
      { numRuns: 8 },
    );
    const within = fc.integer({ min: start + 1, max: end - 2 });
    await fc.assert(
      fc.asyncProperty(within, async (at) => void (await changedAt(at))),
      { numRuns: 5 },
    );
  });

  it('reports a fault when something is appended, for example a comment or an incremental update', async () => {
    const { pdf } = sample.files;
    const update = '\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n';
    for (const tail of ['\n', '% a comment\n', update])
      assert.match(
        against(await check('pdf', Buffer.concat([pdf, Buffer.from(tail)]))) ?? '',
        new RegExp(
          `^seal fails: something was appended .*first ${pdf.length} bytes are unchanged, ${tail.length} bytes follow`,
        ),
      );
  });

  it('reports a fault in a sealed file when its attachments contradict each other or its pages show something else', async () => {
    const other = await signCredential(await credentialedFacts(), openKeyFolder(await testKeysDir()));
    const [{ json }, { jwt }] = [sample.credential, other];
    const report = await check('pdf', await sealedBlank({ json, jwt }));
    const outcomes = (['seal', 'signer', 'page', 'attachments'] as const).map(
      (subject) => finding(report, subject)?.outcome,
    );
    assert.deepEqual(outcomes, ['holds', 'holds', 'fails', 'fails']);
    const alone = await check('pdf', await sealedBlank({ json }));
    assert.match(against(alone) ?? '', /^file fails: this is a PDF without its credential/);
  });

  it('refuses the file in one line when it is damaged or is not a diploma', async () => {
    const megabyte = deflateRawSync(Buffer.alloc(1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = Buffer.concat([Buffer.from([0x78, 0x9c]), ...Array<Buffer>(150).fill(megabyte)]).toString('latin1');
    const attached = `%PDF-1.7
1 0 obj <</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[(credential.json) 4 0 R]>>>>>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>> endobj
4 0 obj <</Type/Filespec/F(credential.json)/UF(credential.json)/EF<</F 5 0 R>>>> endobj
5 0 obj <</Type/EmbeddedFile/Filter/FlateDecode/Length ${bomb.length}>>stream
${bomb}
endstream endobj
trailer <</Root 1 0 R>>`;
    for (const bytes of ['', 'GIF89a', '%PDF-1.7', Buffer.from(attached, 'latin1'), sample.files.png]) {
      const report = await check('pdf', bytes);
      assert.equal(report.says, null);
      assert.match(against(report) ?? '', /^file fails: this is (not a|a) PDF/);
    }
  });
});

describe('gramota verify --online', () => {
  const BASE = 'https://gramota.example';
  /** Responses of the issuer's addresses, and the list of requested addresses. */
  const issuer = async (changes: Record<string, string | null> = {}): Promise<{ ask: Ask; asked: string[] }> => {
    const record = { status: 'valid', versions: [{ version: 1, status: 'valid', sha256: sha256(sample.files.pdf) }] };
    const answers: Record<string, string | null> = {
      [`${BASE}/.well-known/did.json`]: sample.didText,
      [`${BASE}/status/1`]: (await sample.documents.statusList([])).json,
      [`${BASE}/c/EG5N8PYDQBWY8S1JN29G5Q0WW`]: JSON.stringify(record),
      ...changes,
    };
    const asked: string[] = [];
    const ask: Ask = async (url) => {
      asked.push(url);
      const text = answers[url] ?? null;
      if (text === null) throw new Error('answers 404');
      return text;
    };
    return { ask, asked };
  };
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

  it('needs only the file, and names the address whose owner must be trusted', async () => {
    for (const kind of KINDS) {
      const { ask, asked } = await issuer();
      const report = await check(kind, undefined, { keys: NO_KEYS }, ask);
      assert.equal(against(report), null, kind);
      assert.match(finding(report, 'keys')?.detail ?? '', /come from https:\/\/gramota\.example: make sure/);
      assert.equal(report.byWordOf, BASE);
      assert.ok(asked.every((url) => url.startsWith(`${BASE}/`)));
    }
  });

  it('never fetches other keys when keys were given, even if these have nothing to do with the file', async () => {
    const { ask, asked } = await issuer();
    const keys = { ...NO_KEYS, certificates: [await strangersCertificate()] };
    const report = await check('pdf', undefined, { keys }, ask);
    assert.match(against(report) ?? '', /^signer unproven: .*which --keys does not confirm/);
    assert.deepEqual(
      (['signer', 'proof', 'token'] as const).map((subject) => finding(report, subject)?.outcome),
      ['unproven', 'unproven', 'unproven'],
    );
    assert.ok(!asked.some((url) => url.endsWith('did.json')));
    const own = await check('pdf', undefined, {}, ask);
    assert.deepEqual([against(own), own.byWordOf], [null, null]);
  });

  it("does not trust the file's own address when an issuer was required", async () => {
    const { ask } = await issuer();
    const asked = (issuerId: string) => check('json', undefined, { keys: NO_KEYS, issuerId }, ask);
    const own = await asked('did:web:gramota.example');
    assert.deepEqual([against(own), own.byWordOf], [null, null]);
    assert.match(
      against(await asked('did:web:school.example')) ?? '',
      /^issuer fails: the credential names did:web:gramota\.example as its issuer, not did:web:school\.example/,
    );
  });

  it('fetches from this machine only when the caller allows it', async (t) => {
    const server = createServer((_req, res) => res.end('{}')).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await once(server, 'listening');
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/did.json`;
    await assert.rejects(askNetwork(address), /not an https address/);
    assert.equal(await fetchText(address, { loopback: true }), '{}');
    await assert.rejects(fetchText('http://school.example', { loopback: true }), /not an https address/);
  });

  it("detects a revocation, a file that the issuer's record does not have, and a missing response", async () => {
    const revoked = (await sample.documents.statusList([sample.index])).json;
    const record = `${BASE}/c/EG5N8PYDQBWY8S1JN29G5Q0WW`;
    const other = JSON.stringify({
      status: 'valid',
      versions: [{ version: 1, status: 'valid', sha256: 'f'.repeat(64) }],
    });
    const cases: [Record<string, string | null>, RegExp][] = [
      [{ [`${BASE}/status/1`]: revoked }, /^status fails: revoked/],
      [{ [record]: other }, /^record fails/],
      [{ [record]: '{"status":"revoked"}' }, /^record fails: .*revoked/],
      [{ [record]: '<html>' }, /^signer unproven/],
      [{ [`${BASE}/status/1`]: null }, /unproven/],
      [{ [`${BASE}/.well-known/did.json`]: null }, /unproven/],
      [{ [`${BASE}/.well-known/did.json`]: '{}' }, /unproven/],
    ];
    for (const [changes, expected] of cases) {
      const { ask } = await issuer(changes);
      assert.match(
        against(await check('pdf', undefined, { keys: NO_KEYS }, ask)) ?? '',
        expected,
        JSON.stringify(changes),
      );
    }
  });
});

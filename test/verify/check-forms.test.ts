import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import type { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import { proofOf } from '../../src/credential/proofs.ts';
import { signCredential } from '../../src/credential/sign-credential.ts';
import { buildStatusList, dayOf } from '../../src/credential/status-list.ts';
import { STATUS_LIST_LENGTH } from '../../src/records/certificates/status-entries.ts';
import { type CheckRequest, checkFile } from '../../src/verify/check-file.ts';
import type { Kind } from '../../src/verify/file-kind.ts';
import { type CheckReport, objection } from '../../src/verify/findings.ts';
import { readTrustedKeys } from '../../src/verify/trusted-keys.ts';
import { credentialedFacts, PUBLIC_URL } from '../credential/sample-facts.ts';
import { testKeyReferences, testKeysDir } from '../support/keys.ts';
import { forgedList } from './credential-cases.ts';
import { publicDocuments } from './public-documents.ts';
import { baked, type SampleCredential, sampleCredential } from './sample-diploma.ts';

const DAY_MS = 86_400_000;

let sample: SampleCredential;
let badge: SignedOpenBadge;

before(async () => {
  sample = await sampleCredential();
  badge = JSON.parse(sample.credential.json) as SignedOpenBadge;
});

const check = (
  kind: Exclude<Kind, 'pdf'>,
  bytes: Uint8Array | string = sample.files[kind],
  changes: Partial<CheckRequest> = {},
): Promise<CheckReport> => {
  const request = { kind, bytes: Buffer.from(bytes), keys: sample.keys, statusList: null, now: new Date(), ...changes };
  return checkFile(request, null);
};

/** Why a file is not accepted: `subject outcome: detail`; null when it is. */
function against(report: CheckReport): string | null {
  const found = objection(report);
  return found === null ? null : `${found.subject} ${found.outcome}: ${found.detail}`;
}

const json = (changes: object): string => JSON.stringify({ ...badge, ...changes });

describe('gramota verify, for a credential with an embedded proof', () => {
  it('reports a fault when one character is changed', async () => {
    const { credentialSubject: subject, credentialStatus: status, proof } = badge;
    const changes: object[] = [
      { credentialSubject: { ...subject, licenseNumber: 'INT-26-000043' } },
      { credentialStatus: { ...status, statusListIndex: '4712' } },
      { validFrom: '2020-01-01T00:00:00Z' },
      { issuer: { ...badge.issuer, name: 'Another School' } },
      { proof: [{ ...proof[0], created: '2020-01-01T00:00:00Z' }] },
      { proof: [{ ...proof[0], verificationMethod: `${badge.issuer.id}#z6MkNoKey` }] },
      { proof: [{ ...proof[0], verificationMethod: proof[0].verificationMethod.replace('gramota', 'other') }] },
    ];
    for (const change of changes)
      assert.match(against(await check('json', json(change))) ?? '', /^proof fails/, JSON.stringify(change));
  });

  it('reports a fault with the key of another issuer, whichever other keys are trusted', async () => {
    const { proof: _proof, ...unsigned } = badge;
    const key = await openKeyFolder(await testKeysDir()).key((await testKeyReferences()).credential);
    const proof = await proofOf(unsigned, 'did:web:other.example', key, badge.proof[0].created);
    const keys = await readTrustedKeys('jwk', JSON.stringify(sample.documents.jwk('credential')));
    const report = await check('json', JSON.stringify({ ...unsigned, proof: [proof] }), { keys });
    assert.match(against(report) ?? '', /^proof fails: the proof names a key that does not belong/);
  });

  it('refuses any unknown term, so that nothing in the credential is left unchecked', async () => {
    const { proof, credentialSubject: subject } = badge;
    const changes: object[] = [
      { note: 'x' },
      { issuer: { ...badge.issuer, url: ` ${badge.issuer.url} ` } },
      { credentialSubject: { ...subject, identifier: Array(2000).fill(subject.identifier[0]) } },
      { '@context': [...badge['@context'], 'https://evil.example/context'] },
      { '@context': [badge['@context'][0], badge['@context'][1], { name: 'https://schema.org/alternateName' }] },
      { proof: [] },
      { proof: [proof[0], proof[0]] },
      { proof: [{ ...proof[0], cryptosuite: 'eddsa-jcs-2022' }] },
    ];
    for (const change of changes)
      assert.match(against(await check('json', json(change))) ?? '', /^file fails: this is not a credential/);
  });
});

describe('gramota verify, for a JWT', () => {
  const forged = (header: object, claims: object, sign: (text: string) => string): string => {
    const payload = JSON.parse(
      Buffer.from(sample.credential.jwt.split('.')[1] ?? '', 'base64url').toString(),
    ) as object;
    const parts = [header, { ...payload, ...claims }].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    return [...parts, sign(parts.join('.'))].join('.');
  };
  const signature = () => sample.credential.jwt.split('.')[2] ?? '';

  it('accepts RS256 only: not an unsigned token, nor one signed by HMAC with the public key as secret', async () => {
    const secret = JSON.stringify(sample.documents.jwk('jwt'));
    const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
    const tokens = [
      forged({ alg: 'none' }, {}, () => ''),
      forged({ alg: 'HS256' }, {}, hmac),
      forged({ alg: 'RS512' }, {}, signature),
      forged({ alg: ['RS256'] }, {}, signature),
    ];
    for (const token of tokens) assert.match(against(await check('jwt', token)) ?? '', /^token fails: signed with/);
  });

  it('reports a fault with changed claims or additional header fields', async () => {
    const other = { credentialSubject: { ...badge.credentialSubject, licenseNumber: 'INT-26-000043' } };
    for (const token of [
      forged({ alg: 'RS256', typ: 'JWT' }, other, signature),
      forged({ alg: 'RS256', typ: 'JWT', crit: ['b64'], b64: false }, {}, signature),
    ])
      assert.match(against(await check('jwt', token)) ?? '', /^token fails/);
  });

  it('refuses claims that contradict the credential', async () => {
    for (const claims of [{ iss: 'did:web:other.example' }, { nbf: 0 }, { exp: 1 }, { sub: 'urn:x' }, { aud: 'x' }])
      assert.match(against(await check('jwt', forged({ alg: 'RS256' }, claims, signature))) ?? '', /^file fails/);
  });
});

describe('gramota verify, for a PNG with an embedded credential', () => {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const compressed = (text: Buffer): Buffer =>
    Buffer.concat([
      sample.files.png.subarray(0, 33),
      chunk('iTXt', Buffer.concat([Buffer.from('openbadgecredential\0\x01\0\0\0', 'latin1'), deflateSync(text)])),
      sample.files.png.subarray(-12),
    ]);

  it('accepts the credential as a JWT and as compressed JSON', async () => {
    assert.equal(against(await check('png', baked(sample.credential.jwt))), null);
    assert.equal(against(await check('png', compressed(Buffer.from(sample.credential.json)))), null);
  });

  it('gives a specific message when an image tool removed, rewrote or converted the credential', async () => {
    const { png } = sample.files;
    const text = Buffer.from(sample.credential.json);
    const rewritten = (type: string, data: Buffer) =>
      Buffer.concat([png.subarray(0, 33), chunk(type, data), png.subarray(-12)]);
    const keyword = Buffer.from('openbadgecredential\0', 'latin1');
    const cases: [Buffer, RegExp][] = [
      [
        rewritten('tEXt', Buffer.concat([Buffer.from('Comment\0made'), text])),
        /a picture without a baked credential: .* dropped it; ask for/,
      ],
      [
        rewritten('zTXt', Buffer.concat([keyword, Buffer.from([0]), deflateSync(text)])),
        /an image tool has rewritten \(as zTXt/,
      ],
      [rewritten('tEXt', Buffer.concat([keyword, text])), /an image tool has rewritten \(as tEXt/],
      [Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), text]), /this is not a PNG but a JPEG: .* converted/],
    ];
    for (const [bytes, expected] of cases) assert.match(against(await check('png', bytes)) ?? '', expected);
  });

  it('refuses a damaged file, a file with no or two credentials, and one that decompresses without end', async () => {
    const { png } = sample.files;
    const damaged = Buffer.from(png);
    damaged[100] = (damaged[100] ?? 0) ^ 1;
    const two = Buffer.concat([png.subarray(0, 33), png.subarray(33, -12), png.subarray(33)]);
    const none = Buffer.concat([png.subarray(0, 33), png.subarray(-12)]);
    const bomb = compressed(Buffer.alloc(64 * 1024 * 1024));
    for (const bytes of [damaged, two, none, bomb, png.subarray(0, 60), png.subarray(0, -12), Buffer.from('GIF89a')])
      assert.match(against(await check('png', bytes)) ?? '', /^file fails: this is/);
  });
});

describe('gramota verify, for a status list', () => {
  const told = async (statusList: string): Promise<string | null> =>
    against(await check('json', undefined, { statusList }));

  it('reports a credential as revoked when its bit is set, in both forms', async () => {
    const { json, jwt } = await sample.documents.statusList([sample.index]);
    for (const list of [json, jwt])
      assert.match((await told(list)) ?? '', /^status fails: revoked, or replaced .* status list of 2\d\d\d-/);
    const neighbours = await sample.documents.statusList([sample.index - 1, sample.index + 1]);
    for (const list of [neighbours.json, neighbours.jwt]) assert.equal(await told(list), null);
  });

  it('reports a fault when the list was changed, is another list, or is not a list', async () => {
    const forged = await forgedList(sample.index, sample.documents);
    const list = await sample.documents.statusList([]);
    const huge = `u${gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString('base64url')}`;
    const texts = [
      forged.json,
      forged.jwt,
      list.json.replaceAll('/status/1', '/status/2'),
      list.json.replace(/"encodedList":"[^"]+"/, `"encodedList":"${huge}"`),
      sample.credential.json,
      sample.credential.jwt,
      '',
      '{}',
    ];
    for (const text of texts) assert.match((await told(text)) ?? '', /^status fails/, text.slice(0, 80));
  });

  it('refuses a list of another issuer, even with a trusted key', async () => {
    const key = await openKeyFolder(await testKeysDir()).key((await testKeyReferences()).credential);
    const list = { list: 1, length: STATUS_LIST_LENGTH, revoked: [] };
    const issuer = 'did:web:other.example';
    const unsigned = { ...buildStatusList(list, PUBLIC_URL, dayOf(new Date())), issuer };
    const proof = await proofOf(unsigned, issuer, key, unsigned.validFrom);
    const keys = await readTrustedKeys('jwk', JSON.stringify(sample.documents.jwk('credential')));
    const report = await check('json', undefined, { keys, statusList: JSON.stringify({ ...unsigned, proof }) });
    assert.match(against(report) ?? '', /^status fails: this status list is another one/);
  });

  it('leaves the status unproven when the credential is newer than the list', async () => {
    const before = new Date(Date.now() - 3 * DAY_MS);
    const old = await publicDocuments(await testKeysDir(), 'https://gramota.example', before);
    const { json, jwt } = await old.statusList([]);
    for (const kind of ['json', 'jwt'] as const)
      for (const statusList of [json, jwt])
        assert.match(
          against(await check(kind, undefined, { statusList })) ?? '',
          /^status unproven: .*older than the credential/,
        );
    assert.match((await told((await old.statusList([sample.index])).json)) ?? '', /^status fails: revoked/);
  });

  it('accepts a list of the same day as the credential, although the day of a list begins one hour late', async () => {
    const now = new Date(`${new Date().toISOString().slice(0, 10)}T00:40:00Z`);
    const sealedAt = now.toISOString().replace('40:00.000', '20:00');
    const validFrom = new Date(now.getTime() - DAY_MS).toISOString().replace('.000', '');
    const facts = await credentialedFacts();
    const changed = { ...facts, credential: { ...facts.credential, sealedAt, validFrom } };
    const { json } = await signCredential(changed, openKeyFolder(await testKeysDir()));
    const documents = await publicDocuments(await testKeysDir(), PUBLIC_URL, now);
    const { json: statusList } = await documents.statusList([]);
    assert.equal(against(await check('json', json, { statusList, now })), null);
  });

  it('refuses a list after some days, and a locally stored list after thirty days', async () => {
    const { json: statusList } = await sample.documents.statusList([]);
    const later = (days: number) =>
      check('json', undefined, { statusList, now: new Date(Date.now() + days * DAY_MS) }).then(against);
    assert.equal(await later(30), null);
    assert.match(
      (await later(31)) ?? '',
      /^status unproven: .* is 31 days old, but at most 30 days are allowed: download a newer one/,
    );
  });
});

describe('the validity period of a credential', () => {
  it('excludes times before its start and after its end', async () => {
    const early = await check('json', undefined, { now: new Date('2020-01-01T00:00:00Z') });
    assert.match(against(early) ?? '', /^period fails: not valid before/);
  });
});

describe('gramota verify, for random bytes', () => {
  it('reports nothing as valid', async () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => Buffer.from(text)),
      fc.nat(sample.files.json.length).map((at) => sample.files.json.subarray(0, at)),
      fc.nat(sample.files.png.length - 1).map((at) => sample.files.png.subarray(0, at)),
      fc.constant(Buffer.from('['.repeat(100_000))),
      fc.constant(Buffer.from(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`)),
    );
    const kinds = fc.constantFrom<Exclude<Kind, 'pdf'>>('json', 'jwt', 'png');
    await fc.assert(
      fc.asyncProperty(kinds, hostile, async (kind, bytes) => {
        fc.pre(kind !== 'json' || bytes.length !== sample.files.json.length);
        const report = await check(kind, bytes);
        assert.equal(report.says, null);
        assert.match(against(report) ?? '', /^file fails: this is [^\n]{5,200}$/);
      }),
      { numRuns: 200 },
    );
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readKeyFile } from '../../src/credential/keys/key-file.ts';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { KeyMissing } from '../../src/ports/signer.ts';
import { TEST_KEYS_DIR, testKeyReferences, testKeysDir } from '../support/keys.ts';

const MAKING = fileURLToPath(new URL('./processes/making-keys.js', import.meta.url));
let dir: string;

before(async () => {
  await testKeysDir();
  dir = await mkdtemp(join(tmpdir(), 'gramota-keys-'));
});
after(() => rm(dir, { recursive: true, force: true }));

describe('signing keys that Gramota creates itself', () => {
  it('are created once by two concurrent processes, in a folder that only the owner can read', async () => {
    const place = join(dir, 'made', 'keys');
    const runs = await Promise.all([1, 2].map(() => promisify(execFile)(process.execPath, [MAKING, place])));
    const made = runs.flatMap(({ stdout }) => JSON.parse(stdout) as string[]);
    assert.deepEqual(made.sort(), ['credential-1', 'jwt-1', 'seal-1']);
    const files = (await readdir(place)).sort();
    assert.deepEqual(files, ['authority.pem', 'credential-1.pem', 'jwt-1.pem', 'seal-1.pem']);
    assert.equal((await stat(place)).mode & 0o777, 0o700);
    for (const file of files) assert.equal((await stat(join(place, file))).mode & 0o777, 0o600, file);
    const seal = (await openKeyFolder(place).keys()).find(({ purpose }) => purpose === 'seal');
    assert.equal(seal?.certificates.length, 2);
  });

  it('include a seal certificate for documents, whose authority may issue only end-entity certificates', async () => {
    const pem = await readFile(join(TEST_KEYS_DIR, 'seal-1.pem'), 'utf8');
    const [own, authority] = (pem.match(/-----BEGIN CERT[\s\S]+?-----END CERTIFICATE-----/g) ?? []).map(
      (text) => new X509Certificate(text),
    );
    assert.ok(own && authority);
    assert.ok(own.checkIssued(authority) && own.verify(authority.publicKey));
    assert.deepEqual([own.ca, authority.ca], [false, true]);
    assert.deepEqual(own.keyUsage, ['1.3.6.1.5.5.7.3.36', '1.2.840.113583.1.1.5', '1.3.6.1.5.5.7.3.4']);
    assert.equal(own.subjectAltName, 'URI:https://school.example');
    assert.match(
      own.subject,
      /^C=KZ\nO=School of Continuing Education\nCN=School of Continuing Education\\, diploma seal$/,
    );
  });
});

describe('an unusable key file', () => {
  const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
  const rsa = (bits: number) => pem(generateKeyPairSync('rsa', { modulusLength: bits }).privateKey);

  it('is refused with its name and with advice, and the message contains no key material', async () => {
    const ed25519 = pem(generateKeyPairSync('ed25519').privateKey);
    const ec = pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    const locked = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    }).privateKey;
    const whole = await readFile(join(TEST_KEYS_DIR, 'seal-1.pem'), 'utf8');
    const certificates = whole.slice(whole.indexOf('-----BEGIN CERTIFICATE'));
    const [first = '', second = ''] = certificates.split(/(?<=-----END CERTIFICATE-----\n)/);
    const key = whole.slice(0, whole.indexOf('-----BEGIN CERTIFICATE'));
    const refused: [string, string, RegExp][] = [
      ['stamp-1', ed25519, /is not a valid key name/],
      ['credential-1', 'nothing', /contains no readable private key/],
      ['credential-1', locked, /without a password/],
      ['credential-1', rsa(2048), /must be an Ed25519 key/],
      ['jwt-1', ec, /must be an RSA key of 2048 bits/],
      ['jwt-1', rsa(1024), /must be an RSA key of 2048 bits/],
      ['seal-1', key, /contains no certificate/],
      ['seal-1', rsa(2048) + certificates, /belongs to a different key/],
      ['seal-1', key + second + first, /belongs to a different key/],
      ['seal-1', key + first + first, /certificate 1 was not issued by the certificate after it/],
    ];
    for (const [id, text, expected] of refused) {
      assert.throws(
        () => readKeyFile(id, text),
        (error: Error) => {
          assert.match(error.message, expected);
          assert.match(error.message, new RegExp(`^SIGNING_KEYS_DIR: ${id}\\.pem: `));
          assert.doesNotMatch(error.message, /BEGIN|MII/);
          return true;
        },
        `${id}: ${expected}`,
      );
    }
  });
});

describe('the signing keys of a certificate', () => {
  it('must be exactly the keys stored at its award; otherwise signing fails', async () => {
    const keys = await testKeyReferences();
    const place = join(dir, 'partial');
    await promisify(execFile)(process.execPath, [MAKING, place]);
    await rm(join(place, 'jwt-1.pem'));
    const signer = openKeyFolder(place);
    await assert.rejects(signer.key(keys.jwt), (error: Error) => {
      assert.ok(error instanceof KeyMissing);
      assert.match(error.message, /jwt-1 is not in SIGNING_KEYS_DIR of this host/);
      return true;
    });
    await assert.rejects(signer.key(keys.credential), /credential-1 of this host differs from/);
    // A key file that is added later is found without a restart.
    await copyFile(join(TEST_KEYS_DIR, 'jwt-1.pem'), join(place, 'jwt-1.pem'));
    assert.equal((await signer.key(keys.jwt)).fingerprint, keys.jwt.fingerprint);
  });

  it('cannot be read from outside the key folder, whatever their ids contain', async () => {
    await writeFile(join(dir, 'jwt-9.pem'), 'x');
    const outside = { id: '../jwt-9', fingerprint: 'a'.repeat(64) };
    await assert.rejects(openKeyFolder(join(dir, 'made')).key(outside), KeyMissing);
  });
});

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { openKeyFolder } from '../../src/credential/keys/key-folder.ts';
import { type SealKey, sealBytes, sealPdf } from '../../src/diploma/pdf/seal.ts';
import { TaggedDocument } from '../../src/diploma/pdf/tagged-document.ts';
import { TEST_KEYS_DIR, testKeyReferences } from '../support/keys.ts';

const run = promisify(execFile);
const missing = (tool: string, mend: string) =>
  spawnSync(tool, ['--version']).error === undefined && spawnSync(tool, ['-v']).error === undefined
    ? false
    : `${tool} is not installed: ${mend}`;
const noOpenssl = missing('openssl', 'apt-get install openssl');
const noPdfsig =
  missing('pdfsig', 'apt-get install poppler-utils') || missing('certutil', 'apt-get install libnss3-tools');

let dir: string;
let key: SealKey;
let sealed: Buffer;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gramota-seal-'));
  key = await openKeyFolder(TEST_KEYS_DIR).key((await testKeyReferences()).seal);
  const pem = await readFile(join(TEST_KEYS_DIR, 'authority.pem'), 'utf8');
  await writeFile(join(dir, 'authority.crt'), pem.slice(pem.indexOf('-----BEGIN CERTIFICATE')));
  sealed = await sealPdf(await blank(await sealBytes(key)), key);
});
after(() => rm(dir, { recursive: true, force: true }));

/** A document with one empty page and space for a seal. */
async function blank(bytes: number): Promise<Buffer> {
  const date = new Date('2026-11-21T08:30:15Z');
  const info = { title: 'Диплом', author: 'Үлгі мектебі', subject: 's', keywords: 'k', language: 'kk', date };
  const document = new TaggedDocument(info);
  document.addPage();
  document.reserveSeal({ bytes, at: date, signer: 'Үлгі мектебі', reason: 'Диплом INT-26-000042' });
  return document.finish();
}

/** The bytes that the seal covers, and the seal itself. */
function cut(pdf: Buffer): { covered: Buffer; cms: Buffer } {
  const [, start = 0, end = 0, rest = 0] = (/\/ByteRange \[(\d+) (\d+) (\d+) (\d+)/.exec(pdf.toString('latin1')) ?? [])
    .slice(1)
    .map(Number);
  const covered = Buffer.concat([pdf.subarray(0, start), pdf.subarray(end, end + rest)]);
  return { covered, cms: Buffer.from(pdf.toString('latin1', start + 1, end - 1), 'hex') };
}

async function verifiesAsCades(pdf: Buffer, name: string): Promise<boolean> {
  const { covered, cms } = cut(pdf);
  await writeFile(join(dir, `${name}.bin`), covered);
  await writeFile(join(dir, `${name}.cms`), cms);
  const files = ['-in', join(dir, `${name}.cms`), '-content', join(dir, `${name}.bin`)];
  const options = ['-inform', 'DER', '-binary', '-CAfile', join(dir, 'authority.crt'), '-purpose', 'any', '-cades'];
  return run('openssl', ['cms', '-verify', ...files, ...options, '-out', '/dev/null']).then(
    () => true,
    () => false,
  );
}

/** Output of pdfsig with our test authority as the only trusted root. */
async function inspect(pdf: Buffer, name: string): Promise<string> {
  const database = `sql:${join(dir, 'nss')}`;
  await run('mkdir', ['-p', join(dir, 'nss')]);
  await run('certutil', ['-N', '-d', database, '--empty-password']).catch(() => undefined);
  await run('certutil', ['-A', '-d', database, '-n', 'ours', '-t', 'CT,C,C', '-i', join(dir, 'authority.crt')]);
  await writeFile(join(dir, `${name}.pdf`), pdf);
  return (await run('pdfsig', ['-nssdir', database, join(dir, `${name}.pdf`)])).stdout;
}

function changed(pdf: Buffer, at: number): Buffer {
  const copy = Buffer.from(pdf);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

describe('the digital seal (signature) of a diploma', () => {
  it('is the same for the same bytes, and covers the whole file except itself', async () => {
    assert.ok((await sealPdf(await blank(await sealBytes(key)), key)).equals(sealed));
    const { covered, cms } = cut(sealed);
    assert.equal(covered.length + cms.length * 2 + 2, sealed.length);
  });

  it('is refused when no space or too little space was reserved for it', async () => {
    await assert.rejects(sealPdf(Buffer.from('%PDF-1.7'), key), /no space for a seal/);
    const tight = await blank(1000);
    await assert.rejects(sealPdf(tight, key), /but 1000 were reserved/);
  });

  it('is a valid CAdES signature, and becomes invalid when a byte before or after it changes', {
    skip: noOpenssl,
  }, async () => {
    assert.equal(await verifiesAsCades(sealed, 'good'), true);
    assert.equal(await verifiesAsCades(changed(sealed, 100), 'before'), false);
    assert.equal(await verifiesAsCades(changed(sealed, sealed.length - 20), 'behind'), false);
  });

  it('is reported by pdfsig as valid, trusted and covering the whole document', { skip: noPdfsig }, async () => {
    const good = await inspect(sealed, 'good');
    assert.match(good, /Signature Type: ETSI\.CAdES\.detached/);
    assert.match(good, /Signature is Valid/);
    assert.match(good, /Certificate is Trusted/);
    assert.match(good, /Total document signed/);
    assert.match(good, /Signing Time: Nov 21 2026/);
    assert.match(await inspect(changed(sealed, sealed.indexOf('(Gramota)') + 1), 'changed'), /Digest Mismatch/);
    const longer = await inspect(Buffer.concat([sealed, Buffer.from('\n% more\n')]), 'longer');
    assert.doesNotMatch(longer, /Total document signed$/m);
  });
});

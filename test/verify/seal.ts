import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run, runWell } from './tools.ts';

/** Trust settings for independent verifiers, with the test authority as root. */
export interface TrustStore {
  /** Folder of the NSS database, for poppler. */
  nss: string;
  /** The authority's certificate in PEM, for OpenSSL. */
  authority: string;
}

/** Creates a store that trusts one authority. */
export async function createTrustStore(scratch: string, authority: Uint8Array): Promise<TrustStore> {
  const nss = join(scratch, 'nss');
  await mkdir(nss, { recursive: true });
  const lines =
    Buffer.from(authority)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const pem = join(scratch, 'authority.pem');
  await writeFile(pem, `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`);
  await runWell('certutil', ['-N', '-d', `sql:${nss}`, '--empty-password']);
  await runWell('certutil', ['-A', '-d', `sql:${nss}`, '-n', 'test authority', '-t', 'CT,C,C', '-i', pem]);
  return { nss, authority: pem };
}

/** `pdfsig`: the seal is valid, its certificate is trusted, and it covers the whole file. */
export async function pdfsigFault(path: string, { nss }: TrustStore): Promise<string | null> {
  const { stdout, stderr } = await run('pdfsig', ['-nssdir', `sql:${nss}`, path]);
  const wanted = ['Signature is Valid', 'Certificate is Trusted', 'Total document signed'];
  const lines = stdout.split('\n').map((line) => line.replace(/^\s*-?\s*/, '').replace(/\.$/, ''));
  const missing = wanted.filter((line) => !lines.some((one) => one.endsWith(line) && !one.includes('Not total')));
  if (missing.length === 0) return (stdout.match(/^Signature #/gm) ?? []).length === 1 ? null : 'not exactly one seal';
  const told = lines.filter((line) => /Validation|signed/i.test(line)).join('; ');
  return `pdfsig does not say "${missing.join('", "')}": ${told || stderr.trim().slice(0, 200)}`;
}

/** The sealed bytes and the seal, by the last ByteRange of a file (ISO 32000-1, 12.8.1). */
function sealedParts(file: Buffer): { covered: Buffer; cms: Buffer } | null {
  const ranges = [...file.toString('latin1').matchAll(/\/ByteRange ?\[ ?(\d+) (\d+) (\d+) (\d+) *\]/g)];
  const [, from, before, after, rest] = (ranges.at(-1) ?? []).map(Number);
  if (from === undefined || before === undefined || after === undefined || rest === undefined) return null;
  const covered = Buffer.concat([file.subarray(from, from + before), file.subarray(after, after + rest)]);
  const hex = file.toString('latin1', before + 1, after - 1);
  const cms = Buffer.from(hex, 'hex');
  // Zeros fill the reserved space; the outer SEQUENCE gives the length of the message.
  const length = cms[1] === 0x82 ? cms.readUInt16BE(2) + 4 : cms.length;
  return { covered, cms: cms.subarray(0, length) };
}

/**
 * `openssl cms -verify -cades`: the message is a CAdES signature by a certificate of the authority over exactly these
 * bytes.
 */
export async function cmsFault(path: string, { authority }: TrustStore): Promise<string | null> {
  const parts = sealedParts(await readFile(path));
  if (parts === null) return 'the file has no seal';
  const [covered, cms] = [`${path}.covered`, `${path}.cms`];
  await Promise.all([writeFile(covered, parts.covered), writeFile(cms, parts.cms)]);
  const trust = ['-CAfile', authority, '-purpose', 'any', '-cades', '-out', '/dev/null'];
  const args = ['cms', '-verify', '-inform', 'DER', '-in', cms, '-content', covered, '-binary', ...trust];
  const { status, stderr } = await run('openssl', args);
  return status === 0 ? null : `openssl: ${stderr.trim().split('\n').at(-1)?.slice(0, 200)}`;
}

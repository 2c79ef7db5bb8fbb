import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

/**
 * Stand-in for an S3 service, with the bucket `diplomas` only: path-style addresses; get, head, put, delete and list. A folder in
 * an object's place is an object that was moved to an archive. It checks each
 * request by Amazon's own implementation of signature version 4, and the body against the hash in its signature.
 * @param argv folder of the objects, access key id, secret access key
 */
const [folder = '', accessKeyId = '', secretAccessKey = ''] = process.argv.slice(2);
const BUCKET = 'diplomas';
const HEADERS_SIGNED = /SignedHeaders=([^,]+)/;

const signer = new SignatureV4({
  credentials: { accessKeyId, secretAccessKey },
  region: 'us-east-1',
  service: 's3',
  sha256: Sha256,
  uriEscapePath: false,
});

async function isSigned(request: IncomingMessage, url: URL): Promise<boolean> {
  const authorization = request.headers.authorization ?? '';
  const names = HEADERS_SIGNED.exec(authorization)?.[1]?.split(';') ?? [];
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name])]));
  const signed = await signer.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...headers, 'x-amz-content-sha256': String(request.headers['x-amz-content-sha256']) },
    },
    { signingDate: dateOf(String(request.headers['x-amz-date'])) },
  );
  const signatureIn = (text: string | undefined) => /Signature=([0-9a-f]{64})/.exec(text ?? '')?.[1];
  return signatureIn(authorization) === signatureIn(signed.headers['authorization']);
}

/** `20261129T101500Z` */
const dateOf = (text: string): Date => new Date(text.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));

async function answer(request: IncomingMessage, url: URL): Promise<{ status: number; code?: string; body?: Buffer }> {
  const [, bucket, ...key] = url.pathname.split('/');
  const body = await buffer(request);
  if (!(await isSigned(request, url))) return { status: 403, code: 'SignatureDoesNotMatch' };
  if (bucket !== BUCKET) return { status: 404, code: 'NoSuchBucket' };
  const place = join(folder, bucket, ...key);
  if (request.method === 'PUT') {
    const told = request.headers['x-amz-content-sha256'];
    if (told !== 'UNSIGNED-PAYLOAD' && told !== createHash('sha256').update(body).digest('hex'))
      return { status: 400, code: 'XAmzContentSHA256Mismatch' };
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, body);
    return { status: 200 };
  }
  if (request.method === 'DELETE') {
    await rm(place, { force: true });
    return { status: 204 };
  }
  if (url.searchParams.has('list-type')) return { status: 200, body: Buffer.from('<ListBucketResult/>') };
  const found = await readFile(place).catch(({ code }: NodeJS.ErrnoException) => code);
  if (typeof found === 'object') return { status: 200, body: found };
  return found === 'EISDIR' ? { status: 403, code: 'InvalidObjectState' } : { status: 404, code: 'NoSuchKey' };
}

const server = createServer((request, response) => {
  void answer(request, new URL(request.url ?? '/', `http://${request.headers.host}`)).then(({ status, code, body }) => {
    response.statusCode = status;
    const text = code === undefined ? (body ?? '') : `<Error><Code>${code}</Code></Error>`;
    response.end(request.method === 'HEAD' ? undefined : text);
  });
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.once('disconnect', () => process.exit());

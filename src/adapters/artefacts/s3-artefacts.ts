import { createHash } from 'node:crypto';
import { AwsClient } from 'aws4fetch';
import { InputError } from '../../domain/failure.ts';
import { type Artefact, type Artefacts, ArtefactsDown, ArtefactsFault } from '../../ports/artefacts.ts';

export interface S3Access {
  /** Address of an S3-compatible service, such as `https://storage.example`; without it Amazon S3 of the region. */
  endpoint: string | undefined;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Milliseconds for one request; an object has 1 to 100 KB. */
const TIMEOUT_MS = 20_000;
/** Attempts after a 5xx answer or 429, with growing pauses. Every request can be repeated. */
const RETRIES = 3;

/**
 * Stores diplomas as objects `<prefix>/<first two digits>/<SHA-256>` of a bucket. The service checks every stored object
 * against its hash, which is part of the signature; its hash is checked against its name again whenever it is read.
 * @param bucket with an optional prefix: `bucket` or `bucket/a/b`
 */
export function createS3Artefacts(bucket: string, access: S3Access): Artefacts {
  const [name = '', ...prefix] = bucket.split('/').filter((part) => part !== '');
  // Other services have certificates for one host name, so the bucket is in the path there.
  const base =
    access.endpoint === undefined
      ? `https://${name}.s3.${access.region}.amazonaws.com`
      : `${access.endpoint.replace(/\/+$/, '')}/${name}`;
  const client = new AwsClient({ ...access, service: 's3', retries: RETRIES });
  const placeOf = (sha256: string): string => [base, ...prefix, sha256.slice(0, 2), sha256].join('/');

  async function request(
    method: 'GET' | 'HEAD' | 'PUT' | 'DELETE',
    url: string,
    more: RequestInit = {},
  ): Promise<Response> {
    try {
      return await client.fetch(url, { method, signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error', ...more });
    } catch (error) {
      throw new ArtefactsDown(`the bucket ${bucket} of ARTEFACTS_URL cannot be reached: ${causeOf(error)}`);
    }
  }

  async function refusal(response: Response): Promise<string> {
    const body = response.body === null ? '' : await response.text().catch(() => '');
    const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1];
    return code === undefined ? `status ${response.status}` : `status ${response.status} ${code}`;
  }

  async function faultOf(response: Response): Promise<ArtefactsFault> {
    const told = await refusal(response);
    const text = `the bucket ${bucket} of ARTEFACTS_URL refused a request: ${told}`;
    return OF_ONE_OBJECT.test(told) ? new ArtefactsFault(`${text}, for ${response.url}`) : new ArtefactsDown(text);
  }

  async function putOne({ sha256, bytes }: Artefact): Promise<void> {
    if (hashOf(bytes) !== sha256) throw new ArtefactsFault(`the SHA-256 of an artefact is not ${sha256}`);
    const headers = { 'x-amz-content-sha256': sha256, 'content-type': 'application/octet-stream' };
    const response = await request('PUT', placeOf(sha256), { body: bytes, headers });
    if (!response.ok) throw await faultOf(response);
    await response.body?.cancel();
  }

  return {
    async put(artefacts) {
      await Promise.all(artefacts.map(putOne));
    },
    async get(sha256) {
      const response = await request('GET', placeOf(sha256));
      if (response.status === 404) return ifBucketExists(response, null);
      if (!response.ok) throw await faultOf(response);
      const bytes = Buffer.from(await response.arrayBuffer().catch(cut));
      if (hashOf(bytes) !== sha256)
        throw new ArtefactsFault(
          `${placeOf(sha256)} is damaged: its SHA-256 differs from its name; restore the object from a backup`,
        );
      return bytes;
    },
    async has(sha256) {
      const response = await request('HEAD', placeOf(sha256));
      // A HEAD answer has no body that tells a missing bucket from a missing object; `ready` has checked the bucket.
      if (response.status === 404) return false;
      if (!response.ok) throw await faultOf(response);
      return true;
    },
    async remove(sha256s) {
      for (const sha256 of sha256s) {
        const response = await request('DELETE', placeOf(sha256));
        if (response.status === 404) await ifBucketExists(response, null);
        else if (response.ok) await response.body?.cancel();
        else throw await faultOf(response);
      }
    },
    async ready() {
      const response = await request('GET', `${base}/?list-type=2&max-keys=1`).catch((error: unknown) => {
        const advice = 'check ARTEFACTS_URL, AWS_ENDPOINT_URL_S3 and AWS_REGION';
        throw new InputError(`${error instanceof Error ? error.message : String(error)}: ${advice}`);
      });
      if (response.ok) return void (await response.body?.cancel());
      const advice =
        response.status === 404
          ? 'create the bucket'
          : 'check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and the rights: list the bucket, get, put and delete objects';
      throw new InputError(
        `ARTEFACTS_URL: the bucket ${bucket} cannot be used (${await refusal(response)}): ${advice}`,
      );
    },
  };

  async function ifBucketExists<T>(response: Response, value: T): Promise<T> {
    const told = await refusal(response);
    if (told.includes('NoSuchBucket'))
      throw new ArtefactsDown(`the bucket ${bucket} of ARTEFACTS_URL does not exist: ${told}`);
    return value;
  }

  function cut(error: unknown): never {
    throw new ArtefactsDown(`the bucket ${bucket} of ARTEFACTS_URL cut an answer: ${causeOf(error)}`);
  }
}

/**
 * Errors that concern one object: a person must mend it, so it must not be retried as an outage. `InvalidObjectState`: it
 * was moved to an archive. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const OF_ONE_OBJECT = /\b(InvalidObjectState|BadDigest|XAmzContentSHA256Mismatch|EntityTooLarge)\b/;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The system's code behind "fetch failed"; without address or key. */
function causeOf(error: unknown): string {
  const { cause, name } = error as { cause?: { code?: unknown; message?: unknown }; name?: string };
  return String(cause?.code ?? cause?.message ?? name ?? 'unknown error');
}

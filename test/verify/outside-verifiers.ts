import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { importJWK, type JWK, jwtVerify } from 'jose';
import type { DidDocument } from '../../src/credential/did-document.ts';
import type { SignedOpenBadge } from '../../src/credential/open-badge.ts';
import type { SignedCredential } from '../../src/credential/sign-credential.ts';
import { contextsByAddress, EDITIONS, type Edition, type PublicDocuments } from './public-documents.ts';
import { run, runWell } from './tools.ts';

export type Verdict = 'valid' | 'tampered' | 'revoked' | 'no status' | 'wrong shape';

/** A credential in all forms, and the current status list, for a verifier to check. */
export interface CredentialCase extends SignedCredential {
  list: SignedCredential;
}

/** A verifier that shares no code with the product. */
export interface OutsideVerifier {
  name: string;
  /** One line with advice when the verifier is not installed, else null. */
  missing(): Promise<string | null>;
  /** @param schema text of the JSON schema that credentials name, for verifiers that validate the shape too */
  judge(cases: readonly CredentialCase[], documents: PublicDocuments, schema?: string): Promise<Verdict[]>;
}

const badgeOf = (json: string): SignedOpenBadge => JSON.parse(json) as SignedOpenBadge;

/** @param encoded Bitstring Status List 1.0: GZIP in base64url after `u` */
export function isSet(encoded: string, index: number): boolean {
  const bits = gunzipSync(Buffer.from(encoded.slice(1), 'base64url'));
  return ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
}

const found = async (command: string, mend: string): Promise<string | null> =>
  (await run('sh', ['-c', command])).status === 0 ? null : mend;

/** The Python of Debian, because the packages are installed only for it. */
const PYTHON = '/usr/bin/python3';

/** The standard input of a program that verifies credentials. */
export interface ProgramTask {
  /** JSON-LD contexts by their address. */
  contexts: Record<string, unknown>;
  did: DidDocument;
  cases: { credential: SignedOpenBadge; list: { credentialSubject: { encodedList: string } } }[];
}

/** @param program path in the repository */
async function judgedBy(
  interpreter: string,
  program: string,
  edition: Edition,
  cases: readonly CredentialCase[],
  { did }: PublicDocuments,
): Promise<Verdict[]> {
  const task: ProgramTask = {
    contexts: await contextsByAddress(edition),
    did,
    cases: cases.map(({ json, list }) => ({ credential: badgeOf(json), list: JSON.parse(list.json) })),
  };
  return JSON.parse(await runWell(interpreter, [resolve(program)], JSON.stringify(task))) as Verdict[];
}

const pyld = (edition: Edition): OutsideVerifier => ({
  name: `PyLD and python3-cryptography, ${edition}`,
  missing: () =>
    found(
      `${PYTHON} -c "import pyld, cryptography"`,
      'PyLD is missing: apt-get install python3-pyld python3-cryptography',
    ),
  judge: (cases, documents) => judgedBy(PYTHON, 'test/verify/check_credentials.py', edition, cases, documents),
});

/** Judges tokens with `open`, which returns a verified payload or null. */
async function judgeTokens(
  cases: readonly CredentialCase[],
  open: (jwt: string) => Promise<unknown>,
): Promise<Verdict[]> {
  const judge = async ({ jwt, list }: CredentialCase): Promise<Verdict> => {
    const credential = (await open(jwt)) as SignedOpenBadge | null;
    if (credential === null) return 'tampered';
    const told = (await open(list.jwt)) as { id: string; credentialSubject: { encodedList: string } } | null;
    const { statusListCredential, statusListIndex } = credential.credentialStatus;
    if (told?.id !== statusListCredential) return 'no status';
    return isSet(told.credentialSubject.encodedList, Number(statusListIndex)) ? 'revoked' : 'valid';
  };
  const verdicts: Verdict[] = [];
  for (const one of cases) verdicts.push(await judge(one));
  return verdicts;
}

const joseTool: OutsideVerifier = {
  name: 'jose (C)',
  missing: () => found('command -v jose', 'jose is missing: apt-get install jose'),
  judge: async (cases, documents) => {
    const dir = await mkdtemp(join(tmpdir(), 'gramota-jose-'));
    try {
      const key = join(dir, 'key.jwk');
      await writeFile(key, JSON.stringify(documents.jwk('jwt')));
      return await judgeTokens(cases, async (jwt) => {
        const { status, stdout } = await run('jose', ['jws', 'ver', '-i', '-', '-k', key, '-O', '-'], jwt);
        return status === 0 ? (JSON.parse(stdout) as unknown) : null;
      });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  },
};

const joseLibrary: OutsideVerifier = {
  name: 'jose (npm)',
  missing: async () => null,
  judge: async (cases, documents) => {
    const key = await importJWK(documents.jwk('jwt') as JWK, 'RS256');
    const options = { algorithms: ['RS256'], issuer: documents.did.id };
    return judgeTokens(cases, (jwt) =>
      jwtVerify(jwt, key, options).then(
        ({ payload }) => payload,
        () => null,
      ),
    );
  },
};

const wallet = (edition: Edition): OutsideVerifier => ({
  name: `@digitalcredentials/vc, ${edition}`,
  missing: async () => null,
  judge: (cases, documents) =>
    judgedBy(process.execPath, 'dist/test/verify/judge-as-wallet.js', edition, cases, documents),
});

/**
 * The code behind VerifierPlus of the Digital Credentials Consortium. It fetches everything over the network; here a
 * table answers. When the JSON schema is given, it is applied too (Ajv).
 */
export const verifierCore: OutsideVerifier = {
  name: '@digitalcredentials/verifier-core',
  missing: async () => null,
  judge: async (cases, { did }, schema = '{"type":"object"}') => {
    const answers = new Map<string, string>();
    const asked = globalThis.fetch;
    globalThis.fetch = async (input) => {
      const text = answers.get(input instanceof Request ? input.url : String(input));
      return new Response(text ?? 'not here', {
        status: text === undefined ? 404 : 200,
        headers: { 'content-type': 'application/json' },
      });
    };
    try {
      // The package reads `fetch` when it is loaded, so it is imported afterwards.
      const { verifyCredential } = await import('@digitalcredentials/verifier-core');
      const [, , host] = did.id.split(':');
      answers.set(`https://${host}/.well-known/did.json`, JSON.stringify(did));
      const verdicts: Verdict[] = [];
      for (const { json, list } of cases) {
        const badge = badgeOf(json);
        answers.set(badge.credentialStatus.statusListCredential, list.json);
        for (const { id } of badge.credentialSchema) answers.set(id, schema);
        const credential = badge as unknown as Parameters<typeof verifyCredential>[0]['credential'];
        const { log = [], additionalInformation = [] } = await verifyCredential({ credential, knownDIDRegistries: [] });
        const step = (id: string) => log.find((entry) => entry.id === id);
        if (step('valid_signature')?.valid !== true) verdicts.push('tampered');
        else if (!hasRightShape(additionalInformation)) verdicts.push('wrong shape');
        else if (typeof step('revocation_status')?.valid !== 'boolean') verdicts.push('no status');
        else verdicts.push(step('revocation_status')?.valid ? 'valid' : 'revoked');
      }
      return verdicts;
    } finally {
      globalThis.fetch = asked;
    }
  },
};

function hasRightShape(information: readonly { id: string; results: unknown }[]): boolean {
  const results = information.find(({ id }) => id === 'schema_check')?.results;
  return Array.isArray(results) && results.length > 0 && results.every(({ result }) => result.valid === true);
}

export const OUTSIDE_VERIFIERS: readonly OutsideVerifier[] = [
  verifierCore,
  ...EDITIONS.map(wallet),
  ...EDITIONS.map(pyld),
  joseTool,
  joseLibrary,
];

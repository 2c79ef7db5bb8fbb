import { createHash } from 'node:crypto';
import type { Express, Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { buildProfile } from '../credential/build-credential.ts';
import { CONTEXTS } from '../credential/contexts.ts';
import { didDocument, publicJwk } from '../credential/did-document.ts';
import type { SignedCredential } from '../credential/sign-credential.ts';
import { createStatusListSigner } from '../credential/status-list.ts';
import type { KeyPurpose } from '../domain/certificate/credential-facts.ts';
import { didWeb } from '../domain/certificate/did-web.ts';
import { type Issuer, inLanguage } from '../domain/rulebook.ts';
import {
  type Content,
  METHOD_NOT_ALLOWED,
  NOT_MODIFIED,
  problemAnswer,
  UNAVAILABLE,
} from '../platform/http/answers.ts';
import { pathParam, type Route } from '../platform/http/declare-route.ts';
import { Problem, unavailable } from '../platform/http/problem.ts';
import { oneAtATime } from '../platform/one-at-a-time.ts';
import type { Clock } from '../ports/clock.ts';
import { KeyMissing, type Signer, type SigningKey } from '../ports/signer.ts';
import { type KnownKey, selectSigningKeys } from '../records/certificates/signing-keys.ts';
import {
  countRevocations,
  hasStatusList,
  STATUS_LIST_LENGTH,
  selectRevokedIndexes,
} from '../records/certificates/status-entries.ts';
import type { Db } from '../records/rows.ts';
import { achievementRoute } from './achievement-route.ts';
import { CREDENTIAL_FORMS, credentialForm } from './credential-forms.ts';
import { TAG } from './lookup-answers.ts';
import { answerPreflight } from './preflight.ts';
import type { School } from './school.ts';

export interface CredentialContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  publicUrl: string;
  issuer: Pick<Issuer, 'name' | 'url' | 'address' | 'logo'>;
  school: School;
  /** Signs the status lists. */
  signer: Signer;
}

/** Cache time in seconds: a new key must be found soon, a revocation at once; a course does not change. */
const KEPT = { keys: 300, status: 0, achievement: 86_400 } as const;

/** Readable by verifiers from any origin, but not indexed by search engines. */
const headers: RequestHandler = (_req, res, next) => {
  res.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Expose-Headers': 'ETag, Retry-After, X-Request-Id',
    'Cache-Control': 'no-cache',
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'X-Robots-Tag': 'noindex',
  });
  res.vary('Accept');
  next();
};

/** Headers of all responses from these addresses, errors included. */
export function guardCredentials(app: Express, { publicUrl }: Pick<CredentialContext, 'publicUrl'>): void {
  for (const prefix of [documentPath(publicUrl), '/keys', '/issuer', '/status', '/achievements'])
    app.use(prefix, headers, answerPreflight);
}

/** did:web, "Read (Resolve)": if the address has a path, the document is directly below this path. */
function documentPath(publicUrl: string): string {
  return new URL(publicUrl).pathname === '/' ? '/.well-known/did.json' : '/did.json';
}

const LinkedData = z.looseObject({ '@context': z.array(z.string()), id: z.string() });
const DidDocument = LinkedData.extend({
  verificationMethod: z.array(z.looseObject({ id: z.string(), type: z.string(), controller: z.string() })),
  assertionMethod: z.array(z.string()),
}).meta({ id: 'DidDocument', description: 'DID Core 1.0: all keys that have ever signed a credential.' });
const Jwk = z
  .looseObject({ kty: z.string(), kid: z.string(), use: z.literal('sig'), alg: z.string() })
  .meta({ id: 'Jwk', description: 'A public key as in RFC 7517; the key of a seal has its certificates in `x5c`.' });
const Profile = LinkedData.extend({ type: z.array(z.string()), name: z.string(), url: z.string() }).meta({
  id: 'Profile',
  description: 'The issuer, in the format of Open Badges 3.0.',
});

/** Returns JSON-LD, or plain JSON on request. */
const linked = (schema: z.ZodType, example?: unknown): Record<string, Content> => ({
  'application/ld+json': { schema, example },
  'application/json': { schema, example },
});

/** The issuer's data that verifiers of credentials request, at the addresses that every credential names. */
export function credentialRoutes(ctx: CredentialContext): Route[] {
  const { db, publicUrl } = ctx;
  const common = { method: 'GET', tag: 'Credentials', access: 'anyone' } as const;
  const COMMON = { 304: NOT_MODIFIED, 405: METHOD_NOT_ALLOWED, 503: UNAVAILABLE };
  return [
    {
      ...common,
      path: documentPath(publicUrl),
      name: 'getDidDocument',
      summary: 'The DID document of the issuer',
      description:
        'The document that `did:web` resolves to. Retired keys stay in it, because their signatures remain valid.',
      answers: {
        200: {
          description: 'The keys.',
          content: { 'application/did+ld+json': { schema: DidDocument } },
          headers: TAG,
        },
        ...COMMON,
      },
      handlers: [
        async (req, res) => {
          const body = await didDocument(didWeb(publicUrl), await selectSigningKeys(db));
          answerJson(req, res, 'application/did+ld+json', body, KEPT.keys);
        },
      ],
    },
    {
      ...common,
      path: '/keys/:id',
      name: 'getKey',
      summary: 'One public key',
      params: z.object({ id: z.string().describe('Name of the key.').meta({ example: 'jwt-1' }) }),
      answers: {
        200: { description: 'The key.', content: { 'application/jwk+json': { schema: Jwk } }, headers: TAG },
        404: problemAnswer(404, 'There is no such key.', 'There is no such key.'),
        ...COMMON,
      },
      handlers: [
        async (req, res) => {
          const key = (await selectSigningKeys(db)).find(({ id }) => id === pathParam(req, 'id'));
          if (key === undefined) throw new Problem(404, 'There is no such key.');
          answerJson(req, res, 'application/jwk+json', publicJwk(key, publicUrl), KEPT.keys);
        },
      ],
    },
    {
      ...common,
      path: '/issuer',
      name: 'getIssuer',
      summary: 'The profile of the issuer',
      answers: {
        200: { description: 'Who issues.', content: linked(Profile), headers: TAG },
        304: NOT_MODIFIED,
        405: METHOD_NOT_ALLOWED,
      },
      handlers: [(req, res) => sendIssuer(ctx, req, res)],
    },
    {
      ...common,
      path: '/status/:list',
      name: 'getStatusList',
      summary: 'A status list: which credentials are revoked',
      description: 'Bitstring Status List 1.0, signed, with the current revocations.',
      params: z.object({ list: z.string().describe('Number of the list.').meta({ example: '1' }) }),
      answers: {
        200: { description: 'The list.', content: CREDENTIAL_FORMS, headers: TAG },
        404: problemAnswer(404, 'There is no such list.', 'There is no such status list.'),
        ...COMMON,
      },
      handlers: [sendStatusList(ctx)],
    },
    achievementRoute(ctx, (req, res, body) => {
      answerJson(req, res, linkedData(req), { '@context': CONTEXTS.slice(0, 2), ...body }, KEPT.achievement);
    }),
  ];
}

function sendIssuer({ issuer, publicUrl }: CredentialContext, req: Request, res: Response): void {
  const { name, ...rest } = issuer;
  const profile = buildProfile({ ...rest, id: didWeb(publicUrl), name: inLanguage(name, 'en', 'ru') });
  answerJson(req, res, linkedData(req), { '@context': CONTEXTS.slice(0, 2), ...profile }, KEPT.keys);
}

/**
 * The current status list, signed by the newest key on this host. Reading all bits is the most expensive public
 * request: it is done again only after a revocation was added, and concurrent requests share one query.
 */
function sendStatusList({ db, clock, signer, publicUrl }: CredentialContext): RequestHandler {
  const signList = createStatusListSigner(publicUrl);
  const read = new Map<number, { revocations: number; revoked: number[] }>();
  const readers = new Map<number, () => Promise<SignedCredential>>();
  const reader = (list: number) =>
    oneAtATime(async () => {
      // Counted first: a revocation that is added meanwhile only causes another reading.
      const revocations = await countRevocations(db);
      const kept = read.get(list);
      const revoked = kept?.revocations === revocations ? kept.revoked : await selectRevokedIndexes(db, list);
      read.set(list, { revocations, revoked });
      const known = await selectSigningKeys(db);
      const credential = await newestHeld(signer, known, 'credential');
      const jwt = await newestHeld(signer, known, 'jwt');
      return signList({ list, length: STATUS_LIST_LENGTH, revoked }, { credential, jwt }, clock.now());
    });
  return async (req, res) => {
    const list = /^[1-9]\d{0,8}$/.test(pathParam(req, 'list')) ? Number(pathParam(req, 'list')) : null;
    if (list === null || !(await hasStatusList(db, list))) throw new Problem(404, 'There is no such status list.');
    const current = readers.get(list) ?? reader(list);
    readers.set(list, current);
    const texts = await current();
    const { form, type } = credentialForm(req);
    answer(req, res, type, texts[form], KEPT.status);
  };
}

/**
 * Uses an older key until the new key is copied to this host; verifiers know all keys.
 * @throws Problem 503 when this host has no key
 */
async function newestHeld(signer: Signer, known: readonly KnownKey[], purpose: KeyPurpose): Promise<SigningKey> {
  const newestFirst = known.filter((key) => key.purpose === purpose).reverse();
  const inUse = newestFirst.filter(({ retiredAt }) => retiredAt === null);
  for (const key of [...inUse, ...newestFirst]) {
    try {
      return await signer.key(key);
    } catch (error) {
      if (!(error instanceof KeyMissing)) throw error;
    }
  }
  throw unavailable(
    `This host does not have the ${purpose} key for the signature; an operator must copy the key to this host.`,
    60,
  );
}

/** JSON-LD when requested or when there is no preference. */
function linkedData(req: Request): string {
  return req.accepts(['application/ld+json', 'application/json']) || 'application/ld+json';
}

function answerJson(req: Request, res: Response, type: string, body: object, seconds: number): void {
  answer(req, res, type, JSON.stringify(body), seconds);
}

function answer(req: Request, res: Response, type: string, text: string, seconds: number): void {
  const bytes = Buffer.from(text);
  const cache = seconds === 0 ? 'no-cache' : `public, max-age=${seconds}`;
  res.set({ 'Content-Type': type, 'Cache-Control': cache });
  res.set('ETag', `"${createHash('sha256').update(bytes).digest('hex')}"`);
  if (req.fresh) res.status(304).end();
  else res.send(bytes);
}

import { createHash } from 'node:crypto';
import type { Express, Request, RequestHandler, Response } from 'express';
import { buildProfile } from '../credential/build-credential.ts';
import { CONTEXTS } from '../credential/contexts.ts';
import { didDocument, publicJwk } from '../credential/did-document.ts';
import type { SignedCredential } from '../credential/sign-credential.ts';
import { createStatusListSigner } from '../credential/status-list.ts';
import type { KeyPurpose } from '../domain/certificate/credential-facts.ts';
import { didWeb } from '../domain/certificate/did-web.ts';
import { type Issuer, inLanguage } from '../domain/rulebook.ts';
import { declareRoute, pathParam } from '../platform/http/declare-route.ts';
import { Problem, unavailable } from '../platform/http/problem.ts';
import { oneAtATime } from '../platform/one-at-a-time.ts';
import type { Clock } from '../ports/clock.ts';
import { KeyMissing, type Signer, type SigningKey } from '../ports/signer.ts';
import { type KnownKey, selectSigningKeys } from '../records/certificates/signing-keys.ts';
import { hasStatusList, STATUS_LIST_LENGTH, selectRevokedIndexes } from '../records/certificates/status-entries.ts';
import type { Db } from '../records/rows.ts';
import { declareAchievement } from './achievement-route.ts';
import { credentialForm } from './credential-forms.ts';
import { answerPreflight } from './preflight.ts';

export interface CredentialContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
  /** Without a trailing slash. */
  publicUrl: string;
  issuer: Pick<Issuer, 'name' | 'url' | 'address' | 'logo'>;
  /** Signs status lists. */
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

/** Routes for verifiers of credentials; every credential names these addresses. */
export function declareCredentialRoutes(app: Express, ctx: CredentialContext): void {
  const { db, publicUrl } = ctx;
  // did:web, "Read (Resolve)": if the address has a path, the document is directly below it.
  const document = new URL(publicUrl).pathname === '/' ? '/.well-known/did.json' : '/did.json';
  for (const prefix of [document, '/keys', '/issuer', '/status', '/achievements'])
    app.use(prefix, headers, answerPreflight);
  declareRoute(app, document, {
    GET: [
      async (req, res) => {
        const body = await didDocument(didWeb(publicUrl), await selectSigningKeys(db));
        answerJson(req, res, 'application/did+ld+json', body, KEPT.keys);
      },
    ],
  });
  declareRoute(app, '/keys/:id', {
    GET: [
      async (req, res) => {
        const key = (await selectSigningKeys(db)).find(({ id }) => id === pathParam(req, 'id'));
        if (key === undefined) throw new Problem(404, 'There is no such key.');
        answerJson(req, res, 'application/jwk+json', publicJwk(key, publicUrl), KEPT.keys);
      },
    ],
  });
  declareRoute(app, '/issuer', { GET: [(req, res) => sendIssuer(ctx, req, res)] });
  declareRoute(app, '/status/:list', { GET: [sendStatusList(ctx)] });
  declareAchievement(app, ctx, (req, res, body) => {
    answerJson(req, res, linkedData(req), { '@context': CONTEXTS.slice(0, 2), ...body }, KEPT.achievement);
  });
}

function sendIssuer({ issuer, publicUrl }: CredentialContext, req: Request, res: Response): void {
  const { name, ...rest } = issuer;
  const profile = buildProfile({ ...rest, id: didWeb(publicUrl), name: inLanguage(name, 'en', 'ru') });
  answerJson(req, res, linkedData(req), { '@context': CONTEXTS.slice(0, 2), ...profile }, KEPT.keys);
}

/**
 * The current status list, signed by the newest key on this host. Reading all bits is the most expensive public
 * request, so concurrent requests share one query.
 */
function sendStatusList({ db, clock, signer, publicUrl }: CredentialContext): RequestHandler {
  const signList = createStatusListSigner(publicUrl);
  const readers = new Map<number, () => Promise<SignedCredential>>();
  const reader = (list: number) =>
    oneAtATime(async () => {
      const revoked = await selectRevokedIndexes(db, list);
      const known = await selectSigningKeys(db);
      const credential = await newestHeld(signer, known, 'credential');
      const jwt = await newestHeld(signer, known, 'jwt');
      return signList({ list, length: STATUS_LIST_LENGTH, revoked }, { credential, jwt }, clock.now());
    });
  return async (req, res) => {
    const list = /^[1-9]\d{0,8}$/.test(pathParam(req, 'list')) ? Number(pathParam(req, 'list')) : null;
    if (list === null || !(await hasStatusList(db, list))) throw new Problem(404, 'There is no such status list.');
    const read = readers.get(list) ?? reader(list);
    readers.set(list, read);
    const texts = await read();
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
  throw unavailable(`No ${purpose} key is at hand to sign with; the operators have to copy it here.`, 60);
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

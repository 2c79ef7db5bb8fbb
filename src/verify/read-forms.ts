import { isDeepStrictEqual } from 'node:util';
import { decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { OpenBadge, SignedOpenBadge } from '../credential/open-badge.ts';
import { parseCode } from '../domain/certificate/lookup-code.ts';
import { bareToken } from './file-text.ts';
import { type Statement, Unreadable } from './findings.ts';

/** One is the name, one is the salted address; a few more are accepted. */
const MOST_IDENTIFIERS = 8;

/** A credential with an embedded proof. */
export interface JsonForm {
  badge: OpenBadge;
  signed: SignedOpenBadge;
}

/** A credential as a token. */
export interface TokenForm {
  badge: OpenBadge;
  jwt: string;
  algorithm: string;
}

/** Claims that a token adds to its credential; they repeat parts of it. */
const Claims = OpenBadge.extend({
  iss: z.string(),
  jti: z.string(),
  sub: z.string(),
  nbf: z.int(),
  exp: z.int().optional(),
});

/**
 * Reads a credential as it is issued here, and refuses any other. All terms are known, so the check misses nothing
 * and cannot be kept busy.
 * @throws Unreadable
 */
export function readJsonForm(text: string): JsonForm {
  const signed = fitting(
    SignedOpenBadge,
    parseJsonForm(text),
    "not a credential with an embedded proof in Gramota's format",
  );
  const { proof: _proof, ...badge } = signed;
  refuseCrowds(badge);
  return { badge, signed };
}

/**
 * The same for a token. It does not check the signature.
 * @throws Unreadable
 */
export function readTokenForm(text: string): TokenForm {
  const jwt = bareToken(text);
  const { algorithm, payload } = openToken(jwt);
  const { iss, jti, sub, nbf, exp, ...badge } = fitting(Claims, payload, "not a credential in Gramota's format");
  refuseCrowds(badge);
  const seconds = (instant: string) => Math.floor(Date.parse(instant) / 1000);
  const repeats =
    iss === badge.issuer.id &&
    jti === badge.id &&
    sub === badge.credentialSubject.id &&
    nbf === seconds(badge.validFrom) &&
    exp === (badge.validUntil === undefined ? undefined : seconds(badge.validUntil));
  if (!repeats) throw new Unreadable('a JWT whose claims contradict its credential');
  return { badge, jwt, algorithm };
}

/**
 * Header and payload of a compact JWS, not verified.
 * @throws Unreadable
 */
export function openToken(jwt: string): { algorithm: string; payload: unknown } {
  const part = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(jwt)?.[1];
  if (part === undefined) throw new Unreadable('not a JSON Web Token (three parts separated by dots)');
  try {
    const { alg } = decodeProtectedHeader(jwt);
    return {
      algorithm: typeof alg === 'string' ? alg : '',
      payload: JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown,
    };
  } catch {
    throw new Unreadable('not a JSON Web Token: header or payload cannot be read');
  }
}

/** Very many similar blank nodes would make RDF canonicalization run for ever. */
function refuseCrowds({ credentialSubject: { identifier } }: OpenBadge): void {
  if (identifier.length > MOST_IDENTIFIERS)
    throw new Unreadable(`not a credential in Gramota's format: it names its holder ${identifier.length} times`);
}

/** The contents of a credential in the diploma's terms. */
export function statementOf(badge: OpenBadge): Statement {
  const { credentialSubject: subject, issuer } = badge;
  const name = subject.identifier.find(({ identityType, hashed }) => identityType === 'name' && !hashed);
  const [, code, version] = /\/c\/([0-9A-Z]{25})\/credential\.json\?version=(\d{1,6})$/.exec(badge.id) ?? [];
  return {
    issuer: { id: issuer.id, name: issuer.name, url: issuer.url },
    holderName: name?.identityHash ?? null,
    courseTitle: subject.achievement.name,
    number: subject.licenseNumber,
    code: code === undefined ? null : parseCode(code),
    version: version === undefined ? null : Number(version),
    validFrom: badge.validFrom,
    validUntil: badge.validUntil ?? null,
    id: badge.id,
  };
}

/**
 * Parses a text as JSON.
 * @throws Unreadable
 */
export function parseJsonForm(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Unreadable('not valid JSON');
  }
}

/**
 * Checks a value against a schema.
 * @throws Unreadable with the first place that does not match
 */
export function fitting<T>(schema: z.ZodType<T>, json: unknown, what: string): T {
  const parsed = schema.safeParse(json);
  if (parsed.success) {
    // A schema may normalise a value (such as spaces around an address), but the issuer signed the original.
    if (isDeepStrictEqual(parsed.data, json)) return parsed.data;
    throw new Unreadable(`${what}: it contains a value in another form than Gramota writes it`);
  }
  const place = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Unreadable(`${what}${place === '' ? '' : `: see ${place.slice(0, 100)}`}`);
}

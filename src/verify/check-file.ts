import { isDeepStrictEqual } from 'node:util';
import type { OpenBadge } from '../credential/open-badge.ts';
import { fold } from '../diploma/check/self-check.ts';
import { askIssuer } from './ask-issuer.ts';
import { checkSeal } from './check-seal.ts';
import { checkProof, checkToken } from './check-signatures.ts';
import { checkStatus } from './check-status.ts';
import type { Kind } from './file-kind.ts';
import { fileTextOf, strictText } from './file-text.ts';
import { type CheckReport, type Finding, fails, holds, type Statement, Unreadable, unproven } from './findings.ts';
import type { Ask } from './network.ts';
import { readBakedPng } from './read-baked-png.ts';
import { type JsonForm, readJsonForm, readTokenForm, statementOf, type TokenForm } from './read-forms.ts';
import { type ReadPdf, readPdf } from './read-pdf.ts';
import type { TrustedKeys } from './trusted-keys.ts';

/** Maximum age of a status list in days: one that was fetched now, and one that the caller kept. */
const ASKED_DAYS = 2;
const GIVEN_DAYS = 30;

export interface CheckRequest {
  kind: Kind;
  bytes: Uint8Array;
  keys: TrustedKeys;
  /** A status list; null when none was given. */
  statusList: string | null;
  /** Required issuer identifier; when absent, any issuer is accepted that the credential names. */
  issuerId?: string | null;
  now: Date;
}

/** Contents of a file: its credential in one or both forms. */
interface Contents {
  badge: OpenBadge;
  json: JsonForm | null;
  token: TokenForm | null;
  pdf: ReadPdf | null;
  /** Findings made while the file was read. */
  findings: Finding[];
}

/**
 * Checks a diploma or a credential against its contents and the trusted keys. It makes no requests unless `ask` is
 * given.
 * @param ask fetches the issuer's addresses; null: offline
 */
export async function checkFile(request: CheckRequest, ask: Ask | null): Promise<CheckReport> {
  let contents: Contents;
  try {
    contents = await read(request);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { says: null, byWordOf: null, findings: [fails('file', `this is ${error.message}`)] };
  }
  const says = statementOf(contents.badge);
  const asked =
    ask === null
      ? null
      : await askIssuer(ask, contents.badge, says, { ...request, pdf: contents.pdf && request.bytes });
  const keys = asked?.keys ?? request.keys;
  const { json, token, badge } = contents;
  const { issuerId = null } = request;
  const findings = [
    ...issuerOf(badge, issuerId),
    ...(await ofPdf(request, contents, keys, says)),
    ...contents.findings,
  ];
  if (json !== null) findings.push(await checkProof('proof', provenOf(json), keys));
  if (token !== null) findings.push(await checkToken('token', { ...token, issuerId: badge.issuer.id }, keys));
  findings.push(periodOf(says, request.now), ...(asked?.findings ?? []));
  const list = asked?.statusList ?? request.statusList;
  findings.push(await statusOf(contents, { list, keys, now: request.now, online: ask !== null }));
  // A certificate given by the caller takes precedence over an address that the file names.
  const vouched = asked?.knowsFile === true && request.keys.certificates.length === 0;
  const byWordOf = issuerId === null ? (asked?.byWordOf ?? null) : null;
  return { says, byWordOf, findings: vouched ? findings.map(sealKnown) : findings };
}

/** An issuer whose record has exactly this file also vouches for its seal. */
const sealKnown = (finding: Finding): Finding =>
  finding.subject === 'signer' && finding.outcome === 'unproven'
    ? holds('signer', 'the issuer’s own record contains exactly this file, whoever sealed it')
    : finding;

function issuerOf({ issuer }: OpenBadge, wanted: string | null): Finding[] {
  if (wanted === null) return [];
  return issuer.id === wanted
    ? [holds('issuer', `the credential names the issuer that was asked for, ${wanted}`)]
    : [fails('issuer', `the credential names ${issuer.id} as its issuer, not ${wanted}`)];
}

async function read({ kind, bytes }: CheckRequest): Promise<Contents> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (kind === 'pdf') return fromPdf(await readPdf(bytes));
  return fromText(kind === 'png' ? strictText(readBakedPng(file)) : fileTextOf(file), kind);
}

function fromText(text: string, kind: Exclude<Kind, 'pdf'>): Contents {
  const isToken = kind === 'jwt' || (kind === 'png' && !text.trimStart().startsWith('{'));
  const none = { json: null, token: null, pdf: null, findings: [] };
  if (isToken) {
    const token = readTokenForm(text);
    return { ...none, badge: token.badge, token };
  }
  const json = readJsonForm(text);
  return { ...none, badge: json.badge, json };
}

function fromPdf(pdf: ReadPdf): Contents {
  if (pdf.json === null || pdf.jwt === null)
    throw new Unreadable(
      'a PDF without its credential (credential.json and credential.jwt, each attached once): it is not a diploma, or it was printed to PDF or saved by a program that removes attachments; ask for the original file',
    );
  const json = readJsonForm(strictText(pdf.json));
  const token = readTokenForm(strictText(pdf.jwt));
  const same = isDeepStrictEqual(json.badge, token.badge)
    ? holds('attachments', 'the credential is attached in both forms, and both have the same contents')
    : fails('attachments', 'the two attached forms of the credential have different contents');
  return { badge: json.badge, json, token, pdf, findings: [same] };
}

function provenOf({ badge, signed }: JsonForm) {
  const { verificationMethod } = signed.proof[0];
  return { issuerId: badge.issuer.id, verificationMethod, validFrom: badge.validFrom, document: signed };
}

async function ofPdf(
  { bytes }: CheckRequest,
  { pdf, json }: Contents,
  keys: TrustedKeys,
  { issuer, number, holderName }: Statement,
): Promise<Finding[]> {
  if (pdf === null || json === null) return [];
  const seal = await checkSeal(bytes, pdf.signatures, new Date(json.signed.proof[0].created), keys, issuer);
  const shown = [number, holderName ?? ''].every((text) => pdf.text.includes(fold(text)));
  const page = shown
    ? holds('page', 'the pages show the same number and name as the credential')
    : fails('page', 'the pages do not show the same number and name as the credential');
  return [...seal, page];
}

function periodOf({ validFrom, validUntil }: Statement, now: Date): Finding {
  if (now.getTime() < Date.parse(validFrom)) return fails('period', `not valid before ${validFrom}`);
  if (validUntil === null) return holds('period', `valid since ${validFrom}, without an end`);
  if (now.getTime() > Date.parse(validUntil)) return fails('period', `expired: it was valid until ${validUntil}`);
  return holds('period', `valid since ${validFrom}, until ${validUntil}`);
}

async function statusOf(
  { badge, json }: Contents,
  { list, keys, now, online }: { list: string | null; keys: TrustedKeys; now: Date; online: boolean },
): Promise<Finding> {
  if (list !== null) {
    const signedAt = json?.signed.proof[0].created ?? badge.validFrom;
    return checkStatus(badge, list, keys, {
      signedAt: new Date(signedAt),
      now,
      days: online ? ASKED_DAYS : GIVEN_DAYS,
    });
  }
  const address = badge.credentialStatus.statusListCredential;
  if (online)
    return unproven('status', `it is not known whether the credential was revoked: ${address} did not respond`);
  const mend = `download ${address} and give it as --status, or use --online`;
  return {
    subject: 'status',
    outcome: 'not-asked',
    detail: `not checked whether the credential was revoked (offline): ${mend}`,
  };
}

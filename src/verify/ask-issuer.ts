import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OpenBadge } from '../credential/open-badge.ts';
import { type Finding, fails, holds, type Statement, unproven } from './findings.ts';
import { type Ask, placesOf, whyUnanswered } from './network.ts';
import { readTrustedKeys, type TrustedKeys } from './trusted-keys.ts';

/** The part of the issuer's public record that concerns files. */
const LookupRecord = z.looseObject({
  status: z.string(),
  versions: z.array(z.looseObject({ version: z.int(), status: z.string(), sha256: z.string() })).optional(),
});

export interface IssuerAnswer {
  keys: TrustedKeys;
  statusList: string | null;
  /** Whether the issuer's record has exactly these bytes. */
  knowsFile: boolean;
  /** The issuer's web address, when the keys were fetched from there. */
  byWordOf: string | null;
  findings: Finding[];
}

/** What the caller already has. */
export interface Given {
  /** The file, when it is a PDF. */
  pdf: Uint8Array | null;
  keys: TrustedKeys;
  statusList: string | null;
}

/**
 * Asks only addresses derived from the issuer's identifier: for keys unless some were given, for the status list
 * unless one was given, and for the record of a PDF.
 */
export async function askIssuer(ask: Ask, badge: OpenBadge, says: Statement, given: Given): Promise<IssuerAnswer> {
  const findings: Finding[] = [];
  const places = placesOf(badge.issuer.id);
  if (places === null) {
    findings.push(unproven('keys', 'the issuer has no web address that could be asked'));
    return { ...given, knowsFile: false, byWordOf: null, findings };
  }
  /** Requests an address; null if there is no response. */
  const answer = async (url: string): Promise<string | null> => {
    try {
      return await ask(url);
    } catch (error) {
      findings.push(unproven('network', `${url} cannot be asked: ${whyUnanswered(error)}`));
      return null;
    }
  };
  const isGiven = hasKeys(given.keys);
  const keys = isGiven ? given.keys : await keysAt(places, answer, findings);
  const list = badge.credentialStatus.statusListCredential;
  const isOwn = list.startsWith(`${places.base}/`);
  const statusList = given.statusList ?? (isOwn ? await answer(list) : null);
  const text = given.pdf === null || says.code === null ? null : await answer(`${places.base}/c/${says.code}`);
  const record = given.pdf === null || text === null ? null : recordOf(text, given.pdf, says.version);
  if (record !== null) findings.push(record);
  const byWordOf = isGiven ? null : places.base;
  return { keys, statusList, knowsFile: record?.outcome === 'holds', byWordOf, findings };
}

const hasKeys = ({ proofs, tokens, certificates }: TrustedKeys): boolean =>
  proofs.length + tokens.length + certificates.length > 0;

async function keysAt(
  { base, document }: { base: string; document: string },
  answer: (url: string) => Promise<string | null>,
  findings: Finding[],
): Promise<TrustedKeys> {
  const text = await answer(document);
  const keys = text === null ? null : await readTrustedKeys(document, text).catch(() => null);
  findings.push(
    keys === null
      ? unproven('keys', `${document} contains no keys`)
      : holds('keys', `the keys come from ${base}: make sure that this address belongs to the issuer`),
  );
  // The issuer publishes no seal certificates at that address.
  return { proofs: keys?.proofs ?? [], tokens: keys?.tokens ?? [], certificates: [] };
}

/** Whether the issuer's record has exactly these bytes. */
function recordOf(text: string, pdf: Uint8Array, version: number | null): Finding {
  const sha256 = createHash('sha256').update(pdf).digest('hex');
  let record: z.infer<typeof LookupRecord>;
  try {
    record = LookupRecord.parse(JSON.parse(text));
  } catch {
    return unproven('record', 'the issuer’s record of this certificate cannot be read');
  }
  const { status, versions = [] } = record;
  const own = versions.find((one) => one.sha256 === sha256 && one.version === version);
  if (status === 'revoked' || status === 'erased') return fails('record', `the issuer’s record says: ${status}`);
  if (own === undefined) return fails('record', 'the issuer’s record does not contain this file');
  return holds('record', `the issuer’s record holds this very file, version ${own.version}: ${own.status}`);
}

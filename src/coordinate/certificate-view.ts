import type { z } from 'zod';
import { formatCode } from '../domain/certificate/lookup-code.ts';
import { validityOf } from '../domain/certificate/validity.ts';
import { NO_LETTER } from '../domain/letter/choose-letter.ts';
import { selectActs } from '../records/acts.ts';
import {
  selectHolds,
  selectLetters,
  selectLmsReport,
  selectValidityActs,
  selectVersions,
  type VersionRecord,
} from '../records/certificates/certificate-history.ts';
import type { FoundCertificate } from '../records/certificates/certificate-search.ts';
import type { Certificate } from '../records/certificates/certificates.ts';
import { selectReissues } from '../records/certificates/reissues.ts';
import type { Db } from '../records/rows.ts';
import { selectFlagsOfGroup } from '../records/student-groups/flags.ts';
import { needsReissue } from '../records/student-groups/overrides.ts';
import { selectStandingOf } from '../records/student-groups/standing.ts';
import { selectGroup } from '../records/student-groups/student-groups.ts';
import { addSuggestions } from '../records/student-groups/suggestions.ts';
import type { CertificateAnswer, FoundAnswer } from './certificate-schema.ts';
import { viewFlag } from './student-group-view.ts';

/** Maximum number of acts shown for one certificate. */
const MOST_ACTS = 500;

/** A certificate in a list of them. */
export function viewFound(found: FoundCertificate, now: Date): z.infer<typeof FoundAnswer> {
  const { id, code, number, version, state, studentGroupId, holderName, issueDate, revoked, expiresAt } = found;
  const validity = validityOf({ erased: holderName === null, revoked, expiresAt }, now);
  return { id, code: formatCode(code), number, version, state, validity, studentGroupId, holderName, issueDate };
}

/**
 * All data of a certificate with its history, newest first: for coordinators, with names, addresses and reasons.
 * Dates are Date objects; JSON writes them as RFC 3339.
 */
export async function viewCertificate(
  { db, publicUrl }: { db: Db; publicUrl: string },
  certificate: Certificate,
  now: Date,
): Promise<CertificateAnswer> {
  const { id, studentGroupId } = certificate;
  const versions = await selectVersions(db, id);
  const newest = versions[0];
  const facts = newest?.facts ?? null;
  const found = await selectStandingOf(db, certificate);
  const [standing] = found ? await addSuggestions(db, [found]) : [];
  const releaseNow = (await selectGroup(db, studentGroupId))?.releaseId ?? null;
  const validityActs = await selectValidityActs(db, id);
  const revocation = validityActs[0]?.kind === 'revoke' ? validityActs[0] : null;
  const expiresAt = facts?.validUntil ? new Date(facts.validUntil) : null;
  const current = validityOf({ erased: facts === null, revoked: revocation !== null, expiresAt }, now);
  const drawn = versions.find(({ diploma }) => diploma !== null);
  const page = `${publicUrl}/c/${certificate.code}`;
  return {
    id,
    code: formatCode(certificate.code),
    number: certificate.number,
    version: newest?.version ?? 1,
    state: standing?.state ?? 'awarded',
    reason: standing?.reason ?? null,
    sendAfter: standing?.sendAfter ?? null,
    validity: current,
    needsReissue: await needsReissue(db, id),
    studentGroupId,
    studentId: certificate.studentId,
    releaseId: certificate.releaseId,
    movedTo: releaseNow === certificate.releaseId ? null : releaseNow,
    programmeId: certificate.programmeId,
    decisionId: certificate.decisionId,
    batchId: certificate.batchId,
    certTemplate: certificate.certTemplate,
    letter: certificate.noLetter ? NO_LETTER : certificate.letter,
    country: certificate.country,
    recipient: certificate.recipient,
    issueDate: certificate.issueDate,
    awardedAt: certificate.awardedAt,
    holderName: facts?.holderName ?? null,
    latinName: facts?.latinName ?? null,
    language: facts?.language ?? null,
    courseTitle: facts?.courseTitle ?? null,
    hoursTotal: facts?.hoursTotal ?? null,
    issuer: facts?.issuer ?? null,
    validUntil: facts?.validUntil?.slice(0, 10) ?? null,
    revokedAt: revocation?.at ?? null,
    revocationClass: revocation?.class ?? null,
    links: drawn ? { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` } : null,
    versions: versions.map((version) => viewVersion(version, drawn?.version ?? null, current)),
    letters: await selectLetters(db, id),
    lmsReport: await selectLmsReport(db, id),
    holds: await selectHolds(db, certificate),
    validityActs,
    reissues: (await selectReissues(db, id)).map(({ certificateId: _, expected: _seen, ...asked }) => asked),
    flags: (await selectFlagsOfGroup(db, studentGroupId)).map(viewFlag),
    acts: await selectActs(db, [id, studentGroupId], MOST_ACTS),
  };
}

/** `status`: as in the public lookup; `in-preparation` until the diploma is drawn. */
function viewVersion(record: VersionRecord, shown: number | null, current: string) {
  const { version, facts, diploma, statusPlace, credentialRevoked, ...made } = record;
  const former = version < (shown ?? 0) ? 'superseded' : current;
  return {
    version,
    status: facts === null ? 'erased' : diploma === null ? 'in-preparation' : former,
    holderName: facts?.holderName ?? null,
    latinName: facts?.latinName ?? null,
    templateId: facts?.templateId ?? null,
    ...made,
    sha256: diploma?.sha256 ?? null,
    renderedAt: diploma?.renderedAt ?? null,
    credential: facts?.credential
      ? { id: facts.credential.id, statusPlace, keys: facts.credential.keys, revoked: credentialRevoked }
      : null,
  };
}

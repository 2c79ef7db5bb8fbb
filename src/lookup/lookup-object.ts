import { formatCode } from '../domain/certificate/lookup-code.ts';
import { type Validity, validityOf } from '../domain/certificate/validity.ts';
import type { LookupRecord, LookupVersion } from '../records/certificates/lookup.ts';

export type LookupStatus = Validity;

/** Remaining data of an erased certificate. */
export interface ErasedObject {
  status: 'erased';
  code: string;
  number: string;
  issueDate: string;
}

/** Answer of a lookup by code. */
export interface LookupObject {
  status: Exclude<LookupStatus, 'erased'>;
  /** As printed: five groups of five. */
  code: string;
  number: string;
  holderName: string;
  courseTitle: string;
  hoursTotal: number;
  /** `YYYY-MM-DD`, the date printed on the diploma. */
  issueDate: string;
  issuer: { name: string; url: string };
  version: number;
  sha256: string;
  links: { page: string; pdf: string; credential: string };
  versions: { version: number; status: LookupStatus | 'superseded'; sha256: string; issuedAt: string }[];
  validUntil?: string;
  revokedAt?: string;
}

/** Answer of a lookup by number and surname: nothing that leads to the diploma. */
export type NumberObject = Pick<LookupObject, 'status' | 'number' | 'courseTitle' | 'issueDate' | 'issuer'>;

export function statusOf(record: LookupRecord, now: Date): LookupStatus {
  const { facts, revokedAt, expiresAt } = record;
  return validityOf({ erased: facts === null, revoked: revokedAt !== null, expiresAt }, now);
}

/**
 * Reinstated, but the new version is not drawn yet: the credential of the newest drawn version stays revoked for
 * ever, although the certificate is valid.
 */
export function awaitsCredential(record: LookupRecord, version: LookupVersion): boolean {
  return record.revokedAt === null && version === record.versions[0] && version.credential?.isRevoked === true;
}

/** 410 for revoked or erased certificates; the body still states the status. */
export function httpStatusOf(status: LookupStatus): 200 | 410 {
  return status === 'revoked' || status === 'erased' ? 410 : 200;
}

/** @param publicUrl without a trailing slash */
export function toLookupObject(record: LookupRecord, publicUrl: string, now: Date): LookupObject | ErasedObject {
  const { facts, number, issueDate, revokedAt, validUntil } = record;
  const code = formatCode(record.code);
  const status = statusOf(record, now);
  if (facts === null || status === 'erased') return { status: 'erased', code, number, issueDate };
  const page = `${publicUrl}/c/${record.code}`;
  const versions = record.versions.map(({ version, sha256, issuedAt }, index) => ({
    version,
    status: index === 0 ? status : ('superseded' as const),
    sha256,
    issuedAt: issuedAt.toISOString(),
  }));
  return {
    status,
    code,
    number,
    holderName: facts.holderName,
    courseTitle: facts.courseTitle,
    hoursTotal: facts.hoursTotal,
    issueDate,
    issuer: facts.issuer,
    version: versions[0]?.version ?? facts.version,
    sha256: versions[0]?.sha256 ?? '',
    links: { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` },
    versions,
    ...(validUntil === null ? {} : { validUntil }),
    ...(revokedAt === null ? {} : { revokedAt: revokedAt.toISOString() }),
  };
}

export function toNumberObject({ status, number, courseTitle, issueDate, issuer }: LookupObject): NumberObject {
  return { status, number, courseTitle, issueDate, issuer };
}

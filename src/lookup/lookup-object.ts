import { z } from 'zod';
import { formatCode } from '../domain/certificate/lookup-code.ts';
import { type Validity, validityOf } from '../domain/certificate/validity.ts';
import type { LookupRecord, LookupVersion } from '../records/certificates/lookup.ts';
import { visibleFacts } from './visible-facts.ts';

export type LookupStatus = Validity;

const Code = z.string().describe('The code as printed: five groups of five symbols.');
const PrintedNumber = z.string().describe('As printed.');
const IssueDate = z.iso.date().describe('The issue date that is printed on the diploma.');
const Issuer = z
  .object({ name: z.string(), url: z.string() })
  .describe('The organisation that issued the certificate.');
const Status = z
  .enum(['valid', 'expired', 'revoked'])
  .describe('The status is `valid` or `expired` with HTTP 200, and `revoked` with HTTP 410.');

/** The data of an erased certificate that stay public. */
export const ErasedObject = z
  .object({ status: z.literal('erased'), code: Code, number: PrintedNumber, issueDate: IssueDate })
  .meta({
    id: 'ErasedCertificate',
    description: 'The data that remain public after the personal data of a certificate was erased.',
  });
export type ErasedObject = z.infer<typeof ErasedObject>;

/** The answer of a lookup by code. */
export const LookupObject = z
  .object({
    status: Status,
    code: Code,
    number: PrintedNumber,
    holderName: z.string().describe('As printed; initials, where the school shows no names of this country.'),
    courseTitle: z.string().describe('Text in the language of the diploma.'),
    hoursTotal: z.number(),
    issueDate: IssueDate,
    issuer: Issuer,
    version: z.int().describe('Number of the newest version.'),
    sha256: z.string().describe('SHA-256 hash of the newest diploma, hexadecimal.'),
    links: z
      .object({ page: z.string(), pdf: z.string(), credential: z.string() })
      .describe('Absolute URLs of the page, the PDF and the signed credential.'),
    versions: z
      .array(
        z.object({
          version: z.int(),
          status: z
            .enum(['valid', 'expired', 'revoked', 'superseded'])
            .describe('`superseded`: a newer version exists.'),
          sha256: z.string(),
          issuedAt: z.iso.datetime(),
        }),
      )
      .describe('Newest first.'),
    validUntil: z
      .string()
      .optional()
      .describe('Last day of validity, `YYYY-MM-DD`; missing if the certificate never expires.'),
    revokedAt: z.iso.datetime().optional().describe('Only present if the certificate is revoked.'),
  })
  .meta({ id: 'LookedUpCertificate', description: 'The data of a certificate that anybody with its code can see.' });
export type LookupObject = z.infer<typeof LookupObject>;

/** The response to a search by number and surname. It contains no link to the diploma. */
export const NumberObject = z
  .object({ status: Status, number: PrintedNumber, courseTitle: z.string(), issueDate: IssueDate, issuer: Issuer })
  .meta({
    id: 'NumberAnswer',
    description:
      'The data of a certificate that a search by number and surname shows. They contain no link to the diploma.',
  });
export type NumberObject = z.infer<typeof NumberObject>;

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

/** HTTP status 410 for revoked or erased certificates; the body still contains the status. */
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
    holderName: visibleFacts(record, facts).holderName,
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

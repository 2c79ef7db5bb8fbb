import { z } from 'zod';
import { KeyReferences } from '../domain/certificate/credential-facts.ts';
import { REVOCATION_CLASSES } from '../domain/certificate/revocation.ts';
import { CountryCode, FlagAnswer, ReasonAnswer, SAMPLE, StateAnswer } from './shared-schemas.ts';

/** A stored time; JSON.stringify writes it in RFC 3339. */
const At = z.date();
const When = At.nullable();
const Code = z.string().describe('The lookup code as printed: five groups of five symbols.');
const PrintedNumber = z.string().describe('The certificate number as printed.');
const Validity = z
  .enum(['valid', 'expired', 'revoked', 'erased'])
  .describe('The public status. `erased`: the personal data has been deleted.');
const IssueDate = z.iso.date().describe('The issue date that is printed on the diploma.');
const Sha256 = z.string().describe('SHA-256 hash of the file, hexadecimal.');

/** A certificate in a list of them. */
export const FoundAnswer = z
  .object({
    id: z.uuid(),
    code: Code,
    number: PrintedNumber,
    version: z.int().describe('Number of the newest version.'),
    state: StateAnswer,
    validity: Validity,
    studentGroupId: z.string(),
    holderName: z.string().nullable().describe('Name in the newest version; null after erasure.'),
    issueDate: IssueDate,
  })
  .meta({ id: 'FoundCertificate', description: 'A certificate as shown in lists.' });

const Attempt = z.object({
  requestId: z.uuid().describe('Sent to the mail provider as `request.id`.'),
  startedAt: At,
  deadline: At.describe('Deadline of the call. If there is no answer until then, the outcome is unknown.'),
  endedAt: When,
  outcome: z
    .string()
    .nullable()
    .describe(
      'Outcome of the call: `accepted`, `refused`, `limited`, `unknown` or `absent`; null while the call is running.',
    ),
  detail: z.string().nullable(),
});

const SentLetter = z
  .object({
    id: z.uuid().describe('Sent to the mail provider as `track.info`.'),
    version: z.int().describe('The version of the certificate that the letter contains.'),
    purpose: z.string().describe('`first`, `resend` or `reissue`.'),
    state: z.string(),
    reason: ReasonAnswer.nullable(),
    recipient: z.string().describe('E-mail address.'),
    dueAt: At.describe('Time at which the letter was requested, before the permitted sending hours were applied.'),
    sendAfter: At.describe('The next permitted sending time.'),
    shiftReason: z.string().nullable().describe('Why the permitted time is later than the requested time.'),
    trackId: z.string().nullable().describe('The `track.id` that the mail provider gave to the letter.'),
    letterNumber: z
      .string()
      .nullable()
      .describe('The letter number at the mail provider; null until the letter is sent.'),
    createdAt: At,
    changedAt: At,
    acceptedAt: When,
    sentAt: When,
    deliveredAt: When,
    bouncedAt: When,
    attempts: z.array(Attempt).describe('Calls to the mail provider for this letter, oldest first.'),
  })
  .meta({ id: 'LetterCopy', description: 'A copy of a letter to a fixed address.' });
const Letter = SentLetter.extend({
  copies: z
    .array(SentLetter)
    .describe('Copies to the addresses that the programme names (`copyTo`), opened when the letter was accepted.'),
}).meta({ id: 'Letter', description: 'One letter that brings the diploma.' });

const Version = z
  .object({
    version: z.int(),
    status: z
      .string()
      .describe('The public status; `superseded` for old versions, `in-preparation` until the diploma is drawn.'),
    holderName: z.string().nullable(),
    latinName: z.string().nullable(),
    templateId: z.string().nullable(),
    templateHash: z.string().describe("SHA-256 hash of the template's contents."),
    actor: z.string().describe('Who created this version: a person or a step of the pipeline.'),
    reason: z.string().nullable(),
    createdAt: At,
    sha256: Sha256.nullable().describe('SHA-256 hash of the diploma; null until the diploma is drawn.'),
    renderedAt: When,
    credential: z
      .object({
        id: z.string().describe('URL of the credential of this version.'),
        statusPlace: z
          .object({ list: z.int(), index: z.int() })
          .nullable()
          .describe('Position of the credential in a status list.'),
        keys: KeyReferences,
        revoked: z.object({ at: At, class: z.string().nullable() }).nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'CertificateVersion', description: 'One version of a certificate.' });

export const CertificateAnswer = z
  .object({
    id: z.uuid(),
    code: Code,
    number: PrintedNumber,
    version: z.int().describe('Number of the newest version.'),
    state: StateAnswer,
    reason: ReasonAnswer.nullable(),
    sendAfter: When.describe('Earliest time at which the letter can be sent; null if no letter waits.'),
    validity: Validity,
    needsReissue: z
      .boolean()
      .describe('True if printed data have changed since the award. A reissue would print the new data.'),
    studentGroupId: z.string(),
    studentId: z.string(),
    releaseId: z.string().describe('The release in which it was awarded.'),
    movedTo: z
      .string()
      .nullable()
      .describe('The release to which the LMS has moved the student group, if it has moved it.'),
    programmeId: z.string(),
    decisionId: z.uuid(),
    batchId: z.uuid().nullable().describe('Id of the batch that controls the certificate; null if there is none.'),
    certTemplate: z.string(),
    letter: z.string().describe('Name of the letter that brings the diploma; `none` if others send it.'),
    country: CountryCode,
    recipient: z.string().nullable().describe('E-mail address.'),
    issueDate: IssueDate,
    awardedAt: At,
    holderName: z.string().nullable(),
    latinName: z.string().nullable(),
    language: z.string().nullable().describe('Language of the diploma, as a BCP 47 tag.'),
    courseTitle: z.string().nullable(),
    hoursTotal: z.number().nullable(),
    issuer: z.object({ name: z.string(), url: z.string() }).nullable(),
    validUntil: z
      .string()
      .nullable()
      .describe('Last day of validity, `YYYY-MM-DD`; null if the certificate never expires.'),
    revokedAt: When,
    revocationClass: z
      .string()
      .nullable()
      .describe(`One of ${REVOCATION_CLASSES.join(', ')}; null if the certificate is not revoked.`),
    links: z
      .object({ page: z.string(), pdf: z.string(), credential: z.string() })
      .nullable()
      .describe('Public URLs of the certificate; null until the first diploma is drawn.'),
    versions: z.array(Version).describe('Newest first.'),
    letters: z.array(Letter).describe('Newest first.'),
    lmsReport: z
      .object({
        patchedAt: When.describe('Time when the LMS accepted the report.'),
        attempts: z.int(),
        lastErrorCode: z.string().nullable(),
        lastError: z.string().nullable(),
        nextAttemptAt: When,
      })
      .nullable()
      .describe('The report "criteria met" to the LMS.'),
    holds: z
      .array(
        z.object({
          stage: z.string().describe('The pipeline step that set the hold.'),
          code: z.string(),
          detail: z.string(),
          heldAt: At,
          releasedAt: When,
          releasedBy: z.string().nullable(),
        }),
      )
      .describe('Newest first.'),
    validityActs: z
      .array(
        z.object({
          id: z.uuid(),
          kind: z.enum(['revoke', 'reinstate']),
          version: z.int(),
          class: z.string(),
          reason: z.string(),
          actor: z.string(),
          at: At,
        }),
      )
      .describe('Revocations and reinstatements, newest first.'),
    reissues: z
      .array(
        z.object({
          id: z.uuid(),
          kind: z.enum(['reissue', 'reinstate']),
          actor: z.string(),
          why: z.string().nullable().describe('The reason that the person gave.'),
          askedAt: At,
          settledAt: When,
          version: z.int().nullable().describe('Number of the version that was made.'),
          reason: ReasonAnswer.nullable().describe('Why the new version could not be made.'),
        }),
      )
      .describe('Requests of people for a new version, newest first.'),
    flags: z.array(FlagAnswer).describe('Open flags of the student group.'),
    acts: z
      .array(
        z.object({
          id: z.uuid(),
          actor: z.string(),
          verb: z.string().describe('The action, such as `certificate.reissue`.'),
          subject: z.string().describe('Id of the certificate or student group.'),
          reason: z.string().nullable(),
          detail: z.unknown().describe('Details of the action; the form depends on `verb`.'),
          bulkActId: z
            .uuid()
            .nullable()
            .describe('The act on many of which it was one row; null where it was done alone.'),
          at: At,
        }),
      )
      .describe('Actions of people on the certificate and its student group, newest first, at most 500.'),
  })
  .meta({
    id: 'Certificate',
    description: 'All data of a certificate, with its history. The answer contains personal data.',
  });
export type CertificateAnswer = z.infer<typeof CertificateAnswer>;

export const FOUND_EXAMPLE: z.infer<typeof FoundAnswer> = {
  id: SAMPLE.certificate,
  code: SAMPLE.code,
  number: SAMPLE.number,
  version: 1,
  state: 'sent',
  validity: 'valid',
  studentGroupId: SAMPLE.studentGroup,
  holderName: 'Әсел Нұрмұхамедова',
  issueDate: '2026-11-20',
};

const at = (time: string) => new Date(`2026-11-20T${time}Z`);
const page = 'https://verify.school.example/c/K7Q2M9XHDA3TR6WB8ZNE5VJ4P';

export const CERTIFICATE_EXAMPLE: CertificateAnswer = {
  ...FOUND_EXAMPLE,
  reason: null,
  sendAfter: null,
  needsReissue: false,
  studentId: SAMPLE.student,
  releaseId: SAMPLE.release,
  movedTo: null,
  programmeId: 'cis-teachers',
  decisionId: SAMPLE.decision,
  batchId: SAMPLE.batch,
  certTemplate: 'teacher-kk',
  letter: 'diploma',
  country: 'KZ',
  recipient: 'assel@example.kz',
  awardedAt: at('09:00:10'),
  latinName: 'Assel Nurmukhamedova',
  language: 'kk',
  courseTitle: 'Цифрлық педагогика',
  hoursTotal: 72,
  issuer: { name: 'Үлгі мектебі', url: 'https://school.example' },
  validUntil: null,
  revokedAt: null,
  revocationClass: null,
  links: { page, pdf: `${page}/diploma.pdf`, credential: `${page}/credential.json` },
  versions: [
    {
      version: 1,
      status: 'valid',
      holderName: 'Әсел Нұрмұхамедова',
      latinName: 'Assel Nurmukhamedova',
      templateId: 'teacher-kk',
      templateHash: SAMPLE.hash,
      actor: 'evaluate',
      reason: null,
      createdAt: at('09:00:10'),
      sha256: SAMPLE.hash,
      renderedAt: at('09:00:12'),
      credential: null,
    },
  ],
  letters: [
    {
      id: SAMPLE.letter,
      version: 1,
      purpose: 'first',
      state: 'sent',
      reason: null,
      recipient: 'assel@example.kz',
      dueAt: at('09:00:12'),
      sendAfter: at('09:00:12'),
      shiftReason: null,
      trackId: '1000001',
      letterNumber: '2000001',
      createdAt: at('09:00:12'),
      changedAt: at('09:01:00'),
      acceptedAt: at('09:00:14'),
      sentAt: at('09:01:00'),
      deliveredAt: null,
      bouncedAt: null,
      attempts: [
        {
          requestId: '019ac0de-1100-7000-8000-000000000001',
          startedAt: at('09:00:13'),
          deadline: at('09:00:43'),
          endedAt: at('09:00:14'),
          outcome: 'accepted',
          detail: null,
        },
      ],
      copies: [],
    },
  ],
  lmsReport: { patchedAt: at('09:00:11'), attempts: 1, lastErrorCode: null, lastError: null, nextAttemptAt: null },
  holds: [],
  validityActs: [],
  reissues: [],
  flags: [],
  acts: [],
};

import { z } from 'zod';
import { FILE_FIELDS, OVERRIDE_FIELDS } from '../domain/student-group/override.ts';
import { DecisionView } from './decision-view.ts';
import { CountryCode, FlagAnswer, Instant, ReasonAnswer, SAMPLE, StateAnswer } from './shared-schemas.ts';

const LmsInstant = z.string().describe('Time as RFC 3339, as the LMS wrote it.');
const Text = z.string().nullable();

/** The domain's `StudentGroup` in its parsed form. */
const Snapshot = z
  .object({
    id: z.string(),
    updatedAt: LmsInstant,
    status: z.enum(['active', 'completed', 'criteria met', 'certificate issued', 'expelled']),
    certTemplate: Text,
    student: z.object({
      id: z.string(),
      fullName: z.string(),
      latinName: Text,
      email: Text,
      phone: Text,
      locale: Text,
      timezone: Text,
      country: Text.describe('Free text from the LMS.'),
      role: z.enum(['teacher', 'staff', 'tester']),
    }),
    group: z.object({ id: z.string(), name: Text, releaseId: z.string() }),
    registration: z.object({ form: Text, country: Text }).nullable(),
    progress: z
      .object({
        lessonsCompleted: z.number(),
        lessonsTotal: z.number(),
        score: z.number().nullable(),
        attendance: z.number().nullable(),
      })
      .nullable(),
    completedAt: LmsInstant.nullable(),
    project: z.object({ title: z.string(), url: Text, grade: Text, accepted: z.boolean().nullable() }).nullable(),
    consents: z.array(z.object({ kind: z.string(), givenAt: LmsInstant.nullable(), revokedAt: LmsInstant.nullable() })),
  })
  .meta({ id: 'Snapshot', description: 'The data of a student group that the LMS sent last.' });

const Seen = z.object({
  source: z.enum(['override', 'registration-file', 'registration.country', 'student.country', 'phone', 'timezone']),
  code: z.string().nullable().describe('Country as ISO 3166-1 alpha-2 code; null if the text names no single country.'),
  match: z
    .enum(['code', 'doubtful-code', 'name', 'fuzzy'])
    .nullable()
    .describe('How the free text was recognised; null for phone and time zone, and if the text was not recognised.'),
});
const Question = z.object({ en: z.string(), ru: z.string() }).describe('The question that a person must answer.');
const Country = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('known'),
      code: CountryCode,
      source: z.enum(['override', 'registration-file', 'registration.country', 'student.country']),
      match: z.enum(['code', 'doubtful-code', 'name', 'fuzzy']),
      confidence: z
        .enum(['confirmed', 'stated'])
        .describe('`confirmed`: a person decided it, or another source agrees; `stated`: only one source names it.'),
      seen: z.array(Seen),
    }),
    z.object({ kind: z.literal('unknown'), detail: z.string(), question: Question, seen: z.array(Seen) }),
    z.object({ kind: z.literal('conflict'), detail: z.string(), question: Question, seen: z.array(Seen) }),
  ])
  .meta({ id: 'Country', description: 'The country of the teacher, with the country according to each source.' });

const OverrideValue = z
  .union([z.string(), z.boolean(), z.array(z.string())])
  .nullable()
  .describe('The new value; null withdraws the override.');
const Field = z.enum(OVERRIDE_FIELDS);
const SaidField = z.enum([...OVERRIDE_FIELDS, ...FILE_FIELDS]);

export const CertificateSummary = z
  .object({
    id: z.uuid(),
    number: z.string(),
    studentGroupId: z.string(),
    state: StateAnswer,
    version: z.int().nullable(),
    needsReissue: z
      .boolean()
      .describe('True if printed data have changed since the award. A reissue would print the new data.'),
  })
  .meta({ id: 'CertificateSummary', description: 'Short form of a certificate.' });
export type CertificateSummary = z.infer<typeof CertificateSummary>;

export type FlagView = z.infer<typeof FlagAnswer>;

/** Everything that answers "why did she not get one?". Times are RFC 3339. */
export const StudentGroupView = z
  .object({
    id: z.string(),
    releaseId: z.string().nullable(),
    state: StateAnswer,
    reason: ReasonAnswer.nullable(),
    judging: z
      .boolean()
      .describe(
        'True while the student group is evaluated again, after an override or for a batch. State and reason can still be the old ones.',
      ),
    since: Instant.describe('Time when the student group got this state.'),
    sendAfter: Instant.nullable().describe('Earliest time at which the letter can be sent; null if no letter waits.'),
    snapshot: Snapshot.nullable().describe('The newest LMS data; null if the LMS never sent data that could be read.'),
    pulledAt: Instant,
    goneAt: Instant.nullable().describe('Time since when the LMS no longer has the student group.'),
    invalid: z.string().nullable().describe('Why the newest data from the LMS cannot be used.'),
    country: Country.nullable().describe('The current country, overrides included.'),
    overrides: z
      .array(z.object({ field: Field, value: OverrideValue, actor: z.string(), reason: z.string(), at: Instant }))
      .describe('The overrides that apply now.'),
    registrationFile: z
      .object({ country: CountryCode.nullable(), latinName: Text, actor: z.string(), reason: z.string(), at: Instant })
      .nullable()
      .describe(
        'Values of a registration file that a coordinator applied. They count behind the overrides and before the LMS. Actor, reason and time are those of the newest value.',
      ),
    decision: DecisionView.nullable(),
    certificate: CertificateSummary.nullable().describe(
      'Its own in the release where it is now; or, where the student has one by another group, that one.',
    ),
    formerCertificates: z
      .array(CertificateSummary.extend({ releaseId: z.string() }).meta({ id: 'FormerCertificate' }))
      .describe('Certificates of other releases, from before the LMS moved the student group, newest first.'),
    hold: z.object({ stage: z.string(), code: z.string(), detail: z.string() }).nullable(),
    flags: z.array(FlagAnswer).describe('Open flags of the student group.'),
    history: z
      .array(
        z.object({
          verb: z.string(),
          actor: z.string(),
          reason: z.string().nullable(),
          detail: z.unknown().describe('Details of the action; the form depends on `verb`.'),
          at: Instant,
          overrides: z
            .array(z.object({ field: SaidField, value: OverrideValue }))
            .optional()
            .describe('The overridden fields and their values.'),
        }),
      )
      .describe('Actions of people on the student group and its certificates, newest first, at most 200.'),
  })
  .meta({ id: 'StudentGroup', description: 'All data of a student group. The answer contains personal data.' });
export type StudentGroupView = z.infer<typeof StudentGroupView>;

const TIME = '2026-11-20T09:00:10.000Z';

export const STUDENT_GROUP_EXAMPLE: StudentGroupView = {
  id: SAMPLE.studentGroup,
  releaseId: SAMPLE.release,
  state: 'sent',
  reason: null,
  judging: false,
  since: TIME,
  sendAfter: null,
  snapshot: {
    id: SAMPLE.studentGroup,
    updatedAt: '2026-11-20T08:15:00Z',
    status: 'completed',
    certTemplate: null,
    student: {
      id: SAMPLE.student,
      fullName: 'Әсел Нұрмұхамедова',
      latinName: 'Assel Nurmukhamedova',
      email: 'assel@example.kz',
      phone: '+77011234567',
      locale: 'kk',
      timezone: 'Asia/Almaty',
      country: 'Казахстан',
      role: 'teacher',
    },
    group: { id: 'gr_01', name: 'Алматы-2', releaseId: SAMPLE.release },
    registration: { form: 'cis-2026', country: 'KZ' },
    progress: { lessonsCompleted: 34, lessonsTotal: 36, score: 87.5, attendance: 0.94 },
    completedAt: '2026-11-18T12:00:00Z',
    project: null,
    consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: null }],
  },
  pulledAt: '2026-11-20T09:00:00.000Z',
  goneAt: null,
  invalid: null,
  country: {
    kind: 'known',
    code: 'KZ',
    source: 'registration.country',
    match: 'code',
    confidence: 'confirmed',
    seen: [
      { source: 'registration.country', code: 'KZ', match: 'code' },
      { source: 'student.country', code: 'KZ', match: 'name' },
    ],
  },
  overrides: [],
  registrationFile: null,
  decision: {
    id: SAMPLE.decision,
    outcome: 'met',
    reason: null,
    programmeId: 'cis-teachers',
    rulesHash: SAMPLE.hash,
    criteria: [],
    change: null,
    certTemplate: 'teacher-kk',
    decidedAt: TIME,
  },
  certificate: {
    id: SAMPLE.certificate,
    number: SAMPLE.number,
    studentGroupId: SAMPLE.studentGroup,
    state: 'sent',
    version: 1,
    needsReissue: false,
  },
  formerCertificates: [],
  hold: null,
  flags: [],
  history: [],
};

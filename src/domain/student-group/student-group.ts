import { z } from 'zod';
import { isZone } from '../time/zone.ts';
import { Hours } from './hours.ts';

/** Text in one or more languages, by BCP 47 language ("ru", "en", "kk", …). */
export const LocalizedText = z.record(z.string(), z.string());
export type LocalizedText = z.infer<typeof LocalizedText>;

/** RFC 3339 times that PostgreSQL cannot read: the year 0, offsets beyond any real zone, very long fractions. */
const UNREADABLE = /^0000|\.\d{10}|[+-](?:1[5-9]|2\d):\d\d$/;
/** A time with offset (RFC 3339). LMS times without zone are an error, because the host's zone must not decide. */
const Instant = z.iso
  .datetime({ offset: true, abort: true })
  .refine((text) => !UNREADABLE.test(text), 'expected a time after year 0, with a UTC offset of at most 14 hours');
const CivilDate = z.iso.date({ abort: true });
/** A year with a missing or additional digit would be printed unchanged. */
const IssueDate = CivilDate.refine((date) => date >= '1900' && date < '2200', 'expected a date from 1900 to 2199');

/** One student's membership in one group of a release, in canonical names (`lms.yaml` maps the LMS's own names). */
export const StudentGroup = z.object({
  id: z.string().min(1).max(200),
  updatedAt: Instant,
  status: z.enum(['active', 'completed', 'criteria met', 'certificate issued', 'expelled']),
  certTemplate: z.string().max(200).nullish().default(null),
  student: z.object({
    id: z.string().min(1).max(200),
    fullName: z.string().min(1).max(1000),
    latinName: z.string().max(1000).nullish().default(null),
    email: z.string().max(1000).nullish().default(null),
    phone: z.string().max(100).nullish().default(null),
    locale: z.string().max(35).nullish().default(null),
    timezone: z.string().max(100).nullish().default(null),
    country: z.string().max(200).nullish().default(null),
    role: z.enum(['teacher', 'staff', 'tester']),
  }),
  group: z.object({
    id: z.string().min(1).max(200),
    name: z.string().max(500).nullish().default(null),
    releaseId: z.string().min(1).max(200),
  }),
  registration: z
    .object({ form: z.string().max(200).nullish().default(null), country: z.string().max(200).nullish().default(null) })
    .nullish()
    .default(null),
  progress: z
    .object({
      lessonsCompleted: z.number().nonnegative(),
      lessonsTotal: z.number().nonnegative(),
      score: z.number().nullish().default(null),
      attendance: z.number().nullish().default(null),
    })
    .nullish()
    .default(null),
  completedAt: Instant.nullish().default(null),
  project: z
    .object({
      title: z.string().max(1000),
      url: z.string().max(2000).nullish().default(null),
      grade: z.string().max(200).nullish().default(null),
      accepted: z.boolean().nullish().default(null),
    })
    .nullish()
    .default(null),
  /** What only some schools print; an LMS has no such fields by itself, `lms.yaml` names them. */
  printed: z
    .object({
      /** School at which the teacher works. */
      school: z.string().max(600).nullish(),
      /** Number of this diploma in a register of others. */
      registrarNumber: z.string().max(100).nullish(),
      /** Which words of `fullName` and `latinName` are the family name, for countries with an order of their own. */
      familyName: z.string().max(1000).nullish(),
      latinFamilyName: z.string().max(1000).nullish(),
    })
    .nullish(),
  consents: z
    .array(
      z.object({
        kind: z.string().max(100),
        givenAt: Instant.nullish().default(null),
        revokedAt: Instant.nullish().default(null),
      }),
    )
    .nullish()
    .transform((list) => list ?? []),
});
export type StudentGroup = z.infer<typeof StudentGroup>;

/** A run of a course and the parameters of its certificates. */
export const Release = z.object({
  id: z.string().min(1).max(200),
  title: z.string().max(1000).nullish().default(null),
  courseTitle: LocalizedText,
  startsOn: CivilDate.nullish().default(null),
  endsOn: CivilDate.nullish().default(null),
  closed: z.boolean().nullish().default(false),
  timezone: z.string().refine(isZone, 'expected an IANA time zone such as Europe/Moscow'),
  issueDate: IssueDate,
  numberPrefix: z.string().min(1).max(40),
  program: z.array(z.object({ title: LocalizedText, hours: Hours })),
  hoursTotal: Hours,
  signatory: z.object({ name: z.string().min(1).max(300), position: LocalizedText }),
});
export type Release = z.infer<typeof Release>;

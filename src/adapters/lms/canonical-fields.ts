import type { Reading } from './value-forms.ts';

/**
 * Canonical fields that a field map may set, by record; a dot separates levels. A test keeps them equal to the
 * schemas of `domain/student-group`.
 */
export const CANONICAL_FIELDS = {
  studentGroup: [
    'id',
    'updatedAt',
    'status',
    'certTemplate',
    'student',
    'student.id',
    'student.fullName',
    'student.latinName',
    'student.email',
    'student.phone',
    'student.locale',
    'student.timezone',
    'student.country',
    'student.role',
    'group',
    'group.id',
    'group.name',
    'group.releaseId',
    'registration',
    'registration.form',
    'registration.country',
    'progress',
    'progress.lessonsCompleted',
    'progress.lessonsTotal',
    'progress.score',
    'progress.attendance',
    'completedAt',
    'project',
    'project.title',
    'project.url',
    'project.grade',
    'project.accepted',
    'printed',
    'printed.school',
    'printed.registrarNumber',
    'printed.familyName',
    'printed.latinFamilyName',
    'consents',
  ],
  release: [
    'id',
    'title',
    'courseTitle',
    'startsOn',
    'endsOn',
    'closed',
    'timezone',
    'issueDate',
    'numberPrefix',
    'program',
    'hoursTotal',
    'signatory',
    'signatory.name',
    'signatory.position',
  ],
} as const;

/** Fields that only a field map can fill: a field of the LMS's own that has this name by chance means something else. */
export const MAPPED_ONLY: readonly string[] = ['printed'];

/** Fields of a list's entries. */
export const ITEM_FIELDS: Readonly<Record<string, readonly string[]>> = {
  consents: ['kind', 'givenAt', 'revokedAt'],
  program: ['title', 'hours'],
};

/** Id fields: text, or a whole number below 2^53, which is read as text. */
export const ID_FIELDS: Readonly<Record<RecordKind, readonly string[]>> = {
  studentGroup: ['id', 'student.id', 'group.id', 'group.releaseId'],
  release: ['id'],
};

const NUMBERS: readonly string[] = [
  'progress.lessonsCompleted',
  'progress.lessonsTotal',
  'progress.score',
  'progress.attendance',
  'hoursTotal',
  'program.hours',
];
const INSTANTS: readonly string[] = ['updatedAt', 'completedAt', 'consents.givenAt', 'consents.revokedAt'];
/** Lists, objects, booleans, and dates without time; they are not converted. */
const AS_IT_STANDS: readonly string[] = [
  'startsOn',
  'endsOn',
  'issueDate',
  'student',
  'group',
  'registration',
  'progress',
  'project',
  'project.accepted',
  'printed',
  'consents',
  'closed',
  'program',
  'signatory',
  'courseTitle',
  'signatory.position',
  'program.title',
];

/**
 * The reading of a field; null for a field that is not converted. Fields of list entries are named without index:
 * `program.hours`.
 */
export function readingOf(field: string): Reading | null {
  if (NUMBERS.includes(field)) return 'number';
  if (INSTANTS.includes(field)) return 'instant';
  return AS_IT_STANDS.includes(field) ? null : 'text';
}

/** Texts by language; a single language can be mapped, as in `courseTitle.en`. */
const LOCALIZED: readonly string[] = ['courseTitle', 'signatory.position', 'title'];
const LANGUAGE = /^(.+)\.[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;

/** Whether a field map may set a field: its name is in `known`, or it is one language of such a field (`courseTitle.en`). */
export function isField(field: string, known: readonly string[], list: string | null = null): boolean {
  if (known.includes(field)) return true;
  const text = textOfField(field);
  // A release's own title is a plain text; a module's title has languages.
  return text !== null && known.includes(text) && (text !== 'title' || list !== null);
}

/** `courseTitle` for `courseTitle.en`: the text field without its language; null for other fields. */
export function textOfField(field: string): string | null {
  const text = LANGUAGE.exec(field)?.[1];
  return text !== undefined && LOCALIZED.includes(text) ? text : null;
}

export type RecordKind = keyof typeof CANONICAL_FIELDS;

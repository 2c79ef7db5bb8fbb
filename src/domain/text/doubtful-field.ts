import type { ShownReason } from '../failure.ts';
import { normaliseEmail } from '../letter/email-address.ts';
import { message } from '../messages/message.ts';
import { isBlank } from '../student-group/lms-record.ts';
import type { OverrideField, Overrides } from '../student-group/override.ts';
import type { StudentGroup } from '../student-group/student-group.ts';
import { type DoubtKind, doubtOf } from './doubtful-text.ts';
import { type NameResult, normaliseName, normaliseTitle, overrideFault } from './name.ts';

/** A printed text of one person that a coordinator can override. */
interface PrintedField {
  field: Extract<OverrideField, 'fullName' | 'latinName' | 'projectTitle'>;
  /** Path of the text in the LMS's record. */
  path: string;
  kind: DoubtKind;
  read: (studentGroup: StudentGroup) => string | null | undefined;
  /** Normalises a suggested text for storage. */
  normalise: (text: string) => NameResult;
  /** Whether it is certainly held as `name-unprintable`. */
  isUnprintable: (text: string) => boolean;
}

const FIELDS: readonly PrintedField[] = [
  {
    field: 'fullName',
    path: 'student.fullName',
    kind: 'name',
    read: ({ student }) => student.fullName,
    normalise: normaliseName,
    isUnprintable: (text) => !normaliseName(text).ok,
  },
  {
    field: 'latinName',
    path: 'student.latinName',
    kind: 'name',
    read: ({ student }) => student.latinName,
    normalise: normaliseName,
    isUnprintable: (text) => !normaliseName(text).ok,
  },
  {
    field: 'projectTitle',
    path: 'project.title',
    kind: 'title',
    read: ({ project }) => project?.title,
    normalise: normaliseTitle,
    isUnprintable: (text) => text.includes('\ufffd') || overrideFault(text) !== null,
  },
];

export interface FieldDoubt extends Pick<PrintedField, 'field' | 'path'> {
  /** One sentence for people: field, finding and advice, without the text itself. */
  detail: string;
  /** The probably intended text as it would be stored; null when unknown. */
  suggestion: string | null;
}

/** Whether there is a project whose title is empty: missing, which is another reason than doubtful. */
export function isTitleMissing({ project }: Pick<StudentGroup, 'project'>): boolean {
  return project !== null && isBlank(project.title);
}

/**
 * The first doubtful text of a student group that no coordinator has overridden; an override settles the doubt,
 * whatever it says. A text that can be neither printed nor corrected gets its own reason instead. Deterministic; the
 * suggestion is printable.
 * @param studentGroup the student group, with or without its overrides applied
 */
export function findDoubt(
  studentGroup: StudentGroup,
  overrides: Pick<Overrides, PrintedField['field']>,
): FieldDoubt | null {
  for (const { field, path, kind, read, normalise, isUnprintable } of FIELDS) {
    const text = overrides[field] === null ? read(studentGroup) : null;
    // An empty text is missing, not doubtful: `isTitleMissing`, and the rules of names.
    if (!text || isBlank(text)) continue;
    const doubt = doubtOf(text, kind);
    if (doubt === null) continue;
    const mended = doubt.suggestion === null ? null : normalise(doubt.suggestion);
    const suggestion = mended?.ok ? mended.name : null;
    if (suggestion === null && isUnprintable(text)) continue;
    const detail = message('doubt.in-field', { path, finding: doubt.finding, field });
    return { field, path, detail, suggestion };
  }
  return null;
}

/** The probably intended text for the field that a reason is about; null when the field is correct. */
export type Suggestion = Pick<FieldDoubt, 'path' | 'suggestion'> & { field: PrintedField['field'] | 'email' };

/** How to find the suggestion for each reason. */
const SUGGESTING: Record<string, (studentGroup: StudentGroup, overrides: Overrides) => Suggestion | null> = {
  'name-doubtful': findDoubt,
  'email-invalid': ({ student }, overrides) => {
    const email = normaliseEmail(overrides.email ?? student.email ?? '');
    return email.ok ? null : { field: 'email', path: 'student.email', suggestion: email.suggestion };
  },
};

/** Reasons that are shown with a suggestion. */
export const SUGGESTING_REASONS: ReadonlySet<string> = new Set(Object.keys(SUGGESTING));

/** @param studentGroup the student group, with or without its overrides applied */
export function suggestionFor(reasonCode: string, studentGroup: StudentGroup, overrides: Overrides): Suggestion | null {
  return SUGGESTING[reasonCode]?.(studentGroup, overrides) ?? null;
}

/** A reason with its suggestion, for display; `studentGroup` and `overrides` as they were judged, null after an erasure. */
export function withSuggestion(
  reason: ShownReason,
  studentGroup: StudentGroup | null,
  overrides: Overrides,
): ShownReason {
  if (!SUGGESTING_REASONS.has(reason.code)) return reason;
  return {
    ...reason,
    suggestion: (studentGroup && suggestionFor(reason.code, studentGroup, overrides)?.suggestion) ?? null,
  };
}

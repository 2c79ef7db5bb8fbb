import type { Reason } from '../failure.ts';
import { normaliseEmail } from '../letter/email-address.ts';
import { isBlank } from '../student-group/lms-record.ts';
import type { OverrideField, Overrides } from '../student-group/override.ts';
import type { StudentGroup } from '../student-group/student-group.ts';
import { type DoubtKind, doubtOf } from './doubtful-text.ts';
import { type NameResult, normaliseName, normaliseTitle, overrideFault } from './name.ts';

/** A text of one person that is printed as it stands, and that a coordinator may give instead of the LMS. */
interface PrintedField {
  field: Extract<OverrideField, 'fullName' | 'latinName' | 'projectTitle'>;
  /** Where the LMS tells it. */
  path: string;
  kind: DoubtKind;
  read: (studentGroup: StudentGroup) => string | null | undefined;
  /** The form in which a text that is suggested would be kept. */
  normalise: (text: string) => NameResult;
  /** Whether it is surely held as `name-unprintable`. */
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
  /** For people: which field, what was found, how to mend it; without the text. */
  detail: string;
  /** The text that was probably meant, as it would be kept; null where none is known. */
  suggestion: string | null;
}

/**
 * The first text of a student group that is probably not what was meant, and that no coordinator has given: their word
 * settles the doubt, whatever it says. What can neither be printed nor mended is left to the reason of its own.
 * Deterministic; the suggestion is itself printable.
 * @param told the student group, with or without its overrides applied
 */
export function findDoubt(told: StudentGroup, overrides: Pick<Overrides, PrintedField['field']>): FieldDoubt | null {
  for (const { field, path, kind, read, normalise, isUnprintable } of FIELDS) {
    const text = overrides[field] === null ? read(told) : null;
    // What is empty is missing, which its own reasons say.
    if (!text || isBlank(text)) continue;
    const doubt = doubtOf(text, kind);
    if (doubt === null) continue;
    const mended = doubt.suggestion === null ? null : normalise(doubt.suggestion);
    const suggestion = mended?.ok ? mended.name : null;
    if (suggestion === null && isUnprintable(text)) continue;
    const detail = `${path}: ${doubt.finding} An override of ${field} settles it, with the same text too.`;
    return { field, path, detail, suggestion };
  }
  return null;
}

/** What was probably meant, for the field of a student group that a reason is about; null where nothing is wrong with it. */
export type Suggestion = Pick<FieldDoubt, 'path' | 'suggestion'> & { field: PrintedField['field'] | 'email' };

/** How each reason finds what it suggests. */
const SUGGESTING: Record<string, (told: StudentGroup, overrides: Overrides) => Suggestion | null> = {
  'name-doubtful': findDoubt,
  'email-invalid': ({ student }, overrides) => {
    const email = normaliseEmail(overrides.email ?? student.email ?? '');
    return email.ok ? null : { field: 'email', path: 'student.email', suggestion: email.suggestion };
  },
};

/** Reasons beside which the likely right text is shown. */
export const SUGGESTING_REASONS: ReadonlySet<string> = new Set(Object.keys(SUGGESTING));

/** @param told the student group, with or without its overrides applied */
export function suggestionFor(reasonCode: string, told: StudentGroup, overrides: Overrides): Suggestion | null {
  return SUGGESTING[reasonCode]?.(told, overrides) ?? null;
}

/** A reason as it is shown, with what is suggested; `told` and `overrides` as they were judged, null once erased. */
export function withSuggestion(reason: Reason, told: StudentGroup | null, overrides: Overrides): Reason {
  if (!SUGGESTING_REASONS.has(reason.code)) return reason;
  return { ...reason, suggestion: (told && suggestionFor(reason.code, told, overrides)?.suggestion) ?? null };
}

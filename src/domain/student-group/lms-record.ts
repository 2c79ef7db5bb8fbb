import { z } from 'zod';
import { prefixFault, printedPrefix } from '../certificate/number-prefix.ts';
import { doubtOf } from '../text/doubtful-text.ts';
import { hundredths } from './hours.ts';
import { Release, StudentGroup } from './student-group.ts';

/**
 * Parses LMS records into the stored form. Forms and CSV files leave "" for missing values: an optional field without
 * a visible character is absent, and a text without one does not exist in that language. Texts that a release prints
 * on every diploma are refused when missing or doubtful.
 */

const BLANK = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]*$/u;

/** Whether a value is empty: null, or a text without a visible character. */
export function isBlank(value: unknown): boolean {
  return value === null || (typeof value === 'string' && BLANK.test(value));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Shape = z.core.$ZodType;
/** The schema inside "optional", "default" and "transform". */
function innermost(schema: Shape): Shape {
  const { innerType, in: input } = schema._zod.def as { innerType?: Shape; in?: Shape };
  const inner = innerType ?? input;
  return inner === undefined ? schema : innermost(inner);
}

const optional = new WeakMap<Shape, boolean>();
function isOptional(schema: Shape): boolean {
  const known = optional.get(schema) ?? z.safeParse(schema, null).success;
  optional.set(schema, known);
  return known;
}

/** A copy in which empty optional fields are null; the schema refuses other faults. */
function withoutBlanks(value: unknown, schema: Shape): unknown {
  const shape = innermost(schema);
  if (shape instanceof z.ZodArray && Array.isArray(value)) return value.map((one) => withoutBlanks(one, shape.element));
  if (!(shape instanceof z.ZodObject) || !isMap(value)) return value;
  const copy = { ...value };
  for (const [field, inner] of Object.entries(shape.shape as Record<string, Shape>)) {
    if (!(field in copy)) continue;
    if (typeof copy[field] !== 'string') copy[field] = withoutBlanks(copy[field], inner);
    else if (isBlank(copy[field]) && isOptional(inner)) copy[field] = null;
  }
  return copy;
}

/** A mark may be a number; it is stored as text. */
function withMarkAsText(record: unknown): unknown {
  if (!isMap(record) || !isMap(record['project'])) return record;
  const { grade } = record['project'];
  if (typeof grade !== 'number' || grade < 0 || grade > 10_000) return record;
  return { ...record, project: { ...record['project'], grade: String(hundredths(grade)) } };
}

/** A project that a form created without content counts as no project. */
function withoutEmptyProject(record: unknown): unknown {
  if (!isMap(record) || !isMap(record['project'])) return record;
  const { title, url, grade, accepted } = record['project'];
  const empty = [title, url, grade].every((text) => text === undefined || isBlank(text)) && accepted !== true;
  return empty ? { ...record, project: null } : record;
}

/** Keeps the languages in which a text has a visible character. */
function inWords(text: unknown): unknown {
  return isMap(text) ? Object.fromEntries(Object.entries(text).filter(([, words]) => !isBlank(words))) : text;
}

function withoutBlankTexts(record: unknown): unknown {
  if (!isMap(record)) return record;
  const { courseTitle, program, signatory, numberPrefix } = record;
  return {
    ...record,
    courseTitle: inWords(courseTitle),
    program: Array.isArray(program)
      ? program.map((part: unknown) => (isMap(part) ? { ...part, title: inWords(part['title']) } : part))
      : program,
    signatory: isMap(signatory) ? { ...signatory, position: inWords(signatory['position']) } : signatory,
    numberPrefix: typeof numberPrefix === 'string' ? printedPrefix(numberPrefix) : numberPrefix,
  };
}

/** A student group as the LMS returns it. */
export const LmsStudentGroup: z.ZodType<StudentGroup> = z.preprocess(
  (record) => withoutBlanks(withMarkAsText(withoutEmptyProject(record)), StudentGroup),
  StudentGroup,
);

/** A release as the LMS returns it, with texts fit for every diploma. */
export const LmsRelease: z.ZodType<Release> = z.preprocess(
  (record) => withoutBlanks(withoutBlankTexts(record), Release),
  Release.superRefine((release, context) => {
    const fault = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path, message });
    const texts: [PropertyKey[], Record<string, string>][] = [
      [['courseTitle'], release.courseTitle],
      ...release.program.map(({ title }, index): [PropertyKey[], Record<string, string>] => [
        ['program', index, 'title'],
        title,
      ]),
      [['signatory', 'position'], release.signatory.position],
    ];
    for (const [path, text] of texts) {
      if (Object.keys(text).length === 0) fault(path, 'is empty: expected a text in at least one language');
      for (const [language, words] of Object.entries(text)) {
        const doubt = doubtOf(words, 'title');
        if (doubt) fault([...path, language], textFault(doubt.finding, doubt.suggestion));
      }
    }
    const { name } = release.signatory;
    const doubt = isBlank(name)
      ? { finding: 'is empty: expected the name of the person who signs' }
      : doubtOf(name, 'title');
    if (doubt) fault(['signatory', 'name'], textFault(doubt.finding, null));
    const prefix = release.numberPrefix === '' ? null : prefixFault(release.numberPrefix);
    if (prefix) fault(['numberPrefix'], prefix);
  }),
);

/** A title is not personal data, so the message may suggest the correct text; names stay out of logs and errors. */
function textFault(finding: string, suggestion: string | null): string {
  const sentence = finding.replace(/\.$/, '');
  return suggestion === null ? sentence : `${sentence}; probably meant: ${JSON.stringify(suggestion)}`;
}

import { z } from 'zod';
import { foldedWords } from '../text/search-words.ts';

/** Columns that name a student; one of them is enough in a row. */
export const KEY_COLUMNS = ['studentGroupId', 'studentId', 'email'] as const;
/** What a registration gives. */
export const GIVEN_COLUMNS = ['country', 'latinName'] as const;
export const IMPORT_COLUMNS = [...KEY_COLUMNS, 'fullName', ...GIVEN_COLUMNS, 'list', 'criteria', 'reason'] as const;
export type ImportColumn = (typeof IMPORT_COLUMNS)[number];

const Words = z.array(z.string().min(1).max(200)).min(1).max(50);
const Keys = { studentGroupId: Words.optional(), studentId: Words.optional(), email: Words.optional() };
const Common = {
  version: z.literal(1),
  /** True: nobody has checked the headings against a real form yet. */
  sample: z.boolean().default(false),
  /** Release ids, `*` for any characters; student groups of other releases are not looked at. */
  releases: z.array(z.string().min(1).max(200)).min(1).default(['*']),
};

const RegistrationForm = z.strictObject({
  ...Common,
  kind: z.literal('registration'),
  columns: z.strictObject({
    ...Keys,
    fullName: Words.optional(),
    country: Words.optional(),
    latinName: Words.optional(),
  }),
});

const ExceptionsForm = z.strictObject({
  ...Common,
  kind: z.literal('exceptions'),
  columns: z.strictObject({
    ...Keys,
    fullName: Words.optional(),
    list: Words,
    criteria: Words.optional(),
    reason: Words,
  }),
  /** What people write in the column `list`. */
  words: z.strictObject({ allow: Words, deny: Words }),
});

/** Folded, so that case, dashes and colons do not matter. */
export const foldHeading = (text: string): string => foldedWords(text).join(' ');

/** `templates/forms/<id>.yaml`: how the columns of a file are recognised. */
export const ImportForm = z
  .discriminatedUnion('kind', [RegistrationForm, ExceptionsForm])
  .superRefine(({ kind, columns }, context) => {
    const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const given: Partial<Record<string, string[] | undefined>> = columns;
    if (!KEY_COLUMNS.some((key) => given[key]))
      fault(['columns'], `expected at least one of ${KEY_COLUMNS.join(', ')}`);
    if (kind === 'registration' && !GIVEN_COLUMNS.some((key) => given[key]))
      fault(['columns'], `expected at least one of ${GIVEN_COLUMNS.join(', ')}`);
    const known = new Map<string, string>();
    for (const [column, headings = []] of Object.entries(given))
      for (const heading of new Set(headings.map(foldHeading))) {
        const before = known.get(heading);
        if (heading === '') fault(['columns', column], 'expected headings with letters or digits');
        else if (before !== undefined)
          fault(['columns', column], `the heading "${heading}" also stands under ${before}`);
        known.set(heading, column);
      }
  });
export type ImportForm = z.infer<typeof ImportForm>;
export type ImportKind = ImportForm['kind'];

/** The headings of each column. */
export function headingsOf({ columns }: ImportForm): [ImportColumn, string[]][] {
  return IMPORT_COLUMNS.flatMap((column): [ImportColumn, string[]][] => {
    const headings = (columns as Partial<Record<ImportColumn, string[] | undefined>>)[column];
    return headings ? [[column, headings]] : [];
  });
}

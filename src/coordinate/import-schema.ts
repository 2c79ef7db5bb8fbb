import { z } from 'zod';
import { VERDICTS, type Verdict } from '../domain/import/verdict.ts';
import { Instant, SAMPLE } from './shared-schemas.ts';

/** What each verdict means, for the API description. */
const VERDICT_MEANINGS: Record<Verdict, string> = {
  found: 'the row would change something',
  same: 'nothing changes',
  unknown: 'no such student',
  twice: 'another row names the same student group',
  conflict: 'a stronger source says something else, or it is not clear which student group is meant',
  fault: 'a cell cannot be used',
};
export const IMPORT_RESULTS = ['applied', 'changed', 'refused'] as const;
const RESULT_MEANINGS: Record<(typeof IMPORT_RESULTS)[number], string> = {
  applied: 'the row was applied',
  changed: 'not applied, because something changed since the review',
  refused: 'not applied, because it is not allowed now',
};
const listed = (meanings: Record<string, string>) =>
  Object.entries(meanings)
    .map(([name, meaning]) => `\`${name}\`: ${meaning}.`)
    .join(' ');

const VerdictAnswer = z.enum(VERDICTS).meta({
  id: 'RowVerdict',
  description: `${listed(VERDICT_MEANINGS)} Only \`found\` and \`same\` are applied.`,
});
const ResultAnswer = z.enum(IMPORT_RESULTS).describe(listed(RESULT_MEANINGS));

const Value = z.union([z.string(), z.boolean(), z.array(z.string())]);

export const ImportRowView = z
  .object({
    row: z.int().describe('As the spreadsheet program shows it, from 1.'),
    verdict: VerdictAnswer,
    studentGroupId: z.string().nullable().describe('The student group that the row means; null where it means none.'),
    changes: z
      .array(
        z.object({
          field: z.enum(['country', 'latinName', 'excluded', 'allow']),
          cell: z.string().describe('Such as `C17`.'),
          from: Value.nullable().describe('What counts now; null: nothing does.'),
          source: z.string().nullable().describe('Which source says that, such as `student.country`.'),
          to: Value.describe('What the file says.'),
        }),
      )
      .describe('What applying the row does. In a row `same`, the file only becomes the source of a value.'),
    problems: z
      .array(
        z.object({
          code: z.string().describe('Stable code, such as `country-unreadable`.'),
          cell: z.string().nullable().describe('Such as `C17`; null where the whole row is meant.'),
          value: z.string().nullable().describe('As the file has it; at most 200 characters.'),
          detail: z.string().describe('What is wrong, without personal data.'),
          mend: z.string().describe('How to mend it.'),
        }),
      )
      .describe('Why the row is not applied.'),
    result: ResultAnswer.nullable().describe('Null until the row was applied or tried.'),
    detail: z.string().nullable().describe('Why it was not applied.'),
  })
  .meta({ id: 'ImportRow', description: 'A row of an imported file with its verdict. It holds personal data.' });

const Count = z.int().min(0);
/** One count for each name. Written as an object, because OpenAPI cannot list the keys of a record. */
const countOf = <Name extends string>(meanings: Record<Name, string>) =>
  z.object(
    Object.fromEntries(
      Object.entries<string>(meanings).map(([name, meaning]) => [
        name,
        Count.describe(`Rows with \`${name}\`: ${meaning}.`),
      ]),
    ) as Record<Name, typeof Count>,
  );

export const ImportView = z
  .object({
    id: z.uuid(),
    form: z.string().describe('Id of the form in `templates/forms/`.'),
    kind: z.enum(['registration', 'exceptions']),
    state: z.enum(['checked', 'applying', 'applied']),
    sha256: z.string().describe("Hash of the file's bytes, hex. The file itself is not kept."),
    sameFileAs: z
      .object({ id: z.uuid(), actor: z.string(), at: Instant })
      .nullable()
      .describe('The same file was applied before; then this import cannot be applied.'),
    actor: z.string().describe('Who sent the file.'),
    createdAt: Instant,
    headingRow: z.int().describe('The row in which the headings were found.'),
    unusedHeadings: z.array(z.string()).describe('Headings that the form does not know; their columns were not read.'),
    counts: countOf(VERDICT_MEANINGS).describe('Rows by verdict.'),
    results: countOf(RESULT_MEANINGS).describe('Rows by result, of those that were applied or tried.'),
    appliedBy: z.string().nullable().describe('Who started to apply it; null: nobody yet.'),
    appliedAt: Instant.nullable().describe('When the application started.'),
    finishedAt: Instant.nullable().describe('When the application was finished.'),
    forgottenAt: Instant.nullable().describe('When its rows were deleted; counts and hash stay.'),
  })
  .meta({ id: 'Import', description: 'A file of registrations or exceptions: checked, reviewed, then applied.' });
export type ImportView = z.infer<typeof ImportView>;

export const IMPORT_EXAMPLE: ImportView = {
  id: '019ac0de-1100-7000-8000-000000000001',
  form: 'cis-registration',
  kind: 'registration',
  state: 'checked',
  sha256: SAMPLE.hash,
  sameFileAs: null,
  actor: 'desk (00000001)',
  createdAt: '2026-11-20T10:00:00.000Z',
  headingRow: 1,
  unusedHeadings: ['Отметка времени'],
  counts: { found: 460, same: 0, unknown: 12, twice: 4, conflict: 6, fault: 18 },
  results: { applied: 0, changed: 0, refused: 0 },
  appliedBy: null,
  appliedAt: null,
  finishedAt: null,
  forgottenAt: null,
};

export const IMPORT_ROW_EXAMPLE: z.infer<typeof ImportRowView> = {
  row: 17,
  verdict: 'fault',
  studentGroupId: null,
  changes: [],
  problems: [
    {
      code: 'country-unreadable',
      cell: 'C17',
      value: 'Содружество',
      detail: 'this names no single country',
      mend: 'give the name of the country, or its ISO code such as KZ',
    },
  ],
  result: null,
  detail: null,
};

import type { Request } from 'express';
import { z } from 'zod';
import { InputError } from '../domain/failure.ts';
import { VERDICTS } from '../domain/import/verdict.ts';
import { message } from '../domain/messages/message.ts';
import { problemAnswer, TOO_LARGE, UNAVAILABLE, WRONG_TYPE } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { type Multipart, readMultipart } from '../platform/http/multipart.ts';
import { type InputFault, Problem, unavailable } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, toPage } from '../platform/http/validate.ts';
import { SpreadsheetsBusy } from '../ports/spreadsheet.ts';
import { type ImportRow, selectImportRows } from '../records/imports/import-rows.ts';
import { type ImportRecord, selectImport, selectImports } from '../records/imports/imports.ts';
import { startImport } from './apply-import.ts';
import { type CheckImportContext, checkImport } from './check-import.ts';
import { IMPORT_EXAMPLE, IMPORT_RESULTS, IMPORT_ROW_EXAMPLE, ImportRowView, ImportView } from './import-schema.ts';
import { viewImport, viewImportRow } from './import-view.ts';
import type { OverrideContext } from './override-student-group.ts';
import { Why } from './shared-schemas.ts';

export type ImportContext = CheckImportContext & Pick<OverrideContext, 'enqueue'>;

const FILE_LIMIT = 10 * 1024 * 1024;
const TAG = 'Imports';
const Uuid = z.uuid();
const RowNumber = z.string().regex(/^[1-9]\d{0,8}$/);

/** Routes of files with registrations and exceptions. */
export function importRoutes(ctx: ImportContext): Route[] {
  const named = {
    params: z.object({ id: Uuid.describe('Id of the import.').meta({ example: IMPORT_EXAMPLE.id }) }),
    find: ({ id }: { id: string }) => selectImport(ctx.db, id),
    missing: message('unknown.import'),
  };
  return [
    uploadRoute(ctx),
    jsonRoute({
      method: 'GET',
      path: '/api/imports',
      name: 'listImports',
      tag: TAG,
      summary: 'List imports, the newest first',
      role: 'viewer',
      query: z.strictObject({ limit: Limit, cursor: cursorOf(Uuid) }),
      answer: {
        description: 'One page of imports, without their rows.',
        schema: pageOf(ImportView),
        example: { items: [IMPORT_EXAMPLE], nextCursor: null },
      },
      handle: async ({ query: { limit, cursor } }) => {
        const rows = await selectImports(ctx.db, { after: cursor, limit: limit + 1 });
        const page = toPage(
          rows,
          limit,
          ({ id }) => id,
          (one) => one,
        );
        return { ...page, items: await Promise.all(page.items.map((one) => viewImport(ctx.db, one))) };
      },
    }),
    rowsRoute(ctx, named),
    jsonRoute({
      method: 'POST',
      path: '/api/imports/:id/apply',
      name: 'applyImport',
      tag: TAG,
      summary: 'Apply a reviewed import',
      description:
        'Applies the rows with the verdict `found` or `same`, each in a transaction of its own. A row whose student group has changed since the review is not applied: its result is `changed`. Values of a registration then count as source `registration-file`, behind overrides and before the LMS. The student groups are judged again; a certificate that exists is only marked `needsReissue`.',
      role: 'coordinator',
      subject: named,
      body: {
        schema: z.strictObject({ reason: Why.optional() }),
        example: { reason: 'Registration form of 20 November.' },
        optional: true,
      },
      answer: {
        status: 202,
        description: 'The import; workers apply it.',
        schema: ImportView,
        example: {
          ...IMPORT_EXAMPLE,
          state: 'applying',
          appliedBy: 'desk (00000001)',
          appliedAt: '2026-11-20T10:20:00.000Z',
        },
      },
      problems: {
        409: problemAnswer(
          409,
          'It was applied before, by whom and when; or the same file was applied as another import; or its rows were deleted.',
          'This import is applying already; desk (00000001) started that at 2026-11-20T10:20:00.000Z.',
        ),
      },
      handle: async ({ subject, body, actor }) => {
        await startImport(ctx, subject.id, { actor, reason: body.reason ?? null });
        return viewImport(ctx.db, (await selectImport(ctx.db, subject.id)) ?? subject);
      },
    }),
  ];
}

function rowsRoute(
  ctx: ImportContext,
  subject: {
    params: z.ZodObject<{ id: z.ZodUUID }>;
    find: (params: { id: string }) => Promise<ImportRecord | null>;
    missing: string;
  },
): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/imports/:id',
    name: 'getImport',
    tag: TAG,
    summary: 'Show an import with its rows',
    description: 'The rows in the order of the file, each with its verdict and, once it was applied, its result.',
    role: 'viewer',
    subject,
    query: z.strictObject({
      limit: Limit,
      cursor: cursorOf(RowNumber),
      verdict: z
        .enum(VERDICTS, message('input.one-of', { known: VERDICTS.join(', ') }))
        .optional()
        .describe('Only rows with this verdict.'),
      result: z
        .enum(IMPORT_RESULTS, message('input.one-of', { known: IMPORT_RESULTS.join(', ') }))
        .optional()
        .describe('Only rows with this result.'),
    }),
    answer: {
      description: 'The import, and one page of its rows.',
      schema: ImportView.extend(pageOf(ImportRowView).shape).meta({ id: 'ImportPage' }),
      example: { ...IMPORT_EXAMPLE, items: [IMPORT_ROW_EXAMPLE], nextCursor: null },
    },
    handle: async ({ subject: one, query: { limit, cursor, verdict, result } }) => {
      const wanted = { verdict: verdict ?? null, result: result ?? null, after: Number(cursor ?? 0), limit: limit + 1 };
      const rows = await selectImportRows(ctx.db, one.id, wanted);
      const page = toPage(rows, limit, ({ row }: ImportRow) => String(row), viewImportRow);
      return { ...(await viewImport(ctx.db, one)), ...page };
    },
  });
}

function uploadRoute(ctx: ImportContext): Route {
  const route = jsonRoute({
    method: 'POST',
    path: '/api/imports',
    name: 'createImport',
    tag: TAG,
    summary: 'Check a file of registrations or exceptions',
    description:
      'Reads an XLSX or CSV file by a form of `templates/forms/` and gives every row a verdict. Nothing is applied before somebody has looked at the verdicts and applies the import. The file is not kept; its rows are deleted after `RETENTION_IMPORT_ROWS_DAYS`, 30 days by default. Limits: 10 MB, 20,000 rows, 100 columns, 2,000 characters a cell, 30 seconds.',
    role: 'coordinator',
    answer: {
      status: 202,
      description: 'The import; its rows are at `Location`.',
      schema: ImportView,
      example: IMPORT_EXAMPLE,
      headers: { Location: 'Path of the import.' },
    },
    handle: async ({ req, res, actor }) => {
      const id = await receiveImport(ctx, req, actor);
      const one = await selectImport(ctx.db, id);
      if (one === null) throw new Error('an import is never deleted');
      res.set('Location', `/api/imports/${id}`);
      return viewImport(ctx.db, one);
    },
  });
  const body = {
    schema: z.object({
      file: z.string().meta({ format: 'binary' }).describe('The XLSX or CSV file.'),
      form: z.string().describe('Id of the form: the name of its file in `templates/forms/`, without `.yaml`.'),
    }),
    example: { file: '@registration.xlsx', form: 'cis-registration' },
    mediaType: 'multipart/form-data',
    required: true,
  };
  return { ...route, body, answers: { ...route.answers, 413: TOO_LARGE, 415: WRONG_TYPE, 503: UNAVAILABLE } };
}

/**
 * Reads an uploaded file and checks its rows, for the API and the console. Returns the id of the import.
 * @throws Problem 400 for a file that cannot be read, 413 for one that is too large, 503 while too many are being read
 */
export async function receiveImport(ctx: ImportContext, req: Request, actor: string): Promise<string> {
  const { file, formId, form } = readParts(ctx, await readMultipart(req, FILE_LIMIT));
  return refusing(() => checkImport(ctx, file, formId, form, actor));
}

function readParts({ forms }: ImportContext, { fields, files }: Multipart) {
  const file = files.get('file');
  const formId = fields.get('form');
  const form = formId === undefined ? undefined : forms.get(formId);
  const known = [...forms.keys()].join(', ') || '-';
  const errors: InputFault[] = [];
  if (file === undefined) errors.push({ pointer: '/file', detail: message('import.part.file') });
  if (formId === undefined) errors.push({ pointer: '/form', detail: message('import.form.missing') });
  else if (form === undefined) errors.push({ pointer: '/form', detail: message('import.form.unknown', { known }) });
  if ([...files.keys(), ...fields.keys()].some((part) => part !== 'file' && part !== 'form'))
    errors.push({ pointer: '', detail: message('import.part.other') });
  if (errors.length > 0 || !file || !form || formId === undefined)
    throw new Problem(400, message('http.form'), { errors });
  return { file, formId, form };
}

/** A refused file is bad input. */
async function refusing<T>(check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof SpreadsheetsBusy) throw unavailable(message('import.file.busy'), 60);
    if (!(error instanceof InputError)) throw error;
    const [detail = ''] = error.faults;
    throw new Problem(400, detail, { errors: [{ pointer: '/file', detail }] });
  }
}

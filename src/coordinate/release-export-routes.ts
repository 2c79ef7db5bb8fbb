import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { InputError } from '../domain/failure.ts';
import { LANGUAGES } from '../domain/messages/languages.ts';
import { type Language, message } from '../domain/messages/message.ts';
import { BYTES, type Content, unavailableAnswer } from '../platform/http/answers.ts';
import { contentRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { unavailable } from '../platform/http/problem.ts';
import { plainText } from '../platform/http/validate.ts';
import { isReleaseSeen } from '../records/batches/report-rows.ts';
import { LINE_EXAMPLE, RegisterLine } from './register-line.ts';
import { type ExportContext, type ExportForm, type ExportRequest, exportRelease } from './release-exports.ts';
import { SAMPLE } from './shared-schemas.ts';

/** Each export holds a connection of the pool, which the lookup needs too. */
const MOST_AT_ONCE = 3;
/** A caller that takes nothing for so long is cut off. */
const STALLED_MS = 60_000;

const ReleaseParam = z.object({ id: plainText(200).describe('Id of a release.').meta({ example: SAMPLE.release }) });

interface Export {
  form: ExportForm;
  path: string;
  name: string;
  summary: string;
  description: string;
  type: string;
  content: Content;
}

/** The exports of a release, as the API and the console offer them. */
export const EXPORTS: Export[] = [
  {
    form: 'xlsx',
    path: 'register.xlsx',
    name: 'getRegisterWorkbook',
    summary: 'The register of a release as a workbook',
    description:
      'Sheets: one row per certificate; everything unresolved and who has no certificate, with the reason; all letters; counts. All texts are text cells. Titles are in the language of `Accept-Language`.',
    type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    content: { schema: BYTES },
  },
  {
    form: 'csv',
    path: 'register.csv',
    name: 'getRegisterCsv',
    summary: 'The register of a release as CSV',
    description:
      'One row per certificate, the columns of the first sheet of `register.xlsx`: UTF-8 with a byte order mark, separated by commas (RFC 4180). A text that a spreadsheet would take for a formula has an apostrophe in front.',
    type: 'text/csv',
    content: { schema: z.string() },
  },
  {
    form: 'jsonl',
    path: 'register.jsonl',
    name: 'getRegisterLines',
    summary: 'The register of a release as JSON Lines',
    description:
      'For programs: one JSON object per line and certificate, with everything that its diploma prints and its signed credential. The schema is that of one line.',
    type: 'application/jsonl',
    content: { schema: RegisterLine, example: LINE_EXAMPLE },
  },
  {
    form: 'zip',
    path: 'diplomas.zip',
    name: 'getDiplomas',
    summary: 'All diplomas of a release',
    description:
      'A ZIP archive of `register.xlsx` and the current diploma of each certificate that is neither revoked nor erased, named as in its letter. `missing.txt` names every certificate whose diploma is not there, and why.',
    type: 'application/zip',
    content: { schema: BYTES },
  },
];

const BUSY = unavailableAnswer(
  'A dependency is down, or too many exports are being made: try again after `Retry-After`.',
  'Too many exports are being made; try again later.',
);

/** Downloads of a whole release. Each is an act in the audit list, because it takes personal data out. */
export function releaseExportRoutes(ctx: ExportContext): Route[] {
  const send = exportSender(ctx);
  return EXPORTS.map(({ form, path, type, content, description, ...named }) =>
    contentRoute({
      ...named,
      method: 'GET',
      path: `/api/releases/:id/${path}`,
      tag: 'Exports',
      description: `${description} It is made while it is sent, from one state of the database; an answer that is broken off is not whole. Recorded as an act.`,
      role: 'viewer',
      subject: {
        params: ReleaseParam,
        find: async ({ id }) => ((await isReleaseSeen(ctx.db, id)) ? id : null),
        missing: message('unknown.release-here'),
      },
      answers: {
        200: {
          description: 'The file.',
          content: { [type]: content },
          headers: { 'Content-Disposition': 'File name for those who save it.' },
        },
      },
      problems: { 503: BUSY },
      handle: ({ req, res, subject: releaseId, actor }) =>
        send({ req, res, releaseId, form, language: languageOf(res), actor }),
    }),
  );
}

type ExportAnswer = Omit<ExportRequest, 'onRow'> & { req: Request; res: Response };

/** Sends exports as answers, at most three at once. */
export function exportSender(ctx: ExportContext): (answer: ExportAnswer) => Promise<void> {
  let running = 0;
  return async ({ req, res, ...request }) => {
    const { path, type } = EXPORTS.find(({ form }) => form === request.form) ?? EXPORTS[0] ?? { path: '', type: '' };
    const announce = () => {
      res.attachment(fileName(path, request.releaseId)).type(type);
      res.set('Cache-Control', 'no-store, private');
    };
    if (req.method === 'HEAD') {
      announce();
      res.end();
      return;
    }
    if (running >= MOST_AT_ONCE) throw unavailable(message('down.exports'), 30);
    running += 1;
    try {
      await checkStore(ctx, request.form);
      const bytes = await exportRelease(ctx, request);
      // What fails before the first byte is answered as a problem.
      const first = await bytes.next();
      announce();
      await writeAll(withFirst(first, bytes), res);
    } finally {
      running -= 1;
    }
  };
}

async function* withFirst(first: IteratorResult<Buffer>, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (first.done) return;
    yield first.value;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function writeAll(bytes: AsyncGenerator<Buffer>, res: Response): Promise<void> {
  res.setTimeout(STALLED_MS, () => res.destroy());
  try {
    await pipeline(Readable.from(bytes, { objectMode: false }), res);
  } catch (error) {
    // The caller hung up, or took nothing: nobody is left to answer.
    if ((error as { code?: unknown }).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

/** Without its store an archive would hold no diploma. */
async function checkStore({ artefacts }: ExportContext, form: ExportForm): Promise<void> {
  if (form !== 'zip') return;
  try {
    await artefacts.ready();
  } catch (error) {
    if (error instanceof InputError) throw unavailable(message('down.store'), 60);
    throw error;
  }
}

/** `register-rel_2026a.xlsx` */
function fileName(path: string, releaseId: string): string {
  const [name = '', ending = ''] = path.split('.');
  return `${name}-${releaseId.replace(/[^A-Za-z0-9_-]+/g, '-').slice(0, 80)}.${ending}`;
}

const languageOf = (res: Response): Language => (res.locals['language'] as Language | undefined) ?? LANGUAGES[0];

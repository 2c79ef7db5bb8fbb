import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { contentRoute, jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import { type Act, type ActFilter, selectActPage } from '../records/acts.ts';
import type { Db } from '../records/rows.ts';
import { Instant, SAMPLE } from './shared-schemas.ts';

const Uuid = z.uuid();
/** Time and id of the last row of a page. */
const Place = z.string().refine((text) => {
  const [instant, id, ...more] = text.split(' ');
  return z.iso.datetime({ precision: 3 }).safeParse(instant).success && Uuid.safeParse(id).success && more.length === 0;
});

const FILTERS = {
  actor: plainText(200)
    .optional()
    .describe('Who did it, exactly as `actor` names it.')
    .meta({ example: `ada (${SAMPLE.act.slice(-6)})` }),
  verb: plainText(100).optional().describe('What was done.').meta({ example: 'certificate.revoke' }),
  subject: plainText(250)
    .optional()
    .describe('What it was done to: id of a student group, certificate, batch, release, token or key.')
    .meta({ example: SAMPLE.studentGroup }),
  since: z.iso
    .datetime({ offset: true, error: message('input.instant') })
    .optional()
    .describe('Only from this time on, RFC 3339.')
    .meta({ example: '2026-11-01T00:00:00Z' }),
  bulkActId: z
    .uuid(message('input.uuid'))
    .optional()
    .describe('Only rows of this act on many.')
    .meta({ example: SAMPLE.bulk }),
};
export const ActNarrowing = z.strictObject(FILTERS);
export type ActNarrowing = z.output<typeof ActNarrowing>;
export const ActList = z.strictObject({ limit: Limit, cursor: cursorOf(Place), ...FILTERS });

const ActItem = z
  .object({
    id: z.uuid(),
    at: Instant,
    actor: z.string(),
    verb: z.string(),
    subject: z.string().describe('Id of what it was done to.'),
    reason: z.string().nullable().describe('As the person wrote it; null where none was asked for.'),
    detail: z.unknown().describe('Further facts of the act; their form depends on `verb`.'),
    bulkActId: z.uuid().nullable().describe('The act on many of which it was one row; null where it was done alone.'),
  })
  .meta({ id: 'Act', description: 'What a person did, to what, when and why.' });
export type ActItem = z.infer<typeof ActItem>;

const EXAMPLE: ActItem = {
  id: SAMPLE.act,
  at: '2026-11-23T10:00:00.000Z',
  actor: 'ada (5f2c1a)',
  verb: 'certificate.revoke',
  subject: SAMPLE.certificate,
  reason: 'Issued to the wrong person.',
  detail: { class: 'issued-in-error' },
  bulkActId: null,
};

/** One page of the audit record, newest first, for HTTP, the command line and pages alike. */
export async function listActs(
  db: Db,
  { limit, cursor, ...narrowing }: z.output<typeof ActList>,
): Promise<{ items: ActItem[]; nextCursor: string | null }> {
  const after = cursor === null ? null : readPlace(cursor);
  const rows = await selectActPage(db, toFilter(narrowing), { after, limit: limit + 1 });
  return toPage(rows, limit, (act) => `${act.at.toISOString()} ${act.id}`, viewAct);
}

const PAGE = 1000;

/** All acts that match, newest first, page by page. */
export async function* everyAct(db: Db, narrowing: ActNarrowing): AsyncGenerator<ActItem> {
  const filter = toFilter(narrowing);
  for (let after: { at: Date; id: string } | null = null; ; ) {
    const page: Act[] = await selectActPage(db, filter, { after, limit: PAGE });
    for (const act of page) yield viewAct(act);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last;
  }
}

const COLUMNS = ['at', 'actor', 'verb', 'subject', 'reason', 'detail', 'bulkActId', 'id'] as const;

/** The rows of the audit record as CSV (RFC 4180, UTF-8 with BOM for spreadsheets), formulas as text. */
export function actsCsv() {
  return stringify({
    header: true,
    columns: [...COLUMNS],
    bom: true,
    record_delimiter: '\r\n',
    escape_formulas: true,
    cast: { object: (value) => JSON.stringify(value) },
  });
}

function toFilter({ actor, verb, subject, since, bulkActId }: ActNarrowing): ActFilter {
  const [by, what, to] = [actor ?? null, verb ?? null, subject ?? null];
  return {
    actor: by,
    verb: what,
    subject: to,
    since: since === undefined ? null : new Date(since),
    bulkActId: bulkActId ?? null,
  };
}

const viewAct = ({ at, ...act }: Act): ActItem => ({ ...act, at: at.toISOString() });

function readPlace(cursor: string): { at: Date; id: string } {
  const [instant = '', id = ''] = cursor.split(' ');
  return { at: new Date(instant), id };
}

/** The audit record: what people did by HTTP and on the command line. */
export function actRoutes({ db }: { db: Db }): Route[] {
  const list = { method: 'GET', tag: 'Audit', role: 'viewer' } as const;
  return [
    jsonRoute({
      ...list,
      path: '/api/acts',
      name: 'listActs',
      summary: 'List what people did',
      description: 'The audit record: who did what, to what, when and why. Newest first.',
      query: ActList,
      answer: {
        description: 'One page of acts.',
        schema: pageOf(ActItem),
        example: { items: [EXAMPLE], nextCursor: null },
      },
      handle: ({ query }) => listActs(db, query),
    }),
    contentRoute({
      ...list,
      path: '/api/acts.csv',
      name: 'exportActs',
      summary: 'Export what people did',
      description: 'All acts that match, newest first, for a spreadsheet.',
      query: ActNarrowing,
      answers: {
        200: {
          description: 'The acts, one a line.',
          content: { 'text/csv': { schema: z.string(), example: `${COLUMNS.join(',')}\r\n` } },
        },
      },
      handle: async ({ res, query }) => {
        res.type('text/csv').attachment('acts.csv');
        await pipeline(everyAct(db, query), actsCsv(), res);
      },
    }),
  ];
}

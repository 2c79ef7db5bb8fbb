import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import request from 'supertest';
import { createSpreadsheets } from '../../src/adapters/spreadsheet/create-spreadsheets.ts';
import { loadForms } from '../../src/adapters/templates-dir/load-forms.ts';
import type { AppDeps } from '../../src/app.ts';
import { applyImport } from '../../src/coordinate/apply-import.ts';
import { CriteriaFile } from '../../src/domain/criteria/criteria.ts';
import { systemClock } from '../../src/platform/system-clock.ts';
import type { Db } from '../../src/records/rows.ts';
import { overriding } from './overriding.ts';

const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));

/** A row of an import, as the API shows it. */
export interface ImportItem {
  row: number;
  verdict: string;
  studentGroupId: string | null;
  problems: { code: string; cell: string | null; value: string | null; detail: string; mend: string }[];
  changes: { field: string; cell: string; from: unknown; source: string | null; to: unknown }[];
  result: string | null;
  detail: string | null;
}

const CRITERIA: AppDeps['criteria'] = CriteriaFile.parse({
  version: 1,
  programmes: [
    {
      id: 'teachers',
      issue: 'batch',
      releases: ['rel_test'],
      require: { all: [{ source: 'progress', parameter: 'score', atLeast: 60 }] },
      certTemplate: { default: 'teacher-ru' },
      letter: 'diploma',
    },
  ],
});

/** Everything that tests of imports do over HTTP, with the shipped forms. */
export async function importing(db: Db) {
  const api = await overriding(db);
  const spreadsheets = createSpreadsheets();
  const { app, overheard } = api.over({ spreadsheets, forms: await loadForms(TEMPLATES) });
  const upload = (bytes: Uint8Array | string, { name = 'form.xlsx', form = 'cis-registration', as = '' } = {}) =>
    request(app)
      .post('/api/imports')
      .set('Authorization', as === '' ? api.coordinator : as)
      .field('form', form)
      .attach('file', Buffer.from(bytes as string), name);
  const page = (id: string, query = '') =>
    request(app).get(`/api/imports/${id}?${query}`).set('Authorization', api.viewer);
  const apply = (id: string, as = api.coordinator, body?: object) =>
    request(app).post(`/api/imports/${id}/apply`).set('Authorization', as).send(body);
  /** What a worker does with the job. */
  const work = (id: string) =>
    applyImport(
      {
        ...{ db, clock: systemClock, newId: randomUUID, templates: () => [], mailInstructions: [] },
        criteria: CRITERIA,
        lms: { pullRelease: async () => null, pullOne: async () => null },
        enqueue: async (_trx, queue, jobs) => {
          for (const job of jobs) overheard.jobs.push({ queue, job, options: {} });
          return jobs.length;
        },
      },
      id,
    );
  const all = async (id: string): Promise<ImportItem[]> => {
    const items: ImportItem[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await page(id, `limit=200${cursor}`);
      items.push(...body.items);
      if (body.nextCursor === null) return items;
      cursor = `&cursor=${body.nextCursor}`;
    }
  };
  /** A CSV file of one or more rows, checked; returns its id and rows. */
  const checked = async (
    rows: string[][],
    { form = 'cis-registration', head = ['E-mail', 'Страна', 'Latin name'] } = {},
  ) => {
    const csv = [head, ...rows].map((row) => row.join(';')).join('\n');
    const { status, body, text } = await upload(csv, { name: 'form.csv', form });
    assert.equal(status, 202, text);
    return { id: body.id as string, items: await all(body.id) };
  };
  const pulled = (id: string, change: { country?: string; email?: string; latinName?: string } = {}) =>
    api.pulled(id, ({ student }) => {
      Object.assign(student, { email: `${id}@school.example`, ...change });
    });
  return {
    ...{ api, app, overheard, upload, page, apply, work, all, checked, pulled },
    close: () => spreadsheets.close(),
  };
}
export type Importing = Awaited<ReturnType<typeof importing>>;

import { z } from 'zod';
import { message } from '../domain/messages/message.ts';
import { problemAnswer } from '../platform/http/answers.ts';
import { jsonRoute } from '../platform/http/api-route.ts';
import type { Route } from '../platform/http/declare-route.ts';
import { Problem } from '../platform/http/problem.ts';
import { cursorOf, Limit, pageOf, plainText, toPage } from '../platform/http/validate.ts';
import type { Clock } from '../ports/clock.ts';
import { selectChanges, selectRunBefore } from '../records/batches/batch-classes.ts';
import type { Batch } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { FORECAST_EXAMPLE, type ForecastContext, ForecastView, PlaceAnswer, viewForecast } from './forecast.ts';
import { SAMPLE } from './shared-schemas.ts';
import { batchSubject } from './verb-routes.ts';

export interface ForecastRouteContext extends ForecastContext {
  db: Db;
  clock: Pick<Clock, 'now'>;
}

const NO_FORECAST = { 409: problemAnswer(409, 'The batch is no dry run.', message('batch.no-forecast')) };

function dryRunOnly(batch: Batch): void {
  if (!batch.dryRun) throw new Problem(409, message('batch.no-forecast'));
}

/** The report of a dry run: what a real batch would do. */
export function forecastRoutes(ctx: ForecastRouteContext): Route[] {
  return [forecastRoute(ctx), changesRoute(ctx)];
}

function forecastRoute(ctx: ForecastRouteContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/batches/:id/forecast',
    name: 'getBatchForecast',
    tag: 'Batches',
    summary: 'Show what a real batch would do',
    description:
      'Of a dry run: how many student groups are in which class, what changed since the last batch over the same release, when the last letter leaves, and diplomas worth a look.',
    role: 'viewer',
    subject: batchSubject(ctx.db),
    answer: { description: 'The report as it stands now.', schema: ForecastView, example: FORECAST_EXAMPLE },
    problems: NO_FORECAST,
    handle: ({ subject }) => {
      dryRunOnly(subject);
      return viewForecast(ctx.db, subject, ctx, ctx.clock.now());
    },
  });
}

const ChangeAnswer = z
  .object({
    studentGroupId: z.string(),
    from: PlaceAnswer.nullable().describe('Null: it was not in the earlier batch.'),
    to: PlaceAnswer.nullable().describe('Null: it is not in this batch.'),
  })
  .meta({
    id: 'BatchChange',
    description: 'A student group that moved from one class to another since the last batch.',
  });

function changesRoute(ctx: ForecastRouteContext): Route {
  return jsonRoute({
    method: 'GET',
    path: '/api/batches/:id/changes',
    name: 'listBatchChanges',
    tag: 'Batches',
    summary: 'List what changed since the last batch over the release',
    description: 'In the order of the ids of the student groups. Empty where there is no earlier batch.',
    role: 'viewer',
    subject: batchSubject(ctx.db),
    query: z.strictObject({ limit: Limit, cursor: cursorOf(plainText(250)) }),
    answer: {
      description: 'One page of student groups.',
      schema: pageOf(ChangeAnswer),
      example: {
        items: [
          {
            studentGroupId: SAMPLE.studentGroup,
            from: { class: 'held', cause: 'country-unknown' },
            to: { class: 'new', cause: null },
          },
        ],
        nextCursor: null,
      },
    },
    problems: NO_FORECAST,
    handle: async ({ subject, query: { limit, cursor } }) => {
      dryRunOnly(subject);
      const before = await selectRunBefore(ctx.db, subject.id);
      const page = { after: cursor ?? '', limit: limit + 1 };
      const rows = before === null ? [] : await selectChanges(ctx.db, subject.id, before, page);
      return toPage<(typeof rows)[number], (typeof rows)[number]>(
        rows,
        limit,
        (row) => row.studentGroupId,
        (row) => row,
      );
    },
  });
}

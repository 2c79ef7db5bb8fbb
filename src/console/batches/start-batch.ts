import { BatchRequest, createBatch } from '../../coordinate/create-batch.ts';
import { type ForecastView, viewForecast } from '../../coordinate/forecast.ts';
import { programmeFor } from '../../domain/criteria/criteria.ts';
import { message } from '../../domain/messages/message.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { Problem } from '../../platform/http/problem.ts';
import { parseInput } from '../../platform/http/validate.ts';
import { type Batch, selectBatchByKey, selectBatchesOfRelease } from '../../records/batches/batches.ts';
import type { DeskContext } from '../desk-context.ts';
import { type Fields, fieldOf } from '../desk-route.ts';
import { form, note, type PartContext, reasonField } from '../frame/parts.ts';
import { fill } from '../frame/words.ts';
import { BATCH_WORDS } from './batch-words.ts';

/** Above so many new certificates the count is typed; a programme that asks for a second person earlier says less. */
const USUAL = 200;
/** Batches over one release that may be newer than a dry run whose page is still open. */
const NEWER = 20;

const usualSize = ({ criteria }: DeskContext, releaseId: string): number =>
  Math.min(USUAL, programmeFor(criteria, releaseId)?.confirm?.above ?? USUAL);

/** How many diplomas and letters a real batch would make, by a dry run. */
const countsOf = ({ classes, letters }: ForecastView) => ({
  people: classes.find((one) => one.class === 'new')?.count ?? 0,
  letters: letters.count,
});

const keyOf = (dryRunId: string) => `after-${dryRunId}`;

/** The form that starts what a finished dry run foretold; it names the number of diplomas and letters. */
export function startForm(
  ctx: DeskContext,
  shown: PartContext,
  { id, releaseId }: Pick<Batch, 'id' | 'releaseId'>,
  forecast: ForecastView,
): Html | null {
  if (releaseId === null || forecast.pending > 0) return null;
  const words = BATCH_WORDS[shown.language];
  const counts = countsOf(forecast);
  const isLarge = counts.people > usualSize(ctx, releaseId);
  const typed = {
    name: 'count',
    label: fill(words.typeCount, { count: counts.people }),
    kind: 'number' as const,
    required: true,
  };
  const start = form(shown, {
    action: `/console/batches/${id}/start`,
    submit: fill(words.startReal, counts),
    fields: [...(isLarge ? [typed] : []), reasonField(shown, false)],
  });
  const nobody = counts.people === 0 && counts.letters === 0;
  return html`<section class="card"><h2>${words.startHead}</h2>${nobody ? note('none', words.startNobody) : html`<p>${fill(words.startText, counts)}</p>`}${start}</section>`;
}

/**
 * Starts the real batch that a dry run foretold. Once per dry run: the second click finds the same batch.
 * @throws Problem 409 when another batch was started since, 400 when the typed count is another
 */
export async function startAfterDryRun(
  ctx: DeskContext,
  dryRun: Batch,
  fields: Fields,
  actor: string,
): Promise<string> {
  const { id, releaseId } = dryRun;
  if (!dryRun.dryRun || releaseId === null) throw new Problem(409, message('console.no-dry-run'));
  const before = await selectBatchByKey(ctx.db, actor, keyOf(id));
  if (before !== null) return before.id;
  const newer = (await selectBatchesOfRelease(ctx.db, releaseId, NEWER)).find(
    (one) => !one.dryRun && one.createdAt > dryRun.createdAt,
  );
  if (newer)
    throw new Problem(409, message('console.dry-run-old', { at: newer.createdAt.toISOString(), actor: newer.actor }));
  const forecast = await viewForecast(ctx.db, dryRun, ctx, ctx.clock.now());
  if (forecast.pending > 0) throw new Problem(409, message('console.no-dry-run'));
  const { people } = countsOf(forecast);
  if (people > usualSize(ctx, releaseId) && fieldOf(fields, 'count') !== String(people)) {
    const errors = [{ pointer: '/count', detail: message('console.count-typed', { count: people }) }];
    throw new Problem(400, message('http.form'), { errors });
  }
  const request = parseInput(BatchRequest, { releaseId, note: fieldOf(fields, 'reason') });
  return (await createBatch(ctx, request, { actor, idempotencyKey: keyOf(id) })).id;
}

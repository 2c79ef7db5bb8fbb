import { z } from 'zod';
import type { EventTexts } from '../../coordinate/batch-events.ts';
import { type BatchView, viewBatch } from '../../coordinate/create-batch.ts';
import { viewForecast } from '../../coordinate/forecast.ts';
import { type CertificateState, isFinalForBatch } from '../../domain/certificate/certificate-state.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { type Batch, selectBatch } from '../../records/batches/batches.ts';
import type { DeskContext } from '../desk-context.ts';
import { type DeskInput, isDone } from '../desk-route.ts';
import type { DeskView } from '../frame/desk-frame.ts';
import { FRAME_WORDS } from '../frame/frame-words.ts';
import {
  facts,
  foldedForm,
  form,
  moment,
  momentText,
  note,
  type PartContext,
  reasonField,
  said,
  tag,
} from '../frame/parts.ts';
import { STATE_NAMES, stateName } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { batchItems } from './batch-items.ts';
import { BATCH_WORDS } from './batch-words.ts';
import { forecastSheet } from './forecast-sheet.ts';
import { startForm } from './start-batch.ts';

const Uuid = z.uuid();

/** The batch that a path names; null when there is none. */
export async function findBatch(ctx: DeskContext, id: string | undefined): Promise<Batch | null> {
  const uuid = Uuid.safeParse(id).data;
  return uuid === undefined ? null : selectBatch(ctx.db, uuid);
}

/** One batch: live counts, what it waits for, its verbs, and the people in it. */
export async function showBatch(ctx: DeskContext, input: DeskInput): Promise<DeskView | null> {
  const batch = await findBatch(ctx, input.params['id']);
  if (batch === null) return null;
  const words = BATCH_WORDS[input.language];
  const view = await viewBatch(ctx.db, batch, ctx.clock.now(), ctx.rulebook);
  const forecast = view.dryRun ? await viewForecast(ctx.db, batch, ctx, ctx.clock.now()) : null;
  const title = fill(view.dryRun ? words.dryTitle : words.title, { date: momentText(input, new Date(view.createdAt)) });
  const isLive = view.state === 'running' || view.state === 'paused';
  const live = isLive && html` data-live="${input.base}/console/batches/${view.id}/live" data-state="${stageOf(view)}"`;
  const again = html`<a class="button quiet" href="${input.base}/console/batches/${view.id}">${FRAME_WORDS[input.language].again}</a>`;
  const changed = html`<div class="note warn changed" role="status" data-changed hidden><p>${words.changed} ${again}</p></div>`;
  const content = html`<h1>${title}</h1><p class="lead">${view.releaseId ?? words.chosen}</p>${isLive && changed}
${isDone(input) && note('good', FRAME_WORDS[input.language].done)}${note('none', leadOf(input, view))}${problemNotes(input, view)}
<div class="split"${live}><div><section class="card">${progressPart(input, view)}${!view.dryRun && countsPart(input, view)}</section>${forecast !== null && (isLive ? html`<section class="card"><p class="soft">${words.dryWaits}</p></section>` : forecastSheet(input, forecast))}${await batchItems(ctx, input, view)}</div><div>${forecast !== null && view.state === 'finished' && startForm(ctx, input, batch, forecast)}${verbsPart(input, view)}</div></div>
${isLive && html`<noscript><p>${again}</p></noscript>`}`;
  return { title, content, menu: 'batches' };
}

/** What this batch does, and what happens next. */
function leadOf({ language }: Pick<PartContext, 'language'>, { dryRun, state, counts, pull }: BatchView): string {
  const words = BATCH_WORDS[language];
  if (state === 'running' && counts.total === 0 && pull?.state !== 'stopped') return words.nextReading;
  if (dryRun) return state === 'finished' ? words.dryLead : words.dryRunning;
  const next = {
    running: words.nextRunning,
    paused: words.nextPaused,
    finished: words.nextFinished,
    cancelled: words.nextCancelled,
  };
  return next[state];
}

function problemNotes(shown: PartContext, view: BatchView): Html {
  const words = BATCH_WORDS[shown.language];
  const warnings = (view.warnings ?? []).map((one) => html`<li>${said(shown, one.detail)}</li>`);
  return html`${view.waitsFor !== undefined && note('warn', view.waitsFor === 'lms-paging' ? words.waitsLms : words.waitsPerson)}
${view.notice !== null && note('warn', said(shown, view.notice))}
${view.lastError !== undefined && note('bad', html`${words.error}: ${said(shown, view.lastError.detail)}`)}
${warnings.length > 0 && html`<div class="note warn"><p>${words.warnings}</p><ul>${warnings}</ul></div>`}`;
}

function settledOf({ counts, dryRun }: BatchView): number {
  return Object.entries(counts).reduce((sum, [state, count]) => {
    if (state === 'total') return sum;
    const isSettled = dryRun ? state !== 'pending' : isFinalForBatch(state as CertificateState);
    return isSettled ? sum + count : sum;
  }, 0);
}

/** A longer wait is told as a moment, which a person can plan with. */
const LONG_SECONDS = 90 * 60;

function progressTexts({ language, zone }: Pick<PartContext, 'language' | 'zone'>, view: BatchView, now = Date.now()) {
  const words = BATCH_WORDS[language];
  const settled = settledOf(view);
  const { etaSeconds, pull, startedAt, counts } = view;
  const minutes = startedAt === null ? 0 : (now - Date.parse(startedAt)) / 60_000;
  const eta =
    etaSeconds === null
      ? ''
      : etaSeconds > LONG_SECONDS
        ? fill(words.etaAt, { at: momentText({ language, zone }, new Date(now + etaSeconds * 1000)) })
        : fill(words.eta, { minutes: Math.max(1, Math.round(etaSeconds / 60)) });
  return {
    settled,
    done: counts.total === 0 ? words.doneNone : fill(words.done, { settled, total: counts.total }),
    eta,
    pace:
      view.state === 'running' && settled > 0 && minutes >= 1
        ? fill(words.pace, { count: Math.round(settled / minutes) })
        : '',
    pull: pull?.state === 'reading' ? fill(words.reading, { pages: pull.pages, count: pull.studentGroups }) : '',
  };
}

function progressPart(shown: PartContext, view: BatchView): Html {
  const words = BATCH_WORDS[shown.language];
  const { settled, done, eta, pace, pull } = progressTexts(shown, view);
  return html`<h2>${words.progress} ${tag(view.state === 'paused' ? 'warn' : 'none', words[view.state])}</h2>
<progress max="${Math.max(1, view.counts.total)}" value="${settled}" data-meter="settled" aria-label="${words.progress}"></progress>
<p><span data-value="done">${done}</span> <span class="soft"><span data-value="eta">${eta}</span> <span data-value="pace">${pace}</span> <span data-value="pull">${pull}</span></span></p>`;
}

function countsPart(shown: PartContext, view: BatchView): Html {
  const cells = Object.keys(STATE_NAMES.en).map((state) => {
    const count = view.counts[state] ?? 0;
    const link = html`<a href="?state=${state}#items">${stateName(shown.language, state)}</a>`;
    return html`<div data-hide-zero${count === 0 && html` hidden`}><p class="big" data-value="${state}">${count}</p><p class="small">${link}</p></div>`;
  });
  return html`<div class="counts">${cells}</div>`;
}

function verbsPart(shown: PartContext, view: BatchView): Html {
  const words = BATCH_WORDS[shown.language];
  const at = (verb: string) => `/console/batches/${view.id}/${verb}`;
  const reason = reasonField(shown, false);
  const { state } = view;
  const open = view.counts.total - settledOf(view);
  return html`<section class="card"><h2>${words.kind}: ${view.dryRun ? words.dry : words.real}</h2>
${facts([
  [
    words.release,
    view.releaseId === null
      ? words.chosen
      : html`<a href="${shown.base}/console/releases/${encodeURIComponent(view.releaseId)}">${view.releaseId}</a>`,
  ],
  [words.started, moment(shown, view.startedAt)],
  [words.ended, moment(shown, view.finishedAt)],
  [words.note, view.note],
])}
${state === 'running' && html`<p data-value="pause">${fill(words.pauseText, { open })}</p>${form(shown, { action: at('pause'), submit: words.pause, fields: [reason] })}`}
${state === 'paused' && view.waitsFor === undefined && form(shown, { action: at('resume'), submit: words.resume, fields: [reason] })}
${view.waitsFor === 'second-person' && form(shown, { action: at('confirm'), submit: words.confirm, fields: [reason] })}
${(state === 'finished' || state === 'running') && !view.dryRun && foldedForm(shown, words.retry, { action: at('retry'), submit: words.retry, fields: [{ ...reason, hint: words.retryText }] })}
${(state === 'running' || state === 'paused') && foldedForm(shown, words.cancel, { action: at('cancel'), submit: words.cancel, tone: 'danger', fields: [{ ...reason, hint: fill(words.cancelText, { open }) }], ask: fill(words.cancelText, { open }) })}
</section>`;
}

/** How often, at most, the list of people is loaded again while a batch runs. */
const LISTS = 8;

/** When it changes, the page has other forms or another list, and is loaded again. */
const stageOf = (view: BatchView): string => {
  const { state, pull, counts } = view;
  return `${state} ${pull?.state ?? ''} ${Math.floor((settledOf(view) * LISTS) / Math.max(1, counts.total))}`;
};

/** The events of the page: texts to put into it. */
export function liveTexts(shown: PartContext): EventTexts {
  const news = (view: BatchView) => {
    const { settled, ...texts } = progressTexts(shown, view);
    const counts = Object.keys(STATE_NAMES.en).map((state) => [state, String(view.counts[state] ?? 0)]);
    const pause = fill(BATCH_WORDS[shown.language].pauseText, { open: view.counts.total - settled });
    return { state: stageOf(view), values: { ...Object.fromEntries(counts), ...texts, pause }, meters: { settled } };
  };
  return {
    // Without the texts that change with the clock alone.
    fingerprint: (view) => JSON.stringify([view.state, view.counts, view.pull, view.etaSeconds]),
    event: (view) => ({ name: 'news', data: news(view) }),
    end: (view) => (view?.state === 'finished' || view?.state === 'cancelled' ? { name: 'end', data: {} } : null),
  };
}

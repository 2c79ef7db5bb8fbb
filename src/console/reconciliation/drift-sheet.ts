import { differenceInWords } from '../../domain/student-group/difference.ts';
import { type Html, html } from '../../platform/http/html.ts';
import type { DriftDay } from '../../records/student-groups/drift.ts';
import type { DeskInput } from '../desk-route.ts';
import { dataTable, said } from '../frame/parts.ts';
import { RECONCILIATION_WORDS } from './reconciliation-words.ts';

const STEP = 10;
const HEIGHT = 60;

/** Differences per day as a chart, beside the same figures as a table. */
export function driftSheet(input: DeskInput, days: readonly DriftDay[]): Html {
  const words = RECONCILIATION_WORDS[input.language];
  const most = Math.max(1, ...days.map(({ total }) => total));
  const bars = days.map(({ total }, index) => {
    const height = total === 0 ? 1 : Math.max(2, (total / most) * HEIGHT);
    return html`<rect x="${index * STEP + 1}" y="${HEIGHT - height}" width="${STEP - 2}" height="${height}"/>`;
  });
  const chart = html`<svg class="drift" viewBox="0 0 ${Math.max(1, days.length) * STEP} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${words.drift}: ${days[0]?.day ?? ''}–${days.at(-1)?.day ?? ''}">${bars}</svg>`;
  const table = dataTable(input, {
    caption: words.drift,
    rows: [...days].reverse(),
    empty: words.noDrift,
    columns: [
      { head: words.day, cell: (one: DriftDay) => one.day },
      { head: words.count, cell: (one: DriftDay) => one.total, numeric: true },
      {
        head: words.kind,
        cell: (one: DriftDay) =>
          html`${one.kinds.map(({ kind, count }) => html`<div>${said(input, differenceInWords(kind))}: ${count}</div>`)}`,
      },
    ],
  });
  return html`<section class="card"><h2>${words.drift}</h2><p class="soft">${words.driftText}</p>${days.length > 1 && chart}${table}</section>`;
}

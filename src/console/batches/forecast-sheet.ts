import type { ForecastView } from '../../coordinate/forecast.ts';
import { type Html, html } from '../../platform/http/html.ts';
import { dataTable, momentText, note, type PartContext, paper, queryString } from '../frame/parts.ts';
import { criterionName } from '../frame/plain-words.ts';
import { stateName } from '../frame/state-words.ts';
import { fill } from '../frame/words.ts';
import { reasonName } from '../held/reason-words.ts';
import { RELEASE_WORDS } from '../release/release-words.ts';

type Classes = ForecastView['classes'][number];

/** What a dry run found out: classes, what changed since the last run, the letters, and diplomas to look at. */
export function forecastSheet(shown: PartContext, forecast: ForecastView): Html {
  const words = RELEASE_WORDS[shown.language];
  return html`<section class="card"><h2>${words.classes}</h2>${classTable(shown, forecast)}<p class="soft">${fill(words.sum, { total: forecast.total })}</p>${forecast.pending > 0 && note('warn', fill(words.pending, { count: forecast.pending }))}</section>
${lettersPart(shown, forecast)}${movesPart(shown, forecast)}${samplesPart(shown, forecast)}`;
}

function classTable(shown: PartContext, { classes, batchId }: ForecastView): Html {
  const words = RELEASE_WORDS[shown.language];
  const address = (query: Record<string, string>) =>
    `${shown.base}/console/batches/${batchId}${queryString(query)}#items`;
  const columns = [
    {
      head: words.class,
      cell: (one: Classes) => html`<a href="${address({ class: one.class })}">${words[one.class]}</a>`,
    },
    { head: words.count, cell: (one: Classes) => one.count, numeric: true },
    {
      head: words.because,
      cell: (one: Classes) =>
        html`${one.causes.flatMap(({ cause, count }) => (cause === null ? [] : [html`<a href="${address({ class: one.class, cause })}">${causeName(shown, cause)}: ${count}</a><br>`]))}`,
    },
  ];
  return dataTable(shown, { caption: words.classes, columns, rows: classes });
}

/** A reason code, a criterion or a state, as people read it. */
const causeName = (shown: PartContext, cause: string): string =>
  stateName(shown.language, reasonName(shown, criterionName(shown, cause)));

function lettersPart(shown: PartContext, { letters }: ForecastView): Html {
  const words = RELEASE_WORDS[shown.language];
  return html`<section class="card"><h2>${words.letters}</h2><p>${fill(words.lettersCount, { count: letters.count, waiting: letters.waiting })} ${letters.last !== null && fill(words.lastLetter, { words: letters.last.words[shown.language] })}</p>${letters.never > 0 && note('bad', fill(words.never, { count: letters.never }))}</section>`;
}

function movesPart(shown: PartContext, { difference }: ForecastView): Html | null {
  if (difference === null) return null;
  const words = RELEASE_WORDS[shown.language];
  const date = momentText(shown, new Date(difference.since.createdAt));
  type Move = (typeof difference.moves)[number];
  const place = (one: Move['from']) =>
    one === null ? words.absent : `${words[one.class]}${one.cause === null ? '' : ` (${causeName(shown, one.cause)})`}`;
  const columns = [
    { head: words.from, cell: (one: Move) => place(one.from) },
    { head: words.to, cell: (one: Move) => place(one.to) },
    { head: words.count, cell: (one: Move) => one.count, numeric: true },
  ];
  const title = fill(words.moved, { date });
  return html`<section class="card"><h2>${title}</h2>${dataTable(shown, { caption: title, columns, rows: difference.moves, empty: words.movedNone })}</section>`;
}

/** ISO 15924 codes of the scripts that names of this region have; others are shown by their name in Unicode. */
const SCRIPT_CODES: Record<string, string> = {
  Latin: 'Latn',
  Cyrillic: 'Cyrl',
  Georgian: 'Geor',
  Armenian: 'Armn',
  Arabic: 'Arab',
  Hebrew: 'Hebr',
  Greek: 'Grek',
  Devanagari: 'Deva',
};

function scriptName({ language }: PartContext, script: string): string {
  const code = SCRIPT_CODES[script];
  return (code && new Intl.DisplayNames([language], { type: 'script' }).of(code)) ?? script;
}

function samplesPart(shown: PartContext, { samples }: ForecastView): Html | null {
  if (samples.length === 0) return null;
  const words = RELEASE_WORDS[shown.language];
  const items = samples.map((one) => {
    const about = fill(words[one.kind], { length: one.nameLength, script: scriptName(shown, one.script) });
    const group = encodeURIComponent(one.studentGroupId);
    const picture = `${shown.base}/console/student-groups/${group}/sample.png`;
    const shot = { src: picture, alt: `${words.sampleOf}: ${about}`, width: 700, height: 495, lazy: true };
    return html`<figure><a href="${picture}">${paper(shown, shot)}</a><figcaption><a href="${shown.base}/console/student-groups/${group}">${about}</a></figcaption></figure>`;
  });
  return html`<section class="card"><h2>${words.samples}</h2><div class="cards">${items}</div></section>`;
}

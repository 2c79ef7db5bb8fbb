import { loadCountries } from '../adapters/templates-dir/load-rulebook.ts';
import { mailProvider } from '../compose/open-mail.ts';
import type { Config } from '../config.ts';
import { type ForecastView, viewForecast } from '../coordinate/forecast.ts';
import { type Language, message, messageIn } from '../domain/messages/message.ts';
import type { Batch } from '../records/batches/batches.ts';
import type { Db } from '../records/rows.ts';
import { shownTime } from './shown-time.ts';

/** The report of a dry run by the settings of this host; null for any other batch. */
export async function readForecast(config: Config, db: Db, batch: Batch): Promise<ForecastView | null> {
  if (!batch.dryRun) return null;
  const countries = await loadCountries(config.TEMPLATES_DIR);
  const { lettersPerSecond } = mailProvider(config).pace;
  return viewForecast(db, batch, { countries, lettersPerSecond }, new Date());
}

const placeOf = (place: { class: string; cause: string | null } | null) =>
  place === null ? '-' : place.cause === null ? place.class : `${place.class} (${place.cause})`;

/** The report for people, one line each. `translate` knows the English ones. */
export function forecastLines(report: ForecastView, language: Language): string[] {
  const lines = [message('forecast.total', { count: report.total })];
  for (const { class: name, count, causes } of report.classes) {
    lines.push(message(`forecast.class.${name}`, { count }));
    for (const { cause, count: own } of causes) if (cause !== null) lines.push(`  ${cause} ${own}`);
  }
  if (report.pending > 0) lines.push(message('forecast.class.pending', { count: report.pending }));
  return [...lines, ...differenceLines(report), ...letterLines(report, language), ...sampleLines(report)];
}

function differenceLines({ difference }: ForecastView): string[] {
  if (difference === null) return [message('forecast.first-run')];
  const { since, count, moves } = difference;
  const lines = [message('forecast.since', { batch: since.batchId, time: shownTime(since.createdAt), count })];
  for (const { from, to, count: moved, studentGroupIds: ids } of moves)
    lines.push(`  ${placeOf(from)} → ${placeOf(to)} ${moved}: ${ids.join(', ')}${moved > ids.length ? ', …' : ''}`);
  return lines;
}

function letterLines({ letters }: ForecastView, language: Language): string[] {
  const { count, waiting, never, last } = letters;
  const lines = [message('forecast.letters', { count, waiting })];
  if (last !== null) lines.push(messageIn(language, 'forecast.last', { until: last.words[language] }));
  if (never > 0) lines.push(message('forecast.never', { count: never }));
  return lines;
}

function sampleLines({ samples }: ForecastView): string[] {
  return samples.map(({ kind, studentGroupId: studentGroup, nameLength, script, count }) =>
    kind === 'longest-name'
      ? message('forecast.longest', { count: nameLength, studentGroup })
      : message('forecast.rare', { script, count, studentGroup }),
  );
}

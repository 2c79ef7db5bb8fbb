import type { FORECAST, FORECAST_WORDS } from '../en/forecast-texts.ts';
import { translationOf } from '../translation.ts';

/** No native speaker has read these wordings yet. */
export const FORECAST_RU = translationOf<typeof FORECAST>()({
  'batch.no-forecast': 'Прогноз есть только у пробного прогона, а эта партия не пробная; создайте её с "dryRun": true.',
  'forecast.total': 'групп студентов: {count}',
  'forecast.class.new': 'получат диплом: {count}',
  'forecast.class.already-issued': 'уже имеют диплом: {count}',
  'forecast.class.written-again': 'имеют диплом и получат ещё одно письмо: {count}',
  'forecast.class.held': 'ждут человека: {count}',
  'forecast.class.not-met': 'не выполняют критерии: {count}',
  'forecast.class.excluded': 'не входят: {count}',
  'forecast.class.pending': 'ещё не рассмотрены: {count}',
  'forecast.first-run': 'более ранней партии по этому релизу нет, сравнить не с чем',
  'forecast.since': 'изменилось после партии {batch} от {time}: {count}',
  'forecast.letters': 'уйдёт писем: {count}; сейчас ждут отправки писем всех партий: {waiting}',
  'forecast.never': 'писем, для которых в countries.yaml не осталось разрешённого времени: {count}',
  'forecast.longest': 'самое длинное имя, символов: {count}: {studentGroup}',
  'forecast.rare': 'имя редкой письменностью, {script}, таких имён: {count}: {studentGroup}',
});

export const FORECAST_WORDS_RU = translationOf<typeof FORECAST_WORDS>()({
  'forecast.until': 'до {weekday} {time}, {place}',
  'forecast.until-date': 'до {weekday} {date} {time}, {place}',
  'forecast.last': 'последнее письмо уйдёт {until}',
});

/** The report of a dry run. As `REASONS`. */
export const FORECAST = {
  'batch.no-forecast': 'Only a dry run has a forecast, and this batch is none; create one with "dryRun": true.',
  'forecast.total': 'student groups: {count}',
  'forecast.class.new': 'get a certificate: {count}',
  'forecast.class.already-issued': 'have a certificate already: {count}',
  'forecast.class.written-again': 'have a certificate and get a further letter: {count}',
  'forecast.class.held': 'wait for a person: {count}',
  'forecast.class.not-met': 'do not meet the criteria: {count}',
  'forecast.class.excluded': 'are left out: {count}',
  'forecast.class.pending': 'are not judged yet: {count}',
  'forecast.first-run': 'there is no earlier batch over this release to compare with',
  'forecast.since': 'changed since batch {batch} of {time}: {count}',
  'forecast.letters': 'letters that would leave: {count}; letters of all batches that wait now: {waiting}',
  'forecast.never': 'letters without a permitted time in countries.yaml: {count}',
  'forecast.longest': 'the longest name, of {count} characters: {studentGroup}',
  'forecast.rare': 'a name in a rare script, {script}, of which there are {count}: {studentGroup}',
} as const;

/** Parts of sentences that are filled with words of one language, so that `translate` cannot recognise them. */
export const FORECAST_WORDS = {
  'forecast.until': 'until {weekday} {time}, {place}',
  'forecast.until-date': 'until {weekday} {date} {time}, {place}',
  'forecast.last': 'the last letter leaves {until}',
} as const;

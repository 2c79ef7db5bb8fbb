/** Corrections of one certificate: what they refuse, and what the command line says about them. As `REASONS`. */
export const CORRECTIONS = {
  'input.date': 'expected a date YYYY-MM-DD',
  'input.date-early': 'the course had not ended then; the earliest possible date is {earliest}',
  'input.date-late': 'letters would wait for this date for more than a year; the latest possible date is {latest}',
  'input.date-to-come': 'the certificate is already issued; the latest possible date is {latest}',
  'input.facts-hash': 'expected the factsHash of a dry run: 64 hexadecimal digits',
  'state.facts-changed':
    'facts-changed: the new version would print something else than the preview showed; make a new dry run and look at it',
  'reissue.facts-changed':
    'the LMS or a coordinator changed something after the preview; make a new dry run and look at it',
  'state.letter-by-others':
    'the programme of this certificate has "letter: none" in criteria.yaml: others send its letters, so Gramota has no text for one',
} as const;

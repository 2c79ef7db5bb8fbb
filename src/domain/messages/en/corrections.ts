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

  // What the command line prints about one certificate or student group.
  'line.no-certificate': 'no certificate fits; look for the student with "gramota find"',
  'line.no-student-group': 'the LMS has no student group with this id; look for the student with "gramota find"',
  'line.preview': '{number}: version {version} would print; nothing has been changed',
  'line.preview-written': 'preview with a watermark → {file}',
  'line.reissue-this':
    'to make exactly this version: gramota certificate reissue {number} {options} --reason "…" --wait',
  'line.reissue-next': 'to see the new diploma: gramota certificate reissue {number} --dry-run --out new.pdf',
  'line.version-asked': '{number}: version {version} will be made; the certificate is {state} now',
  'line.revoked': '{number} is revoked; its page says so: {page}',
  'line.letter-called-back': 'its letter was waiting and will not leave',
  'line.letter-waits': '{number}: a letter leaves at {time}',
  'line.resolved': '{number}: the letter is {state} now',
  'shown.course': 'course',
  'shown.diploma': 'diploma',
  'shown.flag': 'flag',
  'shown.holder': 'holder',
  'shown.id': 'id',
  'shown.issueDate': 'issue date',
  'shown.judging': 'is being judged again',
  'shown.letter': 'letter',
  'shown.needsReissue': 'needs reissue',
  'shown.noChange': 'no printed fact differs from the present version',
  'shown.noLetter': 'no letter: others send it',
  'shown.page': 'page',
  'shown.reason': 'reason',
  'shown.revoked': 'revoked',
  'shown.sendAfter': 'leaves at',
  'shown.studentGroup': 'student group',
  'shown.version': 'version',
  'shown.yes': 'yes',
} as const;

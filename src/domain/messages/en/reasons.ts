/**
 * Messages for coordinators in English: each has what happened, where, and how to correct it, without personal data.
 * `{name}` is a parameter; a parameter that is itself a message (such as `{fault}`) is translated too.
 *
 * Records store the English text (`reason.detail`), and `translate` recognises it by the wording here. If a wording is
 * changed, texts stored with the old wording stay in English.
 */
export const REASONS = {
  // Why a student group gets no award, or waits for a person.
  'excluded.here': 'a coordinator put this student group on the deny list; the history shows who did it and why',
  'excluded.elsewhere':
    'a coordinator put student group {studentGroup} of this student on the deny list; the history of that group shows who did it and why',
  'no-programme':
    'no programme in criteria.yaml names release {release}; add the release under "releases" of a programme',
  'moved-after-award':
    'certificate {number} was awarded for this student group in release {former}; the LMS has since moved the group to release {release}; to allow a second certificate in that release, PATCH the student group with "allow": ["{waiver}"]',
  expelled: 'the student is expelled and gets no certificate',
  'country-not-known': 'the country of the teacher is not known',
  'other-template':
    'the LMS already shows "criteria met" with a different certTemplate than {template}; clear it in the LMS, or choose the template that the LMS shows',
  'template-missing':
    'certificate/{template} is not in the templates folder; add this template, or choose another template in criteria.yaml',
  'not-approved':
    'nobody has approved {contents}; look at these contents and approve them in the console, on the page "Templates and letters"',
  'project-title-empty': 'project.title is empty; complete it in the LMS',
  'hours-unprintable': 'release.hoursTotal {fault} in the LMS',
  'hours-needed': 'is 0, but texts.{text} of template "{template}" cannot be printed without hours: enter the hours',
  'grade-unknown':
    'project.grade is not in grades.yaml; add the grade there with its word in each language, or correct the grade in the LMS',
  'grade-unknown.told':
    'project.grade "{grade}" is not in grades.yaml; add the grade there with its word in each language, or correct the grade in the LMS',
  'email-empty': 'student.email is empty; enter the address in the LMS or with an override',
  'email-shared':
    'another student has the same e-mail address; correct one of the two addresses in the LMS or with an override',
  'email-erased': 'the e-mail address was erased; the diploma cannot be sent',
  'prefix-taken':
    'release.numberPrefix "{prefix}" belongs to another release; give each release its own prefix in the LMS',
  'awarded-elsewhere': 'certificate {number} was already awarded for student group {studentGroup} of this student',
  'foreseen-elsewhere': 'the certificate would be awarded for student group {studentGroup} of this student',
  'awaiting-confirm':
    'criteria met; a batch with this student group waits for a second person; confirm or cancel that batch',
  'awaiting-batch': "criteria met; this programme awards only in a coordinator's batch; start a batch",
  'volume.old':
    'completed before {since} (automatic.since of the programme), or at an unknown time; start a batch to award it',
  'volume.many':
    'more than {perHour} awards in an hour (automatic.perHour of the programme); start a batch to award it',
  'release-unread':
    'release {release} could not be read from the LMS; correct the release in the LMS, then start a batch again',
  'release-unusable': 'release {release} cannot be used: {fault}; correct it in the LMS, then start a batch again',
  'release-unusable.reissue': 'release {release} cannot be used: {fault}; correct it in the LMS, then reissue again',
  'group-gone': 'the LMS no longer has this student group',
  'batch-of-other-release':
    'the LMS moved this student group to release {release}; this batch is only for release {wanted}',
  'batch-of-other-country': 'this batch is only for {countries}',
  'dead-address':
    'an earlier letter to this e-mail address was returned as permanently undeliverable; correct the address first',
  'job-failed':
    'stage {stage} failed repeatedly (job {job}); read the log, then start a batch with this student group again',
  'job-unreadable': '{fault}; update all workers to the same version, then start a batch with this student group again',
  'letter-without-text': 'letter/{letter} has no text in {language}, en or ru; add one to the templates folder',
  'check-failed':
    'the finished diploma failed its check "{check}": {fault}; the diploma was neither stored nor sent; retry the batch; if the check fails again, upgrade Gramota and retry',
  'no-outcome.unseen':
    'the mail provider gave no clear response to the call of {time} (request {request}), and has not returned a complete list of letters since then',
  'no-outcome.absent':
    'the mail provider gave no clear response to the call of {time} (request {request}), and its lists of letters do not contain the letter ({count} lists read)',
  'window-exhausted':
    'countries.yaml leaves no permitted time for {country}; add slots or windows there, then start a batch again',
  'zone-missing':
    '{country} has several time zones, and the LMS gives no time zone for the student; set the zone of {country} in countries.yaml, or correct student.timezone in the LMS',
  'zone-elsewhere':
    "{country} has several time zones, and the student's time zone is not one of them; set the zone of {country} in countries.yaml, or correct student.timezone in the LMS",

  // The result of a criterion: `reason.detail` of `criteria-not-met`.
  'criterion.needed': '{name} {actual}, {need} is needed',
  'criterion.refused': '{name} {actual}, {need} is not allowed',
  'criterion.value-needed': '{name} {actual}, a value is needed',
  'criterion.no-value': '{name} {actual}, no value is allowed',
  'criterion.waived': '{criterion}; a coordinator has waived this criterion',
  'actual.value': 'is {value}',
  'actual.unknown': 'is not known',
  'actual.another': 'is another value',
  'need.equals': '{value}',
  'need.in': 'one of {value}',
  'need.atLeast': 'at least {value}',
  'need.atMost': 'at most {value}',
  'need.before': 'before {value}',
  'need.after': 'after {value}',
  'value.true': 'true',
  'value.false': 'false',

  // Responses of the LMS to a report.
  'lms.etags-rewritten':
    'the LMS answered 412 to {count} attempts in a row; check whether a proxy between Gramota and the LMS rewrites ETags',
  'lms.other-template-shown': 'the LMS answered 200, but the record has a different certTemplate than the reported one',
  'lms.other-status-shown': 'the LMS answered 200, but the record has a different status than the reported one',
  'lms.answered-409': 'the LMS answered 409: the report conflicts with its data; compare the student group there',
  'lms.answered-422': 'the LMS answered 422: it does not accept this certTemplate or status; see patch in lms.yaml',
  'lms.record-unusable': 'the record in the LMS cannot be used: {fault}',
  'lms.holds-other-template': 'the LMS already has "{status}" with a different certTemplate',
  'lms.no-etag': 'the LMS gives no ETag for this student group, so a PATCH would not be safe',
  'lms.report-gone': 'the LMS no longer shows "criteria met" with the certTemplate that was reported',
  'lms.moved': 'the LMS has moved this student group to another release than the release of the certificate',
  'lms.unavailable': 'LMS {route}: {fault}',
  'lms.unreadable': 'the LMS answered, but its answer cannot be read: {route}, {fault}',
  'lms.answered': 'LMS {route} answered {status}',
  'lms.answered.token': 'LMS {route} answered {status}; check LMS_TOKEN and its rights',
  'lms.answered.redirect':
    'LMS {route} answered {status}; redirects are not followed; set LMS_BASE_URL to the final address',
  'lms.limits-used': 'LMS {route}: the limits set for the LMS are used up: {fault}',

  // Findings that a person should check, although they stop nothing.
  'flag.student-merged':
    'the LMS now shows another student than the one the certificate was awarded to; Gramota changed nothing; check which of the two students is right',
  'flag.no-longer-met': 'after the award the criteria are no longer met: {detail}',
  'flag.template-missing': 'the LMS shows no certTemplate, although Gramota reported {template} to it',
  'flag.template-differs': 'the LMS shows another certTemplate than {template}, which Gramota reported to it',
  'flag.gone-after-letter':
    'the LMS deleted this student group after the diploma was sent; revoke the certificate if it should no longer be valid',
  'flag.issued-not-told': 'Gramota could not report to the LMS that the certificate was issued: {fault}',
  'flag.release-moved':
    'certificate {number} was awarded in release {former} and still belongs to that release; the LMS has since moved this student group to release {release}',

  // Faults of names and texts.
  'name.empty': 'The name is empty; {mend}',
  'title.empty': 'The title is empty; {mend}',
  'name.no-letter': 'The name has no letter; {mend}',
  'name.directional': 'The name contains invisible characters that change the direction of text ({points}); {mend}',
  'title.directional': 'The title contains invisible characters that change the direction of text ({points}); {mend}',
  'name.damaged': 'The name was damaged on its way to the LMS or to Gramota ({points}); {mend}',
  'title.damaged': 'The title was damaged on its way to the LMS or to Gramota ({points}); {mend}',
  'name.invisible': 'The name contains invisible or control characters ({points}); {mend}',
  'title.invisible': 'The title contains invisible or control characters ({points}); {mend}',
  'name.executed': 'The name contains {points}, which the mail provider would execute; {mend}',
  'title.executed': 'The title contains {points}, which the mail provider would execute; {mend}',
  'name.heap': 'The name has too many marks on one letter; {mend}',
  'title.heap': 'The title has too many marks on one letter; {mend}',
  'mend.in-lms': 'enter it again in the LMS.',
  'mend.here': 'enter it again.',
  'text.direction': 'contains characters that change its direction ({points}); retype it in the LMS',
  'text.invisible': 'contains invisible, direction or damaged characters ({points}); retype it in the LMS',
  'text.executed':
    'contains marks of a template language such as "[%", which a mail provider would execute; retype it in the LMS',
  'text.heap': 'has too many marks on one letter; retype it in the LMS',
  'text.lost': 'has lost letters; question marks stand in their place; retype it in the LMS',
  'text.long': 'has {count} characters, and at most {most} can be printed: shorten the text',
  'text.replacement': 'contains U+FFFD, which stands for lost letters: enter the text again',
  'text.glyphs': 'no font of template "{template}" has a glyph for {points}: use other characters, or add a font',
  'text.room': 'its {count} characters do not fit their place in template "{template}": shorten the text',
  'prefix.no-letter': 'has no letter and no digit besides "№" or "No."; give the release its own prefix',
  'name.glyphs':
    'no font of template "{template}" has a glyph for {points}, and there is no printable Latin form: enter a Latin form of the name, or add a font to templates/fonts',
  'name.too-long':
    'the name ({count} characters) does not fit template "{template}", even in two lines of its smallest size: enter a shorter form of the name',
  'doubt.in-field':
    '{path}: {finding} If the text is right as it is, confirm it with an override of {field} that has the same text.',
  'doubt.name': 'The name {sign}; correct it in the LMS, or override it.',
  'doubt.text': 'The text {sign}; correct it where it was entered.',
  'sign.absent': 'is a word for a missing value',
  'sign.placeholder': 'looks like a placeholder that was never filled in',
  'sign.program-data': 'looks like program data',
  'sign.heading': 'looks like the heading of a column or field',
  'sign.email': 'looks like an e-mail address',
  'sign.login': 'looks like an account name',
  'sign.spreadsheet': 'looks like a spreadsheet error or formula',
  'sign.deleted': 'says that the account was deleted',
  'sign.test-entry': 'looks like a test entry',
  'sign.lost-letters': 'has lost letters; question marks stand in their place',
  'sign.charset': 'was read with the wrong character set, so its letters are wrong',
  'sign.escaped': 'contains codes instead of characters',
  'sign.tags': 'contains HTML tags',
  'sign.alphabets': 'has letters of two alphabets in one word',
  'sign.caps-lock': 'has small and capital letters swapped (Caps Lock)',
  'sign.marks': 'contains digits, quotes or other marks that do not belong there',
  'sign.remark': 'contains a remark beside the name',
  'email.wrong': 'The e-mail address {sign}; correct it.',
  'email.is-empty': 'is empty',
  'email.space': 'contains a space or an invisible character',
  'email.dotted-i': 'contains İ (capital i with a dot), which would become another letter in an e-mail address',
  'email.wide': 'contains full-width letters or other special forms of letters',
  'email.no-at': 'has no @',
  'email.many-at': 'has more than one @',
  'email.long': 'is too long',
  'email.local': 'has an invalid part before the @',
  'email.domain': 'has an invalid domain',
  'email.no-top': 'has no top-level domain',
  'email.top': 'has an invalid top-level domain',
  'email.never': 'ends in .{top}, where no address can exist',
  'email.alphabets': 'mixes letters of two alphabets that look alike, such as a Cyrillic а among Latin letters',
  'email.dotless-i': 'contains an ı (i without a dot) where i is usual',

  // Texts about an unclear country.
  'country.override': 'The override names no country; give an ISO code such as KZ.',
  'country.none': 'No source names a country. {mend}',
  'country.none-readable': 'No source names a country: {seen}. {mend}',
  'country.disagree': 'The sources disagree: {seen}. {mend}',
  'country.misspelt': 'The country is misspelt, and no other source confirms it: {seen}. {mend}',
  'country.shared-code':
    'The code {code} is also used for another country, and no other source confirms which country is meant: {seen}. {mend}',
  'country.mend':
    'Correct student.country or registration.country in the LMS and start a batch again, or override the country.',
  'country.says': '{source} says {code}',
  'country.says-nothing': '{source} cannot be read',

  // Why a letter was refused or not delivered.
  'letter.hard-bounce':
    'the mail server of the recipient refuses the address permanently; correct it in the LMS, then retry or resend',
  'letter.hard-bounce.code':
    'the mail server of the recipient refuses the address permanently ({code}); correct it in the LMS, then retry or resend',
  'letter.soft-bounce':
    'the mail server of the recipient did not take the letter, and the mail provider has given up; retry or resend later, or correct the address',
  'letter.soft-bounce.code':
    'the mail server of the recipient did not take the letter ({code}), and the mail provider has given up; retry or resend later, or correct the address',
  'letter.absent': 'the mail provider never received the letter: the lists requested at {times} do not contain it',
  'letter.worker-stopped': 'the worker stopped before the mail provider answered',
  'letter.foreign-track': 'the track.id of the answer, {track}, belongs to another letter',
  'letter.superseded': 'a letter with version {version} of the diploma replaces this letter',
  'letter.revoked': 'the certificate was revoked before the letter was sent',
  'letter.resolved.sent':
    'a person recorded that the letter was sent; its number at the mail provider is not known; known before: {detail}',
  'letter.resolved.not-sent': 'a person recorded that the letter was not sent; known before: {detail}',
  'reissue.revoked': 'the certificate was revoked',
  'key.absent': 'signing key {key} is not in SIGNING_KEYS_DIR of this host: copy it from the host that has it',
  'key.other':
    'signing key {key} of this host differs from the key that the certificate was awarded with: copy SIGNING_KEYS_DIR from the host that has the right key',
  'template.format':
    'the certificate was awarded with template "{template}" in format {format}, which this version of Gramota cannot draw: draw the diploma with the version that awarded the certificate (run its "work" once), or reissue the certificate with the current template',
  'window.due': 'the planned send time is {time}, which {why} ({zone}); the next permitted time is {next}',
  'window.outside-slots': 'is outside the permitted slots',
  'window.last-minutes': 'is in the last minutes of a send window',
  'window.holiday': 'falls on a holiday',
  'window.outside': 'is outside the send windows',

  // Texts about batches, releases, and findings before anything is printed.
  'batch.waits-for-lms': 'The batch waits for the LMS: {detail}.',
  'batch.paging-endless': 'the list of student groups in the LMS has no end',
  'batch.dry-run-retry':
    'A dry run has no held student groups, so nothing can be retried; start a new dry run instead.',
  'batch.wrong-state': 'The batch is {state}; {verb} needs a batch that is {wanted}.',
  'batch.waits-for-person':
    'The batch waits for a second person; a coordinator other than its creator starts it with "confirm"; {verb} does not.',
  'batch.nothing-to-confirm':
    'The batch is {state} and does not wait for a second person; there is nothing to confirm.',
  'batch.same-person':
    'This batch was created by {actor}; a second person must confirm it, with a token of another name.',
  'batch.after-act': '{detail} The last act on it: {act} by {actor} at {at}.',
  'batch.second-person':
    'The batch is about {count} student groups without a certificate; above {above}, programme {programme} asks for a second person: a coordinator other than {actor} starts it with "confirm".',
  'batch.stopped': 'the batch was stopped, and no student group in it was evaluated: {detail}',
  'pull.endless':
    'pages {first} to {last} of the list in the LMS brought no new student group and no newer version, so the list has no end; {count} student groups were read, others may be missing; correct the paging of the LMS, then "retry"',
  'pull.left-out':
    'asked about release {release}, the LMS also listed student groups of other releases ({count}); they are not part of this batch: {names}',
  'sending.stopped':
    'No letter has been sent since {since}: {count} calls in a row got no clear response from the mail provider (last: {detail}). An operator should check the mail provider and its address in the settings (SENDSAY_URL); sending continues automatically after one call succeeds.',
  'hours-differ':
    'release.hoursTotal is {hours}, but the hours of its modules add up to {sum}; correct one of them in the LMS',
  'prefix-ambiguous':
    'a spreadsheet would read certificate numbers with release.numberPrefix {prefix} as {reading}; use a prefix such as {safe}',
  'reading.formula': 'a formula',
  'reading.scientific': 'a number in scientific notation',
  'reading.number': 'a number or a date',
  'reading.date': 'a date',
  'contact.no-slot':
    'countries.yaml: {country}.contact has no slot in the future: letters are held as window-exhausted; add slots or windows',
  'contact.no-window':
    'countries.yaml: {country}.contact has no window longer than its closeMargin: letters are held as window-exhausted; add slots or windows',
  'contact.night':
    'countries.yaml: {country}.contact allows letters at night, such as at {example} local time; keep windows and slots between 08:00 and 21:00',
  'msk-differs': 'countries.yaml: {country}.msk is {msk}, but {zone} is Moscow {real} on {day}; correct msk or zone',
} as const;

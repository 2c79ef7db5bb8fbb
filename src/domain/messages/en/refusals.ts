/**
 * Why a coordinator's request is refused, faults of the input, and differences between the systems. The rules of
 * `REASONS` apply.
 */
export const REFUSALS = {
  // Differences between LMS, Gramota and the mail provider.
  'difference.lms-not-told': 'awarded in Gramota, but the LMS does not show "criteria met"',
  'difference.lms-told-otherwise': 'the LMS shows "criteria met", but Gramota has no certificate for it',
  'difference.release-moved':
    'the certificate belongs to the release in which the LMS had this student group at the award: move the student group back in the LMS, or allow a second certificate',
  'difference.lms-shows-revoked':
    'the certificate is revoked in Gramota, but the LMS still shows "criteria met": change it in the LMS',
  'difference.template-differs':
    'the LMS shows another certTemplate than the certificate: clear it in the LMS, or reissue the certificate',
  'difference.name-differs':
    'the LMS or an override gives another name than the diploma: reissue the certificate if the new name is right',
  'difference.gone-in-lms':
    'the LMS no longer has this student group, but Gramota has a certificate for it: revoke the certificate if it should no longer be valid',
  'difference.missed-change':
    'the LMS or a coordinator changed something after the last evaluation of this student group',
  'difference.letter-unknown':
    'the outcome of the letter has been unknown for hours: look for it at the mail provider, then record the answer with "resolve"',
  'difference.letter-never-left': 'the letter is overdue: it should have been prepared or sent long ago',
  'difference.none': 'LMS, Gramota and the mail provider agree',
  'release-moved.row':
    'the certificate belongs to release {former}; the LMS has since moved its student group to release {release}',

  // Objects that do not exist.
  'unknown.batch': 'There is no batch with this id.',
  'unknown.certificate': 'There is no certificate with this id or number.',
  'unknown.student-group': 'There is no student group with this id.',
  'unknown.flag': 'There is no flag with this id.',
  'unknown.letter': 'There is no such letter; known letters: {known}.',
  'unknown.letter-language': 'There is no letter {letter} in that language; its languages: {known}.',
  'unknown.template': 'There is no such template; known templates: {known}.',
  'unknown.sample': 'There is no such sample; known samples: {known}.',
  'unknown.release': 'The LMS has no release with this id.',
  'unknown.release-here': 'Gramota has never read this release from the LMS; start a batch for it first.',
  'unknown.address': 'There is no page or resource at this address.',

  // Requests that the current state does not allow.
  'state.not-revoked': 'The certificate is not revoked.',
  'state.version-under-way': 'A new version of this certificate is already being made.',
  'state.letter-settled': 'The outcome of the letter of this certificate is already known.',
  'state.not-unknown': 'The certificate is not held as outcome-unknown, so there is nothing to resolve.',
  'state.flag-ended': 'The flag has already ended.',
  'state.no-project':
    'The LMS has no project for this student group, so no title would be printed; add the project in the LMS.',
  'state.dead-address':
    'An earlier letter to this e-mail address was returned as permanently undeliverable; give another address.',
  'state.address-returned':
    'An earlier letter to this e-mail address was returned as permanently undeliverable; correct the address in the LMS or with an override.',
  'state.address-shared':
    'Another student has the same e-mail address; correct one of the two addresses in the LMS or with an override.',
  'state.group-unread': 'Gramota has not read this student group from the LMS yet.',
  'state.letter-in-progress': 'A letter for this certificate is being sent.',
  'state.shared-address':
    'Another student has this e-mail address; give another one, or send "allowSharedEmail": true with it.',
  'state.nothing-suggested': 'There is no suggestion now: the student group is not held as {reasons}.',
  'state.suggestion-stale':
    'The LMS or a coordinator has changed something since the suggestion; wait until the student group is evaluated again ("judging": false), then look at the new reason.',
  'state.no-suggestion': 'Gramota has no suggestion for {path}; give the text as "{field}", or correct it in the LMS.',
  'state.several-certificates': 'Several certificates match; use one of these ids: {known}.',
  'state.key-reused': 'This Idempotency-Key was used for another request; use a new key for a new batch.',

  // Dependencies that are down, and too many requests.
  'down.lms': 'The LMS cannot be reached now; try again later.',
  'down.database': 'The database cannot be reached now; try again later.',
  'down.mock-ups': 'Too many samples are being drawn; try again later.',
  'down.exports': 'Too many exports are being made; try again later.',
  'down.store': 'The store of diplomas cannot be read now; try again later.',
  failed: 'An error occurred in Gramota; an operator can find it in the log with the X-Request-Id of this response.',

  // Who may send a request, and in which form.
  'http.token': 'A valid token is needed: Authorization: Bearer gr_…',
  'http.token-expired': 'This token expired at {at}. An admin can create another one.',
  'http.foreign-form':
    'This form was not sent from a page of Gramota, so nothing was done. Open the page again and repeat it there.',
  'http.streams': 'This token or session has {most} open streams already; close one of them first.',
  'console.invitation': 'Enter one e-mail address, and one of the roles {roles}.',
  'console.not-invited': 'This invitation has already ended.',
  'console.latin-stays':
    'it would stay as it was below another name: type it anew, or tick “Keep the present Latin name”',
  'console.nothing-changed': 'Nothing was changed: type the new text.',
  'console.nothing-chosen': 'Nothing was chosen: select rows, or type values.',
  'console.expires': 'Enter a day such as 2027-06-30 that is not over yet; the token is valid through that day.',
  'console.no-dry-run': 'Only a finished dry run over a release can be started for real. Make a dry run first.',
  'console.dry-run-old':
    'Since this dry run a batch over the same release was started ({at}, {actor}). Look at that batch, or make a new dry run.',
  'console.count-typed': 'Type {count}, the number of new certificates, to confirm that you mean so many people.',
  'http.role': 'This request needs the role {needed}; the role of this token is {role}.',
  'http.method': '{method} is not allowed here; allowed methods: {allowed}.',
  'http.too-large': 'The request body is too large for this address.',
  'http.not-json': 'Content-Type: expected application/json in UTF-8.',
  'http.encoded': 'This content encoding is not supported; send the body uncompressed.',
  'http.not-utf8': 'The body is not UTF-8.',
  'http.empty': 'The body is empty; expected a JSON object.',
  'http.no-json': 'The body is not JSON.',
  'http.aborted': 'The request was aborted.',
  'http.unreadable': 'The request cannot be read.',
  'http.form': 'The request does not have the expected form; see errors.',
  'http.idempotency-key': 'Idempotency-Key: expected 1 to 255 printable ASCII characters without spaces.',
  'http.release-unusable': 'The release in the LMS cannot be used: {fault}',

  // Faults of single fields of a request.
  'input.text': 'expected text',
  'input.some-text': 'expected at least one character',
  'input.most-characters': 'expected at most {most} characters',
  'input.plain-text': 'expected no control characters and well-formed Unicode',
  'input.boolean': 'expected true or false',
  'input.whole': 'expected a whole number from {least} to {most}',
  'input.uuid': 'expected a UUID such as 019ac0de-1100-7000-8000-000000000001',
  'input.cursor': 'expected a cursor from nextCursor',
  'input.unknown-field': 'unknown field',
  'input.one-of': 'expected one of {known}',
  'input.country': 'expected countries by ISO 3166-1 alpha-2 code (such as KZ) or by name',
  'input.some-ids': 'expected at least one id',
  'input.most-ids': 'expected at most {most} ids',
  'input.some-countries': 'expected at least one country',
  'input.most-countries': 'expected at most {most} countries',
  'input.some-kinds': 'expected at least one kind',
  'input.release-or-groups': 'expected either releaseId or studentGroupIds',
  'input.release-or-groups-or-none': 'expected either releaseId or studentGroupIds, or neither',
  'input.sample-or-extreme': 'expected either a sample or the extreme texts, not both',
  'input.criteria': 'expected a list of criteria',
  'input.most-criteria': 'expected at most {most} criteria',
  'input.no-country': 'does not name exactly one country; give an ISO code such as KZ',
  'input.nothing-said': 'expected at least one of {known}, or takeSuggestion: true',
  'input.excluded-and-allowed': 'no criteria can be waived for an excluded student',
  'input.no-programme': 'no programme in criteria.yaml names the release of this student group',
  'input.consent': 'only the student can give a consent; criteria that can be waived: {known}',
  'input.unknown-criterion': 'unknown criterion; criteria that can be waived: {known}',
  'input.unknown-template': 'unknown template; known templates: {known}',
  'input.suggested-too':
    'the suggestion already sets this field; either give the text or accept the suggestion, not both',
  'input.latin-stays.lms':
    'the Latin form from the LMS would be kept; give "latinName" too, or "keepLatinName": true if it belongs to the new name',
  'input.latin-stays.override':
    'the Latin form from an override would be kept; give "latinName" too, or "keepLatinName": true if it belongs to the new name',
} as const;

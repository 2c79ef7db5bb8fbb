/** Texts about exports and erasures of a person's data. */
export const PRIVACY = {
  'unknown.student': 'Nothing is stored of a student with this id.',
  'unknown.erasure': 'There is no erasure with this id for this student.',
  'unknown.erased': 'No student with this id is erased.',
  'state.letter-leaving':
    'A letter to this person is just being handed to the mail provider. Repeat the request in a minute.',
  'state.other-than-shown':
    'Something else would be erased by now than was shown: a certificate, a letter, an override or a file was added. Ask for the erasure again.',
  'letter.erased': 'called back because the personal data of the recipient were erased',
  'decision.person-erased': 'the personal data were erased; what the LMS says of this person is not stored any more',
} as const;

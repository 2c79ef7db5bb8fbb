import type { LetterPreview } from '../domain/letter/letter-preview.ts';

/** At most so many octets a base64 word of a header holds: RFC 2047 wants lines of 76 characters, the first with "Subject: ". */
const WORD_OCTETS = 39;
const BOUNDARY = 'gramota-sample-letter';

/**
 * A letter as a message file (RFC 5322, multipart/alternative) that any e-mail program opens; never sent, so without a
 * date, and with the subject marked. What the provider adds (footer, counting links, attachment) is not in it.
 */
export function messageFile(letter: LetterPreview, from: string): string {
  const part = (type: string, content: string) => [
    `--${BOUNDARY}`,
    `Content-Type: ${type}; charset=utf-8`,
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(content, 'utf8')
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
  ];
  return [
    `From: ${from}`,
    'To: sample@example.org',
    `Subject: ${encodedWords(`[SAMPLE] ${letter.subject}`)}`,
    'MIME-Version: 1.0',
    'X-Unsent: 1',
    `Content-Language: ${letter.language}`,
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"`,
    '',
    ...part('text/plain', letter.text),
    ...part('text/html', letter.html),
    `--${BOUNDARY}--`,
    '',
  ].join('\r\n');
}

/** Text as encoded words of a header, cut between characters, one a line. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  for (const character of text) {
    if (Buffer.byteLength(word + character) > WORD_OCTETS) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  return [...words, word].map((each) => `=?utf-8?B?${Buffer.from(each, 'utf8').toString('base64')}?=`).join('\r\n ');
}

import type { LetterPreview } from '../domain/letter/letter-preview.ts';

/**
 * Maximum number of bytes per base64 word of a mail header: RFC 2047 limits lines to 76 characters, and the first line
 * starts with "Subject: ".
 */
const WORD_OCTETS = 39;
const BOUNDARY = 'gramota-sample-letter';

/**
 * A letter as a message file (RFC 5322, multipart/alternative) that any e-mail program opens. It is never sent, so it
 * has no date and a marked subject. It lacks what the provider adds: footer, click tracking, attachment.
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

/** A header text as encoded words, cut between characters, one per line. */
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

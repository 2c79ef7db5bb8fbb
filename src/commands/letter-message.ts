import type { LetterPreview } from '../domain/letter/letter-preview.ts';

/**
 * Maximum number of bytes per base64 word of a mail header: RFC 2047 limits lines to 76 characters, and the first line
 * starts with "Subject: ".
 */
const WORD_OCTETS = 39;
const BOUNDARY = 'gramota-sample-letter';
const TEXTS = 'gramota-sample-texts';

/**
 * A letter as a message file (RFC 5322) that any e-mail program opens: both texts, and a watermarked sample diploma as
 * the attachment. It is never sent, so it has no date and a marked subject. It lacks what the provider adds: footer and
 * click tracking.
 */
export function messageFile(letter: LetterPreview, from: string, diploma: { name: string; pdf: Buffer }): string {
  const part = (headers: string[], content: string | Buffer) => [
    ...headers,
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(content)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
  ];
  const file = `filename="${diploma.name}"`;
  return [
    `From: ${from}`,
    'To: sample@example.org',
    `Subject: ${encodedWords(`[SAMPLE] ${letter.subject}`)}`,
    'MIME-Version: 1.0',
    'X-Unsent: 1',
    `Content-Language: ${letter.language}`,
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    `Content-Type: multipart/alternative; boundary="${TEXTS}"`,
    '',
    `--${TEXTS}`,
    ...part(['Content-Type: text/plain; charset=utf-8'], letter.text),
    `--${TEXTS}`,
    ...part(['Content-Type: text/html; charset=utf-8'], letter.html),
    `--${TEXTS}--`,
    `--${BOUNDARY}`,
    ...part(['Content-Type: application/pdf', `Content-Disposition: attachment; ${file}`], diploma.pdf),
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

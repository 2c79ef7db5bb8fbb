import { LetterFault, type OutgoingLetter } from '../../ports/mail.ts';
import type { ApiObject } from './wire.ts';

/** The provider executes what stands between these marks. */
export const INSTRUCTIONS: readonly string[] = ['[%', '%]'];

export interface Sender {
  from: { email: string; name: string };
  replyEmail: string | null;
}

const RESERVED_ATTACHMENT =
  /^(_.*|message\.(text|sms|viber|push|vk|tg|vknotify)|(index|attach|message)\.(html?|shtml?))$/i;

/**
 * Body of `issue.send` for one personal issue. The provider's keys with dots are literal names. `relink` is always
 * given, because the provider takes an absent value from other settings. Link tests are off: testing links for thousands of letters
 * would look like an attack on the linked host.
 *
 * @throws LetterFault for text that the provider would execute (`[%`, `%]`), header text with line breaks, and
 * anything beyond the provider's documented limits; the message names the field, never its value
 */
export function issueSendBody(letter: OutgoingLetter, sender: Sender): ApiObject {
  checkLetter(letter, sender);
  return {
    action: 'issue.send',
    'request.id': letter.requestId,
    group: 'personal',
    email: letter.to.email,
    'customer.id': letter.certificateId,
    sendwhen: 'now',
    label: letter.labels,
    letter: {
      subject: letter.subject,
      'from.name': sender.from.name,
      'from.email': sender.from.email,
      ...(sender.replyEmail === null ? {} : { 'reply.email': sender.replyEmail }),
      ...(letter.isCopy ? {} : { 'to.name': letter.to.name }),
      message: { html: letter.html, text: letter.text },
      attaches: [
        {
          name: letter.attachment.fileName,
          content: letter.attachment.content.toString('base64'),
          encoding: 'base64',
          'mime-type': 'application/pdf',
        },
      ],
    },
    'track.info': letter.personalIssueId,
    relink: 1,
    'relink.param': { link: 1, test: 0 },
    ...(letter.utm === null ? {} : { 'link.qsid': letter.utm }),
  };
}

function checkLetter(letter: OutgoingLetter, sender: Sender): void {
  const headers: [string, string][] = [
    ['subject', letter.subject],
    ['to.name', letter.to.name],
    ['to.email', letter.to.email],
    ['from.name', sender.from.name],
    ['from.email', sender.from.email],
    ['reply.email', sender.replyEmail ?? ''],
    ['certificateId', letter.certificateId],
    ['personalIssueId', letter.personalIssueId],
    ['requestId', letter.requestId],
    ['attachment.fileName', letter.attachment.fileName],
    ['utm', letter.utm ?? ''],
    ...letter.labels.map((label, index): [string, string] => [`labels[${index}]`, label]),
  ];
  for (const [field, text] of headers) {
    if (/\p{Cc}/u.test(text)) throw new LetterFault(`${field}: control characters and line breaks are not allowed`);
  }
  for (const [field, text] of [...headers, ['html', letter.html], ['text', letter.text]] as [string, string][]) {
    if (text.includes('[%') || text.includes('%]')) {
      throw new LetterFault(`${field}: the mail provider would execute "[%" or "%]"; split these marks before`);
    }
  }
  const needed: [string, string][] = [
    ['subject', letter.subject.trim()],
    ['to.email', letter.to.email],
    ['html or text', letter.html + letter.text],
    ['certificateId', letter.certificateId],
    ['personalIssueId', letter.personalIssueId],
    ['requestId', letter.requestId],
    ['attachment.fileName', letter.attachment.fileName],
  ];
  for (const [field, text] of needed) if (text === '') throw new LetterFault(`${field}: must not be empty`);
  if (letter.attachment.content.length === 0) throw new LetterFault('attachment.content: must not be empty');
  if (Buffer.byteLength(letter.certificateId) > 255) throw new LetterFault('certificateId: more than 255 bytes');
  if (Buffer.byteLength(letter.personalIssueId) > 1024) throw new LetterFault('personalIssueId: more than 1024 bytes');
  if (letter.labels.length > 10) throw new LetterFault('labels: more than 10 labels');
  for (const label of letter.labels)
    if (label.length > 128) throw new LetterFault('labels: a label has more than 128 characters');
  if (RESERVED_ATTACHMENT.test(letter.attachment.fileName)) {
    throw new LetterFault('attachment.fileName: the mail provider reserves this name');
  }
}

import { createHash } from 'node:crypto';
import { type ApiError, type Habits, isEmpty, isRecord } from './protocol.ts';

/** An attachment as the recipient gets it. */
export interface RecordedAttachment {
  name: string;
  mimeType: string | null;
  bytes: number;
  sha256: string;
}

const RESERVED = [
  /^_/,
  /^message\.(?:text|sms|viber|push|vk|tg|vknotify)$/i,
  /^(?:index|attach|message)\.(?:html|htm|shtml|shtm)$/i,
];

/**
 * Checks `letter.attaches`. Only the two variants with inline content are supported; by URL or from a draft is
 * refused. Content without `encoding` is taken literally, even if it is base64.
 */
export function readAttachments(
  value: unknown,
  habits: Habits,
): { attachments: RecordedAttachment[]; errors: ApiError[] } {
  const attachments: RecordedAttachment[] = [];
  const errors: ApiError[] = [];
  if (isEmpty(value)) return { attachments, errors };
  if (!Array.isArray(value))
    return { attachments, errors: [habits.error('error/letter/attaches', 'must be an array')] };
  for (const [index, element] of value.entries()) {
    const read = readAttachment(element);
    if (typeof read === 'string') errors.push(habits.error('error/letter/attaches', read, { index }));
    else attachments.push(read);
  }
  return { attachments, errors };
}

function readAttachment(element: unknown): RecordedAttachment | string {
  if (!isRecord(element)) return 'an attachment must be an object';
  const { name, content, encoding } = element;
  if (typeof name !== 'string' || name === '')
    return 'name is missing, or has a form that the sandbox does not support';
  if (RESERVED.some((pattern) => pattern.test(name))) return 'the name is reserved';
  if (typeof content !== 'string' || content === '') return 'content is missing';
  if (!isEmpty(encoding) && encoding !== 'base64') return 'unknown encoding';
  const bytes = encoding === 'base64' ? decodeBase64(content) : Buffer.from(content);
  if (bytes === null) return 'content is not base64';
  const mimeType = typeof element['mime-type'] === 'string' ? element['mime-type'] : null;
  return { name, mimeType, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** RFC 4648 base64 with padding; line breaks are allowed (RFC 2045); null for anything else. */
function decodeBase64(text: string): Buffer | null {
  const compact = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) return null;
  return Buffer.from(compact, 'base64');
}

import { type AddressBook, checkSyntax } from './addresses.ts';
import { type RecordedAttachment, readAttachments } from './attachments.ts';
import { type ApiError, type Habits, isEmpty, isRecord, parseMoscowTime, readNumber } from './protocol.ts';

/** A personal letter that passed all checks of the call. */
export interface CheckedLetter {
  email: string;
  customerId: string | null;
  trackInfo: string | null;
  labels: string[];
  subject: string;
  html: string;
  text: string;
  from: { name: string; email: string };
  replyEmail: string | null;
  toName: string;
  attachments: RecordedAttachment[];
  qsid: string;
  relink: boolean;
  extra: Record<string, unknown>;
  careVars: string[];
  /** Time until which the letter is deferred; null: send now. `saved` means without a date. */
  deferredUntil: Date | 'saved' | null;
}

export interface SendRules {
  confirmedSenders: readonly string[];
  addresses: AddressBook;
  habits: Habits;
  now: Date;
  /** Number of deferred, delayed and saved issues. */
  deferredCount: () => number;
}

/** Maximum number of letters per account with "later", "delay" or "save". */
const DEFERRED_CAP = 100;
const MAIL_RU = new Set(['mail.ru', 'bk.ru', 'inbox.ru', 'inboc.ru', 'list.ru', 'mail.ua']);
const RESERVED_EXTRA = new Set(['anketa', 'lenta', 'date', 'form']);

/**
 * The provider's checks of `issue.send` with `group: "personal"`. The provider does not publish the error ids; these
 * are the sandbox's own.
 */
export function checkLetter(call: Record<string, unknown>, rules: SendRules): CheckedLetter | ApiError[] {
  const errors: ApiError[] = [];
  const fault = (id: string, text: string, details: Record<string, unknown> = {}) =>
    void errors.push(rules.habits.error(id, text, details));

  checkGroup(call, fault);
  const email = checkRecipient(call, rules, errors, fault);
  const customerId = textOf(call['customer.id']);
  if (Buffer.byteLength(customerId ?? '') > 255)
    fault('error/customer.id', 'longer than 255 bytes', { field: 'customer.id' });
  const trackInfo = textOf(call['track.info']);
  if (!isEmpty(call['track.info']) && trackInfo === null) fault('error/track.info', 'must be text');
  if (Buffer.byteLength(trackInfo ?? '') > 1024)
    fault('error/track.info', 'longer than 1024 bytes', { field: 'track.info' });
  const labels = checkLabels(call['label'], fault);
  const deferredUntil = checkMoment(call, rules, fault);
  const extra = isRecord(call['extra']) ? call['extra'] : {};
  for (const key of Object.keys(extra))
    if (RESERVED_EXTRA.has(key)) fault('error/extra', 'the name is reserved', { key });

  const letter = isRecord(call['letter']) ? call['letter'] : {};
  if (!isRecord(call['letter'])) fault('error/letter', 'letter is missing');
  if (!isEmpty(letter['draft.id'])) fault('error/draft/unknown', 'there is no such draft', { field: 'draft.id' });
  const subject = textOf(letter['subject']) ?? '';
  if (subject.trim() === '') fault('error/letter/subject', 'the subject is empty', { field: 'subject' });
  const fromEmail = checkSender(letter['from.email'], rules, fault);
  const replyEmail = isEmpty(letter['reply.email']) ? null : String(letter['reply.email']).toLowerCase();
  if (replyEmail !== null && !confirmed(replyEmail, rules)) {
    fault('error/sender/unknown', 'reply.email is not confirmed', { field: 'reply.email' });
  }
  // Keys with dots are literal names, but `message` is an object: {"html": …, "text": …}.
  const message = isRecord(letter['message']) ? letter['message'] : {};
  const html = textOf(message['html']) ?? '';
  const text = textOf(message['text']) ?? '';
  if (html.trim() === '' && text.trim() === '')
    fault('error/letter/message', 'both html and text are missing', { field: 'message' });
  const { attachments, errors: attachmentErrors } = readAttachments(letter['attaches'], rules.habits);
  errors.push(...attachmentErrors);

  if (errors.length > 0) return errors;
  const relinkParam = isRecord(call['relink.param']) ? call['relink.param'] : {};
  return {
    email,
    customerId,
    trackInfo,
    labels,
    subject,
    html,
    text,
    from: { name: textOf(letter['from.name']) ?? '', email: fromEmail },
    replyEmail,
    toName: textOf(letter['to.name']) ?? '',
    attachments,
    qsid: textOf(call['link.qsid']) ?? '',
    // For both parameters, a missing or empty value means 1.
    relink: String(call['relink'] ?? '1') !== '0' && String(relinkParam['link'] ?? '1') !== '0',
    extra,
    careVars: Array.isArray(call['care_vars']) ? call['care_vars'].map(String) : [],
    deferredUntil,
  };
}

type Fault = (id: string, text: string, details?: Record<string, unknown>) => void;

function checkGroup(call: Record<string, unknown>, fault: Fault): void {
  const group = call['group'];
  if (isEmpty(group)) fault('error/group/missing', 'group is required', { field: 'group' });
  else if (group === 'masssending')
    fault('error/group/masssending', 'not allowed for letters to one recipient', { field: 'group' });
  else if (group !== 'personal') fault('error/group/unknown', 'there is no such group', { field: 'group' });
}

function checkRecipient(call: Record<string, unknown>, rules: SendRules, errors: ApiError[], fault: Fault): string {
  if (!isEmpty(call['users.list'])) {
    fault('error/users.list', 'the sandbox accepts the recipient only by e-mail address', { field: 'users.list' });
    return '';
  }
  const checked = checkSyntax(call['email']);
  if ('code' in checked) {
    fault(checked.code, 'the address is not valid', { field: 'email' });
    return '';
  }
  const block = rules.addresses.block(checked.email);
  if (block) errors.push(block);
  return checked.email;
}

function checkLabels(value: unknown, fault: Fault): string[] {
  if (isEmpty(value)) return [];
  const labels = Array.isArray(value) ? value : [value];
  const right = labels.every((label) => typeof label === 'string' && [...label].length <= 128);
  if (!right || labels.length > 10)
    fault('error/label', '0 to 10 strings of at most 128 characters', { field: 'label' });
  return labels.map(String);
}

function checkMoment(call: Record<string, unknown>, rules: SendRules, fault: Fault): Date | 'saved' | null {
  const sendwhen = call['sendwhen'];
  if (sendwhen === 'now') return null;
  if (sendwhen === 'test') fault('error/sendwhen', 'test is not available for personal', { field: 'sendwhen' });
  else if (sendwhen !== 'later' && sendwhen !== 'delay' && sendwhen !== 'save') {
    fault('error/sendwhen', 'expected one of now, later, delay, save', { field: 'sendwhen' });
  } else if (rules.deferredCount() >= DEFERRED_CAP)
    fault('error/issue/later', `at most ${DEFERRED_CAP} deferred issues at once`);
  if (sendwhen === 'later') {
    const at = parseMoscowTime(String(call['later.time'] ?? ''));
    if (!at || at < rules.now) fault('error/later.time', 'the time is not in the future', { field: 'later.time' });
    return at;
  }
  if (sendwhen === 'delay') {
    const minutes = readNumber(call['delay.time']);
    if (minutes === null || minutes < 1) fault('error/delay.time', 'the time has no minutes', { field: 'delay.time' });
    return new Date(rules.now.getTime() + (minutes ?? 0) * 60_000);
  }
  return 'saved';
}

function checkSender(value: unknown, rules: SendRules, fault: Fault): string {
  const email = isEmpty(value) ? '' : String(value).toLowerCase();
  if (email === '') fault('error/sender/missing', 'from.email is missing', { field: 'from.email' });
  else if (MAIL_RU.has(email.split('@').at(-1) ?? '')) {
    fault('error/sender/prohibited', 'addresses of this domain are not allowed as sender', { field: 'from.email' });
  } else if (!confirmed(email, rules))
    fault('error/sender/unknown', 'from.email is not confirmed', { field: 'from.email' });
  return email;
}

function confirmed(email: string, rules: SendRules): boolean {
  return rules.confirmedSenders.some((sender) => sender.toLowerCase() === email);
}

/** A text, or a number in place of a text; null for anything else. */
function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

import type { CertificateState } from '../../domain/certificate/certificate-state.ts';
import type { Html } from '../../platform/http/html.ts';
import { type PartContext, type Tone, tag } from './parts.ts';
import { declareWords } from './words.ts';

/** The states as coordinators read them; the API's names stand in docs/coordinate.md. */
export const STATE_NAMES = declareWords(
  {
    pending: 'waits to be judged',
    'not-met': 'criteria not met',
    held: 'held',
    excluded: 'excluded',
    cancelled: 'cancelled',
    awarded: 'awarded',
    patched: 'LMS informed',
    rendered: 'diploma drawn',
    waiting: 'letter waits',
    sending: 'letter is being sent',
    accepted: 'accepted by Sendsay',
    sent: 'sent',
    delivered: 'delivered',
    bounced: 'bounced',
    refused: 'refused by Sendsay',
    uncertain: 'outcome unknown',
    revoked: 'revoked',
  } satisfies Record<CertificateState, string>,
  {
    pending: 'ждёт проверки',
    'not-met': 'критерии не выполнены',
    held: 'задержано',
    excluded: 'исключено',
    cancelled: 'отменено',
    awarded: 'присуждено',
    patched: 'LMS уведомлена',
    rendered: 'диплом готов',
    waiting: 'письмо ждёт',
    sending: 'письмо отправляется',
    accepted: 'принято Sendsay',
    sent: 'отправлено',
    delivered: 'доставлено',
    bounced: 'не доставлено',
    refused: 'отклонено Sendsay',
    uncertain: 'исход неизвестен',
    revoked: 'отозвано',
  },
);

/** What the state means for the teacher, and what happens next. */
const NEXT = declareWords(
  {
    pending: 'Not decided yet. It is judged when a batch or the programme asks for it.',
    'not-met':
      'No certificate. When the LMS changes, a new batch judges again; a criterion can be waived on the right.',
    held: 'Nothing happens until a person has corrected this.',
    excluded: 'No certificate and no letter by this student group.',
    cancelled: 'Nothing more happens, until a new batch continues it.',
    awarded: 'The certificate exists. Next the LMS is told.',
    patched: 'The LMS is told. Next the diploma is drawn.',
    rendered: 'The diploma is drawn. Next its letter leaves, unless others send the letters.',
    waiting: 'The diploma is ready. The letter waits for the permitted hours of the country and leaves by itself.',
    sending: 'The letter is being handed to Sendsay.',
    accepted: 'Sendsay has the letter in its queue. Usually it is sent within minutes.',
    sent: 'Sendsay has sent the letter. Nothing more is to be done.',
    delivered: 'The mail server of the teacher has taken the letter. Nothing more is to be done.',
    bounced: 'The letter came back. Correct the address, then send the diploma once more.',
    refused: 'Sendsay does not send to this address. The certificate is valid: send its public page another way.',
    uncertain: 'Nobody knows yet whether the letter left. Gramota looks it up; it is not sent twice.',
    revoked: 'The certificate is not valid any more; its public page says so.',
  } satisfies Record<CertificateState, string>,
  {
    pending: 'Решения ещё нет. Проверка будет, когда её запросит партия или программа.',
    'not-met': 'Диплома не будет. Если LMS изменится, новая партия проверит снова; не требовать критерий можно справа.',
    held: 'Ничего не произойдёт, пока человек не исправит это.',
    excluded: 'По этой группе студента не будет ни диплома, ни письма.',
    cancelled: 'Больше ничего не произойдёт, пока новая партия не продолжит.',
    awarded: 'Диплом присуждён. Дальше о нём узнает LMS.',
    patched: 'LMS уведомлена. Дальше диплом будет нарисован.',
    rendered: 'Диплом нарисован. Дальше уйдёт письмо, если письма не отправляют другие.',
    waiting: 'Диплом готов. Письмо ждёт разрешённых часов страны и уйдёт само.',
    sending: 'Письмо передаётся в Sendsay.',
    accepted: 'Письмо в очереди Sendsay. Обычно оно уходит за несколько минут.',
    sent: 'Sendsay отправил письмо. Больше ничего не нужно.',
    delivered: 'Почтовый сервер преподавателя принял письмо. Больше ничего не нужно.',
    bounced: 'Письмо вернулось. Исправьте адрес и отправьте диплом ещё раз.',
    refused: 'Sendsay не пишет на этот адрес. Диплом действует: пришлите его публичную страницу иначе.',
    uncertain: 'Пока неизвестно, ушло ли письмо. Gramota выясняет; второй раз оно не уйдёт.',
    revoked: 'Диплом больше не действует, его публичная страница об этом говорит.',
  },
);

/** What a state means and what happens next. */
export const nextOf = ({ language }: Pick<PartContext, 'language'>, state: string): string =>
  (NEXT[language] as Record<string, string>)[state] ?? '';

const TONES: Partial<Record<CertificateState, Tone>> = {
  held: 'warn',
  uncertain: 'warn',
  bounced: 'bad',
  refused: 'bad',
  revoked: 'bad',
  sent: 'good',
  delivered: 'good',
};

const PASSING: ReadonlySet<string> = new Set([
  'awarded',
  'patched',
  'rendered',
  'sending',
] satisfies CertificateState[]);

/** Whether the state usually passes within moments, so that its page is loaded again. */
export const isPassing = (state: string): boolean => PASSING.has(state);

export const stateName = (language: PartContext['language'], state: string): string =>
  (STATE_NAMES[language] as Record<string, string>)[state] ?? state;

/** The state as a coloured word. */
export function stateTag({ language }: Pick<PartContext, 'language'>, state: string): Html {
  return tag(TONES[state as CertificateState] ?? 'none', stateName(language, state));
}

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

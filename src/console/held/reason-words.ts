import { type CriterionSource, PARAMETERS } from '../../domain/criteria/criterion.ts';
import { labelOf } from '../../domain/criteria/criterion-labels.ts';
import type { Language } from '../../domain/messages/message.ts';
import type { HeldReason } from '../../domain/reason-codes.ts';
import { declareWords } from '../frame/words.ts';

/** The reasons of holds in a few words; the details of one person stand beside it. */
const REASON_WORDS = declareWords(
  {
    'country-unknown': 'Country not known',
    'country-conflict': 'Sources disagree about the country',
    'name-unprintable': 'Name cannot be printed',
    'name-too-long': 'Name is too long',
    'name-doubtful': 'Name or title is doubtful',
    'grade-unknown': 'Grade is not known',
    'email-invalid': 'E-mail address is not valid',
    'email-shared': 'Two people share an e-mail address',
    'recipient-blocked': 'Sendsay blocks the address',
    volume: 'Too many letters at once',
    'template-missing': 'Template is missing',
    'not-approved': 'Template or letter is not approved',
    'window-exhausted': 'No permitted time for the letter',
    'lms-conflict': 'The LMS changed again and again',
    'lms-gone': 'No longer in the LMS',
    'lms-invalid': 'The LMS record cannot be used',
    'consent-withdrawn': 'Consent was withdrawn',
    excluded: 'On the deny list',
    'outcome-unknown': 'Nobody knows whether the letter left',
    'diploma-check-failed': 'The drawn diploma did not pass its check',
    'signing-key-missing': 'Signing key is missing',
    'hard-bounce': 'The address does not exist',
    'internal-error': 'Error in Gramota',
  } satisfies Partial<Record<HeldReason, string>>,
  {
    'country-unknown': 'Страна неизвестна',
    'country-conflict': 'Источники расходятся в стране',
    'name-unprintable': 'Имя нельзя напечатать',
    'name-too-long': 'Имя слишком длинное',
    'name-doubtful': 'Имя или название сомнительно',
    'grade-unknown': 'Оценка неизвестна',
    'email-invalid': 'Адрес e-mail неверен',
    'email-shared': 'Один адрес e-mail у двух людей',
    'recipient-blocked': 'Sendsay не пишет на этот адрес',
    volume: 'Слишком много писем сразу',
    'template-missing': 'Нет шаблона',
    'not-approved': 'Шаблон или письмо не утверждены',
    'window-exhausted': 'Нет разрешённого времени для письма',
    'lms-conflict': 'Запись в LMS всё время менялась',
    'lms-gone': 'Больше нет в LMS',
    'lms-invalid': 'Запись LMS нельзя использовать',
    'consent-withdrawn': 'Согласие отозвано',
    excluded: 'В списке исключений',
    'outcome-unknown': 'Неизвестно, ушло ли письмо',
    'diploma-check-failed': 'Диплом не прошёл проверку',
    'signing-key-missing': 'Нет ключа подписи',
    'hard-bounce': 'Такого адреса не существует',
    'internal-error': 'Ошибка в Gramota',
  },
);

export const reasonName = ({ language }: { language: Language }, code: string): string =>
  (REASON_WORDS[language] as Record<string, string>)[code] ?? code;

/** An unmet criterion such as `progress.score` in words; another text as it is. */
export function criterionName({ language }: { language: Language }, cause: string): string {
  const [, source, parameter] = /^([A-Za-z]+)\.(.+)$/.exec(cause) ?? [];
  if (source === undefined || parameter === undefined || !isCriterionSource(source)) return cause;
  return labelOf(source, parameter, language);
}

const isCriterionSource = (name: string): name is CriterionSource => Object.hasOwn(PARAMETERS, name);

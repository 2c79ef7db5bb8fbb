import { declareWords } from '../frame/words.ts';

export const AUDIT_WORDS = declareWords(
  {
    title: 'Audit',
    lead: 'Who did what, to what, when and why: on these pages, by the API and on the command line.',
    at: 'When',
    actor: 'Who',
    verb: 'What',
    subject: 'To what (id)',
    reason: 'Why',
    show: 'Show',
    any: 'any',
  },
  {
    title: 'Журнал действий',
    lead: 'Кто, что, с чем, когда и почему сделал: на этих страницах, через API и в командной строке.',
    at: 'Когда',
    actor: 'Кто',
    verb: 'Что',
    subject: 'С чем (id)',
    reason: 'Почему',
    show: 'Показать',
    any: 'все',
  },
);

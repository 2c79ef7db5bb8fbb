import type { CORRECTIONS } from '../en/corrections.ts';
import { translationOf } from '../translation.ts';

/** `CORRECTIONS` in Russian. No native speaker has read these wordings yet. */
export const CORRECTIONS_RU = translationOf<typeof CORRECTIONS>()({
  'input.date': 'нужна дата в виде ГГГГ-ММ-ДД',
  'input.date-early': 'курс тогда ещё не закончился; самая ранняя возможная дата: {earliest}',
  'input.date-late': 'письма ждали бы этой даты больше года; самая поздняя возможная дата: {latest}',
  'input.date-to-come': 'сертификат уже выдан; самая поздняя возможная дата: {latest}',
  'input.facts-hash': 'нужен factsHash пробного запуска: 64 шестнадцатеричные цифры',
  'state.facts-changed':
    'facts-changed: новая версия напечатала бы не то, что было в предпросмотре; сделайте новый пробный запуск и посмотрите его',
  'reissue.facts-changed':
    'после предпросмотра данные изменились в LMS или их изменил координатор; сделайте новый пробный запуск и посмотрите его',
  'state.letter-by-others':
    'у программы этого сертификата в criteria.yaml стоит "letter: none": письма отправляют другие, поэтому текста письма у Gramota нет',
});

import type { CORRECTIONS } from '../en/corrections.ts';
import { translationOf } from '../translation.ts';

/** `CORRECTIONS` in Russian. No native speaker has read these wordings yet. */
export const CORRECTIONS_RU = translationOf<typeof CORRECTIONS>()({
  'input.date': 'нужна дата в виде ГГГГ-ММ-ДД',
  'input.date-early': 'курс тогда ещё не закончился; самая ранняя возможная дата: {earliest}',
  'input.date-late': 'письма ждали бы этой даты больше года; самая поздняя возможная дата: {latest}',
  'input.date-to-come': 'диплом уже выдан; самая поздняя возможная дата: {latest}',
  'input.facts-hash': 'нужен factsHash пробного запуска: 64 шестнадцатеричные цифры',
  'state.facts-changed':
    'facts-changed: новая версия напечатала бы не то, что было в предпросмотре; сделайте новый пробный запуск и посмотрите его',
  'reissue.facts-changed':
    'после предпросмотра данные изменились в LMS или их изменил координатор; сделайте новый пробный запуск и посмотрите его',
  'state.letter-by-others':
    'у программы этого диплома в criteria.yaml стоит "letter: none": письма отправляют другие, поэтому текста письма у Gramota нет',

  // What the command line prints about one certificate or student group.
  'line.no-certificate': 'такого диплома нет; найдите студента командой "gramota find"',
  'line.no-student-group': 'в LMS нет группы студента с таким id; найдите студента командой "gramota find"',
  'line.preview': '{number}: вот что напечатала бы версия {version}; ничего не изменено',
  'line.preview-written': 'предпросмотр с водяным знаком → {file}',
  'line.reissue-this':
    'чтобы выпустить именно эту версию: gramota certificate reissue {number} {options} --reason "…" --wait',
  'line.reissue-next': 'чтобы увидеть новый диплом: gramota certificate reissue {number} --dry-run --out new.pdf',
  'line.version-asked': '{number}: будет создана версия {version}; сейчас состояние диплома {state}',
  'line.revoked': '{number} отозван; это видно на его странице: {page}',
  'line.letter-called-back': 'письмо ещё ждало и не уйдёт',
  'line.letter-waits': '{number}: письмо уйдёт {time}',
  'line.resolved': '{number}: состояние письма теперь {state}',
  'shown.course': 'курс',
  'shown.diploma': 'диплом',
  'shown.flag': 'флаг',
  'shown.holder': 'имя',
  'shown.id': 'id',
  'shown.issueDate': 'дата выдачи',
  'shown.judging': 'решение принимается снова',
  'shown.letter': 'письмо',
  'shown.needsReissue': 'нужен перевыпуск',
  'shown.noChange': 'в печати ничего не отличается от нынешней версии',
  'shown.noLetter': 'письма нет: его отправляют другие',
  'shown.page': 'страница',
  'shown.reason': 'причина',
  'shown.revoked': 'отозван',
  'shown.sendAfter': 'уйдёт',
  'shown.studentGroup': 'группа студента',
  'shown.version': 'версия',
  'shown.yes': 'да',
});

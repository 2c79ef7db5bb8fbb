import type { FIND, FIND_WORDS } from '../en/find-texts.ts';
import { translationOf } from '../translation.ts';

/** `FIND` in Russian. No native speaker has read these wordings yet. */
export const FIND_RU = translationOf<typeof FIND>()({
  'input.instant': 'ожидается время, например 2026-11-01T00:00:00Z',
  'find.none': 'ничего не найдено',
  'find.more': 'найдено больше; уточните поиск или продолжите с --cursor {cursor}',
  'find.no-student-group':
    'группы студента {of} нет; укажите её id либо id или номер её диплома. Id находит "gramota find ИМЯ"',
  'find.acts-written': 'действий: {count} → {file}',
});

/** `FIND_WORDS` in Russian. No native speaker has read these wordings yet. */
export const FIND_WORDS_RU = translationOf<typeof FIND_WORDS>()({
  'word.id': 'ID',
  'word.name': 'ИМЯ',
  'word.latin': 'ЛАТИНИЦЕЙ',
  'word.release': 'РЕЛИЗ',
  'word.country': 'СТРАНА',
  'word.state': 'СОСТОЯНИЕ',
  'word.reason': 'ПРИЧИНА',
  'word.number': 'НОМЕР',
  'word.title': 'НАЗВАНИЕ',
  'word.closed': 'ЗАКРЫТ',
  'word.total': 'ВСЕГО',
  'word.batch': 'ПОСЛЕДНЯЯ ПАРТИЯ',
  'word.when': 'КОГДА',
  'word.who': 'КТО',
  'word.what': 'ЧТО',
  'word.subject': 'С ЧЕМ',
  'word.yes': 'да',
  'word.no': 'нет',
  'show.student': 'студент',
  'show.release': 'релиз',
  'show.since': 'с',
  'show.judging': 'решение принимается заново; скоро это может измениться',
  'show.country': 'страна',
  'show.country-unknown': 'неизвестна',
  'show.says': 'говорит',
  'show.unreadable': 'не называет одной страны',
  'show.no-decision': 'решения ещё нет: об этой группе студента никто не решал',
  'show.hold': 'ждёт человека',
  'show.flag': 'проверьте',
  'show.overrides': 'правки',
  'show.no-certificate': 'диплома нет',
  'show.certificate': 'диплом',
  'show.former': 'прежний диплом',
  'show.version': 'версия',
  'show.needs-reissue': 'напечатанный факт с тех пор изменился: перевыпустите, чтобы напечатать новый',
  'show.letter': 'письмо',
  'show.copy': 'копия на',
  'show.not-before': 'не раньше',
  'show.history': 'история',
});

import type { BULK } from '../en/bulk-texts.ts';
import { translationOf } from '../translation.ts';

/** `BULK` in Russian. No native speaker has read these wordings yet. */
export const BULK_RU = translationOf<typeof BULK>()({
  'unknown.bulk-act': 'Массового действия с таким id нет.',
  'unknown.subject': 'Нет ни группы студента, ни диплома, ни отметки с таким id или номером.',

  'state.no-certificate': 'У этой группы студента нет диплома.',
  'state.no-flag': 'У этой группы студента нет открытых отметок нужного вида.',
  'state.no-retry': 'Группа студента в состоянии {state}; для retry нужно held, refused или bounced.',
  'state.no-batch-to-retry': 'Эта группа студента не входит ни в одну партию; запустите партию с её id.',
  'state.retry-unknown-outcome':
    'Неизвестно, отправлено ли последнее письмо; узнайте в почтовом сервисе и запишите ответ через «resolve».',

  'bulk.wrong-state': 'Массовое действие в состоянии {state}; для {verb} нужно состояние {wanted}.',
  'bulk.waits-for-second-person':
    'Массовое действие ждёт второго человека: его должен подтвердить другой координатор, или его можно отменить.',
  'bulk.no-confirmation': 'Массовое действие не ждёт второго человека; подтверждать нечего.',
  'bulk.same-person':
    'Это массовое действие начал {actor}; подтвердить его должен другой человек, с токеном на другое имя.',
  'bulk.count-differs':
    'Теперь в выборке {count} строк, а не {expected}; посмотрите её ещё раз пробным запуском и начните с "expect": {count}.',
  'bulk.row-failed':
    'Действие трижды не удалось из-за ошибки в Gramota; администратор найдёт её в журнале сервера по id массового действия.',
  'bulk.key-reused':
    'Этот Idempotency-Key уже использован для другого запроса; для нового массового действия возьмите новый ключ.',

  'input.ids-or-filter': 'ожидается либо ids, либо filter',
  'input.only-of-verb': 'только для действия {verb}',
  'input.needed-for-verb': 'нужно для действия {verb}',
  'input.most-rows': 'в выборке больше {most} строк; сузьте её',
  'input.nothing-changed': 'ожидается хотя бы одно из {known}',

  'line.no-bulk-act': 'массового действия {id} нет; новейшие показывает "gramota bulk list"',
  'line.bulk-started': 'массовое действие {id}: строк {count}',
  'line.bulk-second-person': 'ждёт второго человека: другой координатор запускает "gramota bulk confirm {id}"',
  'line.bulk-more-rows': 'есть ещё строки: --after {after}',
});

import type { LINES } from '../en/lines.ts';
import { translationOf } from '../translation.ts';

/** `LINES` in Russian. No native speaker has read these wordings yet. */
export const LINES_RU = translationOf<typeof LINES>()({
  'line.no-batch': 'партии {id} нет; новейшие показывает "gramota batch list"',
  'line.no-release': '--release: в LMS нет релиза {release}',
  'line.release-unusable': '--release: {release} нельзя использовать: {fault}',
  'line.release-never-pulled':
    '--release: Gramota ещё не читала релиз {release} из LMS; сначала запустите по нему партию',
  'line.warning': 'предупреждение: {code}: {detail}',
  'line.warning-of': 'предупреждение: релиз {release}: {code}: {detail}',
  'line.pull': 'чтение из LMS: {state}; страниц {pages}, групп студентов {count}',
  'line.left-out': 'не вошли: {detail}',
  'line.release-fault': 'релиз в LMS нельзя использовать: {fault}',
  'line.report-written': 'групп студентов: {total}, номеров: {numbers} → {file}',
  'line.exported': 'дипломов: {certificates} → {file}',
  'line.unwritable': '--out: в файл {file} нельзя записать: {code}',
  'line.report': 'релиз {release}, групп студентов: {total}',
  'line.by-country': 'по странам',
  'line.by-template': 'по шаблонам',
  'line.unresolved': 'нерешённых: {count}',
  'line.row': '{code}  {detail}',
  'line.moved': 'перенесено: {studentGroup}  {number}  {detail}',
  'line.numbers': 'номера: выдано {issued}, пропущено {missing}',
  'line.repairs': 'начаты исправления: {kinds}',
  'line.repairs-more': 'начаты исправления: {kinds}; есть ещё: повторите команду',
  'line.left-to-person': 'решить должен человек: {kinds}',
  'line.no-decision':
    'для {of} решения нет; дайте id решения, группы студента или диплома, номер диплома или адрес почты',
  'line.several-decisions': '{of} подходит нескольким группам студента: {groups}; дайте id одной из них',
});

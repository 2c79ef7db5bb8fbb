import type { PRIVACY } from '../en/privacy-texts.ts';
import { translationOf } from '../translation.ts';

/** `PRIVACY` in Russian. No native speaker has read these texts yet. */
export const PRIVACY_RU = translationOf<typeof PRIVACY>()({
  'unknown.student': 'О слушателе с таким id ничего не хранится.',
  'unknown.erasure': 'Для этого слушателя нет удаления с таким id.',
  'unknown.erased': 'Данные слушателя с таким id не удалялись.',
  'state.letter-leaving': 'Письмо этому человеку как раз передаётся почтовой службе. Повторите запрос через минуту.',
  'state.other-than-shown':
    'Сейчас было бы удалено не то, что показано: добавился диплом, письмо, поправка или файл. Запросите удаление ещё раз.',
  'letter.erased': 'отозвано, потому что личные данные получателя удалены',
  'decision.person-erased': 'личные данные удалены; то, что LMS сообщает об этом человеке, больше не сохраняется',
});

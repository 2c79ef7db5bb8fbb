import type { REFUSALS } from '../en/refusals.ts';
import { translationOf } from '../translation.ts';

/** `REFUSALS` in Russian. No native speaker has read these wordings yet. */
export const REFUSALS_RU = translationOf<typeof REFUSALS>()({
  'difference.lms-not-told': 'в Gramota диплом выдан, а LMS не показывает "criteria met"',
  'difference.lms-told-otherwise': 'LMS показывает "criteria met", а диплома в Gramota нет',
  'difference.release-moved':
    'диплом относится к релизу, в котором эта группа студента была в LMS при выдаче: верните группу в LMS обратно или разрешите второй диплом',
  'difference.lms-shows-revoked':
    'в Gramota диплом отозван, а LMS всё ещё показывает "criteria met": измените это в LMS',
  'difference.template-differs':
    'LMS показывает другой certTemplate, чем у диплома: очистите его там или перевыпустите',
  'difference.name-differs': 'LMS или правка называет другое имя, чем диплом: перевыпустите его, если верно новое имя',
  'difference.gone-in-lms':
    'в LMS больше нет этой группы студента, а в Gramota у неё есть диплом: отзовите его, если он не должен действовать',
  'difference.missed-change': 'после последней проверки этой группы студента LMS или координатор что-то изменили',
  'difference.letter-unknown':
    'исход письма неизвестен уже несколько часов: найдите его в почтовом сервисе и запишите ответ через "resolve"',
  'difference.letter-never-left': 'письмо давно должно было быть подготовлено или отправлено',
  'difference.none': 'LMS, Gramota и почтовый сервис согласны',
  'release-moved.row': 'диплом относится к релизу {former}; затем LMS перенесла его группу студента в релиз {release}',

  'unknown.batch': 'Партии с таким id нет.',
  'unknown.certificate': 'Диплома с таким id или номером нет.',
  'unknown.student-group': 'Группы студента с таким id нет.',
  'unknown.flag': 'Отметки с таким id нет.',
  'unknown.letter': 'Такого письма нет; известные письма: {known}.',
  'unknown.letter-language': 'Письма {letter} на этом языке нет; его языки: {known}.',
  'unknown.template': 'Такого шаблона нет; известные шаблоны: {known}.',
  'unknown.sample': 'Такого образца нет; известные образцы: {known}.',
  'unknown.release': 'В LMS нет релиза с таким id.',
  'unknown.release-here': 'Gramota ещё не читала этот релиз из LMS; сначала запустите по нему партию.',
  'unknown.address': 'По этому адресу ничего нет.',

  'state.not-revoked': 'Диплом не отозван.',
  'state.version-under-way': 'Новая версия этого диплома уже готовится.',
  'state.letter-settled': 'Исход письма этого диплома уже известен.',
  'state.not-unknown': 'Диплом не задержан как outcome-unknown, поэтому записывать нечего.',
  'state.flag-ended': 'Отметка уже снята.',
  'state.no-project': 'В LMS у этой группы студента нет проекта, и название не напечатается; добавьте проект в LMS.',
  'state.dead-address': 'Прежнее письмо на этот адрес вернулось: доставить его невозможно; укажите другой адрес.',
  'state.address-returned':
    'Прежнее письмо на этот адрес вернулось: доставить его невозможно; исправьте адрес в LMS или правкой.',
  'state.address-shared': 'Такой же адрес почты у другого студента; исправьте один из двух адресов в LMS или правкой.',
  'state.group-unread': 'Gramota ещё не читала эту группу студента из LMS.',
  'state.letter-in-progress': 'Письмо с этим дипломом сейчас отправляется.',
  'state.shared-address':
    'Этот адрес есть у другого студента; укажите другой или отправьте вместе с ним "allowSharedEmail": true.',
  'state.nothing-suggested': 'Сейчас подсказки нет: группа студента не задержана как {reasons}.',
  'state.suggestion-stale':
    'После подсказки LMS или координатор что-то изменили; дождитесь новой проверки группы студента ("judging": false) и посмотрите новую причину.',
  'state.no-suggestion': 'Для {path} подсказки нет; укажите текст как "{field}" или исправьте его в LMS.',
  'state.several-certificates': 'Подходит несколько дипломов; укажите id одного из них: {known}.',
  'state.key-reused': 'Этот Idempotency-Key уже использован для другого запроса; для новой партии возьмите новый ключ.',

  'down.lms': 'LMS сейчас недоступна; повторите позже.',
  'down.database': 'База данных сейчас недоступна; повторите позже.',
  'down.mock-ups': 'Рисуется слишком много образцов сразу; повторите позже.',
  'down.exports': 'Делается слишком много выгрузок сразу; повторите позже.',
  'down.store': 'Хранилище дипломов сейчас не читается; повторите позже.',
  failed: 'В Gramota произошла ошибка; администратор найдёт её в журнале сервера по X-Request-Id этого ответа.',

  'http.token': 'Нужен действующий токен: Authorization: Bearer gr_…',
  'http.token-expired': 'Срок действия этого токена истёк: {at}. Другой токен может создать admin.',
  'http.foreign-form':
    'Эта форма отправлена не со страницы Gramota, поэтому ничего не сделано. Откройте страницу заново и повторите.',
  'http.streams': 'У этого токена или сеанса уже открыто потоков событий: {most}; сначала закройте один из них.',
  'console.invitation': 'Введите один адрес электронной почты и одну из ролей: {roles}.',
  'console.not-invited': 'Это приглашение уже отозвано.',
  'console.latin-stays':
    'осталось бы прежним под другим именем: введите его заново или отметьте «Оставить имя латиницей прежним»',
  'console.nothing-changed': 'Ничего не изменено: введите новый текст.',
  'console.nothing-chosen': 'Ничего не выбрано: отметьте строки или введите значения.',
  'console.expires':
    'Введите день, который ещё не прошёл, например 2027-06-30; токен действует по этот день включительно.',
  'console.no-dry-run':
    'Выдачу начинают только после завершённого пробного прогона по релизу. Сначала сделайте пробный прогон.',
  'console.dry-run-old':
    'После этого пробного прогона уже начата партия по тому же релизу ({at}, {actor}). Посмотрите её или сделайте новый пробный прогон.',
  'console.count-typed': 'Введите {count} — число новых дипломов, чтобы подтвердить, что имеете в виду столько людей.',
  'http.role': 'Для этого запроса нужна роль {needed}; роль этого токена — {role}.',
  'http.method': 'Метод {method} здесь не разрешён; разрешены: {allowed}.',
  'http.too-large': 'Тело запроса больше, чем принимает этот адрес.',
  'http.not-json': 'Content-Type: ожидается application/json в UTF-8.',
  'http.encoded': 'Это кодирование содержимого не принимается; отправьте тело без сжатия.',
  'http.not-utf8': 'Тело запроса не в UTF-8.',
  'http.empty': 'Тело запроса пусто; ожидается объект JSON.',
  'http.no-json': 'Тело запроса — не JSON.',
  'http.aborted': 'Запрос оборвался.',
  'http.unreadable': 'Запрос нельзя прочитать.',
  'http.form': 'Запрос не той формы, которая ожидается; см. errors.',
  'http.idempotency-key': 'Idempotency-Key: ожидается от 1 до 255 печатных знаков ASCII без пробелов.',
  'http.release-unusable': 'Релиз в LMS нельзя использовать: {fault}',

  'input.text': 'ожидается текст',
  'input.some-text': 'ожидается хотя бы один знак',
  'input.most-characters': 'ожидается не больше {most} знаков',
  'input.plain-text': 'ожидается правильный Unicode без управляющих знаков',
  'input.boolean': 'ожидается true или false',
  'input.whole': 'ожидается целое число от {least} до {most}',
  'input.uuid': 'ожидается UUID, например 019ac0de-1100-7000-8000-000000000001',
  'input.cursor': 'ожидается курсор из nextCursor',
  'input.unknown-field': 'неизвестное поле',
  'input.one-of': 'ожидается одно из: {known}',
  'input.country': 'ожидаются страны: коды ISO 3166-1 alpha-2 (например, KZ) или названия',
  'input.some-ids': 'ожидается хотя бы один id',
  'input.most-ids': 'ожидается не больше {most} id',
  'input.some-countries': 'ожидается хотя бы одна страна',
  'input.most-countries': 'ожидается не больше {most} стран',
  'input.some-kinds': 'ожидается хотя бы один вид',
  'input.release-or-groups': 'ожидается либо releaseId, либо studentGroupIds',
  'input.release-or-groups-or-none': 'ожидается либо releaseId, либо studentGroupIds, либо ни то, ни другое',
  'input.sample-or-extreme': 'ожидается либо sample, либо extreme',
  'input.criteria': 'ожидается список критериев',
  'input.most-criteria': 'ожидается не больше {most} критериев',
  'input.no-country': 'не называет одну страну; укажите код ISO, например KZ',
  'input.nothing-said': 'ожидается хотя бы одно из {known} или takeSuggestion: true',
  'input.excluded-and-allowed': 'исключённому студенту нельзя ничего разрешить',
  'input.no-programme': 'ни одна программа в criteria.yaml не называет релиз этой группы студента',
  'input.consent': 'согласие может дать только сам студент; снять можно такие критерии: {known}',
  'input.unknown-criterion': 'неизвестный критерий; снять можно такие: {known}',
  'input.unknown-template': 'неизвестный шаблон; известные шаблоны: {known}',
  'input.suggested-too': 'подсказка уже задаёт это поле; дайте текст или примите подсказку, но не то и другое',
  'input.latin-stays.lms':
    'останется латинская форма из LMS; дайте и "latinName" или "keepLatinName": true, если она относится к новому имени',
  'input.latin-stays.override':
    'останется латинская форма из правки; дайте и "latinName" или "keepLatinName": true, если она относится к новому имени',
});

import type { REASONS } from '../en/reasons.ts';
import { translationOf } from '../translation.ts';

/** `REASONS` in Russian. No native speaker has read these wordings yet. */
export const REASONS_RU = translationOf<typeof REASONS>()({
  'excluded.here': 'координатор внёс эту группу студента в список запрета; кто это сделал и почему, видно в истории',
  'excluded.elsewhere':
    'координатор внёс в список запрета группу {studentGroup} этого студента; кто это сделал и почему, видно в истории той группы',
  'no-programme':
    'ни одна программа в criteria.yaml не называет релиз {release}; добавьте этот релиз в "releases" одной из программ',
  'moved-after-award':
    'диплом {number} выдан этой группе студента в релизе {former}; затем LMS перенесла группу в релиз {release}; чтобы разрешить второй диплом в том релизе, отправьте PATCH группы студента с "allow": ["{waiver}"]',
  expelled: 'студент отчислен и диплома не получит',
  'country-not-known': 'страна неизвестна',
  'other-template':
    'LMS уже показывает "criteria met" с другим certTemplate, не {template}; очистите его в LMS или выберите шаблон, который показывает LMS',
  'template-missing':
    'в папке шаблонов нет certificate/{template}; добавьте этот шаблон или выберите другой в criteria.yaml',
  'not-approved': 'никто не утвердил {contents}; посмотрите и утвердите в консоли на странице «Шаблоны и письма»',
  'project-title-empty': 'поле project.title пусто; заполните его в LMS',
  'hours-unprintable': 'release.hoursTotal {fault} в LMS',
  'hours-needed': '— ноль, а texts.{text} шаблона «{template}» нельзя напечатать без часов: укажите часы',
  'grade-unknown':
    'project.grade: такой оценки нет в grades.yaml; добавьте её туда со словом на каждом языке или исправьте оценку в LMS',
  'grade-unknown.told':
    'project.grade «{grade}»: такой оценки нет в grades.yaml; добавьте её туда со словом на каждом языке или исправьте оценку в LMS',
  'email-empty': 'поле student.email пусто; введите адрес в LMS или задайте его правкой',
  'email-shared': 'такой же адрес почты у другого студента; исправьте один из двух адресов в LMS или правкой',
  'email-erased': 'адрес почты удалён; диплом отправить некуда',
  'prefix-taken':
    'release.numberPrefix «{prefix}» принадлежит другому релизу; задайте в LMS каждому релизу свой префикс',
  'awarded-elsewhere': 'диплом {number} уже выдан этому студенту по группе {studentGroup}',
  'foreseen-elsewhere': 'диплом будет выдан этому студенту по группе {studentGroup}',
  'awaiting-confirm':
    'критерии выполнены; партия с этой группой студента ждёт второго человека; подтвердите или отмените эту партию',
  'awaiting-batch': 'критерии выполнены; эта программа выдаёт дипломы только партией координатора; запустите партию',
  'volume.old':
    'курс закончен до {since} (automatic.since программы) или неизвестно когда; чтобы выдать диплом, запустите партию',
  'volume.many': 'больше {perHour} выдач за час (automatic.perHour программы); чтобы выдать диплом, запустите партию',
  'release-unread': 'релиз {release} не удалось прочитать из LMS; исправьте релиз в LMS и снова запустите партию',
  'release-unusable': 'релиз {release} нельзя использовать: {fault}; исправьте его в LMS и снова запустите партию',
  'release-unusable.reissue':
    'релиз {release} нельзя использовать: {fault}; исправьте его в LMS и повторите перевыпуск',
  'group-gone': 'в LMS больше нет этой группы студента',
  'batch-of-other-release':
    'LMS перенесла эту группу студента в релиз {release}; эта партия — только для релиза {wanted}',
  'batch-of-other-country': 'эта партия — только для {countries}',
  'dead-address': 'прежнее письмо на этот адрес вернулось: доставить его невозможно; сначала исправьте адрес',
  'job-failed':
    'этап {stage} несколько раз завершился ошибкой (задание {job}); посмотрите журнал сервера и снова запустите партию с этой группой',
  'job-unreadable': '{fault}; обновите все обработчики до одной версии и снова запустите партию с этой группой',
  'letter-without-text': 'у letter/{letter} нет текста на языке {language}, en или ru; добавьте его в папку шаблонов',
  'check-failed':
    'готовый диплом не прошёл проверку «{check}»: {fault}; диплом не сохранён и не отправлен; повторите партию, а если проверка снова не пройдёт, обновите Gramota и повторите',
  'no-outcome.unseen':
    'почтовый сервис не дал ясного ответа на вызов {time} (запрос {request}) и с тех пор не вернул полного списка писем',
  'no-outcome.absent':
    'почтовый сервис не дал ясного ответа на вызов {time} (запрос {request}), и в его списках писем этого письма нет (прочитано списков: {count})',
  'window-exhausted':
    'countries.yaml не оставляет разрешённого времени для {country}; добавьте там слоты или окна и снова запустите партию',
  'zone-missing':
    'в {country} несколько часовых поясов, а в LMS у студента пояс не указан; задайте пояс {country} в countries.yaml или исправьте student.timezone в LMS',
  'zone-elsewhere':
    'в {country} несколько часовых поясов, а пояс студента не из их числа; задайте пояс {country} в countries.yaml или исправьте student.timezone в LMS',

  'criterion.needed': '{name}: {actual}, нужно {need}',
  'criterion.refused': '{name}: {actual}, не допускается {need}',
  'criterion.value-needed': '{name}: {actual}, значение нужно',
  'criterion.no-value': '{name}: {actual}, значения быть не должно',
  'criterion.waived': '{criterion}; координатор снял это требование',
  'actual.value': '{value}',
  'actual.unknown': 'нет данных',
  'actual.another': 'другое значение',
  'need.equals': '{value}',
  'need.in': 'одно из: {value}',
  'need.atLeast': 'не меньше {value}',
  'need.atMost': 'не больше {value}',
  'need.before': 'раньше {value}',
  'need.after': 'позже {value}',
  'value.true': 'да',
  'value.false': 'нет',

  'lms.etags-rewritten':
    'LMS ответила 412 на попытки подряд: {count}; проверьте, не переписывает ли ETag прокси между Gramota и LMS',
  'lms.other-template-shown': 'LMS ответила 200, но показывает другой certTemplate, не тот, что ей сообщён',
  'lms.other-status-shown': 'LMS ответила 200, но показывает другой статус, не тот, что ей сообщён',
  'lms.answered-409': 'LMS ответила 409: сообщение противоречит её данным; сверьте группу студента там',
  'lms.answered-422': 'LMS ответила 422: этот certTemplate или статус она не принимает; см. patch в lms.yaml',
  'lms.record-unusable': 'запись в LMS нельзя использовать: {fault}',
  'lms.holds-other-template': 'в LMS уже стоит "{status}" с другим certTemplate',
  'lms.no-etag': 'LMS не даёт ETag для этой группы студента, поэтому PATCH небезопасен',
  'lms.report-gone': 'LMS больше не показывает "criteria met" с тем certTemplate, который ей сообщён',
  'lms.moved': 'LMS перенесла эту группу студента в другой релиз, не в тот, к которому относится диплом',
  'lms.unavailable': 'LMS {route}: {fault}',
  'lms.unreadable': 'LMS ответила, но ответ нельзя прочитать: {route}, {fault}',
  'lms.answered': 'LMS {route} ответила {status}',
  'lms.answered.token': 'LMS {route} ответила {status}; проверьте LMS_TOKEN и его права',
  'lms.answered.redirect':
    'LMS {route} ответила {status}; перенаправления не выполняются; укажите в LMS_BASE_URL конечный адрес',
  'lms.limits-used': 'LMS {route}: ограничения, заданные для LMS, исчерпаны: {fault}',

  'flag.student-merged':
    'LMS показывает теперь другого студента, не того, кому выдан диплом; Gramota ничего не изменила; проверьте, кто из двух студентов верный',
  'flag.no-longer-met': 'после выдачи критерии больше не выполнены: {detail}',
  'flag.template-missing': 'LMS не показывает certTemplate, хотя Gramota сообщила ей {template}',
  'flag.template-differs': 'LMS показывает другой certTemplate, а не {template}, который ей сообщила Gramota',
  'flag.gone-after-letter':
    'LMS удалила эту группу студента после отправки диплома; отзовите диплом, если он не должен действовать',
  'flag.issued-not-told': 'Gramota не смогла сообщить LMS о выдаче диплома: {fault}',
  'flag.release-moved':
    'диплом {number} выдан в релизе {former} и по-прежнему относится к нему; затем LMS перенесла эту группу студента в релиз {release}',

  'name.empty': 'Имя пусто; {mend}',
  'title.empty': 'Название пусто; {mend}',
  'name.no-letter': 'В имени нет ни одной буквы; {mend}',
  'name.directional': 'В имени есть невидимые знаки, меняющие направление текста ({points}); {mend}',
  'title.directional': 'В названии есть невидимые знаки, меняющие направление текста ({points}); {mend}',
  'name.damaged': 'Имя повреждено по пути в LMS или в Gramota ({points}); {mend}',
  'title.damaged': 'Название повреждено по пути в LMS или в Gramota ({points}); {mend}',
  'name.invisible': 'В имени есть невидимые или управляющие знаки ({points}); {mend}',
  'title.invisible': 'В названии есть невидимые или управляющие знаки ({points}); {mend}',
  'name.executed': 'В имени есть {points}; это почтовый сервис выполнит как команду; {mend}',
  'title.executed': 'В названии есть {points}; это почтовый сервис выполнит как команду; {mend}',
  'name.heap': 'В имени слишком много знаков над одной буквой; {mend}',
  'title.heap': 'В названии слишком много знаков над одной буквой; {mend}',
  'mend.in-lms': 'введите заново в LMS.',
  'mend.here': 'введите заново.',
  'text.direction': 'содержит знаки, меняющие направление текста ({points}); введите заново в LMS',
  'text.invisible': 'содержит невидимые, направляющие или повреждённые знаки ({points}); введите заново в LMS',
  'text.executed':
    'содержит знаки языка шаблонов, например "[%", которые почтовый сервис выполнит как команду; введите заново в LMS',
  'text.heap': 'слишком много знаков над одной буквой; введите заново в LMS',
  'text.lost': 'потерял буквы: на их месте вопросительные знаки; введите заново в LMS',
  'text.long': 'знаков: {count}, а напечатать можно не больше {most}: сократите текст',
  'text.replacement': 'содержит U+FFFD на месте потерянных букв: введите текст заново',
  'text.glyphs':
    'ни в одном шрифте шаблона «{template}» нет знака {points}: используйте другие знаки или добавьте шрифт',
  'text.room': 'знаков: {count}, они не помещаются на своё место в шаблоне «{template}»: сократите текст',
  'prefix.no-letter': 'кроме «№» и «No.», нет ни буквы, ни цифры; задайте релизу свой префикс',
  'name.glyphs':
    'ни в одном шрифте шаблона «{template}» нет знака {points}, а печатаемой латинской формы нет: введите латинскую форму имени или добавьте шрифт в templates/fonts',
  'name.too-long':
    'имя (знаков: {count}) не помещается в шаблон «{template}» даже в две строки наименьшего размера: введите более короткую форму имени',
  'doubt.in-field': '{path}: {finding} Если текст верен, подтвердите его правкой поля {field} с тем же текстом.',
  'doubt.name': 'Имя {sign}; исправьте его в LMS или правкой.',
  'doubt.text': 'Текст {sign}; исправьте его там, где он введён.',
  'sign.absent': 'означает отсутствие значения',
  'sign.placeholder': 'похоже на незаполненную заготовку',
  'sign.program-data': 'похоже на данные программы',
  'sign.heading': 'похоже на заголовок столбца или поля',
  'sign.email': 'похоже на адрес почты',
  'sign.login': 'похоже на имя учётной записи',
  'sign.spreadsheet': 'похоже на ошибку или формулу таблицы',
  'sign.deleted': 'говорит об удалённой учётной записи',
  'sign.test-entry': 'похоже на пробную запись',
  'sign.lost-letters': 'без части букв: на их месте вопросительные знаки',
  'sign.charset': 'прочитано в неверной кодировке, и буквы в нём неверны',
  'sign.escaped': 'содержит коды вместо знаков',
  'sign.tags': 'содержит теги HTML',
  'sign.alphabets': 'содержит буквы двух алфавитов в одном слове',
  'sign.caps-lock': 'набрано с Caps Lock: строчные и прописные буквы перепутаны',
  'sign.marks': 'содержит цифры, кавычки или другие лишние знаки',
  'sign.remark': 'содержит примечание рядом с именем',
  'email.wrong': 'Адрес почты {sign}; исправьте его.',
  'email.is-empty': 'пуст',
  'email.space': 'содержит пробел или невидимый знак',
  'email.dotted-i': 'содержит İ (прописную i с точкой), которая в адресе почты станет другой буквой',
  'email.wide': 'содержит полноширинные буквы или другие особые формы букв',
  'email.no-at': 'без знака @',
  'email.many-at': 'содержит больше одного знака @',
  'email.long': 'слишком длинный',
  'email.local': 'содержит неверную часть перед @',
  'email.domain': 'содержит неверный домен',
  'email.no-top': 'без домена верхнего уровня',
  'email.top': 'содержит неверный домен верхнего уровня',
  'email.never': 'оканчивается на .{top}, где адресов не бывает',
  'email.alphabets': 'смешивает похожие буквы двух алфавитов, например кириллическую «а» среди латинских букв',
  'email.dotless-i': 'содержит ı (i без точки) там, где обычно i',

  'country.override': 'Правка не называет страну; укажите код ISO, например KZ.',
  'country.none': 'Ни один источник не называет страну. {mend}',
  'country.none-readable': 'Ни один источник не называет страну: {seen}. {mend}',
  'country.disagree': 'Источники расходятся: {seen}. {mend}',
  'country.misspelt': 'Страна написана с ошибкой, и другой источник её не подтверждает: {seen}. {mend}',
  'country.shared-code':
    'Кодом {code} обозначают и другую страну, и другой источник не подтверждает, о какой стране речь: {seen}. {mend}',
  'country.mend':
    'Исправьте student.country или registration.country в LMS и снова запустите партию либо задайте страну правкой.',
  'country.says': '{source}: {code}',
  'country.says-nothing': '{source}: не читается',

  'letter.hard-bounce':
    'почтовый сервер получателя окончательно отвергает адрес; исправьте его в LMS, затем повторите или отправьте снова',
  'letter.hard-bounce.code':
    'почтовый сервер получателя окончательно отвергает адрес ({code}); исправьте его в LMS, затем повторите или отправьте снова',
  'letter.soft-bounce':
    'почтовый сервер получателя не принял письмо, и почтовый сервис прекратил попытки; повторите позже или исправьте адрес',
  'letter.soft-bounce.code':
    'почтовый сервер получателя не принял письмо ({code}), и почтовый сервис прекратил попытки; повторите позже или исправьте адрес',
  'letter.absent': 'почтовый сервис его не получал: в списках от {times} его нет',
  'letter.worker-stopped': 'обработчик остановился раньше, чем ответил почтовый сервис',
  'letter.foreign-track': 'track.id ответа, {track}, принадлежит другому письму',
  'letter.superseded': 'вместо этого письма будет письмо с версией диплома {version}',
  'letter.revoked': 'диплом отозван до отправки письма',
  'letter.resolved.sent':
    'сотрудник записал, что письмо отправлено; его номер в почтовом сервисе неизвестен; раньше было известно: {detail}',
  'letter.resolved.not-sent': 'сотрудник записал, что письмо не отправлялось; раньше было известно: {detail}',
  'reissue.revoked': 'диплом отозван',
  'key.absent': 'ключа {key} нет в SIGNING_KEYS_DIR этого сервера: скопируйте его с сервера, где он есть',
  'key.other':
    'ключ {key} на этом сервере — не тот, с которым выдан диплом: скопируйте SIGNING_KEYS_DIR с сервера, где он есть',
  'template.format':
    'диплом выдан по шаблону «{template}» формата {format}, который эта версия Gramota не рисует: нарисуйте его той версией, которая его выдала (запустите её "work" один раз), или перевыпустите диплом по нынешнему шаблону',
  'window.due': 'назначенное время отправки — {time}, оно {why} ({zone}); следующее разрешённое время — {next}',
  'window.outside-slots': 'вне разрешённых слотов',
  'window.last-minutes': 'попадает на последние минуты окна отправки',
  'window.holiday': 'попадает на праздник',
  'window.outside': 'вне окон отправки',

  'batch.waits-for-lms': 'Партия ждёт LMS: {detail}.',
  'batch.paging-endless': 'список групп студентов в LMS не кончается',
  'batch.dry-run-retry':
    'В пробном прогоне нет задержанных групп студентов, повторять нечего; начните новый пробный прогон.',
  'batch.wrong-state': 'Состояние партии — {state}; для {verb} нужно состояние {wanted}.',
  'batch.waits-for-person':
    'Партия ждёт второго человека: её запускает командой "confirm" другой координатор, не тот, кто её создал; {verb} её не запускает.',
  'batch.nothing-to-confirm': 'Состояние партии — {state}, второго человека она не ждёт; подтверждать нечего.',
  'batch.same-person': 'Эту партию создал(а) {actor}; подтвердить её должен другой человек, с токеном на другое имя.',
  'batch.after-act': '{detail} Последнее действие с ним: {act}, {actor}, {at}.',
  'batch.second-person':
    'В партии групп студентов без диплома: {count}; когда их больше {above}, программа {programme} требует второго человека: партию запускает командой "confirm" другой координатор, не {actor}.',
  'batch.stopped': 'партия остановлена, ни одна группа студента в ней не проверена: {detail}',
  'pull.endless':
    'страницы списка LMS с {first} по {last} не дали ни новой группы студента, ни новой версии, то есть список не кончается; прочитано групп: {count}, других может не хватать; исправьте разбивку на страницы в LMS, затем "retry"',
  'pull.left-out':
    'на вопрос о релизе {release} LMS назвала и группы других релизов (число: {count}); в эту партию они не входят: {names}',
  'sending.stopped':
    'С {since} не отправлено ни одного письма: почтовый сервис не дал ясного ответа на вызовы подряд (число: {count}, последний: {detail}). Пусть администратор проверит сам сервис и его адрес в настройках (SENDSAY_URL); отправка продолжится сама, когда один вызов удастся.',
  'hours-differ': 'release.hoursTotal равно {hours}, а часы модулей дают {sum}; исправьте одно из них в LMS',
  'prefix-ambiguous':
    'таблица прочитает номера дипломов с release.numberPrefix {prefix} как {reading}; возьмите, например, префикс {safe}',
  'reading.formula': 'формулу',
  'reading.scientific': 'число в экспоненциальной записи',
  'reading.number': 'число или дату',
  'reading.date': 'дату',
  'contact.no-slot':
    'countries.yaml: у {country}.contact нет слотов в будущем: письма задерживаются как window-exhausted; добавьте слоты или окна',
  'contact.no-window':
    'countries.yaml: у {country}.contact нет окна длиннее closeMargin: письма задерживаются как window-exhausted; добавьте слоты или окна',
  'contact.night':
    'countries.yaml: {country}.contact разрешает письма ночью, например {example} по местному времени; держите окна и слоты между 08:00 и 21:00',
  'msk-differs':
    'countries.yaml: {country}.msk равно {msk}, но {zone} — это Москва {real} на {day}; исправьте msk или zone',
});

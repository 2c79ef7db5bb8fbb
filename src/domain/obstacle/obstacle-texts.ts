import type { ObstacleCode } from './obstacle.ts';

/** One sentence with what happened and what to do; `about` is the value that the obstacle's text contains. */
type Text = (about: string) => string;

const asIs: Text = (about) => about;

/** The texts of obstacles. No native speaker has read the Russian ones yet. */
export const OBSTACLE_TEXTS: Record<ObstacleCode, { en: Text; ru: Text }> = {
  revoked: {
    en: () => 'the certificate is revoked; "reinstate" gives it its validity back',
    ru: () => 'сертификат отозван; вернуть его можно через «reinstate»',
  },
  erased: {
    en: () => 'the certificate is erased, with the personal data it was made of; nothing more can be made of it',
    ru: () => 'сертификат стёрт вместе с персональными данными; ничего нового по нему сделать нельзя',
  },
  'outcome-unknown': {
    en: (known) =>
      `what became of its last letter is not known (${known}); ask Sendsay, and record the answer by "resolve"`,
    ru: (known) =>
      `неизвестно, что стало с последним письмом (${known}); узнайте в Sendsay и запишите ответ через «resolve»`,
  },
  'signing-key-missing': { en: asIs, ru: asIs },
  held: { en: asIs, ru: asIs },
  'lms-gone': {
    en: () => 'the LMS no longer knows this student group',
    ru: () => 'в LMS больше нет этой группы студента; обработка продолжится сама, когда она там появится снова',
  },
  'lms-invalid': {
    en: (about) => `the record in the LMS cannot be used, correct it there: ${about}`,
    ru: (about) => `запись в LMS непригодна, исправьте её там: ${about}`,
  },
  'moved-untold': {
    en: (release) =>
      `after the award the LMS moved this student group to release ${release || '(none)'}; it was not told of the certificate, and would take it for one of that release: move it back there, or revoke the certificate`,
    ru: (release) =>
      `после выдачи LMS перенесла группу студента в релиз ${release || '(нет)'}; о сертификате она не знает и примет его за сертификат того релиза: верните группу обратно или отзовите сертификат`,
  },
  'moved-unseen': {
    en: (release) =>
      `after the award the LMS moved this student group to release ${release || '(none)'}; nothing leaves until a person has looked: move it back there, or allow both releases by "allow": ["release.moved"]`,
    ru: (release) =>
      `после выдачи LMS перенесла группу студента в релиз ${release || '(нет)'}; письмо не уйдёт, пока человек не посмотрит: верните группу обратно или разрешите оба релиза через "allow": ["release.moved"]`,
  },
  'release-moved': {
    en: (release) =>
      `the LMS has moved this student group to release ${release || '(none)'}, and tells of it as it is there; move it back first`,
    ru: (release) =>
      `LMS перенесла группу студента в релиз ${release || '(нет)'} и сообщает её данные оттуда; сначала верните её`,
  },
  'batch-cancelled': {
    en: () => 'its batch was cancelled first; a new batch over it goes on from here',
    ru: () => 'пакет был отменён раньше; новый пакет продолжит с этого места',
  },
  'batch-paused': {
    en: () => 'its batch is paused; resume the batch',
    ru: () => 'пакет приостановлен; возобновите его',
  },
  excluded: {
    en: () =>
      'a coordinator has excluded this student group; nothing is sent until that is withdrawn ("excluded": false)',
    ru: () =>
      'координатор исключил эту группу студента; ничего не отправляется, пока исключение не снято ("excluded": false)',
  },
  'excluded-elsewhere': {
    en: (group) =>
      `a coordinator has excluded this student in student group ${group}; nothing is sent until that is withdrawn there ("excluded": false)`,
    ru: (group) =>
      `координатор исключил этого студента в группе ${group}; ничего не отправляется, пока исключение не снято там ("excluded": false)`,
  },
  expelled: {
    en: () => 'the student is expelled in the LMS; correct that there, or revoke the certificate if there is one',
    ru: () => 'студент отчислен в LMS; исправьте это там или отзовите сертификат, если он есть',
  },
  'other-student': {
    en: () =>
      'the LMS now shows another student in this group than the one the certificate was awarded to; correct it there',
    ru: () => 'LMS показывает в этой группе другого студента, а не того, кому выдан сертификат; исправьте это в LMS',
  },
  'consent-withdrawn': {
    en: (kind) => `the consent "${kind}" was withdrawn after the award, or the LMS shows it no longer`,
    ru: (kind) => `согласие «${kind}» отозвано после выдачи, или LMS его больше не показывает`,
  },
  'judged-not-met': {
    en: (said) => `by the newest decision no certificate is due any more, and the LMS was not told of it yet: ${said}`,
    ru: (said) => `по последнему решению сертификат больше не положен, и LMS о нём ещё не знает: ${said}`,
  },
  'lms-not-told': {
    en: () => 'the LMS was not told yet that the criteria are met; the certificate goes on by itself after that',
    ru: () => 'LMS ещё не сообщено, что критерии выполнены; после этого обработка продолжится сама',
  },
  'address-changed': {
    en: () =>
      'the address in the LMS changed or vanished after the award; confirm which one is right by a batch, or give it as an override',
    ru: () =>
      'адрес в LMS изменился или исчез после выдачи; подтвердите верный адрес новым пакетом или задайте его правкой',
  },
  'version-asked': {
    en: () => 'a new version of it is being made; its letter follows by itself',
    ru: () => 'готовится новая версия; письмо с ней уйдёт само',
  },
  'letter-in-flight': {
    en: (state) => `a letter of it is under way (${state}); try again once it is settled`,
    ru: (state) => `письмо уже в пути (${state}); повторите, когда станет известен результат`,
  },
  'letter-waiting': {
    en: (state) => `a letter of it is under way (${state})`,
    ru: (state) => `письмо уже ждёт отправки (${state})`,
  },
  'not-drawn': {
    en: () => 'its diploma is not drawn yet; the first letter follows by itself',
    ru: () => 'диплом ещё не подготовлен; первое письмо уйдёт само',
  },
};

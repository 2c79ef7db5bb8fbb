import type { ObstacleCode } from './obstacle.ts';

/** One sentence with what happened and what to do; `about` is the value that the obstacle's text contains. */
type Text = (about: string) => string;

const asIs: Text = (about) => about;

/** The texts of obstacles. No native speaker has read the Russian ones yet. */
export const OBSTACLE_TEXTS: Record<ObstacleCode, { en: Text; ru: Text }> = {
  revoked: {
    en: () => 'the certificate is revoked; "reinstate" makes it valid again',
    ru: () => 'диплом отозван; вернуть его можно через «reinstate»',
  },
  erased: {
    en: () => 'the certificate was erased together with its personal data; no new version or letter can be made',
    ru: () => 'диплом стёрт вместе с его персональными данными; ни новой версии, ни письма сделать нельзя',
  },
  'outcome-unknown': {
    en: (known) =>
      `it is not known whether the last letter was sent (${known}); ask the mail provider, then record the answer with "resolve"`,
    ru: (known) =>
      `неизвестно, отправлено ли последнее письмо (${known}); узнайте в почтовом сервисе и запишите ответ через «resolve»`,
  },
  'signing-key-missing': { en: asIs, ru: asIs },
  held: { en: asIs, ru: asIs },
  'lms-gone': {
    en: () => 'the LMS no longer has this student group; processing continues automatically when it is back',
    ru: () => 'в LMS больше нет этой группы студента; обработка продолжится сама, когда группа появится снова',
  },
  'lms-invalid': {
    en: (about) => `the record of this student group in the LMS cannot be used; correct it in the LMS: ${about}`,
    ru: (about) => `запись этой группы студента в LMS нельзя использовать; исправьте её в LMS: ${about}`,
  },
  'moved-untold': {
    en: (release) =>
      `after the award the LMS moved this student group to release ${release || '(none)'} before Gramota reported the certificate; if it were reported now, the LMS would record it for release ${release || '(none)'}: move the group back in the LMS, or revoke the certificate`,
    ru: (release) =>
      `после выдачи LMS перенесла группу студента в релиз ${release || '(нет)'} раньше, чем Gramota сообщила о дипломе; если сообщить сейчас, LMS запишет его к релизу ${release || '(нет)'}: верните группу в LMS обратно или отзовите диплом`,
  },
  'moved-unseen': {
    en: (release) =>
      `after the award the LMS moved this student group to release ${release || '(none)'}; no letter is sent until you decide: move the group back in the LMS, or allow both releases with PATCH "allow": ["release.moved"]`,
    ru: (release) =>
      `после выдачи LMS перенесла группу студента в релиз ${release || '(нет)'}; письмо не уйдёт, пока вы не решите: верните группу в LMS обратно или разрешите оба релиза через PATCH "allow": ["release.moved"]`,
  },
  'release-moved': {
    en: (release) =>
      `the LMS moved this student group to release ${release || '(none)'}, so its data now belong to that release; move the group back in the LMS first`,
    ru: (release) =>
      `LMS перенесла группу студента в релиз ${release || '(нет)'}, и её данные теперь относятся к тому релизу; сначала верните группу в LMS обратно`,
  },
  'batch-cancelled': {
    en: () =>
      'its batch was cancelled before this step; start a new batch with this student group, and it continues from this step',
    ru: () =>
      'партия отменена раньше этого шага; запустите новую партию с этой группой студента, и она продолжит с этого шага',
  },
  'batch-paused': {
    en: () => 'its batch is paused; resume the batch',
    ru: () => 'партия приостановлена; продолжите её',
  },
  excluded: {
    en: () =>
      'a coordinator has excluded this student group; nothing is sent until the exclusion is removed ("excluded": false)',
    ru: () =>
      'координатор исключил эту группу студента; ничего не отправляется, пока исключение не снято ("excluded": false)',
  },
  'excluded-elsewhere': {
    en: (group) =>
      `a coordinator has excluded this student in student group ${group}; nothing is sent until the exclusion is removed there ("excluded": false)`,
    ru: (group) =>
      `координатор исключил этого студента в группе ${group}; ничего не отправляется, пока исключение не снято там ("excluded": false)`,
  },
  expelled: {
    en: () =>
      'the LMS shows the student as expelled; correct the status in the LMS, or revoke the certificate if there is one',
    ru: () => 'LMS показывает, что студент отчислен; исправьте статус в LMS или отзовите диплом, если он есть',
  },
  'other-student': {
    en: () =>
      'the LMS now shows another student in this group than the one the certificate was awarded to; correct the student in the LMS',
    ru: () => 'LMS показывает в этой группе другого студента, а не того, кому выдан диплом; исправьте это в LMS',
  },
  'consent-withdrawn': {
    en: (kind) => `after the award the student withdrew the consent "${kind}", or the LMS no longer shows this consent`,
    ru: (kind) => `после выдачи студент отозвал согласие «${kind}», или LMS больше не показывает это согласие`,
  },
  'judged-not-met': {
    en: (said) =>
      `the newest decision is that the criteria are not met; the certificate was not reported to the LMS: ${said}`,
    ru: (said) => `по последнему решению критерии не выполнены; о дипломе LMS не сообщено: ${said}`,
  },
  'lms-not-told': {
    en: () => '"criteria met" is not reported to the LMS yet; processing continues automatically after the report',
    ru: () => 'LMS ещё не сообщено "criteria met"; после сообщения обработка продолжится сама',
  },
  'address-changed': {
    en: () =>
      'after the award the e-mail address in the LMS was changed or removed; confirm the right address with a new batch, or set it with an override',
    ru: () =>
      'после выдачи адрес почты в LMS изменён или удалён; подтвердите верный адрес новой партией или задайте его правкой',
  },
  'version-asked': {
    en: () => 'a new version of the certificate is being made; its letter is sent automatically',
    ru: () => 'готовится новая версия диплома; письмо с ней уйдёт само',
  },
  'letter-in-flight': {
    en: (state) => `a letter for this certificate is being sent (${state}); try again when the result is known`,
    ru: (state) => `письмо с этим дипломом отправляется (${state}); повторите, когда станет известен результат`,
  },
  'letter-waiting': {
    en: (state) => `a letter for this certificate is being sent (${state})`,
    ru: (state) => `письмо с этим дипломом отправляется (${state})`,
  },
  'not-drawn': {
    en: () => 'the diploma of this certificate is not drawn yet; the first letter is sent automatically after that',
    ru: () => 'диплом ещё не нарисован; после этого первое письмо уйдёт само',
  },
};

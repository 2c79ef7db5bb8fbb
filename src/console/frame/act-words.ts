import type { ImportColumn } from '../../domain/import/import-form.ts';
import type { SpokenField } from '../../domain/student-group/override.ts';
import type { PartContext } from './parts.ts';
import { criterionName } from './plain-words.ts';
import { declareWords } from './words.ts';

/** The acts of the audit record as people read them; the API's names stand in docs/coordinate.md. */
const ACT_WORDS = declareWords(
  {
    'batch.create': 'Batch or dry run started',
    'batch.pause': 'Batch paused',
    'batch.resume': 'Batch continued',
    'batch.cancel': 'Batch cancelled',
    'batch.retry': 'Batch: what failed was retried',
    'batch.confirm': 'Batch confirmed as second person',
    'bulk.start': 'Act on many started',
    'bulk.pause': 'Act on many paused',
    'bulk.resume': 'Act on many continued',
    'bulk.cancel': 'Rest of an act on many cancelled',
    'bulk.confirm': 'Act on many confirmed as second person',
    'certificate.resend': 'Diploma sent once more',
    'certificate.reissue': 'Reissued',
    'certificate.revoke': 'Revoked',
    'certificate.reinstate': 'Reinstated',
    'certificate.resolve': 'Outcome of a letter recorded',
    'certificate.tell-again': 'LMS told again',
    'contents.approve': 'Template or letter approved',
    'contents.withdraw-approval': 'Approval withdrawn',
    'flag.dismiss': 'Flag dismissed',
    'import.check': 'File checked',
    'import.apply': 'File applied',
    'keys.create': 'Signing key created',
    'keys.rotate': 'Signing key changed',
    'person.invite': 'Person invited',
    'person.end': 'Invitation ended',
    'reconciliation.repair': 'Differences repaired',
    'release.export-register': 'Register downloaded',
    'release.export-diplomas': 'Diplomas downloaded',
    'student-group.override': 'Corrected',
    'student-group.import': 'Value of a file applied',
    'student-group.retry': 'Judged again',
    'token.create': 'Token created',
    'token.revoke': 'Token revoked',
  },
  {
    'batch.create': 'Партия или пробный прогон: начало',
    'batch.pause': 'Партия: пауза',
    'batch.resume': 'Партия: продолжение',
    'batch.cancel': 'Партия отменена',
    'batch.retry': 'Партия: повтор неудавшегося',
    'batch.confirm': 'Партия подтверждена вторым человеком',
    'bulk.start': 'Действие для многих: начало',
    'bulk.pause': 'Действие для многих: пауза',
    'bulk.resume': 'Действие для многих: продолжение',
    'bulk.cancel': 'Действие для многих: остальное отменено',
    'bulk.confirm': 'Действие для многих подтверждено вторым человеком',
    'certificate.resend': 'Диплом отправлен ещё раз',
    'certificate.reissue': 'Перевыпуск',
    'certificate.revoke': 'Отзыв диплома',
    'certificate.reinstate': 'Восстановление диплома',
    'certificate.resolve': 'Записан исход письма',
    'certificate.tell-again': 'Снова сообщено в LMS',
    'contents.approve': 'Шаблон или письмо утверждены',
    'contents.withdraw-approval': 'Утверждение отозвано',
    'flag.dismiss': 'Отметка снята',
    'import.check': 'Файл проверен',
    'import.apply': 'Файл применён',
    'keys.create': 'Создан ключ подписи',
    'keys.rotate': 'Сменён ключ подписи',
    'person.invite': 'Человек приглашён',
    'person.end': 'Приглашение отозвано',
    'reconciliation.repair': 'Расхождения исправлены',
    'release.export-register': 'Выгружен реестр',
    'release.export-diplomas': 'Выгружены дипломы',
    'student-group.override': 'Правка',
    'student-group.import': 'Применено значение из файла',
    'student-group.retry': 'Проверка заново',
    'token.create': 'Токен создан',
    'token.revoke': 'Токен отозван',
  },
);

/** Other fields of forms, of which a refusal may speak, and columns of files. */
type TypedField = 'reason' | 'releaseId' | 'count' | 'name' | 'role' | Exclude<ImportColumn, SpokenField>;

const FIELD_WORDS = declareWords(
  {
    country: 'country',
    fullName: 'full name',
    latinName: 'Latin name',
    projectTitle: 'project title',
    email: 'e-mail address',
    allowSharedEmail: 'shared address allowed',
    certTemplate: 'template of the diploma',
    issueDate: 'date on the diploma',
    excluded: 'excluded',
    allow: 'criteria waived',
    fileCountry: 'country in the file',
    fileLatinName: 'Latin name in the file',
    reason: 'reason',
    releaseId: 'release',
    count: 'number',
    name: 'name',
    role: 'role',
    studentId: 'id of the student in the LMS',
    studentGroupId: 'id of the student group',
    list: 'decision',
    criteria: 'criteria waived',
  } satisfies Record<SpokenField | TypedField, string>,
  {
    country: 'страна',
    fullName: 'имя полностью',
    latinName: 'имя латиницей',
    projectTitle: 'название проекта',
    email: 'адрес e-mail',
    allowSharedEmail: 'общий адрес разрешён',
    certTemplate: 'шаблон диплома',
    issueDate: 'дата на дипломе',
    excluded: 'исключение',
    allow: 'критерии не требуются',
    fileCountry: 'страна в файле',
    fileLatinName: 'имя латиницей в файле',
    reason: 'причина',
    releaseId: 'релиз',
    count: 'число',
    name: 'имя',
    role: 'роль',
    studentId: 'id студента в LMS',
    studentGroupId: 'id группы студента',
    list: 'решение',
    criteria: 'какие критерии не требовать',
  },
);

const VALUE_WORDS = declareWords({ yes: 'yes', no: 'no', none: '—' }, { yes: 'да', no: 'нет', none: '—' });

/** The acts that have a name here. */
export const ACT_NAMES = Object.keys(ACT_WORDS.en);

const lookedUp = (words: Record<string, string>, name: string): string => words[name] ?? name;

/** An act such as `certificate.reissue` in words. */
export const actName = ({ language }: Pick<PartContext, 'language'>, verb: string): string =>
  lookedUp(ACT_WORDS[language], verb);

/** A field that a coordinator or a file corrects. */
export const fieldName = ({ language }: Pick<PartContext, 'language'>, field: string): string =>
  lookedUp(FIELD_WORDS[language], field);

/** The value of such a field; criteria by their names. */
export function valueText({ language }: Pick<PartContext, 'language'>, value: unknown): string {
  const words = VALUE_WORDS[language];
  if (value === null || value === undefined) return words.none;
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  return Array.isArray(value) ? value.map((one) => criterionName({ language }, String(one))).join(', ') : String(value);
}

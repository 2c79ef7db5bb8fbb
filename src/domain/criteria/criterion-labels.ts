import type { CriterionSource, PARAMETERS } from './criterion.ts';
import type { Explanation } from './criterion-words.ts';

type Labels = { [S in CriterionSource]: { [P in keyof (typeof PARAMETERS)[S]]: Explanation } };

/** Coordinators' names for all parameters; the type requires a name for each. */
const LABELS: Labels = {
  student: {
    id: { en: 'student', ru: 'учётная запись' },
    role: { en: 'role', ru: 'роль' },
    locale: { en: 'language of the profile', ru: 'язык профиля' },
    timezone: { en: 'time zone', ru: 'часовой пояс' },
    country: { en: 'country in the profile', ru: 'страна в профиле' },
  },
  studentGroup: {
    id: { en: 'student group', ru: 'участие в группе' },
    status: { en: 'status in the LMS', ru: 'статус в LMS' },
    certTemplate: { en: 'template in the LMS', ru: 'шаблон в LMS' },
    completedAt: { en: 'completion of the course', ru: 'завершение курса' },
    updatedAt: { en: 'last change in the LMS', ru: 'последнее изменение в LMS' },
  },
  group: {
    id: { en: 'group', ru: 'группа' },
    name: { en: 'name of the group', ru: 'название группы' },
  },
  release: {
    id: { en: 'release', ru: 'релиз' },
    closed: { en: 'release closed', ru: 'релиз закрыт' },
    startsOn: { en: 'beginning of the release', ru: 'начало релиза' },
    endsOn: { en: 'end of the release', ru: 'окончание релиза' },
    issueDate: { en: 'issue date', ru: 'дата выдачи' },
    timezone: { en: 'time zone of the release', ru: 'часовой пояс релиза' },
    hoursTotal: { en: 'hours of the course', ru: 'объём курса в часах' },
  },
  progress: {
    score: { en: 'score', ru: 'балл' },
    attendance: { en: 'attendance', ru: 'посещаемость' },
    lessonsCompleted: { en: 'lessons completed', ru: 'пройдено уроков' },
    lessonsTotal: { en: 'lessons in all', ru: 'всего уроков' },
    lessonsShare: { en: 'share of lessons completed', ru: 'доля пройденных уроков' },
  },
  project: {
    present: { en: 'project in the LMS', ru: 'проект в LMS' },
    accepted: { en: 'project accepted', ru: 'проект принят' },
    grade: { en: 'grade of the project', ru: 'оценка за проект' },
  },
  consent: {},
  registration: {
    present: { en: 'registration in the LMS', ru: 'регистрация в LMS' },
    form: { en: 'registration form', ru: 'форма регистрации' },
    country: { en: 'country in the registration', ru: 'страна в регистрации' },
  },
  country: { code: { en: 'country', ru: 'страна' } },
};

const CONSENTS: Record<string, Explanation> = {
  'personal-data': {
    en: 'consent to the processing of personal data',
    ru: 'согласие на обработку персональных данных',
  },
  advertising: { en: 'consent to advertising', ru: 'согласие на рекламу' },
};

/** A parameter's name in lower case; a kind of consent without a name is quoted. */
export function labelOf(source: CriterionSource, parameter: string): Explanation {
  const labels: Record<string, Explanation> = source === 'consent' ? CONSENTS : LABELS[source];
  const label = Object.hasOwn(labels, parameter) ? labels[parameter] : undefined;
  return (
    label ?? { en: `${source} "${parameter}"`, ru: `${source === 'consent' ? 'согласие' : source} «${parameter}»` }
  );
}

import { PLACES, SAMPLE_TEACHERS, type SampleCase, type SampleTeacher } from './sample-teachers.ts';

/** A student group as the LMS returns it. */
export interface SampleStudentGroup {
  id: string;
  updatedAt: string;
  status: string;
  certTemplate: string | null;
  student: {
    id: string;
    fullName: string;
    latinName: string | null;
    email: string;
    phone: string | null;
    locale: string;
    timezone: string | null;
    country: string | null;
    role: string;
  };
  group: { id: string; name: string; releaseId: string };
  registration: { form: string; country: string | null } | null;
  progress: { lessonsCompleted: number; lessonsTotal: number; score: number; attendance: number };
  completedAt?: string;
  project: { title: string; url: string; grade: string; accepted: boolean } | null;
  consents: { kind: string; givenAt: string; revokedAt: string | null }[];
}

export type SampleRelease = typeof RELEASE;

/** The fictional release; every name in it is invented. */
const RELEASE = {
  id: 'rel_2026a',
  title: 'Digital teaching, autumn 2026 (fictional sample)',
  courseTitle: {
    ru: 'Цифровая педагогика: инструменты учителя',
    en: 'Digital Teaching: Tools for the Classroom',
    kk: 'Цифрлық педагогика: мұғалім құралдары',
    uz: 'Raqamli pedagogika: oʻqituvchi vositalari',
  },
  startsOn: '2026-09-01',
  endsOn: '2026-11-15',
  closed: true,
  timezone: 'Europe/Moscow',
  issueDate: '2026-11-20',
  numberPrefix: 'INT-26',
  program: [
    module(
      8,
      'Планирование урока с цифровыми инструментами',
      'Planning a lesson with digital tools',
      'Сабақты цифрлық құралдармен жоспарлау',
      'Darsni raqamli vositalar bilan rejalashtirish',
    ),
    module(10, 'Алгоритмическое мышление', 'Algorithmic thinking', 'Алгоритмдік ойлау', 'Algoritmik fikrlash'),
    module(
      12,
      'Основы программирования на Python',
      'First steps in programming with Python',
      'Python тілінде бағдарламалау негіздері',
      'Python tilida dasturlash asoslari',
    ),
    module(
      10,
      'Работа с данными и таблицами',
      'Working with data and spreadsheets',
      'Деректермен және кестелермен жұмыс',
      'Maʼlumotlar va jadvallar bilan ishlash',
    ),
    module(
      12,
      'Искусственный интеллект на уроке',
      'Artificial intelligence in the classroom',
      'Сабақтағы жасанды интеллект',
      'Darsda sunʼiy intellekt',
    ),
    module(
      8,
      'Безопасность и цифровая этика',
      'Safety and digital ethics',
      'Қауіпсіздік және цифрлық этика',
      'Xavfsizlik va raqamli etika',
    ),
    module(12, 'Проектная работа', 'Project work', 'Жобалық жұмыс', 'Loyiha ishi'),
  ],
  hoursTotal: 72,
  signatory: {
    name: 'Вера Образцова',
    position: {
      ru: 'Директор программы',
      en: 'Programme Director',
      kk: 'Бағдарлама директоры',
      uz: 'Dastur direktori',
    },
  },
};

const PROJECTS: Record<string, readonly string[]> = {
  kk: ['Ауа райын зерттеу: кестеден графикке', 'Мектеп бағының цифрлық картасы'],
  uz: ['Ob-havo jadvali: oʻlchashdan grafikkacha', 'Maktab kutubxonasi uchun elektron katalog'],
  ru: ['Урок-исследование: погода в таблицах и графиках', 'Цифровая карта родного района', 'Дроби на языке Python'],
  en: ['A weather station for the classroom', 'Fractions explained with Python'],
};
/** Languages of teachers whose project titles are in Russian; the others use English or their own language. */
const WRITES_RUSSIAN = new Set(['ru', 'ky', 'tg', 'be', 'mn', 'hy']);

type Change = (group: SampleStudentGroup) => void;

const CASES: Record<SampleCase, Change> = {
  staff: (group) => {
    group.student.role = 'staff';
  },
  tester: (group) => {
    group.student.role = 'tester';
  },
  expelled: (group) => {
    group.status = 'expelled';
  },
  active: (group) => {
    group.status = 'active';
    delete group.completedAt;
  },
  'score-low': (group) => {
    group.progress.score = 58.5;
  },
  'lessons-few': (group) => {
    group.progress.lessonsCompleted = 21;
  },
  'project-missing': (group) => {
    group.project = null;
  },
  'project-refused': (group) => {
    if (group.project) Object.assign(group.project, { accepted: false, grade: 'to be reworked' });
  },
  'consent-revoked': (group) => {
    for (const consent of group.consents) consent.revokedAt = '2026-10-20T08:30:00Z';
  },
  'consent-missing': (group) => {
    group.consents = [];
  },
  'country-missing': (group) => {
    Object.assign(group.student, { country: null, phone: null, timezone: null });
    if (group.registration) group.registration.country = null;
  },
  'country-misspelt': (group) => {
    group.registration = null;
  },
  // Registered in one country, with phone number and time zone of another.
  'country-contradicted': (group) => {
    Object.assign(group.student, { country: null, phone: PLACES.KZ.phone, timezone: PLACES.KZ.zone });
  },
  'email-shared': (group) => {
    group.student.email = 'office@lyceum-12.example';
  },
  'email-malformed': (group) => {
    group.student.email = 'sevara.marufova.school-41.example';
  },
  'two-groups': () => undefined,
  unprintable: () => undefined,
};

/** Templates of the clones beyond sixty: teachers without special cases. */
const ORDINARY = SAMPLE_TEACHERS.filter(({ case: oddity, country }) => !oddity && country !== 'RU' && country !== 'TR');

/** A student group of the sample, generated on each call with the same result. */
export interface SampleEntry {
  id: string;
  make: () => SampleStudentGroup;
}

/**
 * The sample release as the LMS returns it: `size` fictional teachers (default 60), one of them in two groups. Beyond
 * sixty it adds clones of ordinary teachers with their own ids and addresses; every tenth clone fails the score. The
 * same size gives the same data.
 */
export function sampleRelease(size = 60): { release: SampleRelease; studentGroups: SampleStudentGroup[] } {
  return { release: structuredClone(RELEASE), studentGroups: [...sampleEntries(size)].map(({ make }) => make()) };
}

/** The student groups of `sampleRelease`, generated lazily. */
export function* sampleEntries(size = 60): Generator<SampleEntry> {
  for (let index = 0; index < size; index += 1) yield { id: `sg_${numberOf(index)}`, make: () => studentGroup(index) };
  const twice = SAMPLE_TEACHERS.findIndex((teacher) => teacher.case === 'two-groups');
  if (twice >= size) return;
  const id = `sg_${numberOf(twice)}_b`;
  yield {
    id,
    make() {
      const first = studentGroup(twice);
      const group = { ...first.group, id: `${first.group.id}_evening`, name: `${first.group.name} (2)` };
      return { ...first, id, group };
    },
  };
}

const numberOf = (index: number): string => String(index + 1).padStart(4, '0');

function studentGroup(index: number): SampleStudentGroup {
  const listed = SAMPLE_TEACHERS[index];
  const teacher = listed ?? ORDINARY[index % ORDINARY.length];
  if (!teacher) throw new Error('the sample has no ordinary teachers that could be copied');
  const group = ordinary(teacher, index);
  if (listed?.case) CASES[listed.case](group);
  if (!listed && index % 10 === 9) group.progress.score = 41 + (index % 17);
  return group;
}

function ordinary(teacher: SampleTeacher, index: number): SampleStudentGroup {
  const number = numberOf(index);
  const place = PLACES[teacher.country];
  const day = String(2 + (index % 14)).padStart(2, '0');
  const lessonsCompleted = 33 + (index % 4);
  return {
    id: `sg_${number}`,
    updatedAt: `2026-11-${String(16 + (index % 4))}T0${index % 10}:15:00Z`,
    status: 'completed',
    certTemplate: null,
    student: {
      id: `st_${number}`,
      fullName: teacher.name,
      latinName: teacher.latin,
      email: `teacher.${number}@${teacher.country.toLowerCase()}.example`,
      phone: index % 5 === 3 ? null : place.phone,
      locale: place.locale,
      timezone: place.zone,
      country: teacher.says ?? teacher.country,
      role: 'teacher',
    },
    group: { id: `gr_${teacher.country.toLowerCase()}_1`, name: `${place.town}-1`, releaseId: RELEASE.id },
    registration: { form: 'cis-2026', country: teacher.registered === false ? null : teacher.country },
    progress: {
      lessonsCompleted,
      lessonsTotal: 36,
      score: 62 + ((index * 7) % 75) / 2,
      attendance: Math.round((lessonsCompleted / 36) * 100) / 100,
    },
    completedAt: `2026-11-${day}T12:00:00Z`,
    project: {
      title: projectTitle(place.locale, index),
      url: `https://projects.example/${number}`,
      grade: index % 3 === 0 ? 'good' : 'excellent',
      accepted: true,
    },
    consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: null }],
  };
}

function projectTitle(locale: string, index: number): string {
  const titles = PROJECTS[locale] ?? PROJECTS[WRITES_RUSSIAN.has(locale) ? 'ru' : 'en'] ?? [];
  return titles[index % titles.length] ?? 'Project';
}

function module(hours: number, ru: string, en: string, kk: string, uz: string) {
  return { title: { ru, en, kk, uz }, hours };
}

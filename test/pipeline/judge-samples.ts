import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readRules } from '../../src/adapters/templates-dir/load-rulebook.ts';
import type { Rules } from '../../src/domain/rulebook.ts';
import { NO_OVERRIDES, type Overrides } from '../../src/domain/student-group/override.ts';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';
import type { Case } from '../../src/pipeline/evaluate/judge.ts';
import type { Trial } from '../../src/ports/printer.ts';

export const TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));
const text = (file: string): string => readFileSync(TEMPLATES + file, 'utf8');

const SOURCE = { criteria: text('criteria.yaml'), countries: text('countries.yaml') };

/** The rules of the repository; `change` edits criteria.yaml. */
export function rulesOf(change: (criteria: string) => string = (criteria) => criteria): Rules {
  const languages = ['kk', 'uz', 'ru', 'en'];
  return {
    ...readRules({ ...SOURCE, criteria: change(SOURCE.criteria), issuerName: { en: 'School' } }),
    templates: new Map(languages.map((language) => [`teacher-${language}`, { language, hash: language.repeat(32) }])),
  };
}

/** A printer that accepts every text except Chinese; the real printer has its own tests. */
export const PRINTER: Trial = {
  fitName: ({ holderName, latinName }) =>
    /\p{Script=Han}/u.test(holderName)
      ? { ok: false, code: 'name-unprintable', detail: 'no face has a glyph' }
      : { ok: true, holderName, latinName },
  checkText: (_template, checked) => (/\p{Script=Han}/u.test(checked) ? 'no face has a glyph' : null),
  gradeInWords: (_template, grade) => (grade === 'unheard of' ? null : grade),
  checkHours: () => null,
  unmailable: ['[%', '%]'],
};

/** Fictional LMS data that meet all criteria. */
export const TOLD = {
  id: 'sg_1',
  updatedAt: '2026-11-20T09:15:00Z',
  status: 'completed',
  student: { id: 'st_1', fullName: 'Әсем Үлгібаева', email: 'asem@example.kz', role: 'teacher', country: 'KZ' },
  group: { id: 'gr_1', releaseId: 'rel_2026a' },
  progress: { lessonsCompleted: 36, lessonsTotal: 36, score: 90 },
  completedAt: '2026-11-18T12:00:00Z',
  project: { title: 'Жоба', accepted: true },
  consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z' }],
};

export const RELEASE = Release.parse({
  id: 'rel_2026a',
  courseTitle: { en: 'Course', ru: 'Курс' },
  timezone: 'Europe/Moscow',
  issueDate: '2026-11-20',
  numberPrefix: 'INT-26',
  program: [{ title: { en: 'One', ru: 'Раз' }, hours: 72 }],
  hoursTotal: 72,
  signatory: { name: 'М. Примерова', position: { en: 'Director', ru: 'Директор' } },
});

/** A case that meets all criteria, with the given changes. */
export function caseOf(told: object = {}, overrides: Partial<Overrides> = {}, rest: Partial<Case> = {}): Case {
  return {
    studentGroup: StudentGroup.parse({ ...TOLD, ...told }),
    release: RELEASE,
    overrides: { ...NO_OVERRIDES, ...overrides },
    emailShared: false,
    template: null,
    frozenTemplate: null,
    ...rest,
  };
}

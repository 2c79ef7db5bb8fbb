import assert from 'node:assert/strict';
import { buildInputs, evaluateCriteria } from '../../src/domain/criteria/criteria.ts';
import { type CriteriaTree, parseCriteria } from '../../src/domain/criteria/criterion.ts';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';

export const release = Release.parse({
  id: 'rel_2026a',
  courseTitle: { en: 'Course' },
  startsOn: '2026-09-01',
  endsOn: '2026-11-15',
  closed: true,
  timezone: 'Europe/Moscow',
  issueDate: '2026-11-20',
  numberPrefix: 'INT-26',
  program: [],
  hoursTotal: 72,
  signatory: { name: 'Fictional Person', position: {} },
});
export const raw = {
  id: 'sg_1',
  updatedAt: '2026-11-20T09:15:00Z',
  status: 'completed',
  student: { id: 'st_1', fullName: 'Fictional Teacher', role: 'teacher', timezone: 'Asia/Almaty' },
  group: { id: 'gr_1', releaseId: 'rel_2026a' },
  registration: { form: 'cis-2026', country: 'KZ' },
  progress: { lessonsCompleted: 34, lessonsTotal: 36, score: 87.5, attendance: 0.94 },
  completedAt: '2026-11-18T21:30:00Z',
  project: { title: 'Work', accepted: true, grade: 'excellent' },
  consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z' }],
};
export const inputsOf = (change: object = {}, code: string | null = 'KZ') =>
  buildInputs(StudentGroup.parse({ ...raw, ...change }), release, code);

/** The tree of the documented criteria.yaml. */
export const REQUIRE = {
  all: [
    { source: 'student', parameter: 'role', equals: 'teacher' },
    { source: 'studentGroup', parameter: 'status', in: ['completed', 'criteria met'] },
    { source: 'progress', parameter: 'score', atLeast: 60 },
    { source: 'progress', parameter: 'lessonsShare', atLeast: 0.9 },
    { source: 'project', parameter: 'accepted', equals: true },
    { source: 'consent', parameter: 'personal-data', equals: true },
    { source: 'country', parameter: 'code', in: ['AM', 'AZ', 'BY', 'GE', 'KG', 'KZ', 'MD', 'MN', 'TJ', 'TM', 'UZ'] },
  ],
};
export const programme = {
  id: 'cis-teachers',
  releases: ['rel_2026*'],
  issue: 'automatic',
  automatic: { since: '2026-11-01', perHour: 500 },
  require: REQUIRE,
  certTemplate: { default: 'teacher-ru', byCountry: { KZ: 'teacher-kk', UZ: 'teacher-uz' } },
  letter: 'diploma',
  validFor: null,
  utm: { source: 'gramota', medium: 'email', campaign: 'cis-2026' },
};
export const fileOf = (...programmes: object[]) => ({ version: 1, programmes });

export function treeOf(require: unknown): CriteriaTree {
  const { tree, faults } = parseCriteria(require);
  assert.deepEqual(faults, []);
  assert.ok(tree);
  return tree;
}
export const met = (criterion: unknown, change: object = {}, code: string | null = 'KZ') =>
  evaluateCriteria(treeOf(criterion), inputsOf(change, code)).met;

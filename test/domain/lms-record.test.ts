import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LmsRelease, LmsStudentGroup } from '../../src/domain/student-group/lms-record.ts';
import { RELEASE, TOLD } from '../pipeline/judge-samples.ts';

const release = (changes: object) => LmsRelease.safeParse({ ...RELEASE, ...changes });
/** JSON pointers of the refused fields. */
const refused = (changes: object): string[] =>
  (release(changes).error?.issues ?? []).map(({ path }) => path.map((part) => `/${String(part)}`).join(''));
const signed = (changes: object) => ({ signatory: { ...RELEASE.signatory, ...changes } });

describe('a release with empty or doubtful texts', () => {
  it('is refused when a printed text is blank in every language', () => {
    for (const blank of [{}, { ru: '' }, { ru: '   ', en: '\u00a0' }, { ru: '\u200b' }, { ru: null }]) {
      assert.deepEqual(refused({ courseTitle: blank }), ['/courseTitle'], JSON.stringify(blank));
      assert.deepEqual(refused({ program: [{ title: blank, hours: 1 }] }), ['/program/0/title']);
      assert.deepEqual(refused(signed({ position: blank })), ['/signatory/position']);
    }
    assert.deepEqual(refused(signed({ name: '   ' })), ['/signatory/name']);
  });

  it('keeps a text only in the languages in which it is not blank', () => {
    assert.deepEqual(release({ courseTitle: { ru: 'Курс', en: ' ' } }).data?.courseTitle, { ru: 'Курс' });
  });

  it('is refused when a text is doubtful, and the message names its place', () => {
    assert.deepEqual(refused({ courseTitle: { ru: 'undefined', en: 'Course' } }), ['/courseTitle/ru']);
    assert.deepEqual(refused({ program: [RELEASE.program[0], { title: { en: 'null' }, hours: 1 }] }), [
      '/program/1/title/en',
    ]);
    assert.deepEqual(refused(signed({ name: 'undefined' })), ['/signatory/name']);
    assert.deepEqual(refused(signed({ position: { ru: 'N/A' } })), ['/signatory/position/ru']);
    assert.deepEqual(refused({ numberPrefix: 'undefined' }), ['/numberPrefix']);
  });

  it('is refused when its number prefix cannot be printed; a printable prefix is kept unchanged', () => {
    assert.deepEqual(refused({ numberPrefix: 'INT\u200b' }), ['/numberPrefix']);
    assert.deepEqual(refused({ numberPrefix: '   ' }), ['/numberPrefix']);
    assert.equal(release({ numberPrefix: ' ПК/2026 № ' }).data?.numberPrefix, 'ПК/2026 №');
  });

  it('has no dates when the LMS sends blank dates; Gramota guesses none', () => {
    const { data } = release({ startsOn: '', endsOn: ' ', title: '', closed: '' });
    assert.deepEqual([data?.startsOn, data?.endsOn, data?.title, data?.closed], [null, null, null, null]);
    assert.deepEqual(refused({ issueDate: '' }), ['/issueDate']);
  });
});

describe('a student group of the LMS with blank fields', () => {
  it('is stored without these fields', () => {
    const { student } = TOLD;
    const blanks = { latinName: '  ', phone: '', locale: '', timezone: '\u00a0', country: '' };
    const parsed = LmsStudentGroup.parse({
      ...TOLD,
      student: { ...student, ...blanks },
      certTemplate: '',
      completedAt: '',
      registration: { form: '', country: ' ' },
      progress: { lessonsCompleted: 1, lessonsTotal: 1, score: '', attendance: '' },
      project: { title: 'Жоба', url: '', grade: ' ', accepted: '' },
      consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: '' }],
    });
    const { latinName, phone, locale, timezone, country } = parsed.student;
    assert.deepEqual([latinName, phone, locale, timezone, country], [null, null, null, null, null]);
    assert.equal(parsed.student.fullName, student.fullName);
    assert.deepEqual([parsed.certTemplate, parsed.completedAt], [null, null]);
    assert.deepEqual(parsed.registration, { form: null, country: null });
    assert.deepEqual([parsed.progress?.score, parsed.progress?.attendance], [null, null]);
    assert.deepEqual(parsed.project, { title: 'Жоба', url: null, grade: null, accepted: null });
    assert.equal(parsed.consents[0]?.revokedAt, null);
  });

  it('has no project when the project is empty, and no blank parts of a project', () => {
    const parsed = LmsStudentGroup.parse({
      ...TOLD,
      registration: '',
      progress: '',
      consents: '',
      project: { title: '', url: '', grade: '', accepted: false },
    });
    assert.deepEqual([parsed.registration, parsed.progress, parsed.project, parsed.consents], [null, null, null, []]);
  });

  it('is refused when a required field is blank or a date is invalid', () => {
    for (const changes of [{ id: '' }, { status: '' }, { updatedAt: '' }, { completedAt: '0000-00-00' }])
      assert.ok(!LmsStudentGroup.safeParse({ ...TOLD, ...changes }).success, JSON.stringify(changes));
  });

  it('has a numeric mark stored as text', () => {
    const grade = (value: unknown) =>
      LmsStudentGroup.safeParse({ ...TOLD, project: { ...TOLD.project, grade: value } }).data?.project?.grade;
    assert.deepEqual([5, 87.5, 87.50000000000001, '87.5', 'A'].map(grade), ['5', '87.5', '87.5', '87.5', 'A']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Overrides } from '../../src/domain/override.ts';
import { type Case, judge } from '../../src/pipeline/evaluate/judge.ts';
import { caseOf, PRINTER, rulesOf, TOLD } from './judge-samples.ts';

const rules = rulesOf();
const judged = (subject: Case) => judge(subject, rules, PRINTER);
const ends = (subject: Case): string => {
  const { outcome, reason } = judged(subject);
  return reason === null ? outcome : `${outcome} ${reason.code}`;
};
const student = (change: object) => ({ student: { ...TOLD.student, ...change } });

describe('what a coordinator says of one student group', () => {
  it('ends exactly what it speaks of', () => {
    const table: [string, object, Partial<Overrides>, Partial<Case>?][] = [
      ['held country-unknown', student({ country: 'Atlantis' }), { country: 'UZ' }],
      ['held country-conflict', student({ phone: '+99890 123 45 67' }), { country: 'KZ' }],
      ['held name-unprintable', student({ fullName: '學' }), { fullName: 'Үлгі' }],
      ['held email-invalid', student({ email: null }), { email: 'asem@example.kz' }],
      ['held email-shared', {}, { allowSharedEmail: true }, { emailShared: true }],
      ['held template-missing', {}, { certTemplate: 'teacher-ru' }, { template: 'no-such' }],
      ['not-met criteria-not-met', { progress: { ...TOLD.progress, score: 59 } }, { allow: ['progress.score'] }],
      ['not-met criteria-not-met', student({ country: 'DE' }), { allow: ['country.code'] }],
      ['not-met criteria-not-met', { status: 'active' }, { allow: ['studentGroup.status'] }],
    ];
    for (const [without, told, overrides, rest] of table) {
      assert.equal(ends(caseOf(told, {}, rest)), without);
      assert.equal(ends(caseOf(told, overrides, rest)), 'met', `${without} with ${JSON.stringify(overrides)}`);
    }
  });

  it('is what will be printed and written to', () => {
    const names = { fullName: 'Айгүл Үлгі', latinName: 'Aigul Ulgi', email: 'AIGUL@Example.kz' };
    const { print, country } = judged(caseOf({}, { ...names, country: 'UZ' }));
    assert.ok(print && country.kind === 'known');
    assert.deepEqual(
      [print.holderName, print.latinName, print.email, print.countryCode, country.source],
      ['Айгүл Үлгі', 'Aigul Ulgi', 'aigul@example.kz', 'UZ', 'override'],
    );
  });

  it('precedes the batch’s template and the programme’s, but never that of a certificate there is', () => {
    const template = (overrides: Partial<Overrides>, rest: Partial<Case>) =>
      judged(caseOf({}, overrides, rest)).certTemplate;
    assert.equal(template({}, {}), 'teacher-kk');
    assert.equal(template({}, { template: 'teacher-en' }), 'teacher-en');
    assert.equal(template({ certTemplate: 'teacher-ru' }, { template: 'teacher-en' }), 'teacher-ru');
    assert.equal(template({ certTemplate: 'teacher-ru' }, { frozenTemplate: 'teacher-uz' }), 'teacher-uz');
  });

  it('a waived criterion is shown as waived, with what the LMS says; one that is met anyway is not', () => {
    const { criteria } = judged(
      caseOf({ progress: { ...TOLD.progress, score: 3 } }, { allow: ['progress.score', 'student.role'] }),
    );
    const waived = criteria.filter((result) => result.waived);
    assert.deepEqual(
      waived.map(({ parameter, actual, met }) => [parameter, actual, met]),
      [['score', 3, true]],
    );
    assert.match(waived[0]?.explanation.en ?? '', /is 3, at least 60 is needed; waived by a coordinator$/);
  });

  it('never waives a consent, nor lets an expelled student pass, nor makes up a country', () => {
    const all = { allow: ['consent.personal-data', 'studentGroup.status', 'country.code', 'student.role'] };
    assert.equal(ends(caseOf({ consents: [] }, all)), 'not-met criteria-not-met');
    assert.equal(ends(caseOf({ status: 'expelled' }, all)), 'not-met criteria-not-met');
    assert.equal(ends(caseOf(student({ country: null }), all)), 'held country-unknown');
  });

  it('excluded comes before everything, and says so without a name', () => {
    for (const told of [{}, { consents: [] }, student({ country: null }), student({ fullName: '學' })]) {
      const { outcome, reason, criteria } = judged(caseOf(told, { excluded: true, allow: ['progress.score'] }));
      assert.deepEqual([outcome, reason?.code, criteria], ['excluded', 'excluded', []]);
    }
  });
});

describe('a student group that has a certificate', () => {
  it('still meets its criteria when the LMS has moved it on to "certificate issued"; without one it does not', () => {
    const issued = { status: 'certificate issued', certTemplate: 'teacher-kk' } as const;
    assert.equal(ends(caseOf(issued, {}, { frozenTemplate: 'teacher-kk' })), 'met');
    assert.equal(ends(caseOf(issued)), 'not-met criteria-not-met');
    const failing = { ...issued, progress: { ...TOLD.progress, score: 12 } };
    assert.equal(ends(caseOf(failing, {}, { frozenTemplate: 'teacher-kk' })), 'not-met criteria-not-met');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Overrides } from '../../src/domain/student-group/override.ts';
import { type Case, judge } from '../../src/pipeline/evaluate/judge.ts';
import { caseOf, PRINTER, rulesOf, TOLD } from './judge-samples.ts';

const rules = rulesOf();
const judged = (subject: Case) => judge(subject, rules, PRINTER);
const ends = (subject: Case): string => {
  const { outcome, reason } = judged(subject);
  return reason === null ? outcome : `${outcome} ${reason.code}`;
};
const student = (change: object) => ({ student: { ...TOLD.student, ...change } });

describe('an override of one student group', () => {
  it('ends exactly the hold that it corrects', () => {
    const table: [string, object, Partial<Overrides>, Partial<Case>?][] = [
      ['held country-unknown', student({ country: 'Atlantis' }), { country: 'UZ' }],
      ['held country-conflict', student({ phone: '+99890 123 45 67' }), { country: 'KZ' }],
      ['held name-unprintable', student({ fullName: '學' }), { fullName: 'Үлгі' }],
      ['held name-doubtful', student({ fullName: 'undefined' }), { fullName: 'Үлгі' }],
      ['held name-doubtful', student({ latinName: 'None' }), { latinName: 'Ulgi' }],
      ['held name-doubtful', { project: { ...TOLD.project, title: 'null' } }, { projectTitle: 'Жоба' }],
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

  it('is requested by a reason that does not contain the address, because the reason is stored', () => {
    const { reason } = judged(caseOf(student({ email: 'asem@exаmple.kz' })));
    assert.deepEqual([reason?.code, Object.keys(reason ?? {})], ['email-invalid', ['code', 'detail']]);
    assert.doesNotMatch(reason?.detail ?? '', /asem/);
  });

  it('sets the name that is printed and the address that is used', () => {
    const names = { fullName: 'Айгүл Үлгі', latinName: 'Aigul Ulgi', email: 'AIGUL@Example.kz' };
    const { print, country } = judged(caseOf({}, { ...names, country: 'UZ' }));
    assert.ok(print && country.kind === 'known');
    assert.deepEqual(
      [print.holderName, print.latinName, print.email, print.countryCode, country.source],
      ['Айгүл Үлгі', 'Aigul Ulgi', 'aigul@example.kz', 'UZ', 'override'],
    );
  });

  it('takes precedence over the template of batch and programme, but not over the template of an existing certificate', () => {
    const template = (overrides: Partial<Overrides>, rest: Partial<Case>) =>
      judged(caseOf({}, overrides, rest)).certTemplate;
    assert.equal(template({}, {}), 'teacher-kk');
    assert.equal(template({}, { template: 'teacher-en' }), 'teacher-en');
    assert.equal(template({ certTemplate: 'teacher-ru' }, { template: 'teacher-en' }), 'teacher-ru');
    assert.equal(template({ certTemplate: 'teacher-ru' }, { frozenTemplate: 'teacher-uz' }), 'teacher-uz');
  });

  it('shows a waived criterion as waived with the LMS’s value, unless it is met anyway', () => {
    const { criteria } = judged(
      caseOf({ progress: { ...TOLD.progress, score: 3 } }, { allow: ['progress.score', 'student.role'] }),
    );
    const waived = criteria.filter((result) => result.waived);
    assert.deepEqual(
      waived.map(({ parameter, actual, met }) => [parameter, actual, met]),
      [['score', 3, true]],
    );
    assert.match(
      waived[0]?.explanation.en ?? '',
      /is 3, at least 60 is needed; a coordinator has waived this criterion$/,
    );
  });

  it('never waives a consent, the status of an expelled student or an unknown country', () => {
    const all = { allow: ['consent.personal-data', 'studentGroup.status', 'country.code', 'student.role'] };
    assert.equal(ends(caseOf({ consents: [] }, all)), 'not-met criteria-not-met');
    assert.equal(ends(caseOf({ status: 'expelled' }, all)), 'not-met criteria-not-met');
    assert.equal(ends(caseOf(student({ country: null }), all)), 'held country-unknown');
  });

  it('is applied before all criteria when it excludes the student, and its reason contains no name', () => {
    for (const told of [{}, { consents: [] }, student({ country: null }), student({ fullName: '學' })]) {
      const { outcome, reason, criteria } = judged(caseOf(told, { excluded: true, allow: ['progress.score'] }));
      assert.deepEqual([outcome, reason?.code, criteria], ['excluded', 'excluded', []]);
    }
  });

  it('that excludes a student applies to all groups of the student; the reason names the group that has the override', () => {
    const { outcome, reason } = judged(caseOf({}, { excludedThrough: 'sg_2' }));
    assert.deepEqual([outcome, reason?.code], ['excluded', 'excluded']);
    assert.match(reason?.detail ?? '', /student group sg_2/);
  });
});

describe('a name or title that is probably wrong', () => {
  const untitled = { project: { ...TOLD.project, title: 'N/A' } };

  it('is held with field, finding and advice, and the reason does not contain the text', () => {
    for (const [told, path, field] of [
      [student({ fullName: 'NaN' }), 'student.fullName', 'fullName'],
      [student({ latinName: 'NaN' }), 'student.latinName', 'latinName'],
      [untitled, 'project.title', 'projectTitle'],
    ] as const) {
      const { outcome, reason, print } = judged(caseOf(told));
      assert.deepEqual([outcome, reason?.code, print], ['held', 'name-doubtful', null]);
      assert.match(
        reason?.detail ?? '',
        new RegExp(
          `^${path}: .+ If the text is right as it is, confirm it with an override of ${field} that has the same text\\.$`,
        ),
      );
      assert.doesNotMatch(reason?.detail ?? '', /NaN|N\/A/);
      assert.deepEqual(Object.keys(reason ?? {}), ['code', 'detail'], 'a suggestion is personal: it is in no decision');
    }
  });

  it('is accepted when an override confirms its field, whatever the LMS says later', () => {
    const said = caseOf(student({ fullName: 'Null', latinName: 'None' }), { fullName: 'Null' });
    assert.match(judged(said).reason?.detail ?? '', /^student\.latinName/);
    const both = { fullName: 'Null', latinName: 'None', projectTitle: 'N/A' };
    for (const fullName of ['Null', 'undefined', '學', 'a \ufffd']) {
      const { outcome, print } = judged(caseOf({ ...student({ fullName, latinName: 'nan' }), ...untitled }, both));
      assert.deepEqual([outcome, print?.holderName, print?.latinName], ['met', 'Null', 'None']);
    }
  });

  it('is refused even in an override when it must never be printed', () => {
    for (const text of ['Null [% name %]', 'Nu\ufffdll', 'Nu\u200bll', 'Null\u202e']) {
      assert.equal(ends(caseOf(student({ fullName: text }), {})), 'held name-unprintable');
      assert.equal(ends(caseOf({}, { fullName: text })), 'held name-unprintable');
      assert.equal(ends(caseOf({}, { latinName: text })), 'held name-unprintable');
    }
    assert.equal(ends(caseOf({}, { projectTitle: 'Null\u202e' })), 'held name-unprintable');
  });

  it('is not checked when nothing will be printed: criteria, country and template are checked first', () => {
    const nameless = student({ fullName: 'undefined' });
    assert.equal(ends(caseOf({ ...nameless, status: 'active' })), 'not-met criteria-not-met');
    assert.equal(ends(caseOf(student({ fullName: 'undefined', country: null }))), 'held country-unknown');
    assert.equal(ends(caseOf({ project: { title: 'Жоба', accepted: true } })), 'met');
  });
});

describe('under any rules', () => {
  const STATUS = 'in: [completed, "criteria met"] }';
  const ruled = (change: (criteria: string) => string, subject: Case) => judge(subject, rulesOf(change), PRINTER);

  it('an expelled student gets no certificate, and no question about the country', () => {
    const unasked = (criteria: string) => criteria.replace(/ *- \{ source: studentGroup, parameter: status.*\n/, '');
    const named = (criteria: string) => criteria.replace(STATUS, 'in: [completed, expelled] }');
    for (const change of [unasked, named])
      for (const told of [{}, student({ country: null })]) {
        const { outcome, reason } = ruled(change, caseOf({ status: 'expelled', ...told }));
        assert.deepEqual([outcome, reason?.code], ['not-met', 'criteria-not-met']);
        assert.match(reason?.detail ?? '', /the student is expelled/);
      }
  });

  it('a reason contains no free text of the LMS, except text that is also in the rules', () => {
    const typed = { student: { ...TOLD.student, country: 'Asel +77011234567' }, registration: { country: 'KZ' } };
    const asked = (country: string) => (criteria: string) =>
      criteria.replace('parameter: role, equals: teacher', `parameter: country, in: [${country}]`);
    const { reason, criteria } = ruled(asked('KZ'), caseOf(typed));
    assert.match(reason?.detail ?? '', /student\.country is another value, one of KZ is needed/);
    assert.doesNotMatch(JSON.stringify(criteria.map(({ explanation }) => explanation)), /Asel|7701/);
    const [met] = ruled(asked('KZ'), caseOf()).criteria.filter(({ parameter }) => parameter === 'country');
    assert.match(met?.explanation.en ?? '', /student\.country is KZ, one of KZ/);
  });

  it('the status that was reported to the LMS does not put a certificate in doubt', () => {
    for (const asked of ['equals: completed }', 'equals: "criteria met" }'])
      for (const status of ['criteria met', 'certificate issued'] as const) {
        const shown = caseOf({ status, certTemplate: 'teacher-kk' }, {}, { frozenTemplate: 'teacher-kk' });
        assert.equal(ruled((criteria) => criteria.replace(STATUS, asked), shown).outcome, 'met', `${asked} ${status}`);
      }
    const first = caseOf({ status: 'criteria met', certTemplate: 'teacher-kk' });
    assert.equal(ruled((criteria) => criteria.replace(STATUS, 'equals: completed }'), first).outcome, 'not-met');
  });
});

describe('the LMS status "certificate issued" of a student group', () => {
  it('counts as "criteria met" when the group has a certificate, and not when it has none', () => {
    const issued = { status: 'certificate issued', certTemplate: 'teacher-kk' } as const;
    assert.equal(ends(caseOf(issued, {}, { frozenTemplate: 'teacher-kk' })), 'met');
    assert.equal(ends(caseOf(issued)), 'not-met criteria-not-met');
    const failing = { ...issued, progress: { ...TOLD.progress, score: 12 } };
    assert.equal(ends(caseOf(failing, {}, { frozenTemplate: 'teacher-kk' })), 'not-met criteria-not-met');
  });
});

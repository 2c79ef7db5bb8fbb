import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  CriteriaFile,
  chooseTemplate,
  findOverlaps,
  mayIssueAutomatically,
  programmeFor,
} from '../../src/domain/criteria/criteria.ts';
import { fileOf, programme, release } from './criteria-samples.ts';

describe('the file criteria.yaml', () => {
  const faultsOf = (file: unknown) => {
    const parsed = CriteriaFile.safeParse(file);
    assert.ok(!parsed.success, 'accepted');
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  test('can be loaded as in the documented example', () => {
    const file = CriteriaFile.parse(fileOf(programme));
    assert.equal(programmeFor(file, 'rel_2026a')?.id, 'cis-teachers');
    assert.equal(programmeFor(file, 'rel_2025a'), null);
  });

  test('is refused with the path of every unknown or invalid entry', () => {
    const wrong: [unknown, string, RegExp][] = [
      [{ source: 'teacher', parameter: 'role', equals: 'x' }, 'source', /unknown source; known are student/],
      [
        { source: 'student', parameter: 'rolle', equals: 'x' },
        'parameter',
        /unknown parameter of student; known are id, role/,
      ],
      [{ source: 'student', parameter: 'constructor', equals: 'x' }, 'parameter', /unknown parameter/],
      [{ source: 'student', parameter: 'role', is: 'teacher' }, 'is', /unknown operator; known are equals/],
      [{ source: 'student', parameter: 'role', equals: 'techer' }, 'equals', /unknown value; known are teacher/],
      [{ source: 'student', parameter: 'role', atLeast: 'teacher' }, 'atLeast', /cannot compare/],
      [{ source: 'progress', parameter: 'score', atLeast: '60' }, 'atLeast', /expected a number/],
      [{ source: 'progress', parameter: 'score', atLeast: Number.NaN }, 'atLeast', /finite/],
      [{ source: 'progress', parameter: 'score' }, '', /exactly one operator/],
      [{ source: 'progress', parameter: 'score', atLeast: 1, atMost: 2 }, '', /exactly one operator/],
      [{ source: 'country', parameter: 'code', in: ['KZ', 'UK'] }, 'in.1', /ISO 3166-1/],
      [{ source: 'country', parameter: 'code', in: [] }, 'in', /at least one value/],
      [{ source: 'studentGroup', parameter: 'completedAt', before: '2026-02-30' }, 'before', /date/],
      [{ source: 'studentGroup', parameter: 'completedAt', before: '2026-02-03T10:00:00' }, 'before', /zone/],
      [{ source: 'project', parameter: 'accepted', exists: 'yes' }, 'exists', /true or false/],
      [{ all: [] }, 'all', /at least one criterion/],
      [{ all: [{ source: 'project', parameter: 'accepted', equals: true }], any: [] }, 'any', /must be the only key/],
      [null, '', /expected all, any, not/],
      [[], '', /expected all, any, not/],
      ['all', '', /expected all, any, not/],
    ];
    for (const [criterion, below, message] of wrong) {
      const [fault = '', ...more] = faultsOf(fileOf({ ...programme, require: { any: [{ not: criterion }] } }));
      assert.deepEqual(more, []);
      const path = ['programmes', 0, 'require', 'any', 0, 'not', ...(below === '' ? [] : [below])].join('.');
      assert.ok(fault.startsWith(`${path}: `), fault);
      assert.match(fault, message);
    }
  });

  test('is refused with all its faults at once', () => {
    const faults = faultsOf(
      fileOf({
        ...programme,
        issue: 'never',
        validFor: '2 years',
        extra: 1,
        require: { all: [{ source: 'x' }, { source: 'y' }] },
      }),
    );
    assert.equal(faults.length, 5);
  });

  test('may be nested very deeply without a crash', () => {
    let deep: unknown = { source: 'project', parameter: 'accepted', equals: true };
    for (let level = 0; level < 5000; level += 1) deep = { not: deep };
    assert.match(faultsOf(fileOf({ ...programme, require: deep }))[0] ?? '', /levels deep/);
  });

  test('names the addresses of copies as they are compared, or none', () => {
    const read = (copyTo: unknown) => CriteriaFile.parse(fileOf({ ...programme, copyTo })).programmes[0]?.copyTo;
    assert.deepEqual(read(undefined), []);
    assert.deepEqual(read(null), []);
    assert.deepEqual(read([' Archive@School.Example ', 'b@school.example']), [
      'archive@school.example',
      'b@school.example',
    ]);
  });

  test('is refused with the place of each address of copies that is none, a repeat, or too many', () => {
    const faults = (copyTo: unknown, letter = 'diploma') => faultsOf(fileOf({ ...programme, letter, copyTo }));
    assert.deepEqual(faults(['a@school.example', 'archive.school.example', 'A@school.example']), [
      'programmes.0.copyTo.1: The e-mail address has no @; correct it.',
      'programmes.0.copyTo.2: the address is listed twice: remove one of them',
    ]);
    assert.deepEqual(faults([1, 2, 3, 4, 5, 6].map((n) => `a${n}@school.example`)), [
      'programmes.0.copyTo: expected at most 5 addresses: send to a mailing list of your mail server instead',
    ]);
    assert.deepEqual(faults(['a@school.example'], 'none'), [
      'programmes.0.copyTo: there is nothing to copy with "letter: none": remove one of the two',
    ]);
  });

  test('is refused when two programmes include the same release', () => {
    const second = (...releases: string[]) => fileOf(programme, { ...programme, id: 'other', releases });
    assert.match(
      faultsOf(second('rel_2025*', 'rel_*a'))[0] ?? '',
      /^programmes\.1\.releases\.1: programmes cis-teachers and other have the overlapping patterns/,
    );
    assert.ok(CriteriaFile.safeParse(second('rel_2025*', 'rel_2027a')).success);
    assert.match(faultsOf(fileOf(programme, { ...programme, releases: ['x'] }))[0] ?? '', /is listed twice/);
  });

  test('reports two programmes that both match an existing release, or a possible release when none is given', () => {
    const two = {
      programmes: [
        { id: 'a', releases: ['rel_*'] },
        { id: 'b', releases: ['*_2026'] },
      ],
    };
    assert.equal(findOverlaps(two).length, 1);
    assert.equal(findOverlaps(two, ['rel_2025', 'x_2026']).length, 0);
    assert.match(findOverlaps(two, ['rel_2026'])[0]?.detail ?? '', /both match release rel_2026/);
  });

  test('chooses the certificate template by country', () => {
    const [first] = CriteriaFile.parse(fileOf(programme)).programmes;
    assert.ok(first);
    assert.deepEqual(
      ['KZ', 'UZ', 'AM', null, 'constructor'].map((code) => chooseTemplate(first, code)),
      ['teacher-kk', 'teacher-uz', 'teacher-ru', 'teacher-ru', 'teacher-ru'],
    );
  });

  test('limits awards by webhook to completions since a given date, in the time zone of the release', () => {
    const [first] = CriteriaFile.parse(fileOf(programme)).programmes;
    assert.ok(first);
    const at = (completedAt: string | null, endsOn: string | null = '2026-11-15') =>
      mayIssueAutomatically(first, completedAt, { endsOn, timezone: 'Europe/Moscow' });
    assert.equal(at('2026-10-31T21:00:00Z'), true);
    assert.equal(at('2026-10-31T20:59:59Z'), false);
    assert.equal(at(null), true);
    assert.equal(at(null, '2026-10-31'), false);
    assert.equal(at(null, null), false);
    assert.equal(mayIssueAutomatically({ ...first, issue: 'batch' }, '2026-12-01T00:00:00Z', release), false);
  });
});

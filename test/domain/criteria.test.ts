import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  buildInputs,
  CriteriaFile,
  chooseTemplate,
  evaluateCriteria,
  findOverlaps,
  mayIssueAutomatically,
  metExceptCountry,
  programmeFor,
} from '../../src/domain/criteria.ts';
import type { CriteriaTree } from '../../src/domain/criterion.ts';
import { parseCriteria } from '../../src/domain/criterion.ts';
import { Release, StudentGroup } from '../../src/domain/student-group.ts';

const release = Release.parse({
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
const raw = {
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
const inputsOf = (change: object = {}, code: string | null = 'KZ') =>
  buildInputs(StudentGroup.parse({ ...raw, ...change }), release, code);

/** The tree of the documented criteria.yaml. */
const REQUIRE = {
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
const programme = {
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
const fileOf = (...programmes: object[]) => ({ version: 1, programmes });

function treeOf(require: unknown): CriteriaTree {
  const { tree, faults } = parseCriteria(require);
  assert.deepEqual(faults, []);
  assert.ok(tree);
  return tree;
}
const met = (criterion: unknown, change: object = {}, code: string | null = 'KZ') =>
  evaluateCriteria(treeOf(criterion), inputsOf(change, code)).met;

describe('criteria', () => {
  test('as documented are met by a teacher who did everything', () => {
    const { met, results, unmet } = evaluateCriteria(treeOf(REQUIRE), inputsOf());
    assert.ok(met);
    assert.equal(results.length, 7);
    assert.deepEqual(unmet, []);
  });

  test('each stand in the way alone', () => {
    const changes: [object, string | null][] = [
      [{ student: { ...raw.student, role: 'staff' } }, 'KZ'],
      [{ status: 'active' }, 'KZ'],
      [{ progress: { ...raw.progress, score: 59.9 } }, 'KZ'],
      [{ progress: { ...raw.progress, lessonsCompleted: 32 } }, 'KZ'],
      [{ project: { ...raw.project, accepted: false } }, 'KZ'],
      [{ consents: [] }, 'KZ'],
      [{}, 'RU'],
    ];
    changes.forEach(([change, code], index) => {
      const { met, unmet } = evaluateCriteria(treeOf(REQUIRE), inputsOf(change, code));
      assert.equal(met, false);
      assert.deepEqual(
        unmet.map(({ path }) => path),
        [`require.all[${index}]`],
      );
    });
  });

  test('explain themselves in words', () => {
    const change = { progress: { ...raw.progress, score: 57 }, project: null, consents: [] };
    const { unmet } = evaluateCriteria(treeOf(REQUIRE), inputsOf(change, null));
    assert.deepEqual(
      unmet.map(({ explanation }) => explanation.en),
      [
        'progress.score is 57, at least 60 is needed',
        'project.accepted is not known, true is needed',
        'consent.personal-data is false, true is needed',
        'country.code is not known, one of AM, AZ, BY, GE, KG, KZ, MD, MN, TJ, TM, UZ is needed',
      ],
    );
    assert.equal(unmet[0]?.explanation.ru, 'progress.score: 57, нужно не меньше 60');
    const [only] = evaluateCriteria(
      treeOf({ not: { source: 'student', parameter: 'role', equals: 'teacher' } }),
      inputsOf(),
    ).unmet;
    assert.equal(only?.explanation.en, 'student.role is teacher, teacher is not allowed');
  });

  test('without a value are not met, and nothing throws', () => {
    const nothing = { progress: null, project: null, registration: null, completedAt: null };
    for (const criterion of [
      { source: 'progress', parameter: 'score', atLeast: -1 },
      { source: 'progress', parameter: 'score', atMost: 1000 },
      { source: 'project', parameter: 'grade', equals: 'excellent' },
      { source: 'registration', parameter: 'form', in: ['cis-2026'] },
      { source: 'studentGroup', parameter: 'completedAt', before: '2100-01-01' },
      { source: 'studentGroup', parameter: 'completedAt', after: '2000-01-01' },
      { source: 'studentGroup', parameter: 'completedAt', exists: true },
    ])
      assert.equal(met(criterion, nothing), false, JSON.stringify(criterion));
    assert.equal(met({ source: 'studentGroup', parameter: 'completedAt', exists: false }, nothing), true);
    assert.equal(
      met(
        { source: 'progress', parameter: 'lessonsShare', exists: true },
        { progress: { lessonsCompleted: 0, lessonsTotal: 0 } },
      ),
      false,
    );
  });

  test('read dates by the calendar of the release, and instants exactly', () => {
    // 2026-11-18T21:30Z is 19 November in Moscow.
    const completed = (operator: string, constant: string) =>
      met({ source: 'studentGroup', parameter: 'completedAt', [operator]: constant });
    assert.equal(completed('after', '2026-11-18'), true);
    assert.equal(completed('after', '2026-11-19'), false);
    assert.equal(completed('before', '2026-11-19'), false);
    assert.equal(completed('before', '2026-11-20'), true);
    assert.equal(completed('atLeast', '2026-11-19'), true);
    assert.equal(completed('before', '2026-11-18T21:30:01Z'), true);
    assert.equal(completed('before', '2026-11-19T00:30:00+03:00'), false);
    assert.equal(met({ source: 'release', parameter: 'endsOn', before: '2026-11-16' }), true);
  });

  test('count a consent that is given and not revoked since', () => {
    const consent = { source: 'consent', parameter: 'personal-data', equals: true };
    const given = { kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z' };
    const withConsents = (...consents: object[]) => met(consent, { consents });
    assert.equal(withConsents(given), true);
    assert.equal(withConsents({ ...given, revokedAt: '2026-10-01T10:00:00Z' }), false);
    assert.equal(
      withConsents({ ...given, revokedAt: '2026-10-01T10:00:00Z' }, { ...given, givenAt: '2026-11-01T10:00:00Z' }),
      true,
    );
    assert.equal(withConsents({ kind: 'personal-data' }), false);
    assert.equal(withConsents({ ...given, kind: 'advertising' }), false);
    assert.equal(met({ source: 'consent', parameter: 'advertising', equals: false }), true);
    assert.equal(met({ source: 'consent', parameter: '__proto__', equals: true }), false);
  });

  test('hold no name, address or phone among their inputs', () => {
    const student = {
      ...raw.student,
      fullName: 'Secretname',
      latinName: 'Secretname',
      email: 'secretname@example.kz',
      phone: '+7701secretname',
    };
    assert.doesNotMatch(JSON.stringify(inputsOf({ student })), /secretname/i);
  });

  test('give the same answer from inputs that were stored', () => {
    const inputs = inputsOf({ project: null }, null);
    const stored = JSON.parse(JSON.stringify(inputs));
    assert.deepEqual(evaluateCriteria(treeOf(REQUIRE), stored), evaluateCriteria(treeOf(REQUIRE), inputs));
  });
});

describe('the question about the country', () => {
  test('is asked only where every other criterion is met', () => {
    assert.equal(metExceptCountry(treeOf(REQUIRE), inputsOf({}, null)), true);
    assert.equal(metExceptCountry(treeOf(REQUIRE), inputsOf({ consents: [] }, null)), false);
  });

  test('counts the country in favour beneath not as well', () => {
    const notRussia = {
      all: [
        { not: { source: 'country', parameter: 'code', equals: 'RU' } },
        { source: 'progress', parameter: 'score', atLeast: 60 },
      ],
    };
    assert.equal(metExceptCountry(treeOf(notRussia), inputsOf({}, null)), true);
    assert.equal(metExceptCountry(treeOf(notRussia), inputsOf({ progress: null }, null)), false);
  });
});

describe('trees', () => {
  const leaf = fc.constantFrom<unknown>(
    { source: 'progress', parameter: 'score', atLeast: 60 },
    { source: 'progress', parameter: 'attendance', atMost: 0.5 },
    { source: 'project', parameter: 'accepted', equals: true },
    { source: 'country', parameter: 'code', equals: 'KZ' },
    { source: 'studentGroup', parameter: 'status', in: ['completed'] },
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('tree') }),
    ),
  }));
  const score = fc.option(fc.double({ min: 0, max: 100, noNaN: true }));
  const inputs = fc
    .tuple(score, fc.boolean(), fc.constantFrom('KZ', 'RU', null), fc.constantFrom('completed', 'active'))
    .map(([score, accepted, code, status]) =>
      inputsOf({ status, progress: { ...raw.progress, score }, project: { ...raw.project, accepted } }, code),
    );

  test('negated are the opposite, and negated twice the same', () => {
    fc.assert(
      fc.property(tree, inputs, (require, given) => {
        const plain = evaluateCriteria(treeOf(require), given);
        assert.equal(evaluateCriteria(treeOf({ not: require }), given).met, !plain.met);
        assert.equal(evaluateCriteria(treeOf({ not: { not: require } }), given).met, plain.met);
      }),
    );
  });

  test('name what stands in the way exactly when not met', () => {
    fc.assert(
      fc.property(tree, inputs, (require, given) => {
        const { met, unmet, results } = evaluateCriteria(treeOf(require), given);
        assert.equal(unmet.length === 0, met);
        for (const one of unmet) assert.ok(results.includes(one) && !one.met);
      }),
    );
  });

  test('met with some country are met except for the country', () => {
    fc.assert(
      fc.property(tree, inputs, (require, given) => {
        const parsed = treeOf(require);
        if (evaluateCriteria(parsed, given).met) assert.ok(metExceptCountry(parsed, given));
      }),
    );
  });

  test('without not never lose by a higher score', () => {
    const rising = {
      any: [
        { source: 'progress', parameter: 'score', atLeast: 60 },
        {
          all: [
            { source: 'project', parameter: 'accepted', equals: true },
            { source: 'progress', parameter: 'score', atLeast: 40 },
          ],
        },
      ],
    };
    fc.assert(
      fc.property(fc.nat(100), fc.nat(100), fc.boolean(), (a, b, accepted) => {
        const at = (score: number) =>
          met(rising, { progress: { ...raw.progress, score }, project: { ...raw.project, accepted } });
        assert.ok(!at(Math.min(a, b)) || at(Math.max(a, b)));
      }),
    );
  });
});

describe('criteria.yaml', () => {
  const faultsOf = (file: unknown) => {
    const parsed = CriteriaFile.safeParse(file);
    assert.ok(!parsed.success, 'accepted');
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  test('as documented is read', () => {
    const file = CriteriaFile.parse(fileOf(programme));
    assert.equal(programmeFor(file, 'rel_2026a')?.id, 'cis-teachers');
    assert.equal(programmeFor(file, 'rel_2025a'), null);
  });

  test('names every unknown or ill-fitting thing with its path', () => {
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
      [{ all: [{ source: 'project', parameter: 'accepted', equals: true }], any: [] }, 'any', /stands alone/],
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

  test('reports all faults at once', () => {
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

  test('is not overwhelmed by depth', () => {
    let deep: unknown = { source: 'project', parameter: 'accepted', equals: true };
    for (let level = 0; level < 5000; level += 1) deep = { not: deep };
    assert.match(faultsOf(fileOf({ ...programme, require: deep }))[0] ?? '', /levels deep/);
  });

  test('gives no release two programmes', () => {
    const second = (...releases: string[]) => fileOf(programme, { ...programme, id: 'other', releases });
    assert.match(
      faultsOf(second('rel_2025*', 'rel_*a'))[0] ?? '',
      /^programmes\.1\.releases\.1: programmes cis-teachers and other overlap/,
    );
    assert.ok(CriteriaFile.safeParse(second('rel_2025*', 'rel_2027a')).success);
    assert.match(faultsOf(fileOf(programme, { ...programme, releases: ['x'] }))[0] ?? '', /stands twice/);
  });

  test('tells overlaps in real releases from possible ones', () => {
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

  test('lets a webhook issue only what was completed since, by the release’s calendar', () => {
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

test('a hundred thousand decisions take seconds, not minutes', () => {
  const tree = treeOf(REQUIRE);
  const inputs = inputsOf();
  const begun = performance.now();
  for (let count = 0; count < 100_000; count += 1) evaluateCriteria(tree, inputs);
  assert.ok(performance.now() - begun < 10_000);
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { evaluateCriteria, metExceptCountry } from '../../src/domain/criteria/criteria.ts';
import { OPERATORS } from '../../src/domain/criteria/operators.ts';
import { COMPARISONS, everyParameter } from './criteria-comparisons.ts';
import { inputsOf, met, REQUIRE, raw, treeOf } from './criteria-samples.ts';

describe('the criteria of a programme', () => {
  test('are met by a teacher who did everything, in the documented example', () => {
    const { met, results, unmet } = evaluateCriteria(treeOf(REQUIRE), inputsOf());
    assert.ok(met);
    assert.equal(results.length, 7);
    assert.deepEqual(unmet, []);
  });

  test('prevent the award when only one of them is not met', () => {
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

  test('are explained in words', () => {
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

  test('can compare every parameter of every source with every operator of its type, also when the value is missing', () => {
    let compared = 0;
    const operators = new Set<string>();
    for (const { source, parameter, kind, values } of everyParameter()) {
      for (const { operator, constant, meet, fail, missing } of COMPARISONS[kind](...values)) {
        operators.add(operator);
        const tree = treeOf({ source, parameter, [operator]: constant });
        const metBy = (actual: string | number | boolean | null) => {
          const inputs = inputsOf();
          inputs[source] = { ...inputs[source], [parameter]: actual };
          compared += 1;
          return evaluateCriteria(tree, inputs).met;
        };
        const name = `${source}.${parameter} ${operator} ${JSON.stringify(constant)}`;
        for (const actual of meet) assert.equal(metBy(actual), true, `${name}: ${actual}`);
        for (const actual of fail) assert.equal(metBy(actual), false, `${name}: ${actual}`);
        // A missing consent counts as not given; only the operator `exists` distinguishes the two.
        const absent = source === 'consent' && operator !== 'exists' ? metBy(false) : (missing ?? false);
        assert.equal(metBy(null), absent, `${name}: missing`);
      }
    }
    assert.ok(compared > 800, String(compared));
    assert.deepEqual([...operators].sort(), Object.keys(OPERATORS).sort());
  });

  test('are unmet when their value is missing, and cause no exception', () => {
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

  test('compare dates in the time zone of the release, and times exactly', () => {
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

  test('accept a consent that was given and not revoked later', () => {
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

  test('have no name, address or phone number in their stored inputs', () => {
    const student = {
      ...raw.student,
      fullName: 'Secretname',
      latinName: 'Secretname',
      email: 'secretname@example.kz',
      phone: '+7701secretname',
    };
    assert.doesNotMatch(JSON.stringify(inputsOf({ student })), /secretname/i);
  });

  test('give the same result when they are evaluated again from stored inputs', () => {
    const inputs = inputsOf({ project: null }, null);
    const stored = JSON.parse(JSON.stringify(inputs));
    assert.deepEqual(evaluateCriteria(treeOf(REQUIRE), stored), evaluateCriteria(treeOf(REQUIRE), inputs));
  });
});

describe('the question about an unclear country', () => {
  test('is asked only when all other criteria are met', () => {
    assert.equal(metExceptCountry(treeOf(REQUIRE), inputsOf({}, null)), true);
    assert.equal(metExceptCountry(treeOf(REQUIRE), inputsOf({ consents: [] }, null)), false);
  });

  test('treats a country criterion as met, even inside "not"', () => {
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

describe('nested criteria', () => {
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

  test('have the opposite result inside "not", and the same result inside two nested "not"', () => {
    fc.assert(
      fc.property(tree, inputs, (require, given) => {
        const plain = evaluateCriteria(treeOf(require), given);
        assert.equal(evaluateCriteria(treeOf({ not: require }), given).met, !plain.met);
        assert.equal(evaluateCriteria(treeOf({ not: { not: require } }), given).met, plain.met);
      }),
    );
  });

  test('give a list of unmet criteria exactly when the result is "not met"', () => {
    fc.assert(
      fc.property(tree, inputs, (require, given) => {
        const { met, unmet, results } = evaluateCriteria(treeOf(require), given);
        assert.equal(unmet.length === 0, met);
        for (const one of unmet) assert.ok(results.includes(one) && !one.met);
      }),
    );
  });

  test('are met apart from the country exactly when some country meets them', () => {
    fc.assert(
      fc.property(tree, inputs, (require, given) => {
        const parsed = treeOf(require);
        if (evaluateCriteria(parsed, given).met) assert.ok(metExceptCountry(parsed, given));
      }),
    );
  });

  test('without "not" never become unmet because of a higher score', () => {
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

test('a hundred thousand decisions take seconds, not minutes', () => {
  const tree = treeOf(REQUIRE);
  const inputs = inputsOf();
  const begun = process.cpuUsage();
  for (let count = 0; count < 100_000; count += 1) evaluateCriteria(tree, inputs);
  // CPU time, which does not depend on other load of the machine.
  assert.ok(process.cpuUsage(begun).user < 10_000_000);
});

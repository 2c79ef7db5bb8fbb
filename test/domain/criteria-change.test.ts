import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { evaluateCriteria } from '../../src/domain/criteria/criteria.ts';
import { changeInWords, whatWouldChange } from '../../src/domain/criteria/criteria-change.ts';
import { type CriteriaTree, PARAMETERS } from '../../src/domain/criteria/criterion.ts';
import { labelOf } from '../../src/domain/criteria/criterion-labels.ts';
import { sentenceOf } from '../../src/domain/criteria/criterion-sentence.ts';
import { LANGUAGES } from '../../src/domain/messages/languages.ts';
import { inputsOf, REQUIRE, raw, treeOf } from './criteria-samples.ts';

const ZONE = 'Europe/Moscow';
const sentences = (criterion: unknown, change: object = {}, code: string | null = 'KZ') => {
  const [result] = evaluateCriteria(treeOf(criterion), inputsOf(change, code)).results;
  assert.ok(result);
  return [sentenceOf(result, 'en', ZONE), sentenceOf(result, 'ru', ZONE)].map((text) => text.replaceAll('\u00a0', ' '));
};
const progress = (change: object) => ({ progress: { ...raw.progress, ...change } });
const score = (operator: string, expected: unknown) => ({
  source: 'progress',
  parameter: 'score',
  [operator]: expected,
});
const completed = (operator: string, expected: unknown) => ({
  source: 'studentGroup',
  parameter: 'completedAt',
  [operator]: expected,
});

describe('the description of a criterion', () => {
  test("uses the coordinators' terms in English and Russian, and shows the actual and the required value", () => {
    const accepted = { source: 'project', parameter: 'accepted', equals: true };
    const country = { source: 'country', parameter: 'code', in: ['KZ', 'UZ'] };
    const table: [unknown, object, string, string][] = [
      [
        score('atLeast', 60),
        progress({ score: 57 }),
        'Score: 57, needed: at least 60',
        'Балл: 57, нужно: не меньше 60',
      ],
      [
        score('atMost', 60),
        progress({ score: 87.5 }),
        'Score: 87.5, needed: at most 60',
        'Балл: 87,5, нужно: не больше 60',
      ],
      [{ not: score('atLeast', 60) }, {}, 'Score: 87.5, needed: less than 60', 'Балл: 87,5, нужно: меньше 60'],
      [{ not: score('atMost', 90) }, {}, 'Score: 87.5, needed: more than 90', 'Балл: 87,5, нужно: больше 90'],
      [
        score('exists', true),
        { progress: null },
        'Score: not known, needed: any value',
        'Балл: нет данных, нужно: любое значение',
      ],
      [{ not: score('exists', true) }, {}, 'Score: 87.5, needed: no value', 'Балл: 87,5, нужно: пусто'],
      [accepted, { project: null }, 'Project accepted: not known, needed: yes', 'Проект принят: нет данных, нужно: да'],
      [{ not: accepted }, {}, 'Project accepted: yes, needed: no', 'Проект принят: да, нужно: нет'],
      [
        { source: 'consent', parameter: 'personal-data', equals: true },
        { consents: [] },
        'Consent to the processing of personal data: no, needed: yes',
        'Согласие на обработку персональных данных: нет, нужно: да',
      ],
      [
        { source: 'consent', parameter: 'photo', equals: true },
        {},
        'Consent "photo": no, needed: yes',
        'Согласие «photo»: нет, нужно: да',
      ],
      [country, {}, 'Country: KZ, needed: one of KZ, UZ', 'Страна: KZ, нужно: одно из: KZ, UZ'],
      [{ not: country }, {}, 'Country: KZ, needed: none of KZ, UZ', 'Страна: KZ, нужно: ничего из: KZ, UZ'],
      [
        { not: { source: 'student', parameter: 'role', equals: 'teacher' } },
        {},
        'Role: teacher, needed: anything but teacher',
        'Роль: teacher, нужно: что угодно, кроме teacher',
      ],
    ];
    for (const [criterion, change, en, ru] of table) assert.deepEqual(sentences(criterion, change), [en, ru]);
  });

  test('shows shares as percentages, with enough digits to tell two different shares apart', () => {
    const share = { source: 'progress', parameter: 'lessonsShare', atLeast: 0.9 };
    assert.deepEqual(sentences(share), [
      'Share of lessons completed: 94.4%, needed: at least 90%',
      'Доля пройденных уроков: 94,4 %, нужно: не меньше 90 %',
    ]);
    const [close] = sentences(share, progress({ lessonsCompleted: 8_999, lessonsTotal: 10_000 }));
    assert.equal(close, 'Share of lessons completed: 89.99%, needed: at least 90%');
  });

  test('shows dates in the time zone of the release', () => {
    // 2026-11-18T21:30Z is half past midnight of the 19th in Moscow.
    assert.deepEqual(sentences(completed('before', '2026-11-19')), [
      'Completion of the course: 19 November 2026, 00:30, needed: before 19 November 2026',
      'Завершение курса: 19 ноября 2026, 00:30, нужно: раньше 19 ноября 2026',
    ]);
    const needs = (criterion: unknown) => sentences(criterion)[0]?.split('needed: ')[1];
    assert.equal(needs(completed('atLeast', '2026-11-20')), 'not before 20 November 2026');
    assert.equal(needs({ not: completed('atLeast', '2026-11-19') }), 'before 19 November 2026');
    assert.equal(needs(completed('atMost', '2026-11-18')), 'not after 18 November 2026');
    assert.equal(needs({ not: completed('after', '2026-11-18T21:00:01Z') }), 'not after 19 November 2026, 00:00:01');
  });

  test('says when the criterion was waived', () => {
    const [result] = evaluateCriteria(treeOf(score('atLeast', 90)), inputsOf(), new Set(['progress.score'])).results;
    assert.ok(result);
    assert.equal(
      sentenceOf(result, 'en', ZONE),
      'Score: 87.5, needed: at least 90; a coordinator has waived this criterion',
    );
    assert.match(sentenceOf(result, 'ru', ZONE), /; координатор снял это требование$/);
  });

  test('has a name for every parameter', () => {
    for (const [source, parameters] of Object.entries(PARAMETERS)) {
      for (const parameter of Object.keys(parameters)) {
        const [en, ru] = LANGUAGES.map((language) => labelOf(source as keyof typeof PARAMETERS, parameter, language));
        assert.match(en ?? '', /^[a-zA-Z ]+$/);
        assert.match(ru ?? '', /[а-я]/);
      }
    }
    assert.equal(labelOf('consent', '__proto__', 'en'), 'consent "__proto__"');
  });
});

describe('the smallest change after which unmet criteria are met', () => {
  const change = (require: unknown, facts: object = {}, code: string | null = 'KZ') => {
    const tree = treeOf(require);
    const found = whatWouldChange(tree, evaluateCriteria(tree, inputsOf(facts, code)));
    return [changeInWords(found, 'en', ZONE), changeInWords(found, 'ru', ZONE)].map((text) =>
      text.replaceAll('\u00a0', ' '),
    );
  };
  const accepted = { source: 'project', parameter: 'accepted', equals: true };

  test('is described in words: missing amounts, joined by "and" or given as alternatives', () => {
    assert.deepEqual(change(REQUIRE), ['nothing', 'ничего']);
    assert.deepEqual(change(REQUIRE, progress({ score: 57 })), ['score: at least 60 (+3)', 'балл: не меньше 60 (+3)']);
    assert.deepEqual(change(REQUIRE, { ...progress({ score: 59.9, lessonsCompleted: 31 }), project: null }), [
      'score: at least 60 (+0.1) and share of lessons completed: at least 90% (now 86.1%) and project accepted: yes',
      'балл: не меньше 60 (+0,1) и доля пройденных уроков: не меньше 90 % (сейчас 86,1 %) и проект принят: да',
    ]);
    const either = { all: [score('atLeast', 60), { any: [score('atLeast', 80), accepted] }] };
    assert.deepEqual(change(either, { ...progress({ score: 50 }), project: null }), [
      'either score: at least 80 (+30); or score: at least 60 (+10) and project accepted: yes',
      'либо балл: не меньше 80 (+30); либо балл: не меньше 60 (+10) и проект принят: да',
    ]);
    assert.deepEqual(change({ not: { any: [accepted, score('atLeast', 60)] } }), [
      'project accepted: no and score: less than 60',
      'проект принят: нет и балл: меньше 60',
    ]);
    assert.equal(change(score('atMost', 10), progress({ score: 12.5 }))[0], 'score: at most 10 (−2.5)');
    const many = { any: [91, 92, 93, 94, 95, 96].map((bound) => score('atLeast', bound)) };
    assert.match(change(many)[0] ?? '', /^either score: at least 91 .*; or meet the criteria in another way$/);
  });

  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.nat(5).map((kind) => ({ source: 'consent', parameter: `c${kind}`, equals: true })),
      fc.record({ all: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('tree') }),
    ),
  }));
  const facts = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
  const given = (values: boolean[]) => ({
    ...inputsOf(),
    consent: Object.fromEntries(values.map((value, kind) => [`c${kind}`, value])),
  });

  test('is computed from the parts alone, for any nesting of "all", "any" and "not"', () => {
    const truth = (part: unknown, values: boolean[]): boolean => {
      const { all, any: some, not, parameter } = part as Record<string, unknown>;
      if (Array.isArray(all)) return all.every((child) => truth(child, values));
      if (Array.isArray(some)) return some.some((child) => truth(child, values));
      return not === undefined ? values[Number(String(parameter).slice(1))] === true : !truth(not, values);
    };
    fc.assert(
      fc.property(tree, facts, (require, values) => {
        assert.equal(evaluateCriteria(treeOf(require), given(values)).met, truth(require, values));
      }),
    );
  });

  /** Whether a tree is met when exactly these criteria are satisfied. */
  function metWith(part: CriteriaTree, favourable: ReadonlySet<string>, negated = false): boolean {
    if ('not' in part) return !metWith(part.not, favourable, !negated);
    if ('all' in part) return part.all.every((child) => metWith(child, favourable, negated));
    if ('any' in part) return part.any.some((child) => metWith(child, favourable, negated));
    return favourable.has(part.path) !== negated;
  }

  test('is sufficient, minimal and complete: no alternative is missing', () => {
    fc.assert(
      fc.property(tree, facts, (require, values) => {
        const parsed = treeOf(require);
        const evaluation = evaluateCriteria(parsed, given(values));
        const met = evaluation.results.filter((one) => one.met).map((one) => one.path);
        const enough = (paths: string[]) => metWith(parsed, new Set([...met, ...paths]));
        const { alternatives, more } = whatWouldChange(parsed, evaluation);
        const told = alternatives.map((set) => set.map(({ path }) => path));
        for (const paths of told) {
          assert.ok(enough(paths));
          // More satisfied criteria never make the result worse, so it is enough to remove one criterion at a time.
          for (const path of paths) assert.ok(!enough(paths.filter((other) => other !== path)));
        }
        const missing = evaluation.results.filter((one) => !one.met).map((one) => one.path);
        if (missing.length > 8) return;
        const subsets = Array.from({ length: 2 ** missing.length }, (_, bits) =>
          missing.filter((_path, index) => (bits >> index) & 1),
        ).filter(enough);
        const smallest = subsets.filter(
          (set) => !subsets.some((other) => other.length < set.length && other.every((path) => set.includes(path))),
        );
        assert.equal(more, smallest.length > 5);
        assert.equal(told.length, Math.min(5, smallest.length));
        const sizes = smallest.map((set) => set.length).sort((a, b) => a - b);
        assert.deepEqual(
          told.map((set) => set.length),
          sizes.slice(0, 5),
        );
        for (const paths of told)
          assert.ok(smallest.some((set) => set.join() === [...paths].sort(byPlace(missing)).join()));
      }),
      { numRuns: 300 },
    );
  });

  test('is not computed when the results belong to another tree of criteria', () => {
    const evaluation = evaluateCriteria(treeOf(accepted), inputsOf());
    assert.throws(
      () => whatWouldChange(treeOf(REQUIRE), evaluation),
      /other criteria: it has no result at require\.all\[0\]/,
    );
  });
});

function byPlace(order: readonly string[]) {
  return (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadRulebook, readRules } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { NO_OVERRIDES } from '../../src/domain/student-group/override.ts';
import { StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { Circumstances, conclude } from '../../src/pipeline/evaluate/conclude.ts';
import { type Case, judge } from '../../src/pipeline/evaluate/judge.ts';
import { decideAgain, differences } from '../../src/pipeline/evaluate/replay.ts';
import { StoredCase, toCase, toStored } from '../../src/pipeline/evaluate/stored-case.ts';
import { caseOf, PRINTER, RELEASE, rulesOf, TEMPLATES, TOLD } from './judge-samples.ts';

const rules = rulesOf();
const HASH = 'a'.repeat(64);
const usual = Circumstances.parse({});

function decide(subject: Case, circumstances = usual) {
  const judgement = judge(subject, rules, PRINTER);
  const { outcome, reason, awards } = conclude(subject, judgement, circumstances);
  const { criteria, country, certTemplate, programme } = judgement;
  return { outcome, reason, awards, programmeId: programme?.id ?? null, certTemplate, criteria, country };
}

/** Like PostgreSQL's jsonb, which changes the order of keys. */
function throughTheTable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(throughTheTable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? 1 : -1)).map(([k, part]) => [k, throughTheTable(part)]),
  );
}
/** Removes null values, as stored inputs do. */
const compacted = (value: object): object => JSON.parse(JSON.stringify(value, (_key, part) => part ?? undefined));

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const instant = fc.constantFrom('2026-10-30T10:00:00Z', '2026-11-10T10:00:00+05:00', '2026-11-20T09:15:00Z');
const country = fc.constantFrom('KZ', 'Узбекистон', 'Россия', 'Atlantis', '', 'Казакстан');
/** Random changes of LMS data from a met case. */
const Student = fc.record(
  {
    id: fc.constantFrom('st_1', 'st_2'),
    fullName: fc.oneof(
      fc.constantFrom('學', 'undefined', 'Null'),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    ),
    latinName: maybe(fc.oneof(fc.constantFrom('None', 'Ulgi'), fc.string({ maxLength: 30 }))),
    email: maybe(fc.constantFrom('a@example.kz', 'nobody', 'Ä@example.kz')),
    phone: maybe(fc.constantFrom('+77011234567', '+998901234567', '123')),
    timezone: maybe(fc.constantFrom('Asia/Almaty', 'Asia/Tashkent', 'nowhere')),
    country: maybe(country),
    role: fc.constantFrom('teacher', 'teacher', 'staff'),
  },
  { requiredKeys: [] },
);
const Others = fc.record(
  {
    updatedAt: instant,
    status: fc.constantFrom('active', 'completed', 'criteria met', 'expelled'),
    certTemplate: maybe(fc.constantFrom('teacher-kk', 'teacher-ru')),
    group: fc.constant({ id: 'gr_2', name: 'Алматы-2', releaseId: 'rel_2026a' }),
    registration: maybe(fc.record({ form: maybe(fc.string({ maxLength: 9 })), country: maybe(country) })),
    progress: maybe(
      fc.record({
        lessonsCompleted: fc.constantFrom(0, 35, 36),
        lessonsTotal: fc.constantFrom(0, 36),
        score: maybe(fc.double({ min: 50, max: 100, noNaN: true })),
      }),
    ),
    completedAt: maybe(instant),
    project: maybe(
      fc.record({
        title: fc.oneof(fc.constant('n/a'), fc.string({ maxLength: 30 })),
        accepted: maybe(fc.constantFrom(true, true, false)),
      }),
    ),
    consents: fc.array(fc.record({ kind: fc.constant('personal-data'), givenAt: instant, revokedAt: maybe(instant) }), {
      maxLength: 2,
    }),
  },
  { requiredKeys: [] },
);
const Overriding = fc.record(
  {
    country: maybe(fc.constantFrom('KZ', 'DE')),
    fullName: maybe(fc.constantFrom('Үлгі', '學', 'Null')),
    latinName: maybe(fc.constant('Ulgi')),
    projectTitle: maybe(fc.constantFrom('Жоба', 'null')),
    email: maybe(fc.constant('b@example.kz')),
    allowSharedEmail: fc.boolean(),
    certTemplate: maybe(fc.constantFrom('teacher-en', 'no-such')),
    excluded: fc.constantFrom(false, false, true),
    allow: fc.subarray(['progress.score', 'project.accepted', 'student.role', 'country.code']),
  },
  { requiredKeys: [] },
);
const Around = fc.record(
  {
    byBatch: fc.boolean(),
    certificate: fc.boolean(),
    prefixTaken: fc.boolean(),
    awardedTo: maybe(fc.constant({ number: 'INT-26-000001', studentGroupId: 'sg_9' })),
    foreseenFor: maybe(fc.constant('sg_8')),
    awaitsConfirm: fc.boolean(),
    awardedInHour: maybe(fc.nat(600)),
    notApproved: fc.subarray(['certificate/teacher-ru@0a', 'letter/diploma/ru@1b']),
  },
  { requiredKeys: [] },
);
const Subject = fc
  .tuple(
    Others,
    Student,
    Overriding,
    fc.boolean(),
    maybe(fc.constantFrom('teacher-en', 'no-such')),
    maybe(fc.constant('teacher-ru')),
  )
  .map(
    ([others, student, overriding, emailShared, template, frozenTemplate]): Case => ({
      studentGroup: StudentGroup.parse({ ...TOLD, ...others, student: { ...TOLD.student, ...student } }),
      release: RELEASE,
      overrides: { ...NO_OVERRIDES, ...overriding },
      emailShared,
      template,
      frozenTemplate,
    }),
  );

/** One example of each outcome. */
const EXAMPLES: [Case, Partial<Circumstances>][] = [
  [caseOf(), {}],
  [caseOf({ status: 'active' }), {}],
  [caseOf({}, {}, { emailShared: true }), { certificate: true }],
  [caseOf({}, { excluded: true }), {}],
];

describe('a stored decision', () => {
  it('gives the same result when it is replayed from its stored data, for every outcome', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(Subject, Around, (subject, around) => {
        const circumstances = Circumstances.parse(around);
        const decided = decide(subject, circumstances);
        const stored = StoredCase.parse(throughTheTable(compacted(toStored(subject, HASH, circumstances))));
        assert.deepEqual(toCase(stored, RELEASE), subject);
        assert.deepEqual(stored.circumstances, circumstances);
        const row = { ...decided, country: throughTheTable(decided.country) };
        assert.deepEqual(differences(row, decideAgain(stored, RELEASE, rules, PRINTER)), []);
        outcomes.add(decided.outcome);
      }),
      {
        numRuns: 300,
        examples: EXAMPLES,
      },
    );
    assert.deepEqual([...outcomes].sort(), ['excluded', 'held', 'met', 'not-met'], 'the property saw every outcome');
  });

  it('contains only the circumstances that differ from the defaults', () => {
    const keys = (subject: Case) => Object.keys(compacted(toStored(subject, HASH, usual))).sort();
    assert.deepEqual(keys(caseOf()), ['circumstances', 'release', 'studentGroup']);
    const unusual = toStored(caseOf({}, { excluded: true }), HASH, { ...usual, byBatch: true }) as StoredCase;
    assert.deepEqual([unusual.overrides, unusual.circumstances], [{ excluded: true }, { byBatch: true }]);
  });

  it('replayed by other rules gives another result, and the differences are listed', () => {
    const stored = StoredCase.parse(toStored(caseOf({ progress: { ...TOLD.progress, score: 75 } }), HASH, usual));
    const decided = decide(toCase(stored, RELEASE));
    const stricter = rulesOf((criteria) => criteria.replace('atLeast: 60', 'atLeast: 80'));
    assert.deepEqual(differences(decided, decideAgain(stored, RELEASE, stricter, PRINTER)), [
      'outcome: stored met, now not-met criteria-not-met',
      'certTemplate: stored teacher-kk, now none',
      'require.all[2]: stored met, now not met',
    ]);
    const slacker = rulesOf((criteria) => criteria.replace('atLeast: 60', 'atLeast: 50'));
    assert.deepEqual(differences(decided, decideAgain(stored, RELEASE, slacker, PRINTER)), [
      'require.all[2]: the criterion compares something different now',
    ]);
    const fewer = rulesOf((criteria) => criteria.replace(/.*source: project.*\n/, ''));
    assert.deepEqual(differences(decided, decideAgain(stored, RELEASE, fewer, PRINTER)).slice(-1), [
      'require.all[6]: does not exist any more',
    ]);
  });

  it('has its rules stored as text equal to the original; their hash covers everything that decides', async () => {
    const known = [...rules.templates].map(([id, template]) => ({ id, ...template }));
    const book = await loadRulebook(TEMPLATES, known);
    const { criteria, countries } = readRules({ ...book.source, issuerName: book.issuer.name });
    assert.deepEqual([criteria, countries], [book.criteria, book.countries]);
    const renewed = known.map((template, index) => (index === 0 ? { ...template, hash: HASH } : template));
    assert.notEqual((await loadRulebook(TEMPLATES, renewed)).hash, book.hash);
    assert.equal((await loadRulebook(TEMPLATES, known.toReversed())).hash, book.hash);
  });
});

describe('the award of a certificate', () => {
  const concluded = (around: Partial<Circumstances>, told: object = {}, change?: (criteria: string) => string) => {
    const subject = caseOf(told);
    const { outcome, reason, awards } = conclude(subject, judge(subject, change ? rulesOf(change) : rules, PRINTER), {
      ...usual,
      ...around,
    });
    return [outcome, reason?.code ?? null, awards];
  };
  const awardedTo = { number: 'INT-26-000001', studentGroupId: 'sg_9' };

  it('happens once per student, and only when no other release uses the number prefix', () => {
    assert.deepEqual(concluded({}), ['met', null, true]);
    assert.deepEqual(concluded({ certificate: true, prefixTaken: true, awardedTo }), ['met', null, false]);
    assert.deepEqual(concluded({ prefixTaken: true, awardedTo }), ['held', 'lms-invalid', false]);
    assert.deepEqual(concluded({ awardedTo }), ['excluded', 'already-awarded', false]);
    assert.deepEqual(concluded({ foreseenFor: 'sg_8', byBatch: true }), ['excluded', 'already-awarded', false]);
  });

  it('follows an event only for recent completions and up to an hourly limit; a batch has no such limits', () => {
    const old = { completedAt: '2026-10-01T00:00:00Z' };
    const inBatches = (criteria: string) => criteria.replace('issue: automatic', 'issue: batch');
    assert.deepEqual(concluded({}, old), ['held', 'volume', false]);
    assert.deepEqual(concluded({ awaitsConfirm: true }), ['met', 'awaiting-confirm', false]);
    assert.deepEqual(concluded({ awardedInHour: 499 }), ['met', null, true]);
    assert.deepEqual(concluded({ awardedInHour: 500 }), ['held', 'volume', false]);
    assert.deepEqual(concluded({}, {}, inBatches), ['met', 'awaiting-batch', false]);
    assert.deepEqual(concluded({ byBatch: true, awardedInHour: 500 }, old, inBatches), ['met', null, true]);
  });

  it('is refused as "criteria-not-met" when the criteria are not met, whatever the other circumstances', () => {
    assert.deepEqual(concluded({ prefixTaken: true, awardedTo }, { status: 'active' }), [
      'not-met',
      'criteria-not-met',
      false,
    ]);
  });
});

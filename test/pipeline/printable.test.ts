import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { loadRulebook } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { NO_OVERRIDES } from '../../src/domain/student-group/override.ts';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { type Judgement, judge } from '../../src/pipeline/evaluate/judge.ts';
import { openWorkshop, TEMPLATES_DIR } from '../diploma/sample-facts.ts';

/** A fictional student group. */
const GROUP = {
  id: 'sg_1',
  updatedAt: '2026-11-20T09:15:00Z',
  status: 'completed',
  student: { id: 'st_1', fullName: 'Әсем Үлгібаева', email: 'asem@example.kz', role: 'teacher', country: 'KZ' },
  group: { id: 'gr_1', releaseId: 'rel_2026a' },
  progress: { lessonsCompleted: 36, lessonsTotal: 36, score: 90 },
  project: { title: 'Жоба', accepted: true },
  consents: [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z' }],
};
const RELEASE = {
  id: 'rel_2026a',
  courseTitle: { en: 'Course', ru: 'Курс' },
  timezone: 'Europe/Moscow',
  issueDate: '2026-11-20',
  numberPrefix: 'INT-26',
  program: [{ title: { en: 'One', ru: 'Раз' }, hours: 72 }],
  hoursTotal: 72,
  signatory: { name: 'М. Примерова', position: { en: 'Director', ru: 'Директор' } },
};

describe("the check of a diploma's texts before the award", () => {
  let shop: Awaited<ReturnType<typeof openWorkshop>>;
  let judged: (release: object, issuerName?: string, project?: object) => Judgement;
  before(async () => {
    shop = await openWorkshop();
    const rulebook = await loadRulebook(TEMPLATES_DIR, shop.templates);
    judged = (release, issuerName = 'Мектеп', project = GROUP.project) => {
      const studentGroup = StudentGroup.parse({ ...GROUP, project });
      const subject = { studentGroup, release: Release.parse({ ...RELEASE, ...release }), emailShared: false };
      const issuer = { ...rulebook.issuer, name: { kk: issuerName } };
      const unasked = { overrides: NO_OVERRIDES, template: null, frozenTemplate: null };
      return judge({ ...subject, ...unasked }, { ...rulebook, issuer }, shop.printer);
    };
  });
  after(() => shop.printer.close());

  const heldFor = (release: object, detail: RegExp): void => {
    const { outcome, reason } = judged(release);
    assert.equal(outcome, 'held');
    assert.match(reason?.detail ?? '', detail);
  };

  it('accepts texts that have enough space', () => assert.equal(judged({}).outcome, 'met'));

  it('reads exactly the text that is printed: the Russian text when the text in the diploma’s language is missing', () => {
    heldFor({ courseTitle: { en: 'Course', ru: 'Курс 學' } }, /release\.courseTitle.*U\+5B78/);
    heldFor({ program: [{ title: { en: 'One', ru: 'Раз\u202e' }, hours: 72 }] }, /release\.program\[0\]\.title/);
    assert.equal(judged({ courseTitle: { en: 'Course 學', ru: 'Курс' } }).outcome, 'met');
  });

  it('refuses a number that is too long because of its prefix', () => {
    assert.equal(judged({ numberPrefix: 'W'.repeat(10) }).outcome, 'met');
    heldFor({ numberPrefix: 'W'.repeat(40) }, /release\.numberPrefix.*do not fit their place/);
  });

  it('accepts a grade that has a word in the diploma’s language, and refuses a grade without such a word', () => {
    const graded = (grade: string | null) => judged({}, undefined, { ...GROUP.project, grade });
    for (const [told, printed] of [
      ['excellent', 'өте жақсы'],
      [' Excellent ', 'өте жақсы'],
      ['отлично', 'өте жақсы'],
      ['passed', 'сынақтан өтті'],
      ['5', '5'],
      ['87.5', '87.5'],
      ['A+', 'A+'],
      [null, null],
    ] as const)
      assert.equal(graded(told).print?.grade, printed, String(told));
    for (const told of ['magna cum laude', 'undefined', '-1', 'FX', '87.50000000000001', '<b>5</b>']) {
      const { outcome, reason } = graded(told);
      assert.deepEqual([outcome, reason?.code], ['held', 'grade-unknown'], told);
      assert.match(reason?.detail ?? '', /^project\.grade.* is not in grades\.yaml; add the grade there/);
    }
    assert.match(graded('magna cum laude').reason?.detail ?? '', /"magna cum laude"/);
    assert.doesNotMatch(graded('Әсем got five').reason?.detail ?? '', /Әсем/);
  });

  it('refuses a project without a title', () => {
    for (const title of ['', '  ', '\u200b']) {
      const { outcome, reason } = judged({}, undefined, { ...GROUP.project, title });
      assert.deepEqual([outcome, reason?.code], ['held', 'lms-invalid']);
      assert.match(reason?.detail ?? '', /^project\.title is empty/);
    }
  });

  it('accepts a release without hours, because the sentence about hours is omitted', () => {
    assert.equal(judged({ program: [], hoursTotal: 0 }).outcome, 'met', 'the sentence about them is left out');
  });

  it('refuses a school name that is too long or has characters without glyphs', () => {
    assert.match(judged({}, '学校').reason?.detail ?? '', /issuer\.yaml, name: .*U\+5B66/);
    assert.match(judged({}, 'Мектеп '.repeat(85)).reason?.detail ?? '', /issuer\.yaml, name: .*do not fit their place/);
  });
});

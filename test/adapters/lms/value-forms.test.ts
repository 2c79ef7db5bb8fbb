import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseExact, readId, withPlainNumbers } from '../../../src/adapters/lms/exact-json.ts';
import { loadFieldMap } from '../../../src/adapters/lms/field-map.ts';
import { mapStudentGroup } from '../../../src/adapters/lms/mapping.ts';
import { formOf, readValueAs } from '../../../src/adapters/lms/value-forms.ts';
import { InputError } from '../../../src/domain/failure.ts';
import { sampleGroup } from './samples.ts';

describe('numbers in JSON that must stay exact', () => {
  it('keep their written form, or are reported as changed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        assert.deepEqual(withPlainNumbers(parseExact(JSON.stringify(value))), JSON.parse(JSON.stringify(value)));
      }),
    );
    assert.deepEqual(parseExact('{"a":1,"a":2,"__proto__":3}'), JSON.parse('{"a":2,"__proto__":3}'));
  });

  it('are accepted as ids when they are whole and below 2^53, and otherwise refused', () => {
    for (const text of ['0', '7', '-7', '9007199254740991', '"17"', '"1e3"', '""'])
      assert.equal(readId(parseExact(text)), text.replaceAll('"', ''), text);
    for (const text of ['9007199254740992', '9007199254740993', '1.0', '17.5', '1e3', '1E3', '-0', 'true', '[7]'])
      assert.equal(readId(parseExact(text)), null, text);
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 20n), 10n ** 20n), (id) => {
        const read = readId(parseExact(String(id)));
        assert.equal(read, id < 2n ** 53n && id > -(2n ** 53n) ? String(id) : null);
      }),
    );
  });
});

describe('the option "as" in lms.yaml', () => {
  const rows: ['text' | 'number' | 'instant', string, unknown][] = [
    ['text', '95', '95'],
    ['text', '95.5', '95.5'],
    ['text', '95.50', '95.50'],
    ['text', '"A"', 'A'],
    ['text', 'null', null],
    ['number', '"0.98"', 0.98],
    ['number', '" 67.25 "', 67.25],
    ['number', '"87,5"', 87.5],
    ['number', '"0,985"', 0.985],
    ['number', '"9.8e-1"', 0.98],
    ['number', '"-3"', -3],
    ['number', '0.98', 0.98],
    ['number', '""', null],
    ['number', 'null', null],
    ['instant', '1763632800', '2025-11-20T10:00:00.000Z'],
    ['instant', '"1763632800"', '2025-11-20T10:00:00.000Z'],
    ['instant', '1763632800123', '2025-11-20T10:00:00.123Z'],
    ['instant', '1763632800.25', '2025-11-20T10:00:00.250Z'],
    ['instant', '0', null],
    ['instant', '"0"', null],
    ['instant', '""', null],
    ['instant', '"2026-11-20T10:00:00+0000"', '2026-11-20T10:00:00+00:00'],
    ['instant', '"2026-11-20T10:00:00.5-0330"', '2026-11-20T10:00:00.5-03:30'],
    ['instant', '"2026-11-20T15:00:00+05"', '2026-11-20T15:00:00+05:00'],
    ['instant', '"2026-11-20t10:00:00z"', '2026-11-20T10:00:00Z'],
    ['instant', '"2026-11-20 10:00:00+00:00"', '2026-11-20T10:00:00+00:00'],
    ['instant', '"2026-11-20 10:00:00 UTC"', '2026-11-20T10:00:00Z'],
    ['instant', '"2026-11-20T10:00:00Z"', '2026-11-20T10:00:00Z'],
  ];
  for (const [as, written, read] of rows) {
    it(`with the value ${as} reads ${written} as ${JSON.stringify(read)}`, () =>
      assert.deepEqual(readValueAs(as, parseExact(written)), read));
  }

  it('does not convert ambiguous values, so that they are refused later', () => {
    const doubtful: ['text' | 'number' | 'instant', string[]][] = [
      ['text', ['1e3', '9007199254740993', 'true', '[1]']],
      ['number', ['"98 %"', '"1,234"', '"1 234"', '"0x10"', '"12."', '"NaN"', '"9007199254740993"', 'true']],
      ['instant', ['20261120', '20261120100000', '176363280', '1763632800123456', '1.7636328e9', '-1763632800', '"-"']],
      ['instant', ['"2026-11-20T10:00:00"', '"2026-11-20"', '"2026-W47-5"', '"20.11.2026 10:00:00Z"', 'true']],
    ];
    for (const [as, values] of doubtful) {
      for (const written of values) {
        const value = parseExact(written);
        assert.equal(readValueAs(as, value), value, `${as} ${written}`);
      }
    }
  });

  it('reads every Unix time between 2001 and 2286, in seconds and in milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1e9, max: 9_999_999_999 }), (seconds) => {
        const iso = new Date(seconds * 1000).toISOString();
        assert.equal(readValueAs('instant', seconds), iso);
        assert.equal(readValueAs('instant', seconds * 1000), iso);
      }),
    );
  });
});

describe('an error message about a value of the LMS', () => {
  const YAML = `studentGroup:
  id: { path: number }
  progress.score: { path: result, as: number }
  completedAt: { path: done }
`;
  it('describes the form of the value and names the "as" option that can read it, but never shows the value', () => {
    const raw = parseExact(
      JSON.stringify({ ...sampleGroup(), number: 'x', result: '98 %', done: 'AT' })
        .replace('"x"', '9007199254740993')
        .replace('"AT"', '1763632800'),
    );
    const mapped = mapStudentGroup(raw, loadFieldMap(YAML, 'lms.yaml'));
    assert.ok(!mapped.ok);
    assert.deepEqual(mapped.detail.split('; /'), [
      '/id (in the LMS: number): expected text or a whole number below 2^53; found a number of 16 digits',
      'progress/score (in the LMS: result): expected number; found text of 4 characters',
      'completedAt (in the LMS: done): expected a time as RFC 3339 with a zone, such as 2026-11-20T09:15:00Z; found a number of 10 digits; set "as: instant" in lms.yaml to read it',
    ]);
    assert.deepEqual([mapped.id, mapped.hasId], [null, true]);
  });

  it('describes the form of a value by kind, length and punctuation', () => {
    const forms: [string, string][] = [
      ['null', 'null'],
      ['""', 'empty text'],
      ['"  "', 'blank text'],
      ['"1763632800"', 'text of 10 digits'],
      ['"20.11.2026 10:00"', 'text of the form ##.##.#### ##:##'],
      ['"Әсел Үлгі"', 'text of 9 characters'],
      ['7', 'a number of 1 digit'],
      ['17.0', 'a number with a fraction'],
      ['1e3', 'a number with an exponent'],
      ['[1]', 'a list'],
      ['{}', 'an object'],
    ];
    for (const [written, form] of forms) assert.equal(formOf(parseExact(written)), form);
    assert.equal(formOf(undefined), 'nothing');
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (text) => {
        if (/[1-9\p{L}]/u.test(text)) assert.ok(!formOf(text).includes(`form ${text}`));
      }),
    );
  });

  it('says when an "as" option in lms.yaml does not match its field', () => {
    const yaml = `studentGroup:
  student.id: { path: a, as: number }
  completedAt: { path: b, as: text }
  progress.score: { path: c, as: instant }
  project.accepted: { path: d, as: number }
  consents: { path: e, items: { givenAt: { path: f, as: number } } }
  updatedAt: { path: g, as: date }
release:
  issueDate: { path: h, as: instant }
  program: { path: i, items: { hours: { path: j, as: number }, title.en: { path: k, as: text } } }
`;
    const faults = (text: string): string[] => {
      try {
        loadFieldMap(text, 'lms.yaml');
        return [];
      } catch (error) {
        assert.ok(error instanceof InputError);
        return error.faults;
      }
    };
    assert.match(
      faults(yaml).join('\n'),
      /^lms\.yaml:7: studentGroup\.updatedAt: expected .* as: text, number or instant$/,
    );
    assert.deepEqual(faults(yaml.replace('as: date', 'as: instant')), [
      'lms.yaml:2: student.id: "as: number" does not fit; lms.yaml allows "as: text" for this field',
      'lms.yaml:3: completedAt: "as: text" does not fit; lms.yaml allows "as: instant" for this field',
      'lms.yaml:4: progress.score: "as: instant" does not fit; lms.yaml allows "as: number" for this field',
      'lms.yaml:5: project.accepted: "as: number" does not fit; lms.yaml does not allow "as" for this field',
      'lms.yaml:6: consents.items.givenAt: "as: number" does not fit; lms.yaml allows "as: instant" for this field',
      'lms.yaml:9: issueDate: "as: instant" does not fit; lms.yaml does not allow "as" for this field',
    ]);
  });
});

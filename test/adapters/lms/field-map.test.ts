import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CANONICAL_FIELDS } from '../../../src/adapters/lms/canonical-fields.ts';
import { IDENTITY_FIELD_MAP, loadFieldMap } from '../../../src/adapters/lms/field-map.ts';
import { mapRelease, mapStudentGroup } from '../../../src/adapters/lms/mapping.ts';
import { InputError } from '../../../src/domain/failure.ts';
import { Release, StudentGroup } from '../../../src/domain/student-group/student-group.ts';
import type { JsonObject } from '../../../src/sandbox/lms/record-store.ts';
import { OTHER_DIALECT, OTHER_LMS } from '../../support/other-lms.ts';
import { sampleGroup, sampleRelease } from './samples.ts';

function faultsOf(yaml: string): string[] {
  try {
    loadFieldMap(yaml, 'lms.yaml');
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.faults;
  }
  return assert.fail('no fault found');
}

describe('lms.yaml', () => {
  it('changes nothing when it is empty', () => {
    for (const yaml of ['', '# nothing\n', '{}', 'version: 1\nstudentGroup:\n']) {
      assert.deepEqual(loadFieldMap(yaml, 'lms.yaml'), IDENTITY_FIELD_MAP);
    }
  });

  it('reads a value from a JSON path, a parameter or a constant', () => {
    const map = loadFieldMap(
      `
studentGroup:
  id: { path: membership.0.code }
  student.email: { parameter: "contact.e-mail" }
  student.role: { constant: teacher }
  registration.country: { path: geo.iso }
release:
  timezone: { constant: Europe/Moscow }
`,
      'lms.yaml',
    );
    const raw = {
      ...sampleGroup(),
      id: 17,
      registration: null,
      membership: [{ code: 'm-1' }],
      'contact.e-mail': 'a@example.org',
      geo: { iso: 'KZ' },
    };
    const before = structuredClone(raw);
    const mapped = mapStudentGroup(raw, map);
    assert.ok(mapped.ok);
    assert.equal(mapped.value.id, 'm-1');
    assert.equal(mapped.value.student.email, 'a@example.org');
    assert.equal(mapped.value.student.fullName, 'Әсел Үлгі');
    assert.equal(mapped.value.registration?.country, 'KZ');
    assert.deepEqual(raw, before, 'the source is left as it was');
    const { timezone: _, ...release } = sampleRelease();
    const mappedRelease = mapRelease(release, map);
    assert.ok(mappedRelease.ok);
    assert.equal(mappedRelease.value.timezone, 'Europe/Moscow');
  });

  it('translates values of the LMS, and can address list entries and single languages', () => {
    const map = loadFieldMap(OTHER_LMS, 'lms.yaml');
    const group = { ...sampleGroup(), progress: { lessonsCompleted: 3, lessonsTotal: 4, score: 9 } };
    const mapped = mapStudentGroup(OTHER_DIALECT.studentGroup(group as JsonObject), map);
    assert.ok(mapped.ok, mapped.ok ? '' : mapped.detail);
    const { student, consents, status, progress, project } = mapped.value;
    assert.deepEqual([status, student.role, student.fullName], ['completed', 'teacher', 'Әсел Үлгі']);
    assert.deepEqual(consents, sampleGroup()['consents']);
    assert.deepEqual(progress, { ...group.progress, attendance: null });
    assert.equal(project, null, 'without a project there is none');

    const release = mapRelease(OTHER_DIALECT.release(sampleRelease() as JsonObject), map);
    assert.ok(release.ok, release.ok ? '' : release.detail);
    assert.deepEqual(release.value.courseTitle, { ru: 'Курс', en: 'Course' });
    assert.deepEqual(release.value.program[0]?.hours, 12);
    assert.deepEqual(release.value.signatory, { name: 'Пример Подписант', position: { ru: 'Директор' } });
  });

  it("refuses a value without a translation; the message has the LMS's field but not the value", () => {
    const map = loadFieldMap(OTHER_LMS, 'lms.yaml');
    const raw = OTHER_DIALECT.studentGroup(sampleGroup() as JsonObject);
    const odd = mapStudentGroup({ ...raw, membership: { ...(raw['membership'] as object), state: 'on leave' } }, map);
    assert.ok(!odd.ok);
    assert.match(odd.detail, /^\/status \(in the LMS: membership\.state\): /);
    assert.doesNotMatch(odd.detail, /on leave/);
    const unsigned = mapStudentGroup({ ...raw, agreements: [{ subject: 'pd', signed: { at: 'yesterday' } }] }, map);
    assert.ok(!unsigned.ok);
    assert.match(
      unsigned.detail,
      /^\/consents\/0\/givenAt \(in the LMS: agreements\.0\.signed\.at\): expected a time as RFC 3339/,
    );
  });

  it('is refused when it maps a value that its field never accepts, or a list to a field that is no list', () => {
    const faults = faultsOf(`studentGroup:
  student.role: { constant: 7 }
  status:
    path: state
    values:
      done: completed
      gone: lost
  registration: { constant: { form: 5 } }
  group.id: { path: g, items: { id: { path: x } } }
  consents:
    path: c
    items:
      kind: { path: k, values: { a: 1 } }
      until: { path: u }
  student.fullName.en: { path: n }
release:
  program: { path: p, items: { title.ru: { constant: 4 }, hours: { constant: 4 } } }
  courseTitle.en: { constant: false }
patch: { status: state, issued: { link: state } }
`);
    const expected = [
      /^lms\.yaml:2: student\.role: .*"teacher"/,
      /^lms\.yaml:7: status: .*"completed"/,
      /^lms\.yaml:8: registration: .*expected string/,
      /^lms\.yaml:9: group\.id is no list, so "items" reach nothing; lists are consents, program/,
      /^lms\.yaml:13: consents\.items\.kind: .*expected string/,
      /^lms\.yaml:14: consents has no field "until"; fields are kind, givenAt, revokedAt/,
      /^lms\.yaml:15: studentGroup has no field "student\.fullName\.en"/,
      /^lms\.yaml:17: program\.items\.title\.ru: .*expected string/,
      /^lms\.yaml:18: courseTitle\.en: .*expected string/,
      /^lms\.yaml:19: patch\.issued\.link has the name of another reported field/,
    ];
    assert.equal(faults.length, expected.length, faults.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(faults[index] ?? '', pattern);
  });

  it('does not create an object when the value is missing', () => {
    const map = loadFieldMap('studentGroup: { registration.country: { path: geo.iso } }', 'lms.yaml');
    const mapped = mapStudentGroup({ ...sampleGroup(), registration: null }, map);
    assert.ok(mapped.ok);
    assert.equal(mapped.value.registration, null);
  });

  it('reads only own properties of objects, never inherited ones', () => {
    const map = loadFieldMap('studentGroup: { student.fullName: { path: constructor.name } }', 'lms.yaml');
    const mapped = mapStudentGroup(sampleGroup(), map);
    assert.ok(!mapped.ok);
    assert.match(mapped.detail, /\/student\/fullName \(in the LMS: constructor\.name\)/);
  });

  it('is refused with all its faults at once, with file and line', () => {
    const faults = faultsOf(`version: 1
studentGroup:
  student.nickname: { path: nick }
  student.email: { path: person.mail }
release:
  issue: { constant: 1 }
patch:
  status: state
  constants:
    state: done
`);
    assert.equal(faults.length, 3);
    assert.match(faults[0] ?? '', /^lms\.yaml:3: studentGroup has no field "student\.nickname"; fields are id, /);
    assert.match(faults[1] ?? '', /^lms\.yaml:6: release has no field "issue"/);
    assert.match(faults[2] ?? '', /^lms\.yaml:10: constant "state" would replace a reported field/);
  });

  for (const [name, yaml, expected] of [
    ['broken YAML', 'studentGroup: {\n', /^lms\.yaml:\d+: /],
    ['a repeated key', 'release:\n  id: { path: a }\n  id: { path: b }\n', /^lms\.yaml:3: /],
    ['an unknown section', 'version: 1\nstudents: {}\n', /^lms\.yaml:2: unknown "students"/],
    [
      'two sources at once',
      'release:\n\n  id: { path: a, constant: b }\n',
      /^lms\.yaml:3: release\.id: expected exactly one/,
    ],
    ['a path with a hole', 'release:\n  id: { path: a..b }\n', /^lms\.yaml:2: release\.id\.path: expected a path/],
    ['a later version', 'version: 2\n', /^lms\.yaml:1: version: /],
    ['a list for a constant', 'patch:\n  constants:\n    a: [1]\n', /^lms\.yaml:3: .*expected a single value/],
    [
      'one name for both',
      'patch:\n  status: x\n  certTemplate: x\n',
      /^lms\.yaml:\d: patch\.certTemplate and patch\.status/,
    ],
    ['no mapping at all', '- a\n', /^lms\.yaml:1: /],
  ] as const) {
    it(`is refused for ${name}`, () => assert.match(faultsOf(yaml)[0] ?? '', expected));
  }

  it('alone fills what only some schools print: a field that is called so by chance is none of ours', () => {
    const group = {
      ...sampleGroup(),
      printed: { school: 'by chance', registrarNumber: 7 },
      employer: { name: 'Школа № 5' },
    };
    const plain = mapStudentGroup(group, IDENTITY_FIELD_MAP);
    assert.ok(plain.ok);
    assert.equal('printed' in plain.value, false);
    const map = loadFieldMap('studentGroup: { printed.school: { path: employer.name } }\n', 'lms.yaml');
    const { printed: _, ...without } = group;
    const mapped = mapStudentGroup(without, map);
    assert.deepEqual(mapped.ok && mapped.value.printed, { school: 'Школа № 5' });
    const none = mapStudentGroup({ ...without, employer: null }, map);
    assert.equal(none.ok && 'printed' in none.value, false);
  });

  it('can map exactly the fields of the schemas', () => {
    const shapes = { studentGroup: StudentGroup.shape, release: Release.shape };
    for (const kind of ['studentGroup', 'release'] as const) {
      const top = CANONICAL_FIELDS[kind].filter((field) => !field.includes('.'));
      assert.deepEqual([...top].sort(), Object.keys(shapes[kind]).sort());
    }
    assert.deepEqual(
      CANONICAL_FIELDS.studentGroup.filter((field) => field.startsWith('student.')).map((field) => field.slice(8)),
      Object.keys(StudentGroup.shape.student.shape),
    );
  });
});

describe('an invalid record', () => {
  it('never causes an exception, and its values never appear in the message, for any answer of the LMS', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...CANONICAL_FIELDS.studentGroup), (value, field) => {
        const [first = '', second] = field.split('.');
        const group = structuredClone(sampleGroup());
        const inner = group[first];
        if (second === undefined) group[first] = value;
        else if (typeof inner === 'object' && inner !== null) (inner as Record<string, unknown>)[second] = value;
        const mapped = mapStudentGroup(group, IDENTITY_FIELD_MAP);
        if (!mapped.ok) {
          assert.match(mapped.detail, new RegExp(`^/${first}`));
          if (typeof value === 'string' && value.length > 12) assert.ok(!mapped.detail.includes(value));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is reported when its text contains characters that PostgreSQL cannot store', () => {
    for (const fullName of ['A\u0000B', 'A\uD800B', '\uDC00']) {
      const group = sampleGroup();
      group['student'] = { ...(group['student'] as object), fullName };
      const mapped = mapStudentGroup(group, IDENTITY_FIELD_MAP);
      assert.ok(!mapped.ok);
      assert.match(
        mapped.detail,
        /^\/student\/fullName: expected valid Unicode text without the character U\+0000 and without lone/,
      );
    }
  });
});

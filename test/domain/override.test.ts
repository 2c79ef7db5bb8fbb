import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCriteria } from '../../src/domain/criteria/criterion.ts';
import {
  applyOverrides,
  FILE_FIELDS,
  NO_OVERRIDES,
  OVERRIDE_FIELDS,
  waivable,
} from '../../src/domain/student-group/override.ts';
import { studentGroup } from '../support/award.ts';

describe('overrides by coordinators', () => {
  it('change nothing when they are empty', () => {
    const told = studentGroup('sg_1');
    assert.deepEqual(applyOverrides(told, NO_OVERRIDES), told);
    assert.deepEqual(Object.keys(NO_OVERRIDES), [...OVERRIDE_FIELDS, ...FILE_FIELDS, 'excludedThrough']);
  });

  it('can replace the title of an existing project', () => {
    const told = {
      ...studentGroup('sg_1'),
      project: { title: 'null', url: 'https://w.example', grade: null, accepted: true },
    };
    const given = { ...NO_OVERRIDES, projectTitle: 'Жоба' };
    assert.deepEqual(applyOverrides(told, given).project, { ...told.project, title: 'Жоба' });
    assert.equal(applyOverrides({ ...told, project: null }, given).project, null);
  });

  it("replace names and address without changing the LMS's record", () => {
    const told = studentGroup('sg_1');
    const before = structuredClone(told);
    const given = { fullName: 'Айгүл Сапарова', latinName: 'Aigul Saparova', email: 'aigul@school.example' };
    const { student, ...rest } = applyOverrides(told, { ...NO_OVERRIDES, ...given, country: 'KZ', excluded: true });
    assert.deepEqual(student, { ...before.student, ...given });
    assert.deepEqual({ ...rest, student: before.student }, before, 'the rest is for the judge to read');
    assert.deepEqual(told, before);
  });

  it('can waive every criterion of a programme at any depth, but never a consent', () => {
    const { tree } = parseCriteria({
      all: [
        { source: 'progress', parameter: 'score', atLeast: 60 },
        {
          any: [
            { source: 'project', parameter: 'accepted', equals: true },
            { not: { source: 'progress', parameter: 'score', atMost: 10 } },
          ],
        },
        { source: 'consent', parameter: 'personal-data', equals: true },
        { not: { source: 'consent', parameter: 'photo', equals: false } },
        { source: 'country', parameter: 'code', in: ['KZ'] },
      ],
    });
    assert.ok(tree);
    assert.deepEqual(waivable(tree), ['progress.score', 'project.accepted', 'country.code']);
  });
});

import type { z } from 'zod';
import { Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import { CANONICAL_FIELDS, ITEM_FIELDS, isField, type RecordKind, readingOf } from './canonical-fields.ts';
import type { WrittenSource } from './field-map.ts';
import { expectation } from './mapping.ts';

/** A fault in a section of `lms.yaml`, and the path from the section to the value. */
export interface SectionFault {
  path: (string | number)[];
  fault: string;
}

/**
 * Faults that can be found without an LMS: unknown fields, list sources for fields that are not lists, values that a
 * field never accepts.
 */
export function sectionFaults(kind: RecordKind, section: Record<string, WrittenSource>): SectionFault[] {
  return Object.entries(section).flatMap(([field, source]): SectionFault[] => {
    const known = CANONICAL_FIELDS[kind];
    if (!isField(field, known)) {
      return [{ path: [field], fault: `${kind} has no field "${field}"; fields are ${known.join(', ')}` }];
    }
    const own = valueFaults(kind, field.split('.'), source, [field]);
    if ('constant' in source || source.items === undefined) return own;
    const itemFields = ITEM_FIELDS[field];
    if (itemFields === undefined) {
      const fault = `${field} is no list, so "items" reach nothing; lists are ${Object.keys(ITEM_FIELDS).join(', ')}`;
      return [...own, { path: [field, 'items'], fault }];
    }
    const ofItems = Object.entries(source.items).flatMap(([name, item]): SectionFault[] => {
      const path = [field, 'items', name];
      if (!isField(name, itemFields, field))
        return [{ path, fault: `${field} has no field "${name}"; fields are ${itemFields.join(', ')}` }];
      return valueFaults(kind, [field, '0', ...name.split('.')], item, path);
    });
    return [...own, ...ofItems];
  });
}

/** Constants and mapped `values` that the field would never accept. */
function valueFaults(
  kind: RecordKind,
  target: string[],
  source: WrittenSource,
  path: (string | number)[],
): SectionFault[] {
  const given: [unknown, (string | number)[]][] =
    'constant' in source
      ? [[source.constant, [...path, 'constant']]]
      : Object.entries(source.values ?? {}).map(([word, value]) => [value, [...path, 'values', word]]);
  const misfits = given.flatMap(([value, at]) => {
    const fault = misfit(kind, target, value);
    return fault === null ? [] : [{ path: at, fault: `${path.join('.')}: ${fault}` }];
  });
  const reading = readingOf(target.filter((segment) => segment !== '0').join('.'));
  if ('constant' in source || source.as === undefined || source.as === reading) return misfits;
  const mend =
    reading === null
      ? 'lms.yaml does not allow "as" for this field'
      : `lms.yaml allows "as: ${reading}" for this field`;
  return [...misfits, { path: [...path, 'as'], fault: `${path.join('.')}: "as: ${source.as}" does not fit; ${mend}` }];
}

/** Why a field does not accept a value; null when it does. The value is tried in an otherwise valid record. */
function misfit(kind: RecordKind, target: string[], value: unknown): string | null {
  const record: unknown = structuredClone(IN_ORDER[kind]);
  let level = record as Record<string, unknown>;
  for (const segment of target.slice(0, -1)) level = level[segment] as Record<string, unknown>;
  level[target.at(-1) ?? ''] = value;
  const schema: z.ZodType = kind === 'release' ? Release : StudentGroup;
  const issue = schema
    .safeParse(record)
    .error?.issues.find(({ path }) => target.every((segment, depth) => String(path[depth]) === segment));
  return issue === undefined ? null : expectation(issue);
}

const IN_ORDER = {
  studentGroup: {
    id: 'x',
    updatedAt: '2026-01-01T00:00:00Z',
    status: 'completed',
    student: { id: 'x', fullName: 'x', role: 'teacher' },
    group: { id: 'x', releaseId: 'x' },
    registration: {},
    progress: { lessonsCompleted: 1, lessonsTotal: 1 },
    project: { title: 'x' },
    consents: [{ kind: 'x' }],
  },
  release: {
    id: 'x',
    courseTitle: {},
    timezone: 'UTC',
    issueDate: '2026-01-01',
    numberPrefix: 'x',
    program: [{ title: {}, hours: 1 }],
    hoursTotal: 1,
    signatory: { name: 'x', position: {} },
  },
};

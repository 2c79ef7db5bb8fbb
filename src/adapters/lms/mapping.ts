import type { z } from 'zod';
import { LmsRelease, LmsStudentGroup } from '../../domain/student-group/lms-record.ts';
import type { Release, StudentGroup } from '../../domain/student-group/student-group.ts';
import { ID_FIELDS, MAPPED_ONLY, readingOf, textOfField } from './canonical-fields.ts';
import { readId, WrittenNumber, withPlainNumbers } from './exact-json.ts';
import type { FieldMap, FieldSource, FieldSources } from './field-map.ts';
import { formOf, readValueAs } from './value-forms.ts';

/**
 * A record in canonical form, or its faults: JSON pointers, the expected and the found form, never a value. Ids are
 * null when unreadable; `hasId` is false when the record has none.
 */
export type Mapped<T> =
  | { ok: true; value: T }
  | { ok: false; id: string | null; hasId: boolean; releaseId: string | null; detail: string };

/**
 * Maps an LMS's student group to canonical names and checks it against the schema. Numbers must come from
 * `parseExact`.
 */
export function mapStudentGroup(raw: unknown, map: FieldMap): Mapped<StudentGroup> {
  return mapRecord(raw, map.studentGroup, LmsStudentGroup, ID_FIELDS.studentGroup);
}

/** Maps an LMS's release to canonical names and checks it against the schema. Numbers must come from `parseExact`. */
export function mapRelease(raw: unknown, map: FieldMap): Mapped<Release> {
  return mapRecord(raw, map.release, LmsRelease, ID_FIELDS.release);
}

/** The value of a source in a record; undefined when the record does not have it. */
function readSource(raw: unknown, source: FieldSource, ids: readonly string[], field: string): unknown {
  if (source.kind === 'constant') return source.value;
  const value = valueAt(raw, source.kind === 'path' ? source.segments : [source.name]);
  const { items, values, as } = source;
  if (items && Array.isArray(value))
    return value.map((item: unknown) => (isJsonObject(item) ? mapFields(item, items, []) : item));
  const word = wordOf(value);
  if (word !== undefined && values?.has(word)) return values.get(word);
  // An id is read by a stricter rule of its own.
  return as === undefined || ids.includes(field) ? value : readValueAs(as, value);
}

/** The text that `values` are compared with. */
function wordOf(value: unknown): string | undefined {
  if (value instanceof WrittenNumber) return String(Number(value.text));
  return typeof value === 'object' ? undefined : String(value);
}

function valueAt(raw: unknown, segments: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const segment of segments) {
    if (!(isJsonObject(value) || Array.isArray(value)) || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[segment];
  }
  return value;
}

export function isJsonObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof WrittenNumber);
}

/** A copy of a record or list entry with canonical fields added; the LMS's own fields stay. */
function mapFields(raw: object, sources: FieldSources, ids: readonly string[]): Record<string, unknown> {
  const canonical: Record<string, unknown> = { ...raw };
  for (const [field, source] of sources) {
    const value = readSource(raw, source, ids, field);
    // The text does not exist in this language.
    if (value === null && textOfField(field) !== null) continue;
    assign(canonical, field.split('.'), value);
  }
  for (const field of ids) {
    const segments = field.split('.');
    const id = readId(valueAt(canonical, segments));
    if (id !== null) assign(canonical, segments, id);
  }
  return canonical;
}

function mapRecord<T>(raw: unknown, sources: FieldSources, schema: z.ZodType<T>, ids: readonly string[]): Mapped<T> {
  if (!isJsonObject(raw))
    return { ok: false, id: null, hasId: false, releaseId: null, detail: '/: expected an object' };
  const canonical = mapFields(raw, sources, ids);
  for (const field of MAPPED_ONLY)
    if (![...sources.keys()].some((key) => key.split('.')[0] === field)) delete canonical[field];
  const parsed = schema.safeParse(withPlainNumbers(canonical));
  const group = canonical['group'];
  const recordIds = {
    id: readableId(canonical['id']),
    hasId: canonical['id'] !== undefined && canonical['id'] !== null,
    releaseId: isJsonObject(group) ? readableId((group as Record<string, unknown>)['releaseId']) : null,
  };
  if (!parsed.success) return { ok: false, ...recordIds, detail: describe(parsed.error, sources, canonical, ids) };
  const pointer = findNoText(parsed.data, '');
  if (pointer !== null) {
    const detail = `${pointer}: expected valid Unicode text without the character U+0000 and without lone surrogates`;
    return { ok: false, ...recordIds, detail };
  }
  return { ok: true, value: parsed.data };
}

function readableId(value: unknown): string | null {
  return typeof value === 'string' && value.length > 0 && value.length <= 200 && isText(value) ? value : null;
}

/** PostgreSQL accepts neither U+0000 nor lone surrogates; one such field would stop the whole page. */
function isText(value: string): boolean {
  return !value.includes('\u0000') && !/\p{Cs}/u.test(value);
}

function findNoText(value: unknown, pointer: string): string | null {
  if (typeof value === 'string') return isText(value) ? null : pointer;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, inner] of Object.entries(value)) {
    if (!isText(key)) return pointer || '/';
    const found = findNoText(inner, `${pointer}/${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** Sets one field without changing the source's own objects. An absent value does not create missing parents. */
function assign(target: Record<string, unknown>, segments: string[], value: unknown): void {
  let level = target;
  for (const segment of segments.slice(0, -1)) {
    const next = level[segment];
    if (!isJsonObject(next) && (value === undefined || value === null)) return;
    const copy: Record<string, unknown> = isJsonObject(next) ? { ...next } : {};
    level[segment] = copy;
    level = copy;
  }
  const last = segments.at(-1);
  if (last !== undefined) level[last] = value;
}

const MAX_NAMED_ISSUES = 5;

function describe(error: z.ZodError, sources: FieldSources, canonical: object, ids: readonly string[]): string {
  const named = error.issues.slice(0, MAX_NAMED_ISSUES).map((issue) => {
    const pointer = issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    const from = nameIn(sources, issue.path);
    const place = `${(pointer || '/').slice(0, 200)}${from === null ? '' : ` (in the LMS: ${from})`}`;
    return `${place}: ${mismatch(issue, valueAt(canonical, issue.path), ids)}`;
  });
  const more = error.issues.length - named.length;
  return named.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** The expected form, the found form, and the `as` that would read it. */
function mismatch(issue: z.core.$ZodIssue, found: unknown, ids: readonly string[]): string {
  const field = issue.path.filter((part) => typeof part === 'string').join('.');
  // The message of a custom rule is complete.
  if (issue.code === 'custom') return issue.message;
  const form = `found ${formOf(found)}`;
  if (ids.includes(field) && issue.code === 'invalid_type')
    return `expected text or a whole number below 2^53; ${form}`;
  const reading = readingOf(field);
  const otherForm = issue.code === 'invalid_type' || issue.code === 'invalid_format';
  const expected =
    reading === 'instant' && otherForm
      ? AN_INSTANT
      : expectation(issue).replace(/^Invalid input: |, received \w+$/g, '');
  const mend = otherForm && reading !== null && readValueAs(reading, found) !== found;
  return `${expected}; ${form}${mend ? `; set "as: ${reading}" in lms.yaml to read it` : ''}`;
}

/** The LMS's name of the field at a path; null when the map does not say. */
function nameIn(sources: FieldSources, path: readonly PropertyKey[]): string | null {
  const source = sources.get(path.join('.'));
  const own = (found: FieldSource | undefined) =>
    found?.kind === 'path' ? found.segments.join('.') : found?.kind === 'parameter' ? found.name : null;
  if (source) return own(source);
  const list = sources.get(String(path[0]));
  if (list === undefined || list.kind === 'constant' || list.items === undefined || path.length < 3) return null;
  const inner = nameIn(list.items, path.slice(2));
  return inner === null ? null : `${own(list)}.${String(path[1])}.${inner}`;
}

const AN_INSTANT = 'expected a time as RFC 3339 with a zone, such as 2026-11-20T09:15:00Z';

/** The expected form of a field. zod's own messages contain types, limits and options, never the found value. */
export function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_format' && issue.format === 'datetime') return AN_INSTANT;
  if (issue.code === 'invalid_format' && issue.format === 'date') return 'expected a date as YYYY-MM-DD';
  if (issue.code === 'too_small' && issue.origin === 'string') return 'expected a text that is not empty';
  if (issue.code === 'too_big' && issue.origin === 'string') return `expected at most ${issue.maximum} characters`;
  return issue.message;
}

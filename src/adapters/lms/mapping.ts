import type { z } from 'zod';
import { Release, StudentGroup } from '../../domain/student-group.ts';
import type { FieldMap, FieldSource, FieldSources } from './field-map.ts';

/** A record in canonical form, or where it does not fit: JSON pointers and what was expected, never a value. */
export type Mapped<T> = { ok: true; value: T } | { ok: false; id: string | null; detail: string };

/** An LMS's student group in canonical names, checked against the schema. */
export function mapStudentGroup(raw: unknown, map: FieldMap): Mapped<StudentGroup> {
  return mapRecord(raw, map.studentGroup, StudentGroup);
}

/** An LMS's release in canonical names, checked against the schema. */
export function mapRelease(raw: unknown, map: FieldMap): Mapped<Release> {
  return mapRecord(raw, map.release, Release);
}

/** The value a source names in a record; undefined when the record does not have it. */
export function readSource(raw: unknown, source: FieldSource): unknown {
  if (source.kind === 'constant') return source.value;
  let value = raw;
  for (const segment of source.kind === 'path' ? source.segments : [source.name]) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined;
    value = (value as Record<string, unknown>)[segment];
  }
  return value;
}

function mapRecord<T>(raw: unknown, sources: FieldSources, schema: z.ZodType<T>): Mapped<T> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { ok: false, id: null, detail: '/: expected an object' };
  }
  const canonical: Record<string, unknown> = { ...raw };
  for (const [field, source] of sources) assign(canonical, field.split('.'), readSource(raw, source));
  const parsed = schema.safeParse(canonical);
  const id = canonical['id'];
  const safeId = typeof id === 'string' && id.length > 0 && id.length <= 200 && isText(id) ? id : null;
  if (!parsed.success) return { ok: false, id: safeId, detail: describe(parsed.error, sources) };
  const pointer = findNoText(parsed.data, '');
  if (pointer !== null) {
    const detail = `${pointer}: expected text without the character U+0000 and without halves of characters (lone surrogates)`;
    return { ok: false, id: safeId, detail };
  }
  return { ok: true, value: parsed.data };
}

/** PostgreSQL takes neither U+0000 nor a lone surrogate, so one such field would stop the whole page. */
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

/** Sets one field without touching the source's own objects; an absent value does not call an absent parent into being. */
function assign(target: Record<string, unknown>, segments: string[], value: unknown): void {
  let level = target;
  for (const segment of segments.slice(0, -1)) {
    const next = level[segment];
    const isObject = typeof next === 'object' && next !== null && !Array.isArray(next);
    if (!isObject && (value === undefined || value === null)) return;
    const copy: Record<string, unknown> = isObject ? { ...next } : {};
    level[segment] = copy;
    level = copy;
  }
  const last = segments.at(-1);
  if (last !== undefined) level[last] = value;
}

const MAX_NAMED_ISSUES = 5;

function describe(error: z.ZodError, sources: FieldSources): string {
  const named = error.issues.slice(0, MAX_NAMED_ISSUES).map((issue) => {
    const pointer = issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    const source = sources.get(issue.path.join('.'));
    const from =
      source?.kind === 'path' ? source.segments.join('.') : source?.kind === 'parameter' ? source.name : null;
    return `${(pointer || '/').slice(0, 200)}${from === null ? '' : ` (in the LMS: ${from})`}: ${expectation(issue)}`;
  });
  const more = error.issues.length - named.length;
  return named.join('; ') + (more > 0 ? `; and ${more} more` : '');
}

/** What a field should have been. zod's own texts name types, limits and options, never the value it met. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_format' && issue.format === 'datetime') {
    return 'expected an RFC 3339 instant with a zone, such as 2026-11-20T09:15:00Z';
  }
  if (issue.code === 'invalid_format' && issue.format === 'date') return 'expected a date as YYYY-MM-DD';
  return issue.message;
}

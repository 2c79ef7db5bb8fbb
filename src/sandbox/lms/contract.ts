import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Answer } from '../fault-effects.ts';
import { type Quirks, strayPage } from './quirks.ts';
import type { Json, JsonObject, RecordStore } from './record-store.ts';
import { isRecordObject } from './record-store.ts';

/** A request to a route of the contract. */
export interface LmsRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
  /** Body text; empty for GET. */
  body: string;
}

/** A received PATCH and the status of its answer. `status` 0: no answer was sent. */
export interface RecordedPatch {
  at: string;
  studentGroupId: string;
  ifMatch: string | null;
  body: Json;
  status: number;
}

/** The only two fields that may be written. */
const PatchBody = z.strictObject({
  certTemplate: z.string().min(1).max(200),
  status: z.literal('criteria met'),
});

/** The optional report after the letter: the last status, and the lookup address of the diploma. */
const IssuedBody = z.strictObject({
  status: z.literal('certificate issued'),
  certificateUrl: z.url().max(2000).optional(),
});

/** A problem document (RFC 9457). */
export function problem(status: number, title: string, detail: string, headers: Record<string, string> = {}): Answer {
  return {
    status,
    body: { type: 'about:blank', title, status, detail },
    headers: { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
  };
}

/** Routes of the LMS that Gramota uses. Authentication and limits are checked before. */
export function answerContract(request: LmsRequest, store: RecordStore, now: () => Date, quirks: Quirks = {}): Answer {
  const segments = request.path.split('/').slice(1);
  const [collection, rawId, ...rest] = segments;
  const asked = rawId === undefined ? undefined : decoded(rawId);
  if (asked === null) return problem(400, 'Bad Request', 'the id in the path has an invalid percent-encoding');
  const id = (asked !== undefined && request.method === 'GET' && quirks.answersWith?.[asked]) || asked;
  if (rest.length === 0 && collection === 'student-groups') {
    if (id === undefined)
      return request.method === 'GET' ? listGroups(request.query, store, quirks) : notAllowed('GET');
    if (request.method === 'GET') return getGroup(id, store);
    if (request.method === 'PATCH') return patchGroup(id, request, store, now);
    return notAllowed('GET, PATCH');
  }
  if (rest.length === 0 && collection === 'releases' && id !== undefined) {
    if (request.method !== 'GET') return notAllowed('GET');
    const release = store.release(id);
    return release === undefined
      ? problem(404, 'Not Found', 'there is no such release')
      : { status: 200, body: release };
  }
  return problem(404, 'Not Found', 'there is no such route');
}

function listGroups(query: URLSearchParams, store: RecordStore, quirks: Quirks): Answer {
  const limitText = query.get('limit') ?? '100';
  const limit = /^\d{1,4}$/.test(limitText) ? Number(limitText) : 0;
  if (limit < 1 || limit > 500) return problem(400, 'Bad Request', 'limit must be a whole number from 1 to 500');

  const since = query.get('updatedSince');
  const instant = since === null ? { success: true as const } : z.iso.datetime({ offset: true }).safeParse(since);
  if (!instant.success) return problem(400, 'Bad Request', 'updatedSince must be an RFC 3339 instant with a zone');

  const releaseId = quirks.ignoreFilter ? null : query.get('releaseId');
  const filter = { releaseId, updatedSince: since === null || quirks.ignoreSince ? null : Date.parse(since) };
  const fingerprint = createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 8);
  const cursor = query.get('cursor');
  const read = (after: number) => {
    const { items, more } = store.page(filter, after, limit);
    return { items: items.map((item) => item.record), next: more ? (items.at(-1)?.sequence ?? null) : null };
  };
  const places = {
    cursorOf: (place: number) => Buffer.from(`${fingerprint}.${place}`).toString('base64url'),
    placeOf: (text: string) => readCursor(text, fingerprint),
  };
  const stray = quirks.paging && strayPage(quirks.paging, cursor, read, places);
  if (stray) return { status: 200, body: stray };
  const after = cursor === null ? 0 : places.placeOf(cursor);
  if (after === null || stray === null) return problem(400, 'Bad Request', 'cursor does not belong to this list');
  const { items, next } = read(after);
  return { status: 200, body: { items, nextCursor: next === null ? null : places.cursorOf(next) } };
}

function readCursor(text: string, fingerprint: string): number | null {
  const match = /^(.+)\.(\d{1,15})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match && match[1] === fingerprint ? Number(match[2]) : null;
}

function getGroup(id: string, store: RecordStore): Answer {
  const stored = store.group(id);
  if (!stored) return problem(404, 'Not Found', 'there is no such student group');
  return { status: 200, body: stored.record, headers: { etag: stored.etag } };
}

function patchGroup(id: string, request: LmsRequest, store: RecordStore, now: () => Date): Answer {
  const stored = store.group(id);
  if (!stored) return problem(404, 'Not Found', 'there is no such student group');
  const mediaType = header(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/merge-patch+json') {
    return problem(415, 'Unsupported Media Type', 'content-type must be application/merge-patch+json');
  }
  const ifMatch = header(request, 'if-match');
  if (ifMatch === undefined) return problem(428, 'Precondition Required', 'If-Match is missing');
  if (ifMatch.trim() !== stored.etag) {
    return problem(412, 'Precondition Failed', 'the student group was changed by somebody else');
  }
  const issued = IssuedBody.safeParse(parseJson(request.body));
  if (issued.success) {
    if (!['criteria met', 'certificate issued'].includes(String(stored.record['status'])))
      return problem(409, 'Conflict', '"certificate issued" is allowed only for a student group with "criteria met"');
    store.putGroup(id, touched({ ...stored.record, ...(issued.data as JsonObject) }, now()));
    return getGroup(id, store);
  }
  const body = PatchBody.safeParse(parseJson(request.body));
  if (!body.success) {
    return problem(
      422,
      'Unprocessable Content',
      'the body must be exactly certTemplate (text) and status "criteria met"',
    );
  }
  const status = stored.record['status'];
  if (status === 'expelled' || status === 'certificate issued') {
    return problem(409, 'Conflict', `the status "${status}" of the student group cannot be changed to "criteria met"`);
  }
  const { certTemplate } = body.data;
  if (status === body.data.status && stored.record['certTemplate'] === certTemplate) return getGroup(id, store);
  store.putGroup(id, touched({ ...stored.record, certTemplate, status: body.data.status }, now()));
  return getGroup(id, store);
}

/** A copy of the record with a later `updatedAt`. */
export function touched(record: JsonObject, at: Date): JsonObject {
  const former = typeof record['updatedAt'] === 'string' ? Date.parse(record['updatedAt']) : Number.NaN;
  const instant = former >= at.getTime() ? former + 1 : at.getTime();
  return { ...record, updatedAt: new Date(instant).toISOString() };
}

/** Body of a PATCH, for the list of received PATCHes. */
export function recordedBody(text: string): Json {
  const parsed = parseJson(text);
  return parsed === undefined ? text : parsed;
}

/** Parses a JSON object for the control API; null when it is invalid. */
export function parseObject(text: string): JsonObject | null {
  const parsed = parseJson(text);
  return isRecordObject(parsed) ? parsed : null;
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

export function header(request: LmsRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function notAllowed(allow: string): Answer {
  return problem(405, 'Method Not Allowed', `allowed here: ${allow}`, { allow });
}

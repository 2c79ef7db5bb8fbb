import type { Answer } from '../fault-effects.ts';
import type { LmsRequest } from './contract.ts';
import { isRecordObject, type Json, type JsonObject } from './record-store.ts';

/** How an LMS with names of its own says what the contract's records say, and what it hears in a PATCH. */
export interface Dialect {
  studentGroup(record: JsonObject): JsonObject;
  release(record: JsonObject): JsonObject;
  /** The body of a PATCH in the contract's names. */
  patch(body: JsonObject): JsonObject;
}

/** A request as the contract reads it. */
export function heardIn(dialect: Dialect, request: LmsRequest): LmsRequest {
  if (request.method !== 'PATCH') return request;
  const body: unknown = JSON.parse(request.body);
  return isRecordObject(body as Json)
    ? { ...request, body: JSON.stringify(dialect.patch(body as JsonObject)) }
    : request;
}

/** The contract's answer as this LMS gives it. */
export function saidIn(dialect: Dialect, path: string, answer: Answer): Answer {
  const body = answer.body as Json;
  if (answer.status !== 200 || !isRecordObject(body)) return answer;
  if (path.startsWith('/releases/')) return { ...answer, body: dialect.release(body) };
  const items = body['items'];
  if (!Array.isArray(items)) return { ...answer, body: dialect.studentGroup(body) };
  const said = items.map((item) => (isRecordObject(item) ? dialect.studentGroup(item) : item));
  return { ...answer, body: { ...body, items: said } };
}

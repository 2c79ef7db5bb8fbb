import type { Answer } from '../fault-effects.ts';
import type { LmsRequest } from './contract.ts';
import { isRecordObject, type Json, type JsonObject } from './record-store.ts';

/** Translation between the contract and an LMS with other field names, for records and for PATCH. */
export interface Dialect {
  studentGroup(record: JsonObject): JsonObject;
  release(record: JsonObject): JsonObject;
  /** Translates a PATCH body to the contract's names. */
  patch(body: JsonObject): JsonObject;
}

/** Translates a request to the contract's names. */
export function toContract(dialect: Dialect, request: LmsRequest): LmsRequest {
  if (request.method !== 'PATCH') return request;
  const body: unknown = JSON.parse(request.body);
  return isRecordObject(body as Json)
    ? { ...request, body: JSON.stringify(dialect.patch(body as JsonObject)) }
    : request;
}

/** Translates the contract's answer to the names of this LMS. */
export function fromContract(dialect: Dialect, path: string, answer: Answer): Answer {
  const body = answer.body as Json;
  if (answer.status !== 200 || !isRecordObject(body)) return answer;
  if (path.startsWith('/releases/')) return { ...answer, body: dialect.release(body) };
  const items = body['items'];
  if (!Array.isArray(items)) return { ...answer, body: dialect.studentGroup(body) };
  const translated = items.map((item) => (isRecordObject(item) ? dialect.studentGroup(item) : item));
  return { ...answer, body: { ...body, items: translated } };
}

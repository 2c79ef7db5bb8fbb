import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type FieldMap, IDENTITY_FIELD_MAP } from '../../../src/adapters/lms/field-map.ts';
import { createLms } from '../../../src/adapters/lms/lms-client.ts';
import { LmsUnavailable } from '../../../src/ports/lms.ts';
import { clientFor, openGate } from '../scripted-server.ts';

const NOW = new Date('2026-11-20T10:00:00Z');

/** The LMS adapter under test, a counter of calls through its rate limiter, and what it told of the token. */
export function lmsAt(t: TestContext, baseUrl: string, map: FieldMap = IDENTITY_FIELD_MAP, timeoutMs = 10_000) {
  const gate = openGate();
  const accepted: boolean[] = [];
  const lms = createLms({
    baseUrl,
    token: 'lms-token',
    map,
    http: clientFor(t),
    through: gate.through,
    timeoutMs,
    clock: { now: () => NOW },
    onCredentials: (isAccepted) => void accepted.push(isAccepted),
  });
  return { lms, gate, accepted };
}

/** Returns the error of a failed query, which must not show ids, cursors, tokens or paths. */
export async function unavailable(promise: Promise<unknown>): Promise<LmsUnavailable> {
  const error = await promise.then(
    (value) => assert.fail(`answered ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof LmsUnavailable, String(error));
  assert.doesNotMatch(error.message, /rel_|sg_|cur-|lms-token|127\.0\.0\.1:\d+\//);
  return error;
}

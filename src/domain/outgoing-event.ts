/** What other systems are told; the triggers of the database write exactly these types. */
export const EVENT_TYPES = [
  'certificate.issued',
  'certificate.sent',
  'certificate.bounced',
  'certificate.revoked',
  'certificate.reinstated',
  'student-group.held',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** An event with ids and codes only: who receives it asks the API for more. */
export interface OutgoingEvent {
  id: string;
  type: EventType;
  happenedAt: Date;
  studentGroupId: string;
  releaseId: string | null;
  certificateId: string | null;
  letterId: string | null;
  reasonCode: string | null;
}

/** The body that is signed and posted: the same text for every attempt. */
export function eventBody({ type, happenedAt, reasonCode, id: _, ...ids }: OutgoingEvent): string {
  return JSON.stringify({ type, timestamp: happenedAt.toISOString(), data: { ...ids, reason: reasonCode } });
}

const [SECOND, MINUTE, HOUR] = [1, 60, 3600];
/** Seconds until the next attempt, as Standard Webhooks advises; after the last one the delivery is given up. */
const PAUSES = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
] as const;
/** A pause that the receiver asks for is not longer. */
const ASKED_AT_MOST = 15 * MINUTE;

/**
 * Seconds until the next attempt after a failed one; null: no further attempt.
 * @param attempts attempts so far, at least 1
 * @param askedSeconds `Retry-After` of the answer
 */
export function pauseAfter(attempts: number, askedSeconds: number | null): number | null {
  const pause = PAUSES[attempts - 1];
  return pause === undefined ? null : Math.max(pause, Math.min(askedSeconds ?? 0, ASKED_AT_MOST));
}

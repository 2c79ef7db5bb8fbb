import { message } from '../domain/messages/message.ts';
import type { Release, StudentGroup } from '../domain/student-group/student-group.ts';

/** One record of a page: canonical, or refused with a pointer to the field. A refused record does not stop the page. */
export type PulledStudentGroup =
  | { ok: true; studentGroup: StudentGroup; etag: string | null }
  /** `id` and `releaseId` are null when unreadable; `detail` names field and fault, never the value. */
  | { ok: false; id: string | null; releaseId?: string | null; detail: string };

/** A release; `detail` when it does not match the schema. */
export type PulledRelease = { ok: true; release: Release } | { ok: false; detail: string };

export interface StudentGroupPage {
  items: PulledStudentGroup[];
  nextCursor: string | null;
  /** Time of the answer by the LMS's clock; null when it is not stated. */
  lmsTime: Date | null;
}

/** Outcome of a PATCH that the LMS answered. */
export type ReportOutcome =
  | { kind: 'applied'; etag: string | null }
  /** 412: changed meanwhile; pull and evaluate again. */
  | { kind: 'changed' }
  | { kind: 'gone' }
  /** 409 or 422: the LMS refuses; a person must look. `detail` has no personal data. */
  | { kind: 'conflict'; detail: string };

/** The LMS was unreachable, too slow, answered 429/5xx, or refused our token: retry later, without limit. */
export class LmsUnavailable extends Error {
  override readonly name: string = 'LmsUnavailable';
  /** Code of the error as a step's last error. */
  readonly code: 'lms-unavailable' | 'lms-unreadable' = 'lms-unavailable';
  /** Delay in seconds that the LMS requested, if any. */
  readonly retryAfterSeconds: number | null;
  /** HTTP status of the answer, or null when none came. */
  readonly status: number | null;
  constructor(message: string, retryAfterSeconds: number | null = null, status: number | null = null) {
    super(message);
    this.retryAfterSeconds = retryAfterSeconds;
    this.status = status;
  }
}

/**
 * An answer came but is unreadable (HTML, truncated JSON, another structure). It is retried without limit, like an
 * outage. `where` is the route's pattern; `what` describes status and form, without data.
 */
export class LmsUnreadable extends LmsUnavailable {
  override readonly name = 'LmsUnreadable';
  override readonly code = 'lms-unreadable';
  constructor(where: string, what: string, status: number | null = null) {
    super(message('lms.unreadable', { route: where, fault: what }), null, status);
  }
}

/**
 * The learning management system as the stages use it. Every method throws LmsUnavailable when no usable answer came.
 */
export interface Lms {
  /** One page of a release's student groups; `updatedSince` is RFC 3339. */
  pullPage(query: {
    releaseId: string;
    cursor?: string | null;
    updatedSince?: string;
    limit?: number;
  }): Promise<StudentGroupPage>;
  /** One student group; null when the LMS answers 404. */
  pullOne(id: string): Promise<PulledStudentGroup | null>;
  /** One release; null when the LMS answers 404. */
  pullRelease(id: string): Promise<PulledRelease | null>;
  /** Whether this LMS expects `reportIssued` after the letter. */
  readonly tellsIssued: boolean;
  /**
   * After the letter: PATCH with status "certificate issued" and the lookup address, on the current record. `applied`
   * without a PATCH when the LMS already has that status; `conflict` when the student group is in another release.
   * Idempotent.
   */
  reportIssued(input: {
    studentGroupId: string;
    releaseId: string;
    certTemplate: string;
    link: string;
  }): Promise<ReportOutcome>;
  /**
   * PATCH with exactly `certTemplate` and `status: "criteria met"`, and `If-Match: etag`. Without an ETag it reads
   * the record first, and one in another release is a `conflict`. Idempotent.
   */
  reportCriteriaMet(input: {
    studentGroupId: string;
    releaseId: string;
    certTemplate: string;
    etag: string | null;
  }): Promise<ReportOutcome>;
}

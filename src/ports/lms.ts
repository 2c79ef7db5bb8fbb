import type { Release, StudentGroup } from '../domain/student-group/student-group.ts';

/** One record of a page: either canonical, or refused with a pointer to the field (the rest of the page goes on). */
export type PulledStudentGroup =
  | { ok: true; studentGroup: StudentGroup; etag: string | null }
  /**
   * `id` is null when even the identity could not be read, `releaseId` likewise; `detail` names field and fault, never the
   * value.
   */
  | { ok: false; id: string | null; releaseId?: string | null; detail: string };

export interface StudentGroupPage {
  items: PulledStudentGroup[];
  nextCursor: string | null;
  /** When the LMS answered, by its own clock; null where it does not tell. */
  lmsTime: Date | null;
}

/** Outcome of a PATCH that the LMS did answer. */
export type ReportOutcome =
  | { kind: 'applied'; etag: string | null }
  /** 412: changed meanwhile; pull and evaluate again. */
  | { kind: 'changed' }
  | { kind: 'gone' }
  /** 409 or 422: the LMS refuses; a person has to look. `detail` without personal data. */
  | { kind: 'conflict'; detail: string };

/** The LMS could not be reached, was too slow, answered 429/5xx, or refused our token: try again later, for ever. */
export class LmsUnavailable extends Error {
  override readonly name: string = 'LmsUnavailable';
  /** How it is called as the last error of a step. */
  readonly code: 'lms-unavailable' | 'lms-unreadable' = 'lms-unavailable';
  /** Seconds after which the LMS asked to be tried again, if it said so. */
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
 * An answer came, but it cannot be read (HTML, half a JSON, another envelope): asked again, for ever, like one that did not
 * come. `where` is the route's pattern, `what` tells status and form, with no data of anybody.
 */
export class LmsUnreadable extends LmsUnavailable {
  override readonly name = 'LmsUnreadable';
  override readonly code = 'lms-unreadable';
  constructor(where: string, what: string, status: number | null = null) {
    super(`the LMS answered, but the answer cannot be read: ${where}, ${what}`, null, status);
  }
}

/** Learning management system as the stages see it. Every method throws LmsUnavailable when no usable answer came. */
export interface Lms {
  /** One page of a release's student groups; `updatedSince` is RFC 3339. */
  pullPage(query: {
    releaseId: string;
    cursor?: string | null;
    updatedSince?: string;
    limit?: number;
  }): Promise<StudentGroupPage>;
  /** One student group; null when the LMS says 404. */
  pullOne(id: string): Promise<PulledStudentGroup | null>;
  /** One release; null when the LMS says 404; `detail` when it does not fit the schema. */
  pullRelease(id: string): Promise<{ ok: true; release: Release } | { ok: false; detail: string } | null>;
  /** Whether this LMS wants to know, by `reportIssued`, that a diploma was sent. */
  readonly tellsIssued: boolean;
  /**
   * After the letter: PATCH with the status "certificate issued" and the lookup's address, over the record as it is now;
   * `applied` without a PATCH where the LMS shows that status already; `conflict` where it has the student group in another
   * release. Safe to repeat.
   */
  reportIssued(input: {
    studentGroupId: string;
    releaseId: string;
    certTemplate: string;
    link: string;
  }): Promise<ReportOutcome>;
  /**
   * PATCH with exactly `certTemplate` and `status: "criteria met"`, `If-Match: etag`; without an ETag the record is looked
   * at first, and one in another release is a `conflict`. Safe to repeat.
   */
  reportCriteriaMet(input: {
    studentGroupId: string;
    releaseId: string;
    certTemplate: string;
    etag: string | null;
  }): Promise<ReportOutcome>;
}

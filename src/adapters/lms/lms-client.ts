import { message } from '../../domain/messages/message.ts';
import type { StudentGroup } from '../../domain/student-group/student-group.ts';
import { GateBusy } from '../../platform/gate.ts';
import {
  answerDate,
  createHttpClient,
  type HttpAnswer,
  type HttpClient,
  HttpFailure,
  type HttpRequest,
  headerOf,
  retryAfterOf,
  type Through,
} from '../../platform/http/http.ts';
import type { Clock } from '../../ports/clock.ts';
import {
  type Lms,
  LmsUnavailable,
  LmsUnreadable,
  type PulledStudentGroup,
  type ReportOutcome,
} from '../../ports/lms.ts';
import { readId } from './exact-json.ts';
import type { FieldMap } from './field-map.ts';
import { isJsonObject, mapRelease, mapStudentGroup } from './mapping.ts';
import { readAnswer } from './read-answer.ts';
import { formOf } from './value-forms.ts';

export interface LmsOptions {
  /** Base address before `/student-groups`; a trailing slash is accepted. */
  baseUrl: string;
  /** Bearer token for the LMS. */
  token: string;
  map: FieldMap;
  /** HTTP client; default is a client of its own. */
  http?: HttpClient;
  /** The gate for every request: rate and concurrency over all processes. Its errors are passed on. */
  through: Through;
  /** Deadline of a request in milliseconds, counted from the moment the gate lets it through. */
  timeoutMs: number;
  clock: Pick<Clock, 'now'>;
  /** Called at each answer that tells whether the LMS accepts the token. */
  onCredentials?: (isAccepted: boolean) => void;
  /** Called at each 429, with the seconds that the LMS asks for; 1 when it names none. Its errors are passed on. */
  onLimited?: (seconds: number) => Promise<void>;
}

const isRefusedToken = (status: number): boolean => status === 401 || status === 403;

/** The status value to report, space included. */
const CRITERIA_MET = 'criteria met';
const PAST_CRITERIA_MET = 'certificate issued';
const PATCH_ROUTE = 'PATCH /student-groups/{id}';

/** LMS client over HTTP. Error messages name routes by pattern, never ids, queries or bodies. */
export function createLms(options: LmsOptions): Lms {
  const http = options.http ?? createHttpClient();
  const base = options.baseUrl.replace(/\/+$/, '');

  async function ask(
    route: string,
    request: Pick<HttpRequest, 'method'> & { path: string; headers?: Record<string, string>; body?: string },
  ): Promise<HttpAnswer> {
    try {
      const answer = await options.through((signal) =>
        http.exchange({
          method: request.method,
          url: new URL(base + request.path),
          headers: { accept: 'application/json', authorization: `Bearer ${options.token}`, ...request.headers },
          ...(request.body === undefined ? {} : { body: request.body }),
          deadlineMs: options.timeoutMs,
          signal,
        }),
      );
      if (isRefusedToken(answer.status) || answer.status < 300) options.onCredentials?.(answer.status < 300);
      if (answer.status === 429) await options.onLimited?.(retryAfterOf(answer, options.clock.now()) ?? 1);
      return answer;
    } catch (error) {
      if (error instanceof HttpFailure && error.reason === 'too-large') throw new LmsUnreadable(route, error.message);
      if (error instanceof HttpFailure)
        throw new LmsUnavailable(message('lms.unavailable', { route, fault: error.message }));
      if (error instanceof GateBusy)
        throw new LmsUnavailable(message('lms.limits-used', { route, fault: error.message }));
      throw error;
    }
  }

  /** The error for an answer that has no meaning on its route. */
  function unusable(route: string, answer: HttpAnswer): LmsUnavailable {
    const { status } = answer;
    const isRedirect = status >= 300 && status < 400;
    const code = isRefusedToken(status) ? 'lms.answered.token' : isRedirect ? 'lms.answered.redirect' : 'lms.answered';
    return new LmsUnavailable(message(code, { route, status }), retryAfterOf(answer, options.clock.now()), status);
  }

  async function getOne(route: string, path: string): Promise<{ record: unknown; etag: string | null } | null> {
    const answer = await ask(route, { method: 'GET', path });
    if (answer.status === 404 || answer.status === 410) return null;
    if (answer.status !== 200) throw unusable(route, answer);
    return { record: objectIn(route, answer), etag: headerOf(answer, 'etag') };
  }

  /**
   * The JSON object in an answer.
   * @throws LmsUnreadable
   */
  function objectIn(route: string, answer: HttpAnswer): object {
    const read = readAnswer(answer);
    if (!read.ok) throw new LmsUnreadable(route, read.detail, answer.status);
    if (!isJsonObject(read.content)) throw misshapen(route, answer, '/', 'an object', read.content);
    return read.content;
  }

  function misshapen(route: string, { status }: HttpAnswer, pointer: string, expected: string, found: unknown) {
    return new LmsUnreadable(
      route,
      `status ${status}: ${pointer}: expected ${expected}; found ${formOf(found)}`,
      status,
    );
  }

  async function pullOne(id: string): Promise<PulledStudentGroup | null> {
    if (!isPathSegment(id)) return null;
    const route = 'GET /student-groups/{id}';
    const found = await getOne(route, `/student-groups/${encodeURIComponent(id)}`);
    if (found === null) return null;
    const mapped = mapStudentGroup(found.record, options.map);
    if (!mapped.ok && !mapped.hasId) throw recordWithoutId(route, mapped.detail);
    if (!mapped.ok) return { ok: false, id, releaseId: mapped.releaseId, detail: mapped.detail };
    if (mapped.value.id !== id) return { ok: false, id, releaseId: null, detail: anotherId(id, mapped.value.id) };
    return { ok: true, studentGroup: mapped.value, etag: found.etag };
  }

  /** The two reported fields in the answered student group; null when the answer does not show them. */
  function reportedIn(answer: HttpAnswer): { certTemplate: string | null; status: string | null } {
    const answered = readAnswer(answer);
    const record = answered.ok ? answered.content : null;
    const read = (canonical: 'certTemplate' | 'status'): string | null => {
      if (typeof record !== 'object' || record === null) return null;
      const name = options.map.patch[canonical];
      const value = Object.hasOwn(record, name) ? (record as Record<string, unknown>)[name] : undefined;
      const ours = typeof value === 'string' ? wordsOf(canonical).get(value) : undefined;
      if (typeof ours === 'string') return ours;
      return typeof value === 'string' ? value : null;
    };
    return { certTemplate: read('certTemplate'), status: read('status') };
  }

  /** Map from the LMS's values of a field to ours. */
  function wordsOf(field: string): ReadonlyMap<string, unknown> {
    const source = options.map.studentGroup.get(field);
    return (source?.kind === 'constant' ? undefined : source?.values) ?? new Map();
  }

  /**
   * A 200 without the two fields may come from something in front of the LMS, such as a proxy's page. Check by
   * reading the record.
   */
  async function confirm(
    route: string,
    studentGroupId: string,
    certTemplate: string,
    statuses: StudentGroup['status'][],
  ): Promise<ReportOutcome> {
    const pulled = await pullOne(studentGroupId);
    if (pulled === null) return { kind: 'gone' };
    const isReported = pulled.ok && statuses.includes(pulled.studentGroup.status);
    if (isReported && pulled.studentGroup.certTemplate === certTemplate) return { kind: 'applied', etag: pulled.etag };
    throw new LmsUnreadable(
      route,
      'status 200: the response is not the record, and the record does not show the report',
      200,
    );
  }

  async function patchCriteriaMet(studentGroupId: string, certTemplate: string, etag: string): Promise<ReportOutcome> {
    const names = options.map.patch;
    const body = { ...names.constants, [names.certTemplate]: certTemplate, [names.status]: CRITERIA_MET };
    return patch(studentGroupId, etag, body, async (answer) => {
      const shown = reportedIn(answer);
      if (answer.body.length > 0 && shown.certTemplate === null && shown.status === null) {
        return confirm(PATCH_ROUTE, studentGroupId, certTemplate, [CRITERIA_MET, PAST_CRITERIA_MET]);
      }
      if (shown.certTemplate !== null && shown.certTemplate !== certTemplate) {
        return conflict(message('lms.other-template-shown'));
      }
      if (shown.status !== null && shown.status !== CRITERIA_MET && shown.status !== PAST_CRITERIA_MET) {
        return conflict(message('lms.other-status-shown'));
      }
      return { kind: 'applied', etag: headerOf(answer, 'etag') };
    });
  }

  /** Sends one PATCH; `judge` reads an answer with status 200 or 204. */
  async function patch(
    studentGroupId: string,
    etag: string,
    body: object,
    judge: (answer: HttpAnswer) => Promise<ReportOutcome>,
  ): Promise<ReportOutcome> {
    const answer = await ask(PATCH_ROUTE, {
      method: 'PATCH',
      path: `/student-groups/${encodeURIComponent(studentGroupId)}`,
      headers: { 'content-type': 'application/merge-patch+json', 'if-match': etag },
      body: JSON.stringify(body),
    });
    switch (answer.status) {
      case 200:
      case 204:
        return judge(answer);
      case 404:
      case 410:
        return { kind: 'gone' };
      case 412:
        return { kind: 'changed' };
      case 409:
        return conflict(message('lms.answered-409'));
      case 422:
        return conflict(message('lms.answered-422'));
      default:
        throw unusable(PATCH_ROUTE, answer);
    }
  }

  return {
    async pullPage(query) {
      const route = 'GET /student-groups';
      const search = new URLSearchParams({ releaseId: query.releaseId, limit: String(query.limit ?? 200) });
      if (query.updatedSince !== undefined) search.set('updatedSince', query.updatedSince);
      if (query.cursor !== undefined && query.cursor !== null) search.set('cursor', query.cursor);
      const answer = await ask(route, { method: 'GET', path: `/student-groups?${search.toString()}` });
      if (answer.status !== 200) throw unusable(route, answer);
      const page = objectIn(route, answer) as { items?: unknown; nextCursor?: unknown };
      if (!Array.isArray(page.items)) throw misshapen(route, answer, '/items', 'a list', page.items);
      const next = page.nextCursor ?? '';
      const nextCursor = readId(next) || null;
      if (nextCursor === null && next !== '')
        throw misshapen(route, answer, '/nextCursor', 'text, a whole number below 2^53, or null', next);
      const items = page.items.map((raw: unknown): PulledStudentGroup => {
        const mapped = mapStudentGroup(raw, options.map);
        return mapped.ok ? { ok: true, studentGroup: mapped.value, etag: null } : mapped;
      });
      return { items, nextCursor, lmsTime: answerDate(answer) };
    },

    pullOne,

    async pullRelease(id) {
      if (!isPathSegment(id)) return null;
      const route = 'GET /releases/{id}';
      const found = await getOne(route, `/releases/${encodeURIComponent(id)}`);
      if (found === null) return null;
      const mapped = mapRelease(found.record, options.map);
      if (!mapped.ok && !mapped.hasId) throw recordWithoutId(route, mapped.detail);
      if (!mapped.ok) return { ok: false, detail: mapped.detail };
      if (mapped.value.id !== id) return { ok: false, detail: anotherId(id, mapped.value.id) };
      return { ok: true, release: mapped.value };
    },

    async reportCriteriaMet({ studentGroupId, releaseId, certTemplate, etag }) {
      if (!isPathSegment(studentGroupId)) return { kind: 'gone' };
      if (etag !== null) return patchCriteriaMet(studentGroupId, certTemplate, etag);

      // Without the ETag of the judged snapshot, read the record first and check it. Using its fresh ETag alone would
      // accept changes that the decision has not seen.
      const pulled = await pullOne(studentGroupId);
      if (pulled === null) return { kind: 'gone' };
      if (!pulled.ok) return conflict(message('lms.record-unusable', { fault: pulled.detail }));
      if (pulled.studentGroup.group.releaseId !== releaseId) return MOVED;
      const { status, certTemplate: present } = pulled.studentGroup;
      if (status === 'expelled') return { kind: 'changed' };
      if (status === CRITERIA_MET || status === PAST_CRITERIA_MET) {
        if (present !== certTemplate) return conflict(message('lms.holds-other-template', { status }));
        return { kind: 'applied', etag: pulled.etag };
      }
      if (pulled.etag === null) return conflict(message('lms.no-etag'));
      return patchCriteriaMet(studentGroupId, certTemplate, pulled.etag);
    },

    tellsIssued: options.map.patch.issued !== null,

    async reportIssued({ studentGroupId, releaseId, certTemplate, link }) {
      const names = options.map.patch;
      const { issued } = names;
      if (issued === null) throw new Error('lms.yaml has no patch.issued, so this report is not sent');
      const pulled = await pullOne(studentGroupId);
      if (pulled === null) return { kind: 'gone' };
      if (!pulled.ok) return conflict(message('lms.record-unusable', { fault: pulled.detail }));
      if (pulled.studentGroup.group.releaseId !== releaseId) return MOVED;
      const { status, certTemplate: present } = pulled.studentGroup;
      if (status === PAST_CRITERIA_MET) return { kind: 'applied', etag: pulled.etag };
      if (status !== CRITERIA_MET || present !== certTemplate) return conflict(message('lms.report-gone'));
      if (pulled.etag === null) return conflict(message('lms.no-etag'));
      const body = { [names.status]: issued.status, ...(issued.link === null ? {} : { [issued.link]: link }) };
      return patch(studentGroupId, pulled.etag, body, async (answer) => {
        const shown = reportedIn(answer).status;
        if (answer.body.length === 0 || shown === issued.status || shown === PAST_CRITERIA_MET)
          return { kind: 'applied', etag: headerOf(answer, 'etag') };
        if (shown !== null) return conflict(message('lms.other-status-shown'));
        return confirm(PATCH_ROUTE, studentGroupId, certTemplate, [PAST_CRITERIA_MET]);
      });
    },
  };
}

/** A body without an id is not a record; Moodle, for example, returns its errors with status 200. */
function recordWithoutId(route: string, detail: string): LmsUnreadable {
  return new LmsUnreadable(route, `status 200: ${detail}`, 200);
}

function conflict(detail: string): ReportOutcome {
  return { kind: 'conflict', detail };
}

const MOVED = conflict(message('lms.moved'));

/** Ids are not personal data, and without both of them the cause cannot be found. */
function anotherId(asked: string, answered: string): string {
  return `/id: expected ${JSON.stringify(asked)}, which was asked for; the LMS answered with ${JSON.stringify(answered)}`;
}

/** URL parsers remove the segments `.` and `..` even if encoded, so such an id would address another resource. */
function isPathSegment(id: string): boolean {
  return id !== '' && id !== '.' && id !== '..';
}

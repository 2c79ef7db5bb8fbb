import { message } from '../domain/messages/message.ts';
import { unavailable } from '../platform/http/problem.ts';
import { LmsUnavailable, LmsUnreadable } from '../ports/lms.ts';

/**
 * Queries the LMS for a waiting user.
 * @throws Problem 503 when it is unreachable or its answer is unreadable
 */
export function askLms<T>(question: () => Promise<T>): Promise<T> {
  return question().catch((error: unknown) => {
    if (!(error instanceof LmsUnavailable)) throw error;
    const detail = error instanceof LmsUnreadable ? error.message : message('down.lms');
    throw unavailable(detail, error.retryAfterSeconds ?? 10);
  });
}

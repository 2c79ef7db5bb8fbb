/** node-postgres: the server accepted the connection and did not answer in time. */
const SILENT = 'timeout expired';

/**
 * One line with the cause of an unexpected failure. LMS and Sendsay have error types of their own, so a bare socket
 * error or an error of PostgreSQL concerns the database.
 */
export function failureLine(error: unknown): string {
  const cause = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  if (!(cause instanceof Error)) return oneLine(String(cause));
  if (cause.message === SILENT) return 'database: no response in time; check DATABASE_URL and the database server';
  const { code, syscall, severity } = cause as { code?: unknown; syscall?: unknown; severity?: unknown };
  const isDatabase = syscall === 'connect' || syscall === 'getaddrinfo' || typeof severity === 'string';
  const text = cause.message || (typeof code === 'string' ? code : cause.name);
  return oneLine(`${isDatabase ? 'database: ' : ''}${text}`);
}

/** Texts of libraries and users may contain line breaks; a failure is printed on one line. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

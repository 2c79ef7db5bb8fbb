/**
 * One line that names the cause of a failure nobody foresaw. Sockets are opened to the database alone without an error
 * of their own kind (LMS and Sendsay have theirs), so a bare one, like PostgreSQL's own, is the database's.
 */
export function failureLine(error: unknown): string {
  const cause = error instanceof AggregateError && error.errors.length > 0 ? (error.errors[0] as unknown) : error;
  if (!(cause instanceof Error)) return oneLine(String(cause));
  const { code, syscall, severity } = cause as { code?: unknown; syscall?: unknown; severity?: unknown };
  const isDatabase = syscall === 'connect' || syscall === 'getaddrinfo' || typeof severity === 'string';
  const text = cause.message || (typeof code === 'string' ? code : cause.name);
  return oneLine(`${isDatabase ? 'database: ' : ''}${text}`);
}

/** Texts of libraries and of users may hold line breaks; a failure is one line. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}

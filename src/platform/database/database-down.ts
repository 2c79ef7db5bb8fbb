const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
/**
 * PostgreSQL's codes for "not now": shutdown or start (57P0x), statement timeout (57014), wait for a lock (55P03), lost
 * connection (08xxx), out of resources such as disk space (53xxx), read-only after a failover (25006).
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const SQLSTATE = /^(57P0[1-5]|57014|55P03|08...|53...|25006|25P03)$/;
const WORDS =
  /Connection terminated|Connection ended|timeout expired|Timeout acquiring a connection|Client has encountered a connection error|not queryable|Unable to acquire a connection|aborted/;

/** Whether an error of knex or pg means that the database is down or unreachable, and not that our query is wrong. */
export function isDatabaseDown(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError && error.errors.some(isDatabaseDown)) return true;
  const { code, syscall, severity } = error as { code?: unknown; syscall?: unknown; severity?: unknown };
  if (typeof code === 'string') {
    // A missing file has the same code as a missing socket, so check the system call.
    if (NETWORK.has(code)) return code !== 'ENOENT' || syscall === 'connect';
    if (typeof severity === 'string' && SQLSTATE.test(code)) return true;
  }
  return error.name === 'KnexTimeoutError' || (code === undefined && WORDS.test(error.message));
}

/**
 * Like `isDatabaseDown`, but not for a statement that took too long: that may be this statement's fault, so somebody must
 * see it in the end.
 */
export function isDatabaseOutage(error: unknown): boolean {
  return isDatabaseDown(error) && (error as { code?: unknown }).code !== '57014';
}

/** Like `isDatabaseOutage`, but not for a wait for a lock, which only some statements have. */
export function isDatabaseLost(error: unknown): boolean {
  return isDatabaseOutage(error) && (error as { code?: unknown }).code !== '55P03';
}

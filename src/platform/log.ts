import pino from 'pino';
import pretty from 'pino-pretty';

/**
 * Structured log, one line an event. Convention: `log.info({ certificateId }, 'diploma rendered')`; ids and codes only,
 * never a name, an address, a body or a query string.
 */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * A server's lines are written beside its work, many at once under load, since each answer has one; what is not written yet is
 * written at exit. Of any other role each line is out before its next step, whatever kills it.
 */
export function createLog(options: { level: string; format: 'pretty' | 'json'; role: string }): Log {
  const stream =
    options.format === 'pretty'
      ? pretty({ destination: 2, ignore: 'pid,hostname,role' })
      : pino.destination({ dest: 2, sync: options.role !== 'serve' });
  return pino(
    { level: options.level, base: { role: options.role, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime },
    stream,
  );
}

/** The message of anything that was thrown, shortened; for log lines and stored reasons. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

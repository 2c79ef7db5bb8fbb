import pino from 'pino';
import pretty from 'pino-pretty';

/**
 * Structured log, one line per event. Convention: `log.info({ certificateId }, 'diploma rendered')`; only ids and
 * codes, never a name, address, body or query string.
 */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * A server writes log lines asynchronously in bulk, because it writes one per request; at exit it writes the rest.
 * Other roles write each line synchronously, so that a kill loses none.
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

/** The message of any thrown value, shortened for log lines and stored reasons. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

import { createRequire } from 'node:module';
import pino from 'pino';
import type pretty from 'pino-pretty';
import { currentTrace } from './trace.ts';

/**
 * Structured log, one line per event. Convention: `log.info({ certificateId }, 'diploma rendered')`; only ids and
 * codes, never a name, address, body or query string.
 */
export type Log = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'>;

const require = createRequire(import.meta.url);

/** How long a server gathers lines, in milliseconds. Nothing wakes it while there are none. */
const GATHER_MS = 20;

function gatheringStream(): pino.DestinationStream {
  const file = pino.destination({ dest: 2, sync: false });
  let lines = '';
  let timer: NodeJS.Timeout | undefined;
  const writeAll = () => {
    timer = undefined;
    file.write(lines);
    lines = '';
  };
  process.once('exit', () => {
    if (lines !== '') writeAll();
    file.flushSync();
  });
  return {
    write(line) {
      lines += line;
      if (timer === undefined) timer = setTimeout(writeAll, GATHER_MS).unref();
    },
  };
}

/**
 * A server writes log lines asynchronously in bulk, because it writes one per request; at exit it writes the rest.
 * Other roles write each line synchronously, so that a kill loses none.
 */
export function createLog(options: { level: string; format: 'pretty' | 'json'; role: string }): Log {
  const stream =
    options.format === 'pretty'
      ? (require('pino-pretty') as typeof pretty)({ destination: 2, ignore: 'pid,hostname,role' })
      : options.role === 'serve'
        ? gatheringStream()
        : pino.destination({ dest: 2, sync: true });
  const fields = {
    base: { role: options.role, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    // Finds everything that followed from one request, from the webhook to the letter.
    mixin: () => {
      const trace = currentTrace();
      return trace === undefined ? {} : { trace };
    },
  };
  return pino({ level: options.level, ...fields }, stream);
}

/** The message of any thrown value, shortened for log lines and stored reasons. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}

/** Built-in errors: their messages may quote data, for example the text that is no JSON. */
const QUOTING = [SyntaxError, TypeError, RangeError, URIError, ReferenceError];

/**
 * An error for log lines and stored job results, without personal data: messages of the database and of the runtime may
 * quote values, so only their kind and place are told.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'an error without a message';
  const { code, severity, constraint } = error as Error & { code?: unknown; severity?: unknown; constraint?: unknown };
  if (typeof severity === 'string')
    return `database error ${String(code)}${typeof constraint === 'string' ? ` (${constraint})` : ''}${placeOf(error)}`;
  if (QUOTING.some((kind) => error instanceof kind)) return `${error.name}${placeOf(error)}`;
  return messageOf(error);
}

/** The first line of the stack that is ours. */
function placeOf(error: Error): string {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const own = lines.find((line) => !/node_modules|node:/.test(line)) ?? lines[0];
  const place = /([\w.-]+\/[\w.-]+:\d+):\d+\)?$/.exec(own ?? '')?.[1];
  return place === undefined ? '' : ` at ${place}`;
}

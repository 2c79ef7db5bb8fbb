import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express } from 'express';
import { committedDescription } from './api-description.ts';

const faults = new Set<string>();
let description: ReturnType<typeof committedDescription> | undefined;

// The check is active only during a test run, because other processes use this harness too.
const isTestRun =
  process.env['NODE_TEST_CONTEXT'] !== undefined || process.execArgv.some((option) => option.startsWith('--test'));
// At the end of the process, because several files of one may use this.
if (isTestRun)
  process.once('exit', () => {
    if (faults.size === 0) return;
    process.stderr.write(
      `answers that openapi.json does not describe (after a change of routes: npm run openapi:write):\n${[...faults].join('\n')}\n`,
    );
    process.exitCode = 1;
  });

/**
 * Compares every response of an app with `openapi.json`: an undescribed route, status, media type or field fails the
 * test file.
 * @param foreseen statuses that the test causes on purpose although they are not described, such as 500
 */
export function describedAnswers(app: Express, foreseen: readonly number[] = []): Express {
  const handled = app as unknown as {
    handle: (req: IncomingMessage, res: ServerResponse, next?: () => void) => void;
  };
  const { handle } = handled;
  handled.handle = (req, res, next) => {
    watch(req, res, foreseen);
    handle.call(app, req, res, next);
  };
  return app;
}

function watch(req: IncomingMessage, res: ServerResponse, foreseen: readonly number[]): void {
  const { method = '', url: target = '' } = req;
  // The console's pages are for people; the API is described.
  if (/^\/console(?![^/?])/.test(target)) return;
  const chunks: Buffer[] = [];
  const { write, end } = res;
  const keep = (chunk: unknown, encoding: unknown) => {
    if (typeof chunk === 'string')
      chunks.push(Buffer.from(chunk, typeof encoding === 'string' ? (encoding as 'utf8') : 'utf8'));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  res.write = function keepWritten(this: ServerResponse, ...args: unknown[]) {
    keep(args[0], args[1]);
    return write.apply(this, args as Parameters<typeof write>);
  } as typeof write;
  res.end = function keepEnd(this: ServerResponse, ...args: unknown[]) {
    keep(args[0], args[1]);
    return end.apply(this, args as Parameters<typeof end>);
  } as typeof end;
  res.once('close', () => {
    if (!res.headersSent || foreseen.includes(res.statusCode)) return;
    description ??= committedDescription();
    const seen = { method, target, status: res.statusCode, headers: res.getHeaders(), body: Buffer.concat(chunks) };
    const fault = description.faultOf({ ...seen, whole: res.writableFinished });
    if (fault !== null) faults.add(fault);
  });
}

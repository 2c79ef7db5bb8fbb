import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { originForm } from './request-target.ts';

const TYPE = 'application/problem+json; charset=utf-8';

/** However slowly a request trickles in, it is over after a minute; an answer may take as long as it takes. */
const PATIENCE = { requestMs: 60_000, checkMs: 5000 };

/**
 * A server for an app that also answers what never reaches it (broken syntax, headers that are too large or too slow, a
 * target that is no path) as a problem with an `X-Request-Id`. It does not listen yet.
 *
 * @param patience most milliseconds for a request to arrive whole, and how often that is looked at
 */
export function createHttpServer(app: RequestListener, newId: () => string, patience = PATIENCE): Server {
  const listener: RequestListener = (req, res) => {
    const target = originForm(req.url ?? '');
    if (target !== null) {
      req.url = target;
      app(req, res);
      return;
    }
    res.writeHead(400, { 'Content-Type': TYPE, 'X-Request-Id': newId(), Connection: 'close' });
    res.end(problemOf(400));
  };
  // Without `Host` the app answers as it does otherwise; node's own 400 has no X-Request-Id.
  const { requestMs, checkMs } = patience;
  const options = {
    requireHostHeader: false,
    requestTimeout: requestMs,
    headersTimeout: requestMs / 2,
    connectionsCheckingInterval: checkMs,
  };
  const server = createServer(options, listener);
  server.on('checkExpectation', listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') socket.destroy();
    else socket.end(answer(statusOf(error.code), newId()));
  });
  return server;
}

function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

function problemOf(status: number): string {
  return JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status],
    status,
    detail: 'The request cannot be read.',
  });
}

function answer(status: number, requestId: string): string {
  const body = problemOf(status);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `Content-Type: ${TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

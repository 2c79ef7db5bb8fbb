import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { message } from '../../domain/messages/message.ts';
import { originForm } from './request-target.ts';

const TYPE = 'application/problem+json; charset=utf-8';

/** A slow request is aborted after a minute; answers have no time limit. */
const REQUEST_LIMITS = { requestMs: 60_000, checkMs: 5000 };

/**
 * Creates a server that also answers requests which never reach the app (broken syntax, headers too large or too
 * slow, invalid target) with a problem document and `X-Request-Id`. It does not listen yet.
 *
 * @param limits maximum milliseconds for a request to arrive completely, and the interval of that check
 */
export function createHttpServer(app: RequestListener, newId: () => string, limits = REQUEST_LIMITS): Server {
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
  // The app answers a request without `Host` as usual; node's own 400 would lack X-Request-Id.
  const { requestMs, checkMs } = limits;
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
    detail: message('http.unreadable'),
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

import { createServer, type RequestListener, type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A server for an app that also answers what never becomes a request (broken syntax, headers that are too large or too
 * slow) as a problem with an `X-Request-Id`. It does not listen yet.
 */
export function createHttpServer(handler: RequestListener, newId: () => string): Server {
  // Without `Host` the app answers as it does otherwise; node's own 400 has no X-Request-Id.
  const server = createServer({ requireHostHeader: false }, handler);
  server.on('checkExpectation', handler);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') {
      socket.destroy();
      return;
    }
    socket.end(answer(statusOf(error.code), newId()));
  });
  return server;
}

function statusOf(code: string | undefined): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

function answer(status: number, requestId: string): string {
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail: 'The request cannot be read.' });
  return [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

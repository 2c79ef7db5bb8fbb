import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A running sandbox. `close` destroys all open connections and resolves when the port is free. */
export interface RunningSandbox {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** The body is larger than the sandbox accepts. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/**
 * Starts an HTTP server. `close` destroys all open sockets, so that hanging requests cannot keep a test or demo
 * alive.
 */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  address: { host: string; port: number },
): Promise<RunningSandbox> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    // A client may disconnect at any time. An exception in our handler becomes a cut connection, not an exit of the
    // process.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    handler(request, response).catch(() => request.socket.destroy());
  });
  server.requestTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    url: `http://${host}:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/**
 * Reads a request body as UTF-8 text.
 * @throws BodyTooLarge
 * @throws TypeError when it is not UTF-8
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLarge(`body above ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}

/** Sends JSON; does nothing when the connection is closed. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  answerText(response, status, JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8', ...headers });
}

export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { 'content-length': String(Buffer.byteLength(text)), ...headers });
  response.end(text);
}

/** The control API has no authentication, so it answers only requests from this machine (loopback). */
export function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** Resolves after `ms`, or at once when the client disconnects. */
export function pause(ms: number, response: ServerResponse): Promise<void> {
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off('close', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    response.on('close', done);
  });
}

/** Sends no response: it waits until the client disconnects, or cuts the connection after `ms`. */
export async function hang(response: ServerResponse, ms: number | undefined): Promise<void> {
  if (ms === undefined) await new Promise<void>((resolve) => response.on('close', () => resolve()));
  else await pause(ms, response);
  response.destroy();
}

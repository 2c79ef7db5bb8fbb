import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A running sandbox. `close` cuts every open connection and resolves when the port is free again. */
export interface RunningSandbox {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Body larger than the sandbox accepts. */
export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge';
}

/**
 * Starts an HTTP server whose open sockets are all destroyed on `close`, so that requests left hanging on purpose
 * cannot keep a test or a demo alive.
 */
export async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  address: { host: string; port: number },
): Promise<RunningSandbox> {
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    // A client that goes away in the middle is the client's right; a fault of ours must show as a cut, not as an exit.
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

/** Reads a request body as UTF-8 text. Throws BodyTooLarge, and TypeError when it is not UTF-8. */
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

/** Answers with JSON; nothing happens when the connection is already gone. */
export function answerJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  answerText(response, status, JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8', ...headers });
}

/** Answers with the text as it is. */
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

/** The control plane answers this machine alone: it has no authentication. */
export function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? '';
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

/** Resolves after `ms`, or at once when the client is gone. */
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

/** Leaves the client without an answer: for ever, or until `ms` have passed and the connection is cut. */
export async function hang(response: ServerResponse, ms: number | undefined): Promise<void> {
  if (ms === undefined) await new Promise<void>((resolve) => response.on('close', () => resolve()));
  else await pause(ms, response);
  response.destroy();
}

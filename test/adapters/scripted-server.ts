import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { TestContext } from 'node:test';
import {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type Through,
} from '../../src/platform/http/http.ts';

/** A request as the server received it, with body. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Step = (response: ServerResponse, request: SeenRequest, socket: Socket) => void;

export interface ScriptedServer {
  url: string;
  port: number;
  seen: SeenRequest[];
  /** Resolves when so many requests have been received. */
  read(count: number): Promise<void>;
}

/** Starts a real HTTP server that answers requests by the given steps; the last step repeats. */
export async function serve(t: TestContext, ...steps: Step[]): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  const one = new EventEmitter();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const read = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      const step = steps[Math.min(seen.length, steps.length - 1)];
      seen.push(read);
      one.emit('read');
      step?.(response, read, request.socket);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const read = async (count: number): Promise<void> => {
    while (seen.length < count) await once(one, 'read');
  };
  return { url: `http://127.0.0.1:${port}`, port, seen, read };
}

/** A client that closes at the end of the test. */
export function clientFor(t: TestContext, options?: HttpClientOptions): HttpClient {
  const http = createHttpClient(options);
  t.after(() => http.close());
  return http;
}

export function json(content: unknown, status = 200, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(content));
  };
}

export function raw(body: string | Buffer, status = 200, headers: Record<string, string> = {}): Step {
  return (response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** Reads the request, then cuts the connection without an answer. */
export const cutBeforeHeaders: Step = (_response, _request, socket) => {
  socket.resetAndDestroy();
};

/** Sends headers that announce a body, but no body. */
export const cutAfterHeaders: Step = (response, _request, socket) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
  response.write('{"track.id":');
  setTimeout(() => socket.destroy(), 20);
};

export const neverAnswers: Step = () => {};

/** Sends one byte at intervals: each read succeeds, but the answer never ends. */
export const dribbles: Step = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
};

export const endless: Step = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = Buffer.alloc(64 * 1024, 0x20);
  const timer = setInterval(() => response.write(chunk), 1);
  response.on('close', () => clearInterval(timer));
};

/** A loopback port without a listener. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

/** A rate limiter that allows every call and counts the calls. */
export function openGate(): { through: Through; passed: () => number } {
  let passed = 0;
  return {
    through: (call) => {
      passed += 1;
      return call(new AbortController().signal);
    },
    passed: () => passed,
  };
}

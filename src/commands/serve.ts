import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { createApp } from '../app.ts';
import { composeApp } from '../compose/compose-app.ts';
import { type Base, openBase, openLms } from '../compose/open-base.ts';
import { listenOn, portOf, serveOperations } from '../compose/operations-server.ts';
import type { Config } from '../config.ts';
import { createHttpServer } from '../platform/http/http-server.ts';
import { endSmallStart } from '../platform/small-start.ts';
import { untilStopped } from './until-stopped.ts';

/** Longest time for running requests after the port was closed. */
const GRACE_MS = 10_000;

/** `gramota serve`: the HTTP API and the public lookup. `onListening` receives the address. */
export async function serve(config: Config, onListening: (url: string) => void): Promise<void> {
  const stopped = untilStopped();
  const base = await openBase(config, 'serve', 10);
  const leaving = new AbortController();
  const stopping = new AbortController();
  const running = await open(base, leaving.signal, stopping.signal).catch(async (error: unknown) => {
    await base.close();
    throw error;
  });
  endSmallStart();
  onListening(`http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${portOf(running.server)}`);
  if (running.operations !== null)
    base.log.info({ port: portOf(running.operations) }, 'metrics are served on their own port');
  const signal = await stopped;
  // A person at a terminal does not wait; a load balancer needs the time to notice that this process leaves.
  const drainSeconds = signal === 'SIGTERM' ? config.DRAIN_SECONDS : 0;
  base.log.info({ signal, drainSeconds }, 'server stopping');
  leaving.abort();
  await wait(drainSeconds * 1000);
  stopping.abort();
  await closeServer(running.server);
  await running.close();
  if (running.operations !== null) await closeServer(running.operations);
  await base.close();
}

async function open(base: Base, leaving: AbortSignal, stopping: AbortSignal) {
  const { config, db, clock } = base;
  const deps = await composeApp(base, await openLms(config, db, clock, base), { leaving, stopping });
  const app = createApp(deps);
  await base.jobs.start();
  const operations = await serveOperations(base, deps.readiness);
  const server = createHttpServer((req, res) => {
    // The client opens its next connection, and the load balancer chooses another process for it.
    if (leaving.aborted) res.setHeader('Connection', 'close');
    app(req, res);
  }, base.newId);
  return { server: await listenOn(server, config.PORT, config.HOST), operations, close: deps.close };
}

/** Accepts no new connections, waits for running requests, then closes the rest. */
export async function closeServer(server: Server): Promise<void> {
  const ended = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await ended;
  clearTimeout(cut);
}

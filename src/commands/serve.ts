import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { createApp } from '../app.ts';
import { composeApp } from '../compose/compose-app.ts';
import { type Base, openBase, openLms } from '../compose/open-base.ts';
import type { Config } from '../config.ts';
import { createHttpServer } from '../platform/http/http-server.ts';
import { untilStopped } from './until-stopped.ts';

/** `gramota serve`: the HTTP API and the public lookup. `onListening` receives the address. */
export async function serve(config: Config, onListening: (url: string) => void): Promise<void> {
  const stopped = untilStopped();
  const base = await openBase(config, 'serve', 10);
  const stopping = new AbortController();
  const server = await startListening(base, config, stopping.signal).catch(async (error: unknown) => {
    await base.close();
    throw error;
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.PORT;
  onListening(`http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${port}`);
  const signal = await stopped;
  base.log.info({ signal }, 'server stopping');
  stopping.abort();
  await close(server, base);
}

async function startListening(base: Base, config: Config, stopping: AbortSignal): Promise<Server> {
  const app = createApp(await composeApp(base, await openLms(config, base.db, base.clock), stopping));
  await base.jobs.start();
  return listen(app, config);
}

function listen(app: ReturnType<typeof createApp>, config: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createHttpServer(app, randomUUID);
    server.once('error', reject);
    server.listen(config.PORT, config.HOST, () => resolve(server));
  });
}

/** Accepts no new connections, waits up to ten seconds for running requests, then closes the rest. */
async function close(server: Server, base: Base): Promise<void> {
  const ended = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 10_000);
  await ended;
  clearTimeout(cut);
  await base.close();
}

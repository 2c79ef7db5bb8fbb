import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { createApp } from '../../src/app.ts';
import { composeApp } from '../../src/compose/compose-app.ts';
import { describedAnswers } from './described-answers.ts';
import type { World } from './world.ts';

export interface ServedWorld {
  url: string;
  app: Express;
  close(): Promise<void>;
}

/** The HTTP side of a world, listening on loopback in this process. */
export async function serveWorld(world: World): Promise<ServedWorld> {
  const stopping = new AbortController();
  const signals = { leaving: stopping.signal, stopping: stopping.signal };
  const deps = await composeApp(world.base, world.pipeline.lms, signals);
  const app = describedAnswers(createApp(deps));
  const server = createServer(app);
  // On a loaded machine an idle connection would end just when the next request uses it.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    async close() {
      stopping.abort();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await deps.close();
    },
  };
}

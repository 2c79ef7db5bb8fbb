import type { Server } from 'node:http';
import express from 'express';
import { describeSending } from '../coordinate/sending.ts';
import { operationRoutes } from '../operations.ts';
import { mountRoutes } from '../platform/http/declare-route.ts';
import { createHttpServer } from '../platform/http/http-server.ts';
import { answerErrors, answerNotFound } from '../platform/http/problem.ts';
import type { Readiness } from '../platform/http/readiness.ts';
import { nameRequest } from '../platform/http/request-id.ts';
import { readTarget } from '../platform/http/request-target.ts';
import type { Base } from './open-base.ts';

/**
 * Serves `/metrics`, `/healthz` and `/readyz` on the port METRICS_PORT of HOST, without a token: who can reach the port
 * may read them.
 * @returns the listening server; null when METRICS_PORT is not set
 */
export async function serveOperations(base: Base, readiness: Readiness): Promise<Server | null> {
  const { config, db, log, metrics, newId } = base;
  if (config.METRICS_PORT === undefined) return null;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(nameRequest(newId), readTarget);
  const sending = () => describeSending(db);
  mountRoutes(app, operationRoutes({ readiness, metrics, sending, mayReadMetrics: async () => true }));
  app.use(answerNotFound);
  app.use(answerErrors(log));
  return listenOn(createHttpServer(app, newId), config.METRICS_PORT, config.HOST);
}

/** @throws Error when the address is in use or does not exist on this host */
export function listenOn(server: Server, port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

/** The port that a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

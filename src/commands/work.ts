import type { Server } from 'node:http';
import { createSubscribers } from '../adapters/subscribers/subscriber-client.ts';
import { openBase } from '../compose/open-base.ts';
import { openPipeline } from '../compose/open-pipeline.ts';
import { readinessOf } from '../compose/process-readiness.ts';
import type { Config } from '../config.ts';
import { announceUntil } from '../pipeline/announce/announce.ts';
import { runStages } from '../pipeline/run-stages.ts';
import { collectEarly } from '../platform/early-collection.ts';
import { endSmallStart } from '../platform/small-start.ts';
import { setSubscribers } from '../records/outgoing-events.ts';
import { untilStopped } from './until-stopped.ts';

/** `gramota work`: processes jobs until it is stopped, then finishes or returns running ones (at most 10 s). */
export async function work(config: Config): Promise<void> {
  const stopped = untilStopped();
  const base = await openBase(config, 'work', config.WORKER_CONCURRENCY + 5);
  const leaving = new AbortController();
  const { pipeline, operations } = await open().catch(async (error: unknown) => {
    await base.close();
    throw error;
  });
  await runStages(base.jobs, pipeline, config.WORKER_CONCURRENCY);
  const port = operations === null ? {} : { metricsPort: operations.port };
  endSmallStart();
  const endCollecting = collectEarly();
  base.log.info({ concurrency: config.WORKER_CONCURRENCY, ...port }, 'worker ready');
  const announcing = announce();
  const signal = await stopped;
  base.log.info({ signal }, 'worker stopping');
  leaving.abort();
  endCollecting();
  await Promise.all([announcing, base.jobs.stop()]);
  await pipeline.close();
  operations?.server.close();
  operations?.server.closeAllConnections();
  await base.close();

  /** Without an address nothing is asked of the database. It does not reject: nobody looks at it before the end. */
  async function announce(): Promise<void> {
    if (config.EVENTS_URLS.length === 0) return;
    const subscribers = createSubscribers(config.EVENTS_SECRET ?? []);
    await announceUntil({ ...base, subscribers }, leaving.signal);
    await subscribers.close();
  }

  async function open() {
    const pipeline = await openPipeline(base);
    await setSubscribers(base.db, config.EVENTS_URLS, base.clock.now());
    await base.jobs.start();
    return { pipeline, operations: await openOperations() };
  }

  /** Express is loaded only where it is wanted. */
  async function openOperations(): Promise<{ server: Server; port: number } | null> {
    if (config.METRICS_PORT === undefined) return null;
    const { portOf, serveOperations } = await import('../compose/operations-server.ts');
    const server = await serveOperations(base, readinessOf(base, leaving.signal));
    return server && { server, port: portOf(server) };
  }
}

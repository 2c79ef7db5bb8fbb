import { openBase } from '../compose/open-base.ts';
import { openPipeline } from '../compose/open-pipeline.ts';
import type { Config } from '../config.ts';
import { runStages } from '../pipeline/run-stages.ts';
import { untilStopped } from './until-stopped.ts';

/** `gramota work`: processes jobs until it is stopped, then finishes or returns running ones (at most 10 s). */
export async function work(config: Config): Promise<void> {
  const stopped = untilStopped();
  const base = await openBase(config, 'work', config.WORKER_CONCURRENCY + 5);
  const pipeline = await openPipeline(base).catch(async (error: unknown) => {
    await base.close();
    throw error;
  });
  await base.jobs.start();
  await runStages(base.jobs, pipeline, config.WORKER_CONCURRENCY);
  base.log.info({ concurrency: config.WORKER_CONCURRENCY }, 'worker ready');
  const signal = await stopped;
  base.log.info({ signal }, 'worker stopping');
  await base.jobs.stop();
  await pipeline.close();
  await base.close();
}

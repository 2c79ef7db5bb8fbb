import { openBase } from '../../src/compose/open-base.ts';
import { openPipeline } from '../../src/compose/open-pipeline.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { runStage } from '../../src/pipeline/run-stages.ts';
import type { QueueName } from '../../src/pipeline/stages.ts';

/**
 * A worker composed like `gramota work`, but only for the queues on its command line, so that nothing is drawn or
 * mailed. Runs until SIGTERM.
 */
const queues = process.argv.slice(2) as QueueName[];
const config = readConfig(process.env, NEEDED.work);
const base = await openBase(config, 'work', config.WORKER_CONCURRENCY + 5);
const pipeline = await openPipeline(base);
const stopped = new Promise((resolve) => process.once('SIGTERM', resolve));
await base.jobs.start();
for (const queue of queues) await runStage(base.jobs, queue, pipeline, config.WORKER_CONCURRENCY);
process.stdout.write('ready\n');
await stopped;
await base.jobs.stop();
await pipeline.close();
await base.close();

import { openBase } from '../../src/compose/open-base.ts';
import { openPipeline } from '../../src/compose/open-pipeline.ts';
import { NEEDED, readConfig } from '../../src/config.ts';
import { STAGES } from '../../src/pipeline/stages.ts';

/**
 * A worker composed like `gramota work`, but only for the queues on its command line, so that nothing is drawn or
 * mailed. Runs until SIGTERM.
 */
const queues = process.argv.slice(2);
const config = readConfig(process.env, NEEDED.work);
const base = await openBase(config, 'work', config.WORKER_CONCURRENCY + 5);
const pipeline = await openPipeline(base);
const stopped = new Promise((resolve) => process.once('SIGTERM', resolve));
await base.jobs.start();
for (const entry of STAGES) {
  if (!queues.includes(entry.queue)) continue;
  const handler = entry.make(pipeline) as (data: object) => Promise<void>;
  const concurrency = 'concurrency' in entry ? entry.concurrency : config.WORKER_CONCURRENCY;
  await base.jobs.work(entry.queue, { batchSize: Math.min(concurrency, 10), concurrency }, (job) => handler(job.data));
}
process.stdout.write('ready\n');
await stopped;
await base.jobs.stop();
await pipeline.close();
await base.close();

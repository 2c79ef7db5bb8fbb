import { createJobs } from '../../../src/platform/jobs/jobs.ts';

/** Claims jobs of queue `slow` and never finishes them. */
const SLOW = { name: 'slow', retries: 10, retryDelaySeconds: 1, retryDelayMaxSeconds: 300, timeoutSeconds: 120 };
const log = { warn: () => undefined, error: () => undefined };
const jobs = createJobs({ databaseUrl: process.argv[2] ?? '', queues: [SLOW], log });
await jobs.start();
await jobs.work('slow', {}, async ({ id }) => {
  process.stdout.write(id);
  await new Promise(() => undefined);
});

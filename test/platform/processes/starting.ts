import { createJobs } from '../../../src/platform/jobs/jobs.ts';

/** A process that starts a queue twice, and another one that it stops during its start. It exits by itself. */
const [, , databaseUrl = ''] = process.argv;
const log = { warn: () => undefined, error: () => undefined };
const twice = createJobs({ databaseUrl, queues: [], log });
await Promise.all([twice.start(), twice.start()]);
await twice.stop();
const interrupted = createJobs({ databaseUrl, queues: [], log });
await Promise.all([interrupted.start(), interrupted.stop()]);

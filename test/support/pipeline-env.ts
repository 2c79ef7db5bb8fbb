import { type Sandbox, sandboxSettings } from './world.ts';

/** Settings of real processes on both sandboxes. Deadlines are short, so that letters are settled within the run; the rules are the same. */
export function pipelineEnv(
  databaseUrl: string,
  templates: string,
  { lms, sendsay }: { lms: Sandbox; sendsay: Sandbox },
): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: databaseUrl,
    TEMPLATES_DIR: templates,
    ...sandboxSettings(lms.url, sendsay.url),
    SENDSAY_TIMEOUT_SECONDS: '3',
    SENDSAY_SETTLE_SECONDS: '4',
    SENDSAY_POLL_SECONDS: '1',
    SENDSAY_RATE_PER_SECOND: '75',
    SENDSAY_CONCURRENCY: '5',
    RENDER_THREADS: '1',
    WORKER_CONCURRENCY: '10',
    LOG_FORMAT: 'json',
  };
}

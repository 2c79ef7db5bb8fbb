import type { Sandbox } from './world.ts';

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
    PUBLIC_URL: 'http://127.0.0.1:8080',
    LMS_BASE_URL: lms.url,
    LMS_TOKEN: 'sandbox-lms-token',
    SENDSAY_URL: sendsay.url,
    SENDSAY_ACCOUNT: 'sandbox',
    SENDSAY_API_KEY: 'sandbox-api-key',
    SENDSAY_FROM_EMAIL: 'diplomas@school.example',
    SENDSAY_FROM_NAME: 'School of Continuing Education',
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

import { startLmsSandbox } from '../sandbox/lms-server.ts';
import { startSendsaySandbox } from '../sandbox/sendsay-server.ts';
import { untilStopped } from './until-stopped.ts';

/** What the sandboxes accept when nothing else is configured: fictional values that open nothing outside. */
export const SANDBOX = {
  lmsToken: 'sandbox-lms-token',
  webhookSecret: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC1vZi1ncmFtb3Rh',
  account: 'sandbox',
  apiKey: 'sandbox-api-key',
  fromEmail: 'diplomas@school.example',
} as const;

export interface SandboxOptions {
  port: number;
  /** Teachers in the LMS sandbox's release. */
  size: number;
  /** Where the LMS sandbox sends its webhooks. */
  webhookUrl?: string;
  /** Milliseconds each call of the Sendsay sandbox takes. */
  latency: number;
  /** Its requests in any rolling second; Infinity: no limit. */
  rate: number;
  /** Its changing calls at once; Infinity: no limit. */
  concurrency: number;
}

/** `gramota sandbox lms|sendsay`: one stand-in server in this process, until it is told to stop. */
export async function runSandbox(
  which: 'lms' | 'sendsay',
  options: SandboxOptions,
  env: Record<string, string | undefined>,
  onListening: (url: string) => void,
): Promise<void> {
  const stopped = untilStopped();
  const { port, size, webhookUrl } = options;
  const secret = env['LMS_WEBHOOK_SECRET']?.split(',')[0] ?? SANDBOX.webhookSecret;
  const server =
    which === 'lms'
      ? await startLmsSandbox({
          port,
          size,
          token: env['LMS_TOKEN'] ?? SANDBOX.lmsToken,
          ...(webhookUrl ? { webhook: { url: webhookUrl, secret } } : {}),
        })
      : await startSendsaySandbox({
          port,
          account: env['SENDSAY_ACCOUNT'] ?? SANDBOX.account,
          apiKey: env['SENDSAY_API_KEY'] ?? SANDBOX.apiKey,
          confirmedSenders: [env['SENDSAY_FROM_EMAIL'], env['SENDSAY_REPLY_EMAIL'], SANDBOX.fromEmail].filter(
            (sender) => sender !== undefined,
          ),
          latencyMs: options.latency,
          ratePerSecond: options.rate,
          concurrency: options.concurrency,
        });
  onListening(server.url);
  await stopped;
  await server.close();
}

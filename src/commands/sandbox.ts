import { startLmsSandbox } from '../sandbox/lms-server.ts';
import { startSendsaySandbox } from '../sandbox/sendsay-server.ts';
import { untilStopped } from './until-stopped.ts';

/** Default credentials of the sandboxes: fictional values that give access to nothing else. */
export const SANDBOX = {
  lmsToken: 'sandbox-lms-token',
  webhookSecret: 'whsec_c2FuZGJveC13ZWJob29rLXNlY3JldC1vZi1ncmFtb3Rh',
  account: 'sandbox',
  apiKey: 'sandbox-api-key',
  fromEmail: 'diplomas@school.example',
} as const;

export interface SandboxOptions {
  port: number;
  /** Number of teachers in the LMS sandbox's release. */
  size: number;
  /** Target of the LMS sandbox's webhooks. */
  webhookUrl?: string;
  /** Delay of each call of the Sendsay sandbox, in milliseconds. */
  latency: number;
  /** Maximum number of requests per second; Infinity: no limit; default: each sandbox has its own. */
  rate?: number;
  /** Maximum number of concurrent calls (LMS) or changing calls (Sendsay), in the same way. */
  concurrency?: number;
}

/** `gramota sandbox lms|sendsay`: one stand-in server in this process, until it is stopped. */
export async function runSandbox(
  which: 'lms' | 'sendsay',
  options: SandboxOptions,
  env: Record<string, string | undefined>,
  onListening: (url: string) => void,
): Promise<void> {
  const stopped = untilStopped();
  const { port, size, webhookUrl, rate, concurrency } = options;
  const limits = {
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    ...(concurrency === undefined ? {} : { concurrency }),
  };
  const secret = env['LMS_WEBHOOK_SECRET']?.split(',')[0] ?? SANDBOX.webhookSecret;
  const server =
    which === 'lms'
      ? await startLmsSandbox({
          port,
          size,
          token: env['LMS_TOKEN'] ?? SANDBOX.lmsToken,
          ...limits,
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
          ...limits,
        });
  onListening(server.url);
  await stopped;
  await server.close();
}

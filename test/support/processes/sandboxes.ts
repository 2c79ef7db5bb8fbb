import { SANDBOX } from '../../../src/commands/sandbox.ts';
import type { RunningSandbox } from '../../../src/sandbox/http-listener.ts';
import { startLmsSandbox } from '../../../src/sandbox/lms-server.ts';
import { startSendsaySandbox } from '../../../src/sandbox/sendsay-server.ts';
import type { HostOrder, HostReply } from '../sandbox-host.ts';

/** Sandboxes of one test process, started and stopped on its command; they end with that process. */
const running = new Map<string, RunningSandbox>();

process.on('disconnect', () => process.exit());
process.on('message', async (order: HostOrder) => {
  const { id } = order;
  try {
    const url = 'stop' in order ? await stop(order.stop) : await start(order);
    process.send?.({ id, url } satisfies HostReply);
  } catch (error) {
    process.send?.({ id, fault: String(error) } satisfies HostReply);
  }
});

async function start(order: Extract<HostOrder, { which: string }>): Promise<string> {
  const sandbox =
    order.which === 'lms'
      ? await startLmsSandbox({ port: 0, size: order.size, token: SANDBOX.lmsToken })
      : await startSendsaySandbox({
          port: 0,
          account: SANDBOX.account,
          apiKey: SANDBOX.apiKey,
          confirmedSenders: [SANDBOX.fromEmail],
          latencyMs: 0,
          ratePerSecond: 80,
          concurrency: 5,
        });
  running.set(sandbox.url, sandbox);
  return sandbox.url;
}

async function stop(url: string): Promise<string> {
  await running.get(url)?.close();
  running.delete(url);
  return url;
}

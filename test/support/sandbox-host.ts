import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type HostOrder = { id: number } & ({ which: 'lms'; size: number } | { which: 'sendsay' } | { stop: string });
export type HostReply = { id: number } & ({ url: string } | { fault: string });

const PROGRAM = fileURLToPath(new URL('./processes/sandboxes.js', import.meta.url));

/**
 * One process runs the sandboxes of all worlds of this process, because starting a process for each would cost more
 * than the sandboxes.
 */
let host: ChildProcess | undefined;
let orders = 0;
let pending = 0;

/** Starts a sandbox with the command line's defaults in the other process. */
export async function startInHost(
  sandbox: { which: 'lms'; size: number } | { which: 'sendsay' },
): Promise<{ url: string; pid: number; stop(): Promise<void> }> {
  const url = await ask(sandbox);
  return {
    url,
    pid: host?.pid ?? 0,
    stop: async () => void (await ask({ stop: url })),
  };
}

function ask(order: { which: 'lms'; size: number } | { which: 'sendsay' } | { stop: string }): Promise<string> {
  const child = host ?? open();
  orders += 1;
  const id = orders;
  pending += 1;
  child.channel?.ref();
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      child.off('message', listen);
      child.off('exit', gone);
      pending -= 1;
      // While no command runs, the handle does not keep the process alive.
      if (pending === 0) child.channel?.unref();
      act();
    };
    const listen = (reply: HostReply): void => {
      if (reply.id !== id) return;
      settle(() => ('url' in reply ? resolve(reply.url) : reject(new Error(reply.fault))));
    };
    const gone = (): void => settle(() => reject(new Error('the process of the sandboxes is gone')));
    child.on('message', listen);
    child.on('exit', gone);
    child.send({ id, ...order } satisfies HostOrder);
  });
}

function open(): ChildProcess {
  host = fork(PROGRAM, { env: { PATH: process.env['PATH'] ?? '' }, execArgv: [] });
  host.setMaxListeners(0);
  host.unref();
  host.channel?.unref();
  return host;
}

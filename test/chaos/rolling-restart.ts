import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { tokenContext } from '../../src/commands/token.ts';
import { createToken } from '../../src/coordinate/token-verbs.ts';
import { freePort } from '../../src/demo/children.ts';
import { start, stopped } from '../commands/command-line.ts';
import { firstMatch, RELEASE, startWorld, until } from '../support/world.ts';

/**
 * `npm run chaos:restart`: two `serve` and two `work` are restarted one after the other under 100 requests per second
 * and a running batch. Exit code 1 if a request failed, a letter was sent twice, or the batch did not end.
 */
const EVERY_MS = 10;
const POLL_MS = 200;

interface Backend {
  child: ChildProcess;
  url: string;
  ready: boolean;
}

const world = await startWorld({ size: 60, settings: { DRAIN_SECONDS: process.argv[2] ?? '2' } });
await world.halt();

async function serve(port: string): Promise<Backend> {
  const child = start(['serve'], { ...world.env, PORT: port });
  return { child, url: await firstMatch(child, /listening on (http\S+)/), ready: true };
}
async function work(): Promise<ChildProcess> {
  const child = start(['work'], { ...world.env, LOG_LEVEL: 'info' });
  await firstMatch(child, /worker ready/);
  return child;
}

const ports = [String(await freePort()), String(await freePort())];
const backends = await Promise.all(ports.map(serve));
const workers = [await work(), await work()];
const counts = { asked: 0, failed: 0 };
const faults = new Map<string, number>();
let over = false;

/** Like a load balancer: asks for readiness, and sends no request to a process that is not ready. */
async function watch(): Promise<void> {
  while (!over) {
    for (const backend of backends)
      backend.ready = await fetch(`${backend.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await wait(POLL_MS);
  }
}

async function ask(turn: number): Promise<void> {
  const able = backends.filter(({ ready }) => ready);
  const backend = able[turn % able.length];
  counts.asked += 1;
  const fault =
    backend === undefined
      ? 'no process is ready'
      : await fetch(`${backend.url}/c/none`, { headers: { accept: 'application/json' } }).then(
          async (answer) => {
            await answer.arrayBuffer();
            return answer.status === 404 ? null : `status ${answer.status}`;
          },
          (error: Error) => String((error.cause as { code?: unknown } | undefined)?.code ?? error.message),
        );
  if (fault === null) return;
  counts.failed += 1;
  faults.set(fault, (faults.get(fault) ?? 0) + 1);
}

async function load(): Promise<void> {
  const running = new Set<Promise<void>>();
  for (let turn = 0; !over; turn += 1) {
    const one = ask(turn).finally(() => running.delete(one));
    running.add(one);
    await wait(EVERY_MS);
  }
  await Promise.all(running);
}

const traffic = [watch(), load()];
const { token } = await createToken(tokenContext(world.base.db), { name: 'restart', role: 'coordinator' });
await fetch(`${backends[0]?.url}/api/batches`, {
  method: 'POST',
  headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  body: JSON.stringify({ releaseId: RELEASE }),
});
await until('some letters', async () => (await world.letters()).length >= 5);
for (const [index, port] of ports.entries()) {
  const backend = backends[index];
  if (backend === undefined) continue;
  await stopped(backend.child);
  Object.assign(backend, await serve(port));
  await wait(2 * POLL_MS);
}
for (const [index, worker] of workers.entries()) {
  await stopped(worker);
  workers[index] = await work();
}
await until('the batch to end', async () => {
  const open = ['pending', 'awarded', 'patched', 'rendered', 'sending', 'accepted', 'uncertain'];
  return (await world.base.db('standing').whereIn('state', open).first('state')) === undefined;
});
over = true;
await Promise.all(traffic);
const letters = await world.letters();
const doubled = letters.length - new Set(letters.map(({ customerId }) => customerId)).size;
const result = { ...counts, faults: Object.fromEntries(faults), letters: letters.length, doubled };
process.stdout.write(`${JSON.stringify(result)}\n`);
await Promise.all([...backends.map(({ child }) => child), ...workers].map(stopped));
await world.close();
process.exit(counts.failed === 0 && doubled === 0 ? 0 : 1);

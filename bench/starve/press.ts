import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Client } from 'undici';

/** What the greedy clients were answered, by status. */
export interface Pressed {
  statuses: Record<string, number>;
}

/**
 * A process of clients that a server should not suffer from: slow ones send a header or read a file a few bytes at a
 * time; greedy ones ask without a pause. Each has an address of its own, as a proxy would tell it.
 */
const [, , url = '', slow = '0', greedy = '0'] = process.argv;
const { hostname, port } = new URL(url);
const statuses: Record<string, number> = {};
let over = false;

async function drip(number: number): Promise<void> {
  while (!over) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`GET / HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 198.51.100.${number}\r\nx-slow: `);
    for (let bytes = 0; bytes < 40 && !over && !socket.destroyed; bytes += 1) {
      socket.write('a');
      await wait(250);
    }
    socket.destroy();
  }
}

async function sip(number: number, path: string): Promise<void> {
  while (!over) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 198.51.100.${number}\r\n\r\n`);
    socket.pause();
    for (let reads = 0; reads < 40 && !over && !socket.destroyed; reads += 1) {
      socket.read(64);
      await wait(250);
    }
    socket.destroy();
  }
}

async function ask(number: number, paths: string[]): Promise<void> {
  const client = new Client(url);
  const headers = { 'x-forwarded-for': `203.0.113.${number}` };
  for (let turn = number; !over; turn += 1) {
    const path = paths[turn % paths.length] ?? '/';
    const answer = await client.request({ path, method: 'GET', headers }).catch(() => null);
    if (answer !== null) await answer.body.dump();
    const status = String(answer?.statusCode ?? 'cut');
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  await client.close();
}

process.on('message', (message: string[] | 'stop') => {
  if (message === 'stop') {
    over = true;
    process.send?.({ statuses });
    return;
  }
  const file = message.find((path) => path.endsWith('.pdf')) ?? '/';
  const clients = [
    ...Array.from({ length: Number(slow) }, (_, number) => (number % 2 === 0 ? drip(number) : sip(number, file))),
    ...Array.from({ length: Number(greedy) }, (_, number) => ask(number, message)),
  ];
  void Promise.all(clients);
  process.send?.('begun');
});

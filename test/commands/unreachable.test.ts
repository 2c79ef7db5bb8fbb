import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { gramota } from './command-line.ts';

/** Opens a port whose connections go to `onConnection`; returns the port and a function that closes it. */
async function port(onConnection: (socket: Socket) => void): Promise<{ number: number; close: () => Promise<void> }> {
  const open = new Set<Socket>();
  const server: Server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  return {
    number: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      for (const socket of open) socket.destroy();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}

describe('a command that cannot reach its database exits with code 1 and prints one line', () => {
  const verbs = [['migrate'], ['batch', 'list'], ['batch', 'pause', '0b9f6a0e-3c1d-4a53-9d55-0d2b4c1a7e11']];

  it('when the port accepts connections but never answers', async () => {
    const mute = await port(() => undefined);
    try {
      const env = { DATABASE_URL: `postgres://nobody@127.0.0.1:${mute.number}/none` };
      for (const ran of await Promise.all(verbs.map((verb) => gramota(verb, env)))) {
        assert.deepEqual([ran.code, ran.out, ran.err.length], [1, [], 1], ran.err.join('\n'));
        assert.match(ran.err[0] ?? '', /^error: database: no response in time/);
      }
    } finally {
      await mute.close();
    }
  });

  it('when the port is closed', async () => {
    const closed = await port(() => undefined);
    await closed.close();
    const env = { DATABASE_URL: `postgres://nobody@127.0.0.1:${closed.number}/none` };
    for (const ran of await Promise.all(verbs.map((verb) => gramota(verb, env)))) {
      assert.deepEqual([ran.code, ran.out, ran.err.length], [1, [], 1], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', /^error: database: .*ECONNREFUSED/);
    }
  });
});

describe('a command whose database answers but whose job queue does not', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  it('exits with code 1 and prints one line', async () => {
    const real = new URL(database.url);
    // The first bytes of a connection contain the application's name. Connections of the job queue never get a
    // response.
    const proxy = await port((socket) => {
      socket.once('data', (first) => {
        if (first.includes('gramota-cli-jobs')) return;
        const upstream = connect(Number(real.port), real.hostname);
        upstream.on('error', () => socket.destroy());
        socket.on('close', () => upstream.destroy());
        upstream.on('close', () => socket.destroy());
        upstream.write(first);
        socket.pipe(upstream).pipe(socket);
      });
    });
    try {
      const through = new URL(database.url);
      through.hostname = '127.0.0.1';
      through.port = String(proxy.number);
      const ran = await gramota(['reconcile', '--repair', '--reason', 'a test'], { DATABASE_URL: through.href });
      assert.deepEqual([ran.code, ran.err.length], [1, 1], ran.err.join('\n'));
      assert.match(ran.err[0] ?? '', /^error: /);
    } finally {
      await proxy.close();
    }
  });
});

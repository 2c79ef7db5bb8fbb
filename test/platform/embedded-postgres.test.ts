import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded-postgres/start.ts';
import { isAlive } from '../../src/platform/database/start-lock.ts';

const program = fileURLToPath(new URL('./processes/holding-postgres.js', import.meta.url));
const root = process.getuid?.() === 0;
const base = await mkdtemp(path.join(tmpdir(), 'gramota-embedded-test-'));
await chmod(base, 0o755);
const made: string[] = [];
after(async () => {
  for (const dir of made) await removeEmbeddedPostgres(dir);
  await rm(base, { recursive: true, force: true });
});

function place(...names: string[]): string {
  const dir = path.join(base, ...names);
  made.push(dir);
  return dir;
}

async function query(url: string, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return String(Object.values((await client.query(sql)).rows[0] ?? {})[0]);
  } finally {
    await client.end();
  }
}

interface Holder {
  process: ChildProcess;
  url: string;
  adopted: boolean;
}

async function hold(dataDir: string, { kind = 'lasting', uid }: { kind?: string; uid?: number } = {}): Promise<Holder> {
  const account = uid === undefined ? {} : { uid, gid: uid, cwd: '/' };
  const child = spawn(process.execPath, [program, dataDir, kind], { stdio: ['pipe', 'pipe', 'inherit'], ...account });
  const [line] = await once(child.stdout, 'data');
  return { process: child, ...(JSON.parse(String(line)) as { url: string; adopted: boolean }) };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function postmaster(dataDir: string): Promise<number> {
  const { home } = JSON.parse(await readFile(path.join(dataDir, 'cluster.json'), 'utf8')) as { home: string };
  return Number((await readFile(path.join(home, 'cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
}

async function gone(condition: () => Promise<boolean> | boolean): Promise<void> {
  // Ends a process that hangs, however busy the machine is.
  const end = performance.now() + 300_000;
  while (!(await condition())) {
    assert.ok(performance.now() < end, 'still there after 300 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('an embedded PostgreSQL cluster with persistent data', () => {
  const dataDir = place('lasting');

  test('starts in an empty directory, on 127.0.0.1 only, with a password', async (context) => {
    const start = performance.now();
    const server = await startEmbeddedPostgres({ dataDir });
    context.diagnostic(`first start: ${Math.round(performance.now() - start)} ms`);
    assert.equal(server.adopted, false);
    assert.equal(await query(server.url, 'show listen_addresses'), '127.0.0.1');
    assert.equal(await query(server.url, 'show server_encoding'), 'UTF8');
    assert.equal(await query(server.url, 'show fsync'), 'on');
    await assert.rejects(
      query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1'),
      /password authentication failed/,
    );
    assert.equal((await stat(path.join(dataDir, 'password'))).mode & 0o777, 0o600);
    await query(server.url, 'create table kept as select 42 as answer');
    await server.stop();
    await assert.rejects(query(server.url, 'select 1'), /ECONNREFUSED/);
  });

  test('restarts on the same port with its data', async (context) => {
    const start = performance.now();
    const server = await startEmbeddedPostgres({ dataDir });
    context.diagnostic(`second start: ${Math.round(performance.now() - start)} ms`);
    assert.equal(await query(server.url, 'select answer from kept'), '42');
    const { port } = new URL(server.url);
    await server.stop();
    const again = await startEmbeddedPostgres({ dataDir });
    assert.equal(new URL(again.url).port, port);
    await again.stop();
  });

  test('is used again by a new process after its parent was killed with kill -9', async () => {
    const parent = await hold(dataDir);
    const pid = await postmaster(dataDir);
    await killed(parent.process);
    assert.ok(isAlive(pid));
    const server = await startEmbeddedPostgres({ dataDir });
    assert.equal(server.adopted, true);
    assert.equal(await postmaster(dataDir), pid);
    await server.stop();
    assert.ok(!isAlive(pid));
  });

  test('recovers when the server was killed with kill -9 under load', async (context) => {
    const first = await startEmbeddedPostgres({ dataDir });
    const busy = query(first.url, 'insert into kept select n from generate_series(1, 30000000) n').catch(() => 'cut');
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(await postmaster(dataDir), 'SIGKILL');
    const start = performance.now();
    const server = await startEmbeddedPostgres({ dataDir });
    context.diagnostic(`back after ${Math.round(performance.now() - start)} ms`);
    assert.equal(await query(server.url, 'select count(*) from kept'), '1');
    assert.equal(await busy, 'cut');
    await first.stop();
    assert.equal(await query(server.url, 'select 1'), '1');
    await server.stop();
    await assert.rejects(query(server.url, 'select 1'), /ECONNREFUSED/);
  });

  test('ignores the lock file of a dead process', async () => {
    await writeFile(path.join(dataDir, 'start.lock'), '999999999 left-over');
    const server = await startEmbeddedPostgres({ dataDir });
    await server.stop();
  });
});

test('two processes that create one PostgreSQL cluster at once share a server; the last process to exit stops it', async () => {
  const dataDir = place('shared');
  const [a, b] = await Promise.all([hold(dataDir), hold(dataDir)]);
  assert.equal(a.url, b.url);
  assert.deepEqual([a.adopted, b.adopted].sort(), [false, true]);
  const pid = await postmaster(dataDir);
  a.process.stdin?.write('stop');
  await once(a.process, 'exit');
  assert.equal(await query(b.url, 'select 1'), '1');
  b.process.stdin?.write('stop');
  await once(b.process, 'exit');
  assert.ok(!isAlive(pid));
});

test('a temporary PostgreSQL cluster leaves no files, even after kill -9 of its parent process', async () => {
  const dataDir = place('ephemeral');
  const server = await startEmbeddedPostgres({ dataDir, ephemeral: true });
  await server.stop();
  await assert.rejects(stat(dataDir), /ENOENT/);
  const parent = await hold(dataDir, { kind: 'ephemeral' });
  const pid = await postmaster(dataDir);
  await killed(parent.process);
  await gone(() => !isAlive(pid));
  await gone(() =>
    stat(dataDir).then(
      () => false,
      () => true,
    ),
  );
});

test('a PostgreSQL port that is in use is refused in one line', async () => {
  const dataDir = place('taken');
  const server = await startEmbeddedPostgres({ dataDir });
  const port = Number(new URL(server.url).port);
  await assert.rejects(startEmbeddedPostgres({ dataDir: place('second'), port }), {
    name: 'InputError',
    message: `embedded PostgreSQL: port ${port} on 127.0.0.1 is in use; choose another port`,
  });
  await server.stop();
});

test('root can keep PostgreSQL data in a home directory that other users cannot enter', {
  skip: root ? false : 'needs root',
}, async () => {
  await mkdir(path.join(base, 'home'), { mode: 0o700 });
  const dataDir = place('home', 'data');
  const told: string[] = [];
  const server = await startEmbeddedPostgres({ dataDir, log: (line) => told.push(line) });
  const home = path.dirname(await query(server.url, 'show data_directory'));
  assert.ok(!home.startsWith(base));
  assert.match(told.join(), /cannot reach .* so the cluster lies in/);
  const { uid, mode } = await stat(home);
  assert.deepEqual([uid, mode & 0o777], [0, 0o711]);
  await query(server.url, 'create table kept as select 42 as answer');
  await server.stop();
  const again = await startEmbeddedPostgres({ dataDir });
  assert.equal(await query(again.url, 'select answer from kept'), '42');
  await again.stop();
  await removeEmbeddedPostgres(dataDir);
  await assert.rejects(stat(home), /ENOENT/);
});

test('an ordinary user runs the PostgreSQL server under their own account', {
  skip: root ? false : 'needs root to become another user',
}, async () => {
  const nobody = 65_534;
  const dataDir = place('ordinary');
  await mkdir(dataDir, { mode: 0o700 });
  await chown(dataDir, nobody, nobody);
  const holder = await hold(dataDir, { uid: nobody });
  assert.equal((await stat(path.join(dataDir, 'cluster'))).uid, nobody);
  assert.equal(await query(holder.url, 'select 1'), '1');
  holder.process.stdin?.write('stop');
  await once(holder.process, 'exit');
  // root may use the cluster afterwards; the cluster keeps its account.
  const server = await startEmbeddedPostgres({ dataDir });
  assert.equal(await query(server.url, 'select 1'), '1');
  await server.stop();
});

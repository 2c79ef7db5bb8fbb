import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, get as httpGet, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createPostgresArtefacts } from '../../src/adapters/artefacts/postgres-artefacts.ts';
import type { AppDeps } from '../../src/app.ts';
import { certificatesOf } from '../../src/records/certificates/register-rows.ts';
import { inSnapshot } from '../../src/records/snapshot.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { until } from '../support/world.ts';
import { appOver, seedCertificate, tokenFor } from './harness.ts';

describe('an export that is read slowly', () => {
  let database: TestDatabase;
  let viewer: string;
  before(async () => {
    database = await testDatabase();
    viewer = (await tokenFor(database.knex, 'viewer')).header;
    for (let number = 10; number < 34; number += 1)
      await seedCertificate(database.knex, { number: `INT-26-0000${number}` });
  });
  const servers: Server[] = [];
  after(async () => {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
    await database.drop();
  });
  const opened = async (get: AppDeps['artefacts']['get']) => {
    const artefacts = { ...createPostgresArtefacts(database.knex), get };
    const { app, overheard } = appOver(database.knex, { artefacts });
    const server = createServer(app).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const path = '/api/releases/rel_test/diplomas.zip';
    const open = () => httpGet({ port, host: '127.0.0.1', path, headers: { Authorization: viewer } });
    return { open, overheard };
  };
  it('reads only little more than the caller takes, and nothing after the caller has hung up', async () => {
    let asked = 0;
    const big = Buffer.alloc(32 * 1024 * 1024, 'x');
    const { open, overheard } = await opened(async () => {
      asked += 1;
      return big;
    });
    const req = open();
    const [res] = await once(req, 'response');
    await once(res, 'readable');
    await until('the first file to be read', async () => asked > 0);
    req.destroy();
    await until('the answer to be broken off', async () => overheard.lines.some(({ fields }) => fields['brokenOff']));
    assert.ok(asked < 8, `${asked} of 24 files were read`);
  });

  it('refuses a fourth export while three are being made', async () => {
    let release = (): void => undefined;
    let asked = 0;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { open } = await opened(async () => {
      asked += 1;
      await released;
      return null;
    });
    const three = [open(), open(), open()].map(async (req) => {
      const [res] = await once(req, 'response');
      res.resume();
      await once(res, 'end');
      return res.statusCode;
    });
    await until('three exports to run', async () => asked === 3);
    const [refused] = await once(open(), 'response');
    assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '30']);
    assert.match(refused.headers['content-type'], /problem/);
    refused.resume();
    release();
    assert.deepEqual(await Promise.all(three), [200, 200, 200]);
  });

  it('reads one state of the database from its beginning to its end', async () => {
    const { knex } = database;
    const numbers: string[] = [];
    const twice = inSnapshot(knex, async function* (snapshot) {
      yield* certificatesOf(snapshot, 'rel_test');
      yield* certificatesOf(snapshot, 'rel_test');
    });
    const first = (await twice.next()).value.map(({ number }: { number: string }) => number);
    await seedCertificate(knex, { number: 'INT-26-000009' });
    for await (const rows of twice) numbers.push(...rows.map(({ number }) => number));
    assert.deepEqual(numbers, first);
  });

  it('ends its transaction when its reader stops early', async () => {
    const { knex } = database;
    const open = async () =>
      (await knex.raw(`select 1 from pg_stat_activity where datname = current_database() and state like 'idle in tr%'`))
        .rows;
    const rows = inSnapshot(knex, (snapshot) => certificatesOf(snapshot, 'rel_test'));
    await rows.next();
    assert.equal((await open()).length, 1);
    await rows.return(undefined);
    assert.equal((await open()).length, 0);
  });
});

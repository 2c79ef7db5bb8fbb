import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Knex } from 'knex';
import { sharedStatement } from '../../src/platform/database/coalesced-reads.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import {
  collectBeforeCommit,
  type GroupedTransactions,
  groupTransactions,
  readOnce,
} from '../../src/platform/database/grouped-transactions.ts';
import { RolledBack } from '../../src/platform/database/honest-commit.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

describe('transactions that several calls share', () => {
  let database: TestDatabase;
  let db: Knex;
  before(async () => {
    database = await testDatabase();
    db = openDatabase({ url: database.url, poolMax: 5, applicationName: 'test', prepared: true });
    await db.raw(`create table grouped (name text primary key, xid xid8 not null default pg_current_xact_id());
      create table collected (names text)`);
  });
  after(async () => {
    await db.destroy();
    await database.drop();
  });

  const insert = (grouped: GroupedTransactions, name: string) =>
    grouped([], async (trx) => {
      await trx('grouped').insert({ name });
      return name;
    });
  const insertTwice = async (trx: Knex) => trx('grouped').insert([{ name: 'twice' }, { name: 'twice' }]);
  const stored = (prefix: string) => db('grouped').whereLike('name', `${prefix}%`).orderBy('name').pluck('name');
  const transactions = async (prefix: string) =>
    (await db('grouped').whereLike('name', `${prefix}%`).distinct('xid')).length;

  it('commit calls of the same moment together, and return the result of each', async () => {
    const grouped = groupTransactions(db);
    const names = await Promise.all(['a1', 'a2', 'a3'].map((name) => insert(grouped, name)));
    assert.deepEqual(names, ['a1', 'a2', 'a3']);
    assert.equal(await transactions('a'), 1);
  });

  it('are tried only once more, each alone, while there is no database', async () => {
    let connections = 0;
    const gone = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const { port } = gone.address() as AddressInfo;
    const nowhere = openDatabase({ url: `postgres://a:b@127.0.0.1:${port}/c`, poolMax: 5, applicationName: 'test' });
    try {
      const grouped = groupTransactions(nowhere, { most: 16 });
      const calls = Array.from({ length: 16 }, () => grouped([], async (trx) => trx.raw('select 1')));
      for (const { status } of await Promise.allSettled(calls)) assert.equal(status, 'rejected');
      assert.ok(connections <= 17, `${connections} connections`);
    } finally {
      await nowhere.destroy();
      gone.close();
    }
  });

  it('hold no more calls than they may', async () => {
    const grouped = groupTransactions(db, { most: 2 });
    await Promise.all(['b1', 'b2', 'b3', 'b4', 'b5'].map((name) => insert(grouped, name)));
    assert.deepEqual(await stored('b'), ['b1', 'b2', 'b3', 'b4', 'b5']);
    assert.equal(await transactions('b'), 3);
  });

  it('read once what all calls need, and each on its own where they share no transaction', async () => {
    let reads = 0;
    const read = async (trx: Knex) => {
      reads += 1;
      return (await trx.raw('select pg_current_xact_id()::text as id')).rows[0].id;
    };
    const grouped = groupTransactions(db);
    const ask = (key: string) => grouped([], (trx) => readOnce(trx, key, read));
    const [first, second, other] = await Promise.all([ask('x'), ask('x'), ask('y')]);
    assert.equal(first, second);
    assert.equal(first, other, 'one transaction');
    assert.equal(reads, 2);
    assert.notEqual(await ask('x'), first, 'nothing is kept beyond the transaction');
    await db.transaction(async (trx) => {
      await readOnce(trx, 'x', read);
      await readOnce(trx, 'x', read);
    });
    assert.equal(reads, 5);
  });

  it('never make another transaction fail: in a deadlock the shared one is given up', async () => {
    await db('grouped').insert([{ name: 'x1' }, { name: 'x2' }]);
    const lock = async (trx: Knex, name: string) => trx('grouped').where({ name }).forUpdate().first('name');
    const grouped = groupTransactions(db);
    let passed = (): void => undefined;
    const otherWaits = new Promise<void>((resolve) => {
      passed = resolve;
    });
    const other = await db.transaction();
    await lock(other, 'x2');
    const shared = Promise.all([
      grouped([], (trx) => lock(trx, 'x1')),
      grouped([], async (trx) => {
        await otherWaits;
        return lock(trx, 'x2');
      }),
    ]);
    while ((await db.raw(`select 1 from grouped where name = 'x1' for update skip locked`)).rows.length > 0);
    const crossing = lock(other, 'x1');
    const waiting = () =>
      db.raw(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
    while ((await waiting()).rows.length === 0);
    passed();
    assert.deepEqual(await crossing, { name: 'x1' });
    await other.commit();
    assert.deepEqual(await shared, [{ name: 'x1' }, { name: 'x2' }]);
  });

  for (const [why, fail] of [
    ['throws', async () => Promise.reject(new Error('a bad record'))],
    ['violates a constraint', (trx: Knex) => insertTwice(trx)],
  ] as const)
    it(`commit the others when one call ${why}`, async () => {
      const grouped = groupTransactions(db);
      const prefix = `c ${why}`;
      const results = await Promise.allSettled([
        insert(grouped, `${prefix} 1`),
        grouped([], async (trx) => {
          await trx('grouped').insert({ name: `${prefix} bad` });
          await fail(trx);
        }),
        insert(grouped, `${prefix} 2`),
      ]);
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      );
      assert.deepEqual(await stored(prefix), [`${prefix} 1`, `${prefix} 2`]);
    });

  it('still share transactions when one call of many fails', async () => {
    const grouped = groupTransactions(db);
    const good = Array.from({ length: 7 }, (_, index) => insert(grouped, `m${index}`));
    const bad = grouped([], async () => Promise.reject(new Error('a bad record')));
    const results = await Promise.allSettled([...good, bad]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 7);
    assert.equal(await transactions('m'), 3, 'four, two and one of them together');
  });

  it('let nobody wait for a call that waits for a lock', async () => {
    const grouped = groupTransactions(db, { lockTimeoutMs: 50 });
    await db('grouped').insert({ name: 'd locked' });
    const holder = await db.transaction();
    await holder('grouped').where({ name: 'd locked' }).forUpdate();
    const waits = grouped([], (trx) => trx('grouped').where({ name: 'd locked' }).update({ name: 'd changed' }));
    assert.equal(await insert(grouped, 'd other'), 'd other');
    await holder.commit();
    assert.equal(await waits, 1);
    assert.deepEqual(await stored('d'), ['d changed', 'd other']);
  });

  it('let nobody who comes later wait for a call that waits for a lock', async () => {
    const grouped = groupTransactions(db, { lockTimeoutMs: 50, patienceMs: 50 });
    await db('grouped').insert({ name: 'k locked' });
    const holder = await db.transaction();
    await holder('grouped').where({ name: 'k locked' }).forUpdate();
    const over: string[] = [];
    const waits = grouped([], (trx) => trx('grouped').where({ name: 'k locked' }).update({ name: 'k changed' }));
    const locked = waits.then(
      () => over.push('locked'),
      () => over.push('failed'),
    );
    await nextTurn();
    await nextTurn();
    // Where it waits, the time of the lock ends first.
    const others = ['k other', 'k another'].map((name) => insert(grouped, name).then(() => over.push(name)));
    await Promise.all(others);
    await holder.commit();
    await locked;
    assert.deepEqual(over, ['k other', 'k another', 'locked']);
    assert.equal(await transactions('k'), 2);
  });

  it('tell nobody that a thing is done when one call hides that a statement failed', async () => {
    const grouped = groupTransactions(db);
    const results = await Promise.allSettled([
      insert(grouped, 'l1'),
      insert(grouped, 'l2'),
      grouped([], async (trx) => {
        // After the others.
        for (let n = 0; n < 3; n += 1) await trx.raw('select');
        await insertTwice(trx).catch(() => undefined);
      }),
    ]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.deepEqual(await stored('l'), ['l1', 'l2']);
    const alone = db.transaction((trx) => insertTwice(trx).catch(() => undefined));
    await assert.rejects(alone, RolledBack);
  });

  const asked: string[][] = [];
  const stamp = sharedStatement(async (trx: Knex, names: string[]) => {
    asked.push(names);
    await trx('grouped').insert(names.map((name) => ({ name })));
    return names.map((name) => name.toUpperCase());
  });

  it('make their shared statements in one, with a result for each', async () => {
    asked.length = 0;
    const grouped = groupTransactions(db);
    const twice = (name: string) =>
      grouped([name], async (trx) => [await stamp(trx, `e ${name}1`), await stamp(trx, `e ${name}2`)]);
    assert.deepEqual(await Promise.all([twice('x'), twice('y')]), [
      ['E X1', 'E X2'],
      ['E Y1', 'E Y2'],
    ]);
    assert.deepEqual(asked, [
      ['e x1', 'e y1'],
      ['e x2', 'e y2'],
    ]);
    await db.transaction((trx) => Promise.all([stamp(trx, 'e z1'), stamp(trx, 'e z2')]));
    assert.deepEqual(asked.slice(2), [['e z1'], ['e z2']], 'not shared: each is a statement of its own');
  });

  it('repeat each call alone when a shared statement fails', async () => {
    asked.length = 0;
    const grouped = groupTransactions(db);
    const results = await Promise.allSettled(
      ['f x', 'f y', 'f y'].map((name, index) => grouped([`${index}`], (trx) => stamp(trx, name))),
    );
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ['fulfilled', 'fulfilled', 'rejected']);
    assert.deepEqual(await stored('f'), ['f x', 'f y']);
    assert.equal(asked[0]?.length, 3);
  });

  it('run calls about the same subject one after the other', async () => {
    const grouped = groupTransactions(db);
    const count = (subjects: string[]) =>
      grouped(subjects, async (trx) => {
        const names: string[] = await trx('grouped').whereLike('name', 'g%').pluck('name');
        await stamp(trx, `g${names.length}`);
        return names.length;
      });
    assert.deepEqual(await Promise.all([count(['a', 'b']), count(['b', 'c']), count(['c'])]), [0, 1, 2]);
    assert.equal(await transactions('g'), 1);
  });

  it('begin no oftener than they may, but at once after a pause', async () => {
    const grouped = groupTransactions(db, { paceMs: 3_600_000, most: 3 });
    assert.equal(await insert(grouped, 'h1'), 'h1');
    await Promise.all(['h2', 'h3', 'h4'].map((name) => insert(grouped, name)));
    assert.equal(await transactions('h'), 2, 'as many as a transaction may hold wait no longer');
    const paced = groupTransactions(db, { paceMs: 100 });
    const began = performance.now();
    for (const name of ['i1', 'i2']) await insert(paced, name);
    assert.ok(performance.now() - began >= 99, 'the second one waited');
  });

  it('wait no longer once enough calls came, also one after the other', async () => {
    const grouped = groupTransactions(db, { paceMs: 3_600_000, enough: () => 2 });
    await insert(grouped, 'j1');
    const first = insert(grouped, 'j2');
    await nextTurn();
    await nextTurn();
    assert.equal(await transactions('j'), 1, 'it waits for another one');
    await Promise.all([first, insert(grouped, 'j3')]);
    assert.equal(await transactions('j'), 2);
  });

  it('act once on what their calls collected, but not on what a failed one did', async () => {
    const grouped = groupTransactions(db);
    const acts: string[][] = [];
    const collect = (name: string, fails = false) =>
      grouped([], async (trx) => {
        const collected = collectBeforeCommit(trx, 'names', [name], async (shared, names) => {
          acts.push(names);
          await shared('collected').insert({ names: names.join(' ') });
        });
        if (!collected) await trx('collected').insert({ names: name });
        if (fails) throw new Error('a bad record');
      });
    await Promise.all([collect('x'), collect('y')]);
    assert.deepEqual(await db('collected').pluck('names'), ['x y']);
    await db('collected').del();
    await Promise.allSettled([collect('x'), collect('bad', true), collect('y')]);
    assert.deepEqual((await db('collected').pluck('names')).toSorted(), ['x', 'y']);
    assert.deepEqual(acts, [['x', 'y']]);
  });
});

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { type Call, errorsOf, letter, startClient } from './sendsay-client.ts';

describe('stat.uni of the stand-in Sendsay', () => {
  let clock = Date.UTC(2026, 10, 20, 10, 0, 0);
  let sendsay: Awaited<ReturnType<typeof startClient>>;
  before(async () => {
    sendsay = await startClient({ trackerSeconds: 4, deliverySeconds: 60, now: () => new Date(clock) });
  });
  after(() => sendsay.close());
  afterEach(() => sendsay.command('/sandbox/reset', {}));

  const SELECT = ['deliv.member.email', 'deliv.status', 'deliv.dt', 'deliv.error'];
  const ask = (change: Call = {}) =>
    sendsay.call({ action: 'stat.uni', result: 'response', select: SELECT, order: ['deliv.letter.id'], ...change });
  const rows = async (change: Call = {}) => (await ask(change))['list'] as unknown[][];
  const send = (email: string) => sendsay.call(letter({ email }));

  test('reports a letter after it was sent: first as queued, then with the result of its address', async () => {
    for (const name of ['anna', 'hard-bounce.1', 'soft-bounce']) await send(`${name}@school.example`);
    assert.deepEqual(await rows(), [], 'the trackers are not at their end');
    clock += 5000;
    assert.deepEqual(new Set((await rows()).map((row) => row[1])), new Set(['trying']));
    clock += 60_000;
    const unique = new Map((await rows()).map((row) => [row[0], row.slice(1)]));
    assert.deepEqual(unique.get('anna@school.example'), ['taken', '2026-11-20 13:01:04', '']);
    assert.equal(unique.get('hard-bounce.1@school.example')?.[0], 'no-mailbox');
    assert.match(String(unique.get('soft-bounce@school.example')?.[2]), /4\.2\.2/);
  });

  test('can omit an address, or use unknown statuses and other names', async () => {
    await sendsay.command('/sandbox/addresses', { email: 'a@school.example', delivery: 'silent' });
    await sendsay.command('/sandbox/addresses', { email: 'b@school.example', delivery: 'odd' });
    for (const name of ['a', 'b', 'c']) await send(`${name}@school.example`);
    clock += 100_000;
    const words = { fields: { status: 'msg.code', email: 'msg.to' }, statuses: { delivered: 200 } };
    await sendsay.command('/sandbox/statistics', words);
    const told = await rows({ select: ['msg.to', 'msg.code'] });
    assert.deepEqual(
      new Map(told.map(([to, code]) => [to, String(code)])),
      new Map([
        ['b@school.example', 'sandbox-surprise'],
        ['c@school.example', '200'],
      ]),
    );
    assert.deepEqual(errorsOf(await ask()), ['error/stat/request'], 'the old names are unknown now');
  });

  test('supports pages, one filter operator, and only result: response', async () => {
    for (let n = 0; n < 4; n += 1) await send(`t${n}@school.example`);
    clock += 100_000;
    const all = await rows();
    assert.ok(all.length > 4, 'some rows come twice');
    assert.deepEqual([...(await rows({ first: 3 })), ...(await rows({ first: 100, skip: 3 }))], all);
    const one = await rows({ filter: [{ a: 'deliv.member.email', op: '==', v: 't1@school.example' }] });
    assert.deepEqual(new Set(one.map((row) => row[0])), new Set(['t1@school.example']));
    for (const change of [{ result: 'save' }, { select: ['nope'] }, { select: [] }, { order: ['nope'] }, { first: 0 }])
      assert.deepEqual(errorsOf(await ask(change)), ['error/stat/request'], JSON.stringify(change));
  });
});

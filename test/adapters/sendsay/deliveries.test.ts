import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDeliveryMap } from '../../../src/adapters/sendsay/delivery-map.ts';
import { MailUnavailable } from '../../../src/ports/mail.ts';
import { json, raw, type Step, serve } from '../scripted-server.ts';
import { errors, mailAt } from './setting.ts';

/** Field names and values are fictional. */
const MAP = readDeliveryMap(
  `
delivery:
  select: { letter: x.letter, issue: x.issue, status: x.state, at: x.when, detail: x.said }
  delivered: [1, taken]
  hardBounce: [dead]
  softBounce: [full]
  underWay: [""]
`,
  'sendsay.yaml',
);
const PAGE = { issueId: '9001', first: 1000, skip: 2000 };

describe('the Sendsay query stat.uni', () => {
  it('requests one issue with the fields of sendsay.yaml, through the rate limiter for statistics', async (t) => {
    const server = await serve(t, json({ list: [], last_page: '1' }));
    const { mail, gates } = mailAt(t, server.url, { deliveries: MAP });
    assert.deepEqual(await mail.deliveries?.list(PAGE), { reports: [], unreadable: 0, lastPage: true });
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ''), {
      action: 'stat.uni',
      result: 'response',
      select: ['x.letter', 'x.issue', 'x.state', 'x.when', 'x.said'],
      filter: [{ a: 'x.issue', op: '==', v: '9001' }],
      order: ['x.letter'],
      first: 1000,
      skip: 2000,
    });
    assert.deepEqual([gates.changing(), gates.reading()], [1, 0]);
  });

  it('reads rows in the order of these fields; numbers may be text, times are Moscow time, and texts are reduced to a code', async (t) => {
    const list = [
      [42, '9001', '1', '2026-11-20 13:5:9', ''],
      ['43', 9001, 'dead', '2026-11-20 13:05:09', 'host said: 550 5.1.1 <assel@example.kz>: unknown'],
      [44, 9001, 'full', null, '452 try later'],
      [45, 9001, '', '', ''],
      [46, 9001, 'to assel@example.kz', '', ''],
    ];
    const server = await serve(t, json({ list }));
    const page = await mailAt(t, server.url, { deliveries: MAP }).mail.deliveries?.list(PAGE);
    const at = new Date('2026-11-20T10:05:09Z');
    const issueId = '9001';
    assert.deepEqual(page?.reports, [
      { letter: '42', issueId, outcome: 'delivered', at, code: null, status: '1' },
      { letter: '43', issueId, outcome: 'hard-bounce', at, code: '5.1.1', status: 'dead' },
      { letter: '44', issueId, outcome: 'soft-bounce', at: null, code: '452', status: 'full' },
      { letter: '45', issueId, outcome: 'under-way', at: null, code: null, status: '' },
      { letter: '46', issueId, outcome: 'unknown', at: null, code: null, status: 'to (address)' },
    ]);
  });

  it('counts rows that cannot be read', async (t) => {
    const list = [[1], null, {}, ['', 9001, '1', '', ''], [0, 9001, '1', '', ''], [7, null, '1', '', '']];
    const server = await serve(t, json({ list }));
    const page = await mailAt(t, server.url, { deliveries: MAP }).mail.deliveries?.list(PAGE);
    assert.deepEqual(page, { reports: [], unreadable: list.length, lastPage: false });
  });

  it('refuses a response without a list', async (t) => {
    const steps: [string, Step][] = [
      ['an error', json(errors({ id: 'error/stat/field' }))],
      ['no list', json({ 'track.id': 5 })],
      ['503', raw('busy', 503)],
    ];
    for (const [name, step] of steps) {
      const { mail } = mailAt(t, (await serve(t, step)).url, { deliveries: MAP });
      await assert.rejects(async () => mail.deliveries?.list(PAGE), MailUnavailable, name);
    }
  });

  it('is not sent when sendsay.yaml has no "delivery"', async (t) => {
    assert.equal(mailAt(t, (await serve(t, json({}))).url).mail.deliveries, null);
  });
});

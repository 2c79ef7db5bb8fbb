import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { numberOf, quoteSafely, readMoscowTime } from '../../../src/adapters/sendsay/wire.ts';
import { MailUnavailable } from '../../../src/ports/mail.ts';
import { closedPort, cutAfterHeaders, json, neverAnswers, raw, type Step, serve } from '../scripted-server.ts';
import { authFailed, errors, mailAt } from './setting.ts';

const row = (change: Record<string, unknown> = {}) => ({
  id: 501,
  dt: '2026-11-20 13:05:09',
  action: 'issue.send/personal',
  status: -1,
  'track.info': 'issue-1',
  param: { letter: 42, 'issue.id': '7', email: 'assel@example.kz' },
  ...change,
});
const expected = {
  trackId: '501',
  personalIssueId: 'issue-1',
  outcome: { kind: 'sent', letter: '42', issueId: '7' },
  createdAt: new Date('2026-11-20T10:05:09Z'),
};

describe('the Sendsay query track.list', () => {
  it('requests trackers of personal issues, newest first', async (t) => {
    const server = await serve(t, json({ list: [row()], last_page: 1 }));
    const { mail, gates } = mailAt(t, server.url);
    assert.deepEqual(await mail.listTrackers({ first: 50, skip: 100 }), {
      trackers: [expected],
      unreadable: 0,
      lastPage: true,
    });
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ''), {
      action: 'track.list',
      filter: [{ a: 'action', op: 'in', v: ['issue.send/personal'] }],
      order: ['-track.dt'],
      first: 50,
      skip: 100,
    });
    assert.deepEqual([gates.changing(), gates.reading()], [0, 1]);
  });

  it('accepts numbers as strings, prefixed names, and dates without leading zeros', async (t) => {
    const strings = row({ id: '501', status: '-1', dt: '2026-11-20 13:5:9' });
    const prefixed = {
      'track.id': '501',
      'track.dt': '2026-11-20 13:05:09',
      'track.action': 'issue.send/personal',
      'track.status': '-1',
      'track.info': 'issue-1',
      'track.letter': '42',
      'issue.id': 7,
    };
    const server = await serve(t, json({ list: [strings, prefixed], last_page: '1' }));
    const page = await mailAt(t, server.url).mail.listTrackers({ first: 50, skip: 0 });
    assert.deepEqual(page, { trackers: [expected, expected], unreadable: 0, lastPage: true });
  });

  it('distinguishes a tracker with a letter number from one without', async (t) => {
    const list = ['', null, 0, '0'].map((letter) => row({ param: { letter, error: 'unsubscribed' } }));
    const server = await serve(t, json({ list }));
    const page = await mailAt(t, server.url).mail.listTrackers({ first: 50, skip: 0 });
    const detail = 'The provider finished without a letter: the recipient was skipped (unsubscribed).';
    for (const { outcome } of page.trackers)
      assert.deepEqual(outcome, { kind: 'refused', code: 'skipped', detail, recipient: true });
  });

  const outcomeOf = async (t: TestContext, change: Record<string, unknown>) => {
    const server = await serve(t, json({ list: [row(change)] }));
    return (await mailAt(t, server.url).mail.listTrackers({ first: 50, skip: 0 })).trackers[0]?.outcome;
  };

  it('reads error, cancellation and moderation as "refused", but not as the recipient\'s fault', async (t) => {
    for (const [status, code] of [
      [-2, 'provider-error'],
      [-3, 'provider-cancelled'],
      [-6, 'moderation'],
    ] as const) {
      const outcome = await outcomeOf(t, { status });
      assert.ok(outcome?.kind === 'refused' && outcome.code === code && !outcome.recipient, code);
    }
  });

  it('reads a deferred, moderated, paused, running or unknown status as "in progress"', async (t) => {
    for (const status of [-7, -5, -4, 0, 1, 2, 6, 99, -99])
      assert.deepEqual(await outcomeOf(t, { status }), { kind: 'under-way' });
  });

  it('drops the free text of an error, because it may contain the address', async (t) => {
    const outcome = await outcomeOf(t, { status: -2, param: { error: 'no such user anna@example.kz' } });
    assert.ok(outcome?.kind === 'refused' && !outcome.detail.includes('anna'));
  });

  it('is complete only after a page marked last_page', async (t) => {
    const server = await serve(t, json({ list: [row()] }), json({ list: [row()], last_page: 0 }), json({ list: [] }));
    const { mail } = mailAt(t, server.url);
    const ends = [];
    for (let n = 0; n < 3; n += 1) ends.push((await mail.listTrackers({ first: 50, skip: n })).lastPage);
    assert.deepEqual(ends, [false, false, false]);
  });

  it('is refused when Sendsay did not apply the filter, because a missing tracker would then prove nothing', async (t) => {
    const server = await serve(t, json({ list: [row({ action: 'stat.uni', dt: null }), row()], last_page: 1 }));
    await assert.rejects(mailAt(t, server.url).mail.listTrackers({ first: 50, skip: 0 }), /did not apply the filter/);
  });

  it('counts rows that cannot be read, because one of them may be the searched tracker, and returns the other rows', async (t) => {
    for (const bad of [row({ id: null }), row({ status: 'done' }), row({ dt: '20.11.2026' }), 'junk']) {
      const server = await serve(t, json({ list: [row(), bad], last_page: 1 }));
      const page = await mailAt(t, server.url).mail.listTrackers({ first: 50, skip: 0 });
      assert.deepEqual([page.trackers.length, page.unreadable, page.lastPage], [1, 1, true]);
    }
  });
});

describe('the Sendsay query track.get', () => {
  it('requests one tracker', async (t) => {
    const server = await serve(t, json({ obj: row({ status: '-4', param: {} }) }));
    const tracker = await mailAt(t, server.url).mail.getTracker('501');
    assert.deepEqual(tracker, { ...expected, outcome: { kind: 'under-way' } });
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ''), { action: 'track.get', id: '501' });
  });

  it('returns null for a tracker that Sendsay no longer has', async (t) => {
    for (const step of [json({ obj: null }), json({ obj: {} }), json(errors({ id: 'error/track/not_found' }))]) {
      const server = await serve(t, step);
      assert.equal(await mailAt(t, server.url).mail.getTracker('501'), null);
    }
  });

  it('refuses a tracker with another id than requested', async (t) => {
    const server = await serve(t, json({ obj: row({ id: 502 }) }));
    await assert.rejects(mailAt(t, server.url).mail.getTracker('501'), MailUnavailable);
  });
});

describe('Sendsay that cannot be reached', () => {
  for (const [name, step] of [
    ['rate_limit', json(errors({ id: 'rate_limit' }))],
    ['an unknown error', json(errors({ id: 'x', explain: { who: 'assel@example.kz' } }))],
    ['a wrong key', json(authFailed('wrong_credentials'))],
    ['a 503', raw('', 503)],
    ['html', raw('<html>')],
    ['no list, no obj, no ping', json({})],
    ['a redirect elsewhere', raw('', 302, { location: 'http://localhost:1/' })],
    ['a cut', cutAfterHeaders],
    ['silence', neverAnswers],
  ] as [string, Step][]) {
    it(`is reported as unavailable: ${name}`, async (t) => {
      const server = await serve(t, step);
      const { mail } = mailAt(t, server.url, { timeoutMs: 200 });
      for (const ask of [
        () => mail.ready(),
        () => mail.listTrackers({ first: 1, skip: 0 }),
        () => mail.getTracker('1'),
      ]) {
        await assert.rejects(ask, (error) => error instanceof MailUnavailable && !/assel|key%2F/.test(error.message));
      }
    });
  }
  it('is reported as unavailable when no connection is possible', async (t) => {
    await assert.rejects(mailAt(t, `http://127.0.0.1:${await closedPort()}`).mail.ready(), MailUnavailable);
  });
});

describe('the readiness check of Sendsay', () => {
  it('requires an authenticated answer to "pong"', async (t) => {
    const server = await serve(t, json({ ping: 'x', account: 'acc' }));
    await mailAt(t, server.url).mail.ready();
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ''), { action: 'pong' });
    assert.match(server.seen[0]?.headers.authorization ?? '', /^sendsay apikey=/);
  });
});

describe("values in Sendsay's responses", () => {
  it('are read as Moscow time, which is UTC+3 in every season', () => {
    const read = (text: unknown) => readMoscowTime(text)?.toISOString() ?? null;
    assert.equal(read('2026-01-01 02:00:00'), '2025-12-31T23:00:00.000Z');
    assert.equal(read('2026-07-01 00:00:00'), '2026-06-30T21:00:00.000Z');
    assert.equal(read('2019-5-31 17:7:4'), '2019-05-31T14:07:04.000Z');
    assert.equal(read('2026-11-20 13'), '2026-11-20T10:00:00.000Z');
    assert.equal(read('2026-11-20'), '2026-11-19T21:00:00.000Z');
    for (const bad of [
      '',
      '2026-02-30 10:00:00',
      '2026-13-01',
      '2026-11-20 24:00:00',
      '2026-11-20T10:00:00Z',
      5,
      null,
    ]) {
      assert.equal(read(bad), null, String(bad));
    }
  });
  it('may be numbers or numbers in strings', () => {
    assert.deepEqual(['-1', -1, ' 7 ', '1.5'].map(numberOf), [-1, -1, 7, 1.5]);
    assert.deepEqual(['', 'x', null, true, '0x1', Number.NaN, []].map(numberOf), [
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ]);
  });
  it('appear in messages without addresses, numbers, names and line breaks', () => {
    assert.equal(
      quoteSafely('bad: a.b@c.kz\n+77010000000 Әсел (x)', ['әсел']),
      'bad: (address) (number) (personal) (x)',
    );
    assert.equal(quoteSafely('x'.repeat(500)).length, 200);
    assert.equal(quoteSafely('a+b (c', ['a+b (c']), '(personal)');
  });
});

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import { fetch } from 'undici';
import { type ApiError, AUTH, type Call, errorsOf, KEY, letter, PDF, startClient } from './sendsay-client.ts';

const HOUR = 3600_000;

describe('the stand-in Sendsay', () => {
  let clock = Date.UTC(2026, 10, 20, 21, 30, 5);
  let sendsay: Awaited<ReturnType<typeof startClient>>;

  before(async () => {
    const ways = { login: 'school', sublogin: 'robot', password: 'secret' };
    sendsay = await startClient({ ...ways, trackerSeconds: 4, now: () => new Date(clock) });
  });
  after(() => sendsay.close());
  afterEach(() => sendsay.command('/sandbox/reset', {}));

  const call: typeof sendsay.call = (...input) => sendsay.call(...input);

  test('accepts only JSON by POST', async () => {
    assert.equal((await sendsay.post({ action: 'ping' }, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await fetch(`${sendsay.url}/school`)).status, 405);
    assert.equal((await fetch(`${sendsay.origin}/elsewhere`, { method: 'POST' })).status, 404);
    assert.deepEqual(errorsOf(await call('{"action":')), ['error/json']);
    assert.deepEqual(errorsOf(await call('[]')), ['error/json']);
    assert.equal(typeof (await call({ action: 'ping' }, {}, '/-'))['pong'], 'string');
    assert.equal(typeof (await call({ action: 'pong' }, AUTH, '/school/'))['ping'], 'string');
  });

  test('authenticates a caller by exactly one credential', async () => {
    const wrong = { authorization: 'sendsay apikey=wrong' };
    const cases: [string[], Call, Record<string, string>, string?][] = [
      [['error/auth/failed'], {}, {}],
      [['error/auth/failed'], {}, wrong],
      [['error/auth/failed'], {}, { authorization: `Bearer ${KEY}` }],
      [['error/auth/failed'], { apikey: 'wrong' }, {}],
      [['error/auth/failed'], { session: 'none' }, {}],
      [['too_many_auth_parameters'], { apikey: KEY }, AUTH],
      [['too_many_auth_parameters'], { apikey: KEY, session: 'x' }, {}],
      [['account_missmatch'], {}, AUTH, '/other'],
      [['account_missmatch'], {}, AUTH, '/-'],
      [[], { apikey: KEY }, {}],
      [[], {}, AUTH],
    ];
    for (const [expected, body, headers, path] of cases) {
      assert.deepEqual(
        errorsOf(await call({ action: 'pong', ...body }, headers, path)),
        expected,
        JSON.stringify(body),
      );
    }
  });

  test('starts a session with login, expires it after hours, and ends it with logout', async () => {
    const login = { action: 'login', login: 'school', sublogin: 'robot', passwd: 'secret' };
    assert.deepEqual((await call({ ...login, passwd: 'x' }, {}))['errors'], [
      { id: 'error/auth/failed', explain: 'wrong_credentials' },
    ]);
    const { session } = await call({ ...login, session: 'ignored' }, {});
    const header = { authorization: `sendsay session=${session}` };
    assert.deepEqual(errorsOf(await call({ action: 'pong' }, header)), []);
    assert.deepEqual(errorsOf(await call({ action: 'pong', session }, {})), []);
    clock += 5 * HOUR;
    assert.deepEqual((await call({ action: 'pong' }, header))['errors'], [
      { id: 'error/auth/failed', explain: 'expired' },
    ]);
    const again = { authorization: `sendsay session=${(await call(login, {}))['session']}` };
    await call({ action: 'logout' }, again);
    assert.deepEqual(errorsOf(await call({ action: 'pong' }, again)), ['error/auth/failed']);
  });

  test('repeats request.id in its response, and refuses an id twice in one call or within 15 minutes', async () => {
    const withId = { ...letter(), 'request.id': 'r-1' };
    assert.equal((await call({ action: 'pong' }, { ...AUTH, 'x-request-id': 'a%20b' }))['request.id'], 'a b');
    assert.deepEqual(errorsOf(await call(withId, { ...AUTH, 'x-request-id': 'r-1' })), ['double_request.id']);
    assert.ok((await call(withId))['track.id']);
    clock += 14 * 60_000;
    const repeated = await call(letter(), { ...AUTH, 'x-request-id': 'r-1' });
    assert.deepEqual(repeated['errors'], [{ id: 'repeated_request.id' }]);
    assert.equal('obj' in repeated || 'track.id' in repeated, false);
    assert.equal((await sendsay.letters()).length, 1);
    clock += 61_000;
    assert.ok((await call(withId))['track.id']);
  });

  test('refuses a letter for each broken rule, and stores no refused letter', async () => {
    const file = { name: 'a.pdf', content: 'QUJD', encoding: 'base64' };
    const cases: [string, Call][] = [
      ['error/group/missing', letter({ group: '' })],
      ['error/group/masssending', letter({ group: 'masssending' })],
      ['error/group/unknown', letter({ group: 'teachers' })],
      ['error/email/multydog', letter({ email: 'a@b@c.example' })],
      ['error/email/nodog', letter({ email: 'a.c.example' })],
      ['error/email/localpart', letter({ email: 'a b@c.example' })],
      ['error/email/domain', letter({ email: 'a@localhost' })],
      ['error/customer.id', letter({ 'customer.id': 'я'.repeat(128) })],
      ['error/track.info', letter({ 'track.info': 'я'.repeat(513) })],
      ['error/label', letter({ label: Array.from({ length: 11 }, String) })],
      ['error/label', letter({ label: 'x'.repeat(129) })],
      ['error/sendwhen', letter({ sendwhen: undefined })],
      ['error/sendwhen', letter({ sendwhen: 'test' })],
      ['error/later.time', letter({ sendwhen: 'later', 'later.time': '2020-01-01 10:00' })],
      ['error/delay.time', letter({ sendwhen: 'delay' })],
      ['error/extra', letter({ extra: { anketa: 1 } })],
      ['error/letter/subject', letter({}, { subject: ' ' })],
      ['error/sender/missing', letter({}, { 'from.email': undefined, from: { email: 'diplomas@sender.example' } })],
      ['error/sender/unknown', letter({}, { 'from.email': 'other@sender.example' })],
      ['error/sender/prohibited', letter({}, { 'from.email': 'x@mail.ru' })],
      ['error/sender/unknown', letter({}, { 'reply.email': 'other@sender.example' })],
      ['error/letter/message', letter({}, { message: {}, 'message.html': '<p>not so</p>' })],
      ['error/draft/unknown', letter({}, { 'draft.id': 7 })],
      ['error/letter/attaches', letter({}, { attaches: [{ ...file, content: 'QUJ' }] })],
      ['error/letter/attaches', letter({}, { attaches: [{ ...file, encoding: 'quoted' }] })],
      ...['_a.pdf', 'message.text', 'INDEX.html', 'attach.shtm', ''].map((name): [string, Call] => [
        'error/letter/attaches',
        letter({}, { attaches: [{ ...file, name }] }),
      ]),
    ];
    for (const [id, body] of cases)
      assert.deepEqual(errorsOf(await call(body)), [id], JSON.stringify(body).slice(0, 200));
    assert.deepEqual(await sendsay.letters(), []);
  });

  test('sends explanations of errors as text, objects and arrays', async () => {
    const types = new Set<string>();
    for (let i = 0; i < 3; i += 1) {
      const [error] = (await call(letter({ group: 'x' })))['errors'] as ApiError[];
      types.add(Array.isArray(error?.explain) ? 'array' : typeof error?.explain);
    }
    assert.deepEqual([...types].sort(), ['array', 'object', 'string']);
  });

  test('refuses blocked addresses; an unconfirmed address is not blocked', async () => {
    for (const [haslock, expected] of [
      [1, 'error/email/stoplist'],
      [4, 'error/email/delivery'],
      [2, undefined],
    ] as const) {
      await sendsay.command('/sandbox/addresses', { email: 'Teacher@school.example', haslock });
      assert.equal(errorsOf(await call(letter()))[0], expected);
    }
    await sendsay.command('/sandbox/addresses', { email: 'teacher@school.example', haslock: 7 });
    const info = async (extra: Call) => {
      const answer = await call({ action: 'email.get', email: 'teacher@school.example', ...extra });
      return (answer['obj'] as { member: Call }).member;
    };
    assert.equal(Number((await info({}))['haslock']), 5);
    assert.ok('member' in ((await info({}))['stoplist'] as object));
    assert.ok(Array.isArray((await info({ with_stoplist: 2 }))['stoplist']));
  });

  test('records each letter as the recipient gets it: templates executed, links rewritten', async () => {
    const html =
      '<body><p>[% 7*7 %] [[%% 6*6 %%]] [% anketa.customer.id %] [% (1+2)*3 %] [% nobody.knows %] [% "q" %]</p>' +
      '<a href="https://a.example/?x=1&amp;y=2#z">1</a>' +
      '<a href="https://b.example/c/1" data-do-link-relink="0" data-no-qsid="1">2</a></body>';
    const inner = { subject: 'S [% 2 * 3 %]', 'to.name': 'N [% 1+1 %]', message: { html, text: 'T [% 9/3 %]' } };
    await call(letter({ 'link.qsid': 'utm_source=g&utm_medium=e' }, inner));
    const [recorded] = await sendsay.letters();
    assert.ok(recorded);
    assert.equal(recorded.html, html);
    assert.match(recorded.rendered.html, /<p>49 36 cert-1 9 {2}q<\/p>/);
    assert.match(recorded.rendered.html, /Отписаться<\/a><\/p><\/body>/);
    assert.equal(recorded.rendered.subject, 'S 6');
    assert.equal(recorded.rendered.toName, 'N 2');
    assert.match(recorded.rendered.text, /^T 3\n/);
    const [first, second] = recorded.rendered.links;
    const target = encodeURIComponent('https://a.example/?x=1&y=2&utm_source=g&utm_medium=e#z');
    assert.equal(first?.final, `https://click.sendsay.example/go/1?u=${target}`);
    assert.equal(second?.final, 'https://b.example/c/1');
    const sha256 = createHash('sha256').update(PDF).digest('hex');
    assert.deepEqual(recorded.attachments, [{ name: 'diploma.pdf', mimeType: null, bytes: PDF.length, sha256 }]);

    await call(letter({ relink: 0 }, inner));
    assert.equal((await sendsay.letters())[1]?.rendered.links[0]?.final, 'https://a.example/?x=1&y=2#z');
  });

  test('gives a finished tracker a letter number; times are Moscow time, some numbers are text', async () => {
    const { 'track.id': id } = await call(letter());
    const statuses = [];
    const types = new Set<string>();
    for (let second = 0; second <= 4; second += 1) {
      const { status } = await sendsay.tracker(id);
      statuses.push(Number(status));
      types.add(typeof status);
      assert.equal('letter' in ((await sendsay.tracker(id))['param'] as object), second === 4);
      clock += 1000;
    }
    assert.deepEqual(statuses, [0, 1, 2, 4, -1]);
    assert.equal(types.size, 2);
    const done = await sendsay.tracker(id);
    assert.match(String(done['dt']), /^2026-11-2\d \d\d:\d\d:\d\d$/);
    assert.equal(Date.parse(`${String(done['dt']).replace(' ', 'T')}+03:00`), clock - 5000);
    assert.equal(done['track.info'], 'letter-1');
    assert.ok((done['param'] as Call)['letter']);
    assert.equal((done['param'] as Call)['email'], 'teacher@school.example');
    assert.ok(Number((done['param'] as Call)['issue.id']) > 0);
  });

  test('ends trackers with another outcome when a test requests it, by address or by number', async () => {
    const ends = {
      skipped: -1,
      error: -2,
      cancelled: -3,
      deferred: -4,
      moderation: -5,
      'moderation-failed': -6,
      paused: -7,
    };
    for (const [outcome, status] of Object.entries(ends)) {
      await sendsay.command('/sandbox/addresses', { email: `${outcome}@school.example`, outcome });
      const { 'track.id': id } = await call(letter({ email: `${outcome}@school.example` }));
      clock += 60_000;
      const end = await sendsay.tracker(id);
      assert.equal(Number(end['status']), status, outcome);
      assert.ok(!(end['param'] as Call)['letter']);
    }
    await sendsay.faults({ kind: 'tracker', match: { action: 'issue.send', nth: 2 }, outcome: 'error' });
    const ids = [(await call(letter()))['track.id'], (await call(letter()))['track.id']];
    clock += 60_000;
    assert.deepEqual(await Promise.all(ids.map(async (id) => Number((await sendsay.tracker(id))['status']))), [-1, -2]);
  });

  test('lists personal trackers only when the filter names them, page by page, for two days', async () => {
    for (let i = 0; i < 5; i += 1) {
      await call(letter({ 'track.info': `letter-${i}` }));
      clock += 1000;
    }
    const named = { a: 'action', op: 'in', v: ['issue.send/personal'] };
    const list = async (more: Call) =>
      (await call({ action: 'track.list', filter: [named], ...more })) as { list: Call[] };
    assert.deepEqual(errorsOf(await call({ action: 'track.list' })), ['error/filter/missing']);
    assert.deepEqual((await list({ filter: [{ a: 'status', op: '>=', v: -7 }] })).list, []);
    assert.deepEqual(
      errorsOf(await call({ action: 'track.list', filter: [{ a: 'track.info', op: '==', v: 'letter-1' }] })),
      ['error/filter'],
    );
    const page = await list({ order: ['-track.dt'], first: 2 });
    assert.deepEqual(
      page.list.map((row) => row['track.info']),
      ['letter-4', 'letter-3'],
    );
    assert.equal('last_page' in page, false);
    const last = await list({ order: '-track.dt', first: '2', skip: 4 });
    assert.equal(last.list.length, 1);
    assert.equal(Number((last as Call)['last_page']), 1);
    assert.equal((await list({ filter: [named, { a: 'status', op: 'in', v: [-1] }] })).list.length, 2);
    const { 'track.id': id } = await call(letter());
    clock += 49 * HOUR;
    assert.deepEqual((await list({})).list, []);
    assert.deepEqual(errorsOf(await call({ action: 'track.get', id })), ['error/track/unknown']);
  });

  test('keeps at most a hundred deferred letters', async () => {
    const later = letter({ sendwhen: 'delay', 'delay.time': '10' });
    for (let i = 0; i < 100; i += 1) assert.deepEqual(errorsOf(await call(later)), []);
    assert.deepEqual(errorsOf(await call(later)), ['error/issue/later']);
    const { 'track.id': id } = await call(letter());
    clock += 5000;
    assert.equal(Number((await sendsay.tracker(id))['status']), -1);
    clock += 600_000;
    assert.deepEqual(errorsOf(await call(later)), []);
  });
});

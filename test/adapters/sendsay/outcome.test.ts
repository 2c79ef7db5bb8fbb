import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendOutcome } from '../../../src/ports/mail.ts';
import {
  closedPort,
  cutAfterHeaders,
  cutBeforeHeaders,
  dribbles,
  endless,
  json,
  neverAnswers,
  raw,
  type Step,
  serve,
} from '../scripted-server.ts';
import { authFailed, begin, errors, letter, mailAt } from './setting.ts';

/** Steps of the server, expected outcome, expected number of requests. */
type Case = [
  string,
  Step,
  SendOutcome['kind'],
  Partial<{ code: string; recipient: boolean; detail: RegExp; seconds: number }>?,
];

const CASES: Case[] = [
  ['a number as string', json({ 'track.id': '77' }), 'accepted'],
  ['track.id with warnings', json({ 'track.id': 77, warnings: [{ id: 'w' }] }), 'accepted'],
  ['track.id beside an error', json({ 'track.id': 77, ...errors({ id: 'wrong' }) }), 'accepted'],

  [
    'an unknown error id',
    json(errors({ id: 'wrong_param', explain: 'letter.subject' })),
    'refused',
    { code: 'wrong_param', recipient: false },
  ],
  [
    'an explain that is an object',
    json(errors({ id: 'x', explain: { field: ['a', 1] } })),
    'refused',
    { detail: /field: a, 1/ },
  ],
  [
    'an explain that is a list',
    json(errors({ id: 'x', explain: ['a', { b: null }] })),
    'refused',
    { detail: /^a, b:/ },
  ],
  ['no explain', json(errors({ id: 'x' })), 'refused', { detail: /no explanation/ }],
  ['an error without an id', json(errors({ explain: 'what' })), 'refused', { code: 'unreadable' }],
  ['errors that are no list', json({ errors: { id: 'x' } }), 'refused', { code: 'x' }],
  ['a singular error object', json({ error: { id: 'x', explain: 'y' } }), 'refused', { code: 'x' }],
  [
    'a singular error string',
    json({ error: 'error/member/wrongcookie' }),
    'refused',
    { code: 'error/member/wrongcookie' },
  ],
  ['several errors', json(errors({ id: 'a' }, { id: 'b' })), 'refused', { code: 'a', detail: /1 more/ }],
  ['rate_limit beside another error', json(errors({ id: 'rate_limit' }, { id: 'b' })), 'refused', { code: 'b' }],
  ['double_request.id', json(errors({ id: 'double_request.id' })), 'refused'],
  ['account_missmatch', json(errors({ id: 'account_missmatch' })), 'refused'],
  ['too_many_auth_parameters', json(errors({ id: 'too_many_auth_parameters' })), 'refused', { recipient: false }],
  [
    'a bad address',
    json(errors({ id: 'error/email/multydog', explain: 'a@@b.kz' })),
    'refused',
    { recipient: true, detail: /^\(address\)$/ },
  ],
  [
    'a stopped address',
    json(errors({ id: 'x', explain: 'Email is in the account stoplist' })),
    'refused',
    { recipient: true },
  ],
  [
    'a bounced address',
    json(errors({ id: 'x', explain: 'Email has permanent delivery errors' })),
    'refused',
    { recipient: true },
  ],
  [
    'an unsubscribed address',
    json(errors({ id: 'x', explain: { member: 'unsubscribed' } })),
    'refused',
    { recipient: true },
  ],
  [
    'an unknown sender',
    json(errors({ id: 'error/sender/unknown', explain: 'email' })),
    'refused',
    { recipient: false },
  ],
  ['a blocked issue', json(errors({ id: 'issue is blocked' })), 'refused', { recipient: false }],
  ['a wrong key', json(authFailed('wrong_credentials')), 'refused', { code: 'auth', detail: /wrong_credentials/ }],
  ['an expired key', json(authFailed('expired')), 'refused', { code: 'auth' }],
  ['a wrong key under 401', json(authFailed('wrong_credentials'), 401), 'refused', { code: 'auth' }],
  [
    'force_change_password',
    json(authFailed('force_change_password')),
    'refused',
    { code: 'auth', detail: /change the password/ },
  ],

  ['rate_limit', json(errors({ id: 'rate_limit' })), 'limited', { seconds: 2 }],
  ['rate_limit under 503', json(errors({ id: 'rate_limit' }), 503), 'limited', { seconds: 2 }],
  [
    'rate_limit under 429 with Retry-After',
    json(errors({ id: 'rate_limit' }), 429, { 'retry-after': '9' }),
    'limited',
    { seconds: 9 },
  ],

  ['repeated_request.id', json(errors({ id: 'repeated_request.id' })), 'unknown', { detail: /repeated_request/ }],
  ['a bare 503', raw('', 503), 'unknown', { detail: /HTTP 503/ }],
  ['a 503 with another error', json(errors({ id: 'busy' }), 503), 'unknown'],
  ['a 500', raw('<html>', 500), 'unknown'],
  ['a 502 with a track.id', json({ 'track.id': 5 }, 502), 'unknown'],
  ['a 400', json(errors({ id: 'x' }), 400), 'unknown'],
  ['a bare 401', raw('', 401), 'unknown'],
  ['a bare 429', raw('', 429), 'unknown'],
  ['a 201', json({ 'track.id': 5 }, 201), 'unknown'],
  ['an empty 200', raw(''), 'unknown'],
  ['html under 200', raw('<html>ok</html>'), 'unknown', { detail: /without a JSON object/ }],
  ['half a JSON', raw('{"track.id": 5'), 'unknown'],
  ['a JSON list', json([{ 'track.id': 5 }]), 'unknown'],
  ['bytes that are no UTF-8', raw(Buffer.from([0x7b, 0xff, 0x7d])), 'unknown'],
  ['no track.id', json({ 'request.id': 'request-1' }), 'unknown', { detail: /without track.id/ }],
  ['an empty track.id', json({ 'track.id': '' }), 'unknown'],
  ['a track.id of 0', json({ 'track.id': '0' }), 'unknown'],
  ['empty errors and no track.id', json({ errors: [] }), 'unknown'],
  ['a cut before the headers', cutBeforeHeaders, 'unknown'],
  ['a cut within the body', cutAfterHeaders, 'unknown'],
  ['no HTTP at all', (_r, _q, socket) => socket.end('nonsense\r\n\r\n'), 'unknown'],
  ['an endless body', endless, 'unknown'],
  ['a redirect without Location', raw('', 302), 'unknown'],
  [
    'a redirect to another host',
    raw('', 307, { location: 'http://localhost:1/steal' }),
    'unknown',
    { detail: /another host/ },
  ],
  ['a redirect to another port', raw('', 308, { location: 'http://127.0.0.1:1/steal' }), 'unknown'],
  ['a redirect with a credential of its own', raw('', 308, { location: '//u:p@127.0.0.1/x' }), 'unknown'],
  ['304', raw('', 304), 'unknown'],
  ['a REDIRECT that is no path', json({ REDIRECT: '//evil.example/x' }), 'unknown'],
  ['a REDIRECT out of the base', json({ REDIRECT: '/../../x' }), 'unknown'],
  ['a REDIRECT of another type', json({ REDIRECT: 7 }), 'unknown'],
];

describe('the outcome of the Sendsay call issue.send', () => {
  for (const [name, step, kind, expected = {}] of CASES) {
    it(`is ${kind} after ${name}`, async (t) => {
      const server = await serve(t, step);
      const outcome = await mailAt(t, server.url).mail.send(letter(), begin);
      assert.equal(outcome.kind, kind, JSON.stringify(outcome));
      assert.equal(server.seen.length, 1, 'one letter, one request');
      if (expected.code !== undefined) assert.equal('code' in outcome && outcome.code, expected.code);
      if (expected.recipient !== undefined)
        assert.equal('recipient' in outcome && outcome.recipient, expected.recipient);
      if (expected.detail !== undefined) assert.match('detail' in outcome ? outcome.detail : '', expected.detail);
      if (expected.seconds !== undefined) {
        assert.equal('retryAfterSeconds' in outcome && outcome.retryAfterSeconds, expected.seconds);
      }
    });
  }

  for (const [name, step] of [
    ['silence', neverAnswers],
    ['a body that dribbles', dribbles],
  ] as const) {
    it(`is unknown until the deadline after ${name}`, async (t) => {
      const server = await serve(t, json({ 'track.id': 1 }), step);
      // The clock does not move and the connection is already open, so only the time of the response counts.
      const now = Date.now();
      const { mail } = mailAt(t, server.url, { clock: { now: () => new Date(now) } });
      assert.equal((await mail.send(letter(), begin)).kind, 'accepted');
      const outcome = await mail.send(letter({ requestId: 'request-2' }), async () => new Date(now + 300));
      assert.equal(outcome.kind, 'unknown');
      assert.match('detail' in outcome ? outcome.detail : '', /within 300 ms/);
    });
  }

  it('is unknown when the response belongs to another call', async (t) => {
    for (const answer of [{ 'track.id': 77 }, errors({ id: 'x' }), errors({ id: 'rate_limit' })]) {
      const server = await serve(t, json({ ...answer, 'request.id': 'request-0' }));
      const outcome = await mailAt(t, server.url).mail.send(letter(), begin);
      assert.deepEqual(outcome, { kind: 'unknown', detail: 'the response has the request.id of another call' });
      assert.equal(server.seen.length, 1);
    }
  });

  it('is "limited" when no connection is possible', async (t) => {
    const outcome = await mailAt(t, `http://127.0.0.1:${await closedPort()}`).mail.send(letter(), begin);
    assert.equal(outcome.kind, 'limited');
  });

  it('is an exception when the rate limiter itself fails: nothing was sent, and the job is retried', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    let begun = 0;
    const { mail } = mailAt(t, server.url, {
      changing: async () => {
        throw new Error('no database');
      },
    });
    const sending = mail.send(letter(), async () => {
      begun += 1;
      return begin();
    });
    await assert.rejects(sending, /no database/);
    assert.deepEqual([begun, server.seen.length], [0, 0]);
  });

  it('is "limited" when the deadline passes before the request is sent', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    let now = 0;
    const { mail } = mailAt(t, server.url, {
      clock: {
        now: () => {
          now += 30_001;
          return new Date(now);
        },
      },
    });
    assert.equal((await mail.send(letter(), async () => new Date(30_000))).kind, 'limited');
    assert.equal(server.seen.length, 0);
  });

  it('makes all processes wait when Sendsay reports that its limits are exceeded', async (t) => {
    const server = await serve(
      t,
      json(errors({ id: 'rate_limit' })),
      raw('', 503, { 'retry-after': '4' }),
      raw('', 500),
    );
    const told: number[] = [];
    const { mail } = mailAt(t, server.url, {
      onLimited: async (seconds) => {
        told.push(seconds);
        throw new Error('no database');
      },
    });
    const kinds = [];
    for (const requestId of ['a', 'b', 'c']) kinds.push((await mail.send(letter({ requestId }), begin)).kind);
    assert.deepEqual(kinds, ['limited', 'unknown', 'unknown']);
    assert.deepEqual(told, [2, 4]);
  });

  it("is Sendsay's response, even when the rate limiter fails afterwards", async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    const { mail } = mailAt(t, server.url, {
      changing: async (call) => {
        await call(new AbortController().signal);
        throw new Error('slot not released');
      },
    });
    assert.deepEqual(await mail.send(letter(), begin), { kind: 'accepted', trackId: '1' });
  });

  it('is unknown when the rate-limit slot is lost during the call', async (t) => {
    const server = await serve(t, neverAnswers);
    const { mail } = mailAt(t, server.url, { changing: (call) => call(AbortSignal.timeout(100)) });
    assert.equal((await mail.send(letter(), begin)).kind, 'unknown');
    assert.equal(server.seen.length, 1);
  });

  it('never contains the address of the recipient', async (t) => {
    const explain = { text: 'АСЕЛЬ: ӘСЕЛ үлгі <assel@example.kz>, +7 (701) 000-00-00,\r\nother@example.kz' };
    const server = await serve(t, json(errors({ id: 'Әсел', explain })));
    const outcome = await mailAt(t, server.url).mail.send(letter(), begin);
    assert.doesNotMatch(JSON.stringify(outcome), /Әсел|Үлгі|assel|other@|701|\\r|\\n/i);
  });

  it('lists the ids of warnings separately', async (t) => {
    const server = await serve(t, json({ 'track.id': 7, warnings: [{ id: 'label/long', explain: [] }] }));
    const { mail, warnings } = mailAt(t, server.url);
    await mail.send(letter(), begin);
    assert.deepEqual(warnings, ['issue.send: label/long']);
  });
});

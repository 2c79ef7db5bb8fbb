import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OutgoingLetter } from '../../../src/ports/mail.ts';
import { LetterFault } from '../../../src/ports/mail.ts';
import { json, raw, serve } from '../scripted-server.ts';
import { begin, letter, mailAt } from './setting.ts';

describe('the Sendsay call issue.send', () => {
  it('posts one personal issue with the diploma attached', async (t) => {
    const server = await serve(t, json({ 'track.id': 12345, 'request.id': 'request-1' }));
    const { mail, gates } = mailAt(t, server.url, { replyEmail: 'help@example.org' });
    assert.deepEqual(await mail.send(letter(), begin), { kind: 'accepted', trackId: '12345' });
    const [seen] = server.seen;
    assert.equal(seen?.method, 'POST');
    assert.equal(seen?.url, '/general/api/v100/json/acc');
    assert.equal(seen?.headers['content-type'], 'application/json');
    assert.equal(seen?.headers.authorization, 'sendsay apikey=key%2F1%2B2');
    assert.equal(seen?.headers['x-request-id'], undefined, 'request.id is given in one way only');
    assert.deepEqual(JSON.parse(seen?.body ?? ''), {
      action: 'issue.send',
      'request.id': 'request-1',
      group: 'personal',
      email: 'assel@example.kz',
      'customer.id': 'cert-1',
      sendwhen: 'now',
      label: ['certificates', 'KZ'],
      letter: {
        subject: 'Диплом',
        'from.name': 'Грамота',
        'from.email': 'diplomas@example.org',
        'reply.email': 'help@example.org',
        'to.name': 'Әсел Үлгі',
        message: { html: '<p>Сәлем</p>', text: 'Сәлем' },
        attaches: [
          {
            name: 'diploma.pdf',
            content: Buffer.from('%PDF-1.7 sample').toString('base64'),
            encoding: 'base64',
            'mime-type': 'application/pdf',
          },
        ],
      },
      'track.info': 'issue-1',
      relink: 1,
      'relink.param': { link: 1, test: 0 },
      'link.qsid': 'utm_source=gramota&utm_medium=email',
    });
    assert.deepEqual([gates.changing(), gates.reading()], [1, 0]);
  });

  it('omits parameters without a value', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    await mailAt(t, server.url).mail.send(letter({ utm: null }), begin);
    const body = JSON.parse(server.seen[0]?.body ?? '');
    assert.equal('link.qsid' in body, false);
    assert.equal('reply.email' in body.letter, false);
  });

  it('accepts a JWT as API key', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    await mailAt(t, server.url, { auth: { kind: 'key', apiKey: 'jwt:a.b.c=' } }).mail.send(letter(), begin);
    assert.equal(server.seen[0]?.headers.authorization, 'sendsay apikey=jwt:a.b.c%3D');
  });
});

describe('the callback "begin" of a Sendsay call', () => {
  it('is called once, after the rate limiter allowed the call and right before the request', async (t) => {
    const order: string[] = [];
    const server = await serve(
      t,
      (response, request, socket) => {
        order.push('request');
        raw('', 307, { location: '/x' })(response, request, socket);
      },
      (response, request, socket) => {
        order.push('request');
        json({ 'track.id': 1 })(response, request, socket);
      },
    );
    const { mail } = mailAt(t, server.url, {
      changing: (call) => {
        order.push('gate');
        return call(new AbortController().signal);
      },
    });
    await mail.send(letter(), async () => {
      order.push('begin');
      return begin();
    });
    assert.deepEqual(order, ['gate', 'begin', 'request', 'gate', 'request']);
  });

  it('can return null, and then no request is sent', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    assert.deepEqual(await mailAt(t, server.url).mail.send(letter(), async () => null), { kind: 'not-begun' });
    assert.equal(server.seen.length, 0);
  });

  it('can throw; then no request is sent and the error is passed on', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    const sending = mailAt(t, server.url).mail.send(letter(), async () => {
      throw new Error('not committed');
    });
    await assert.rejects(sending, /not committed/);
    assert.equal(server.seen.length, 0);
  });

  it('starts the deadline of the call; earlier waiting does not count', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    let now = Date.now();
    const { mail } = mailAt(t, server.url, {
      clock: { now: () => new Date(now) },
      timeoutMs: 30_000,
      changing: async (call) => {
        now += 60_000;
        return call(new AbortController().signal);
      },
    });
    assert.equal((await mail.send(letter(), async () => new Date(now + 30_000))).kind, 'accepted');
  });

  it('returns a deadline after which no request is sent, even when the process was paused', async (t) => {
    const server = await serve(t, json({ 'track.id': 1 }));
    let now = Date.now();
    const { mail } = mailAt(t, server.url, { clock: { now: () => new Date(now) }, timeoutMs: 60_000 });
    const paused = async () => {
      const deadline = new Date(now + 50);
      now += 100;
      return deadline;
    };
    assert.equal((await mail.send(letter(), paused)).kind, 'limited');
    assert.equal(server.seen.length, 0);
  });

  it('has been called when the rate limiter fails before a later redirect, so the outcome is unknown', async (t) => {
    const server = await serve(t, raw('', 307, { location: '/x' }));
    let passes = 0;
    const { mail } = mailAt(t, server.url, {
      changing: (call) => {
        passes += 1;
        if (passes > 1) throw new Error('no database');
        return call(new AbortController().signal);
      },
    });
    assert.equal((await mail.send(letter(), begin)).kind, 'unknown');
  });
});

describe('an invalid letter', () => {
  const sample = letter();
  const bad: [string, Partial<OutgoingLetter>][] = [
    ['templating in the subject', { subject: 'Диплом [% 7*7 %]' }],
    ['an opening mark in the name', { to: { ...sample.to, name: 'A [% B' } }],
    ['a closing mark in the html', { html: '<p>%]</p>' }],
    ['templating in the text', { text: '[[%% 6*6 %%]]' }],
    ['templating in a label', { labels: ['[%x%]'] }],
    ['templating in the utm', { utm: 'a=[%x%]' }],
    ['templating in a file name', { attachment: { ...sample.attachment, fileName: '[%x%].pdf' } }],
    ['a line break in the subject', { subject: 'a\r\nBcc: b@example.org' }],
    ['a line break in the name', { to: { ...sample.to, name: 'a\nb' } }],
    ['an empty subject', { subject: ' ' }],
    ['no body', { html: '', text: '' }],
    ['eleven labels', { labels: Array.from({ length: 11 }, (_, i) => `l${i}`) }],
    ['a long label', { labels: ['x'.repeat(129)] }],
    ['a long certificate id', { certificateId: 'ж'.repeat(128) }],
    ['a reserved attachment name', { attachment: { ...sample.attachment, fileName: '_diploma.pdf' } }],
    ['an empty attachment', { attachment: { ...sample.attachment, content: Buffer.alloc(0) } }],
    ['no request id', { requestId: '' }],
  ];
  for (const [name, change] of bad) {
    it(`is refused before any Sendsay call: ${name}`, async (t) => {
      const server = await serve(t, json({ 'track.id': 1 }));
      await assert.rejects(mailAt(t, server.url).mail.send(letter(change), begin), LetterFault);
      assert.equal(server.seen.length, 0);
    });
  }
});

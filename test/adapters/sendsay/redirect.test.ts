import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cutBeforeHeaders, json, raw, serve } from '../scripted-server.ts';
import { begin, letter, mailAt } from './setting.ts';

const BASE = '/general/api/v100/json/acc';
const accepted = json({ 'track.id': 9 });

describe('HTTP redirects of Sendsay', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    it(`repeat the POST with the same bytes after ${status}, with the credential`, async (t) => {
      const server = await serve(t, raw('', status, { location: '/other/json/acc?x=1' }), accepted);
      assert.equal((await mailAt(t, server.url).mail.send(letter(), begin)).kind, 'accepted');
      const [first, second] = server.seen;
      assert.deepEqual([second?.method, second?.url], ['POST', '/other/json/acc?x=1']);
      assert.equal(second?.body, first?.body);
      assert.equal(second?.headers.authorization, first?.headers.authorization);
    });
  }

  it('are followed at most five times', async (t) => {
    const hop = raw('', 307, { location: '/again' });
    const five = await serve(t, hop, hop, hop, hop, hop, accepted);
    assert.equal((await mailAt(t, five.url).mail.send(letter(), begin)).kind, 'accepted');
    const six = await serve(t, hop);
    assert.equal((await mailAt(t, six.url).mail.send(letter(), begin)).kind, 'unknown');
    assert.equal(six.seen.length, 6);
  });

  it('never send the credential to another host', async (t) => {
    const thief = await serve(t, accepted);
    const server = await serve(t, raw('', 307, { location: `${thief.url}${BASE}` }));
    assert.equal((await mailAt(t, server.url).mail.send(letter(), begin)).kind, 'unknown');
    assert.equal(thief.seen.length, 0);
  });

  it('use the rate limiter for every hop', async (t) => {
    const server = await serve(t, raw('', 307, { location: '/x' }), json({ REDIRECT: '/y' }), accepted);
    const { mail, gates } = mailAt(t, server.url);
    await mail.send(letter(), begin);
    assert.equal(gates.changing(), 3);
  });

  it('make the outcome unknown when a later hop fails, even before that hop is sent', async (t) => {
    const cut = await serve(t, raw('', 307, { location: '/x' }), cutBeforeHeaders);
    assert.equal((await mailAt(t, cut.url).mail.send(letter(), begin)).kind, 'unknown');
    let now = 0;
    let passes = 0;
    const late = await serve(t, raw('', 307, { location: '/x' }));
    const { mail } = mailAt(t, late.url, {
      clock: { now: () => new Date(now) },
      changing: (call) => {
        passes += 1;
        if (passes === 2) now += 1_000;
        return call(new AbortController().signal);
      },
    });
    assert.equal((await mail.send(letter(), async () => new Date(400))).kind, 'unknown');
    assert.deepEqual([passes, late.seen.length], [2, 1]);
  });
});

describe('a Sendsay response with REDIRECT in its JSON body', () => {
  it('gives a path relative to the base URL; a later REDIRECT replaces this path, which is remembered', async (t) => {
    const server = await serve(t, json({ REDIRECT: '/one' }), json({ REDIRECT: 'two/2' }), accepted);
    const { mail } = mailAt(t, server.url);
    await mail.send(letter(), begin);
    await mail.send(letter({ requestId: 'request-2' }), begin);
    assert.deepEqual(
      server.seen.map((seen) => seen.url),
      [BASE, `${BASE}/one`, `${BASE}/two/2`, `${BASE}/two/2`],
    );
    assert.equal(server.seen[0]?.body, server.seen[2]?.body);
  });

  it('is forgotten when the remembered path no longer gives usable responses', async (t) => {
    const server = await serve(t, json({ REDIRECT: '/one' }), accepted, raw('', 404), accepted);
    const { mail } = mailAt(t, server.url);
    for (const requestId of ['a', 'b', 'c']) await mail.send(letter({ requestId }), begin);
    assert.deepEqual(
      server.seen.map((seen) => seen.url),
      [BASE, `${BASE}/one`, `${BASE}/one`, BASE],
    );
  });

  it('is followed at most ten times in a row', async (t) => {
    const server = await serve(t, json({ REDIRECT: '/round' }));
    assert.equal((await mailAt(t, server.url).mail.send(letter(), begin)).kind, 'unknown');
    assert.equal(server.seen.length, 11);
  });

  it('is ignored when the response also has errors', async (t) => {
    const server = await serve(t, json({ REDIRECT: '/x', errors: [{ id: 'wrong' }] }));
    assert.equal((await mailAt(t, server.url).mail.send(letter(), begin)).kind, 'refused');
  });
});

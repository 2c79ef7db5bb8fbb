import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MailUnavailable } from '../../../src/ports/mail.ts';
import { cutBeforeHeaders, json, raw, type SeenRequest, type Step, serve } from '../scripted-server.ts';
import { authFailed, begin, errors, letter, mailAt, SESSION_AUTH } from './setting.ts';

const actions = (seen: SeenRequest[]) => seen.map((request) => JSON.parse(request.body).action as string);
const login = (session: string) => json({ session, login: 'main-login', sublogin: 'robot' });
const accepted = json({ 'track.id': 9 });
const withAuth = { auth: SESSION_AUTH, timeoutMs: 30_000 };

describe('the login session at Sendsay', () => {
  it('is opened once, and then its id is sent only in the header', async (t) => {
    const server = await serve(t, login('s 1/x'), accepted);
    const { mail, gates } = mailAt(t, server.url, withAuth);
    await mail.send(letter(), begin);
    await mail.send(letter({ requestId: 'request-2' }), begin);
    assert.deepEqual(actions(server.seen), ['login', 'issue.send', 'issue.send']);
    const [first, second] = server.seen;
    assert.deepEqual(JSON.parse(first?.body ?? ''), {
      action: 'login',
      login: 'main-login',
      sublogin: 'robot',
      passwd: 'pass word',
    });
    assert.equal(first?.headers.authorization, undefined);
    assert.equal(second?.headers.authorization, 'sendsay session=s%201%2Fx');
    assert.equal('session' in JSON.parse(second?.body ?? ''), false);
    assert.deepEqual([gates.changing(), gates.reading()], [2, 1]);
  });

  it('is shared by concurrent calls', async (t) => {
    const server = await serve(t, login('s1'), accepted);
    const { mail } = mailAt(t, server.url, withAuth);
    await Promise.all([1, 2, 3].map((n) => mail.send(letter({ requestId: `r${n}` }), begin)));
    assert.equal(actions(server.seen).filter((action) => action === 'login').length, 1);
  });

  it('is renewed when it has expired, and the same call is repeated', async (t) => {
    const server = await serve(t, login('s1'), json(authFailed('expired')), login('s2'), accepted);
    const { mail } = mailAt(t, server.url, withAuth);
    assert.deepEqual(await mail.send(letter(), begin), { kind: 'accepted', trackId: '9' });
    assert.deepEqual(actions(server.seen), ['login', 'issue.send', 'login', 'issue.send']);
    assert.equal(server.seen[1]?.body, server.seen[3]?.body);
    assert.equal(server.seen[3]?.headers.authorization, 'sendsay session=s2');
  });

  it('is renewed at most twice per call', async (t) => {
    const step: Step = (response, request, socket) =>
      (JSON.parse(request.body).action === 'login' ? login('s') : json(authFailed('expired')))(
        response,
        request,
        socket,
      );
    const server = await serve(t, step);
    const { mail } = mailAt(t, server.url, withAuth);
    const outcome = await mail.send(letter(), begin);
    assert.equal(outcome.kind, 'limited');
    assert.deepEqual(actions(server.seen), ['login', 'issue.send', 'login', 'issue.send', 'login', 'issue.send']);
  });

  it('is not used when Sendsay answers force_change_password to a call or to the login', async (t) => {
    const force = json(authFailed('force_change_password'));
    const atCall = await serve(t, login('s1'), force);
    const sent = await mailAt(t, atCall.url, withAuth).mail.send(letter(), begin);
    assert.ok(sent.kind === 'refused' && sent.code === 'auth');
    assert.match(sent.detail, /force_change_password: change the password/);
    assert.equal(atCall.seen.length, 2);

    const atLogin = await serve(t, force);
    const { mail } = mailAt(t, atLogin.url, withAuth);
    const refused = await mail.send(letter(), begin);
    assert.ok(refused.kind === 'refused' && refused.code === 'auth');
    await assert.rejects(
      mail.ready(),
      (error) => error instanceof MailUnavailable && /change the password/.test(error.message),
    );
  });

  for (const [name, step, kind] of [
    ['wrong credentials', json(authFailed('wrong_credentials')), 'refused'],
    ['rate_limit', json(errors({ id: 'rate_limit' })), 'limited'],
    ['a 503', raw('', 503), 'limited'],
    ['a cut', cutBeforeHeaders, 'limited'],
    ['an answer without a session', json({ login: 'x' }), 'limited'],
  ] as [string, Step, string][]) {
    it(`makes the letter ${kind} when the login gets ${name}, because the letter was never sent`, async (t) => {
      const server = await serve(t, step);
      const outcome = await mailAt(t, server.url, withAuth).mail.send(letter(), begin);
      assert.equal(outcome.kind, kind);
      assert.deepEqual(actions(server.seen), ['login']);
      assert.doesNotMatch(JSON.stringify(outcome), /pass word|main-login/);
    });
  }

  it('makes the outcome of a letter unknown when the connection is cut during the repeated call', async (t) => {
    const server = await serve(t, login('s1'), json(authFailed('expired')), login('s2'), cutBeforeHeaders);
    assert.equal((await mailAt(t, server.url, withAuth).mail.send(letter(), begin)).kind, 'unknown');
  });

  it('is opened before the sending of a letter begins; a failed login still counts for that attempt', async (t) => {
    const order: string[] = [];
    const note = (step: Step): Step => {
      return (response, request, socket) => {
        order.push(JSON.parse(request.body).action);
        step(response, request, socket);
      };
    };
    const noted = async () => {
      order.push('begin');
      return begin();
    };
    const good = await serve(t, note(login('s1')), note(accepted));
    await mailAt(t, good.url, withAuth).mail.send(letter(), noted);
    const bad = await serve(t, note(raw('', 500)));
    assert.equal((await mailAt(t, bad.url, withAuth).mail.send(letter(), noted)).kind, 'limited');
    assert.equal((await mailAt(t, bad.url, withAuth).mail.send(letter(), async () => null)).kind, 'not-begun');
    assert.deepEqual(order, ['login', 'begin', 'issue.send', 'login', 'begin', 'login']);
  });

  it('is not needed with an API key', async (t) => {
    const server = await serve(t, json(authFailed('wrong_credentials')));
    await mailAt(t, server.url).mail.send(letter(), begin);
    assert.deepEqual(actions(server.seen), ['issue.send']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SendsayOptions } from '../../../src/adapters/sendsay/sendsay-client.ts';
import { json, type SeenRequest, type Step, serve } from '../scripted-server.ts';
import { authFailed, beginFor, letter, mailAt, SESSION_AUTH } from './setting.ts';

const actions = (seen: SeenRequest[]) => seen.map((request) => JSON.parse(request.body).action as string);
const begin = beginFor(10_000_000);
const pong = json({ ping: 'x' });
const accepted = json({ 'track.id': 9 });

/** A stand-in provider that accepts or refuses the credentials on command, and a clock that the test moves. */
function provider(refusal: string) {
  let refuses = true;
  let now = Date.now();
  const alarms: string[] = [];
  const answers: boolean[] = [];
  const step: Step = (response, request, socket) => {
    const { action } = JSON.parse(request.body) as { action: string };
    const right = action === 'pong' ? pong : action === 'login' ? json({ session: 's' }) : accepted;
    (refuses ? json(authFailed(refusal)) : right)(response, request, socket);
  };
  return {
    step,
    alarms,
    answers,
    mend: () => {
      refuses = false;
    },
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    options: {
      clock: { now: () => new Date(now) },
      timeoutMs: 2_000,
      onAnswered: (isAccepted) => void answers.push(isAccepted),
      onCredentials: (event) => void alarms.push(event.refused ? event.detail : 'mended'),
    } satisfies Partial<SendsayOptions>,
  };
}

describe('Sendsay credentials that are refused', () => {
  for (const refusal of ['force_change_password', 'wrong_credentials']) {
    it(`stop all letters with one alarm (${refusal}); later one small call tries the credentials again`, async (t) => {
      const { step, alarms, answers, mend, pass, options } = provider(refusal);
      const server = await serve(t, step);
      const { mail } = mailAt(t, server.url, options);
      assert.equal(mail.pausedUntil(), null);
      assert.equal((await mail.send(letter(), begin)).kind, 'refused');
      assert.equal(mail.pausedUntil()?.getTime(), options.clock.now().getTime() + 60_000);

      const tries = () => Promise.all([2, 3, 4].map((n) => mail.send(letter({ requestId: `r${n}` }), begin)));
      for (const outcome of await tries()) assert.deepEqual(outcome, { kind: 'not-begun' });
      assert.deepEqual(actions(server.seen), ['issue.send'], 'nothing is asked while it pauses');

      pass(60_001);
      assert.equal(mail.pausedUntil(), null);
      for (const outcome of await tries()) assert.deepEqual(outcome, { kind: 'not-begun' });
      assert.deepEqual(actions(server.seen), ['issue.send', 'pong'], 'no diploma is posted to find out');
      assert.equal(alarms.length, 1, 'one alarm, however many letters and minutes');
      assert.match(alarms[0] ?? '', refusal === 'force_change_password' ? /change the password/ : /wrong_credentials/);

      mend();
      pass(60_001);
      for (const outcome of await tries()) assert.equal(outcome.kind, 'accepted');
      assert.deepEqual(actions(server.seen).slice(2), ['pong', 'issue.send', 'issue.send', 'issue.send']);
      assert.equal(alarms[1], 'mended');
      assert.deepEqual(answers, [false, false, true, true, true, true], 'each answer is told, for the console');
      assert.equal(mail.pausedUntil(), null);
    });
  }

  it('are retried only once a minute for a login, so that Sendsay does not lock the account', async (t) => {
    const { step, alarms, mend, pass, options } = provider('wrong_credentials');
    const server = await serve(t, step);
    const { mail } = mailAt(t, server.url, { ...options, auth: SESSION_AUTH });
    await Promise.all([1, 2, 3].map((n) => mail.send(letter({ requestId: `r${n}` }), begin)));
    await mail.send(letter(), begin);
    assert.deepEqual(actions(server.seen), ['login']);
    pass(60_001);
    await mail.send(letter(), begin);
    assert.deepEqual(actions(server.seen), ['login', 'login']);
    mend();
    pass(60_001);
    assert.equal((await mail.send(letter(), begin)).kind, 'accepted');
    assert.deepEqual(actions(server.seen).slice(2), ['login', 'pong', 'issue.send']);
    assert.equal(alarms.length, 2);
  });

  it('are detected by queries too, not only by letters', async (t) => {
    const { step, alarms, options } = provider('wrong_credentials');
    const { mail } = mailAt(t, (await serve(t, step)).url, options);
    await assert.rejects(mail.listTrackers({ first: 1, skip: 0 }));
    assert.ok(mail.pausedUntil());
    assert.equal(alarms.length, 1);
  });

  it('are distinguished from an expired session', async (t) => {
    const { step, alarms, options } = provider('expired');
    const expires: Step = (response, request, socket) =>
      (JSON.parse(request.body).action === 'login' ? json({ session: 's' }) : step)(response, request, socket);
    const { mail } = mailAt(t, (await serve(t, expires)).url, { ...options, auth: SESSION_AUTH });
    assert.equal((await mail.send(letter(), begin)).kind, 'limited');
    assert.equal(mail.pausedUntil(), null);
    assert.deepEqual(alarms, []);
  });
});

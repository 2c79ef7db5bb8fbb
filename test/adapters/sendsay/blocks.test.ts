import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { blockOf } from '../../../src/adapters/sendsay/blocks.ts';
import { MailUnavailable } from '../../../src/ports/mail.ts';
import { json, serve } from '../scripted-server.ts';
import { errors, mailAt } from './setting.ts';

const SENDER = 'diplomas@example.org';
const block = (member: Record<string, unknown>) => blockOf(member, SENDER);
const entry = { dt: '2026-11-03 14:05:00', source: '192.0.2.1' };

describe('a block of an e-mail address at Sendsay', () => {
  it('does not exist for haslock 0, nor for an unconfirmed address', () => {
    for (const haslock of [0, '0', 2, '2', null, undefined, 'x']) assert.equal(block({ haslock }), null);
  });

  it('exists after an unsubscription, after delivery errors, or after both', () => {
    assert.match(block({ haslock: '1' }) ?? '', /^the recipient has unsubscribed, or the address is on a stop-list$/);
    assert.equal(block({ haslock: 4 }), 'permanent delivery errors');
    assert.match(block({ haslock: 5 }) ?? '', /unsubscribed.*; permanent delivery errors/);
    assert.equal(block({ haslock: 3 }), block({ haslock: 1 }), 'bit 2 does not matter');
    assert.equal(block({ haslock: 6 }), block({ haslock: 4 }), 'bit 2 does not matter');
    assert.match(block({ haslock: 0, lockremove: '1' }) ?? '', /stop-list/);
  });

  it('exists for an address on a stop list, in both response formats', () => {
    const global = 'the address is on a stop-list (global) since 2026-11-03';
    assert.equal(block({ haslock: 1, stoplist: { member: entry } }), global);
    assert.equal(block({ haslock: 1, stoplist: [{ ...entry, type: 'member', sender: '' }] }), global);
    assert.equal(
      block({ haslock: 1, stoplist: { owner: entry } }),
      'the address is on a stop-list (global, added by the account owner) since 2026-11-03',
    );
    assert.match(
      block({ haslock: 1, stoplist: [{ ...entry, type: 'member', sender: 'Diplomas@Example.org' }] }) ?? '',
      /\(of this sender\)/,
    );
  });

  it('does not follow from a stop list of another sender, nor from an empty stop list', () => {
    assert.equal(block({ haslock: 0, stoplist: [{ ...entry, type: 'member', sender: 'news@example.org' }] }), null);
    for (const stoplist of [{}, [], null, '', [null, 7], { member: null }])
      assert.equal(block({ haslock: 0, stoplist }), null);
  });

  it('is described by the code of the delivery error, never by its text, which may contain the address', () => {
    const error = { lock: 1, date: '2026-10-1 9:5:0', str: 'host said: 550 5.1.1 <teacher@example.uz> unknown' };
    assert.equal(block({ haslock: '4', error }), 'permanent delivery errors since 2026-10-01 (5.1.1)');
    assert.equal(block({ haslock: 0, error: { lock: 0 } }), null);
  });

  it('can be parsed from any input without an exception', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (haslock, error, stoplist) => {
        const told = block({ haslock, error, stoplist, email: 'teacher@example.uz' });
        assert.ok(told === null || !told.includes('teacher'));
      }),
    );
  });
});

describe('the Sendsay call email.get', () => {
  it('requests all stop lists, through the rate limiter for reads', async (t) => {
    const server = await serve(t, json({ obj: { member: { haslock: '4', email: 'teacher@example.uz' } } }));
    const { mail, gates } = mailAt(t, server.url);
    assert.equal(await mail.describeBlock('teacher@example.uz'), 'permanent delivery errors');
    assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ''), {
      action: 'email.get',
      email: 'teacher@example.uz',
      with_stoplist: 2,
    });
    assert.deepEqual([gates.changing(), gates.reading()], [0, 1]);
  });

  it('reports a failure as unavailable, and does not show the address', async (t) => {
    for (const answer of [{}, { obj: null }, { obj: {} }, errors({ id: 'error/email/x', explain: 'a@b.example' })]) {
      const server = await serve(t, json(answer));
      await assert.rejects(
        mailAt(t, server.url).mail.describeBlock('a@b.example'),
        (error) => error instanceof MailUnavailable && !error.message.includes('a@b.example'),
      );
    }
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mayBecome, PERSONAL_ISSUE_STATES, provenAbsent, settle } from '../../src/domain/letter/personal-issue.ts';

const SENT = { trackId: '77', outcome: { kind: 'sent', letter: '9', issueId: '5' } } as const;
const UNDER_WAY = { trackId: '77', outcome: { kind: 'under-way' } } as const;
const REFUSED = {
  trackId: '77',
  outcome: { kind: 'refused', code: 'moderation', detail: 'refused', recipient: false },
} as const;

describe('a letter in the state "sent"', () => {
  test('never leaves this state, by any path', () => {
    const reached = new Set<string>();
    const visit = (from: (typeof PERSONAL_ISSUE_STATES)[number]) => {
      for (const to of PERSONAL_ISSUE_STATES)
        if (mayBecome(from, to) && !reached.has(to)) {
          reached.add(to);
          visit(to);
        }
    };
    visit('sent');
    assert.deepEqual([...reached], ['delivered', 'bounced']);
  });
});

describe('the reported outcome of a letter', () => {
  test('"sent" changes the state to sent, with the provider\'s ids', () => {
    const settled = { state: 'sent', trackId: '77', letter: '9', issueId: '5' };
    assert.deepEqual(settle({ state: 'accepted' }, SENT), settled);
    assert.deepEqual(settle({ state: 'uncertain' }, SENT), settled);
    assert.deepEqual(settle({ state: 'sending' }, SENT), settled);
  });

  test('"refused" changes the state to refused, with the reason', () => {
    const settled = { state: 'refused', trackId: '77', code: 'moderation', detail: 'refused', recipient: false };
    assert.deepEqual(settle({ state: 'accepted' }, REFUSED), settled);
  });

  test('"under way" makes an uncertain letter accepted and does not change an accepted letter', () => {
    assert.deepEqual(settle({ state: 'uncertain' }, UNDER_WAY), { state: 'accepted', trackId: '77' });
    assert.equal(settle({ state: 'accepted' }, UNDER_WAY).state, 'unchanged');
  });

  test('changes nothing when it arrives late', () => {
    for (const state of ['sent', 'delivered', 'bounced', 'refused', 'cancelled', 'waiting'] as const)
      for (const told of [SENT, REFUSED, UNDER_WAY]) assert.equal(settle({ state }, told).state, 'unchanged');
  });
});

describe('a call to the mail provider whose answer was lost', () => {
  const call = new Date('2026-12-02T10:00:00Z');
  const deadline = new Date('2026-12-02T10:00:30Z');
  const after = (seconds: number, reach: number | null = -1, complete = true) => ({
    begunAt: new Date(deadline.getTime() + seconds * 1000),
    reachesBackTo: reach === null ? null : new Date(call.getTime() + reach * 1000),
    complete,
  });
  const proven = (...listings: ReturnType<typeof after>[]) =>
    provenAbsent({
      callStartedAt: call,
      callDeadline: deadline,
      listings,
      settleSeconds: 120,
      provableMs: 40 * 3_600_000,
    });

  test('is proven absent by two complete listings that reach back to the time before the call', () => {
    assert.ok(proven(after(120), after(121)));
    assert.ok(proven(after(120, null), after(3600)));
  });

  test('is not proven absent by listings that are too few, early, late, short or incomplete', () => {
    assert.ok(!proven());
    assert.ok(!proven(after(120)));
    assert.ok(!proven(after(120), after(120)), 'the same listing twice');
    assert.ok(!proven(after(119.999), after(500)));
    assert.ok(!proven(after(120, 0), after(500)), 'reaches back to the call, not before it');
    assert.ok(!proven(after(120, -1, false), after(500)));
    const fortyHours = 40 * 3600 - 30;
    assert.ok(!proven(after(120), after(fortyHours)));
    assert.ok(proven(after(120), after(fortyHours - 0.001)));
  });

  test('is still proven absent when there is an additional listing', () => {
    const listing = fc
      .tuple(fc.integer({ min: -10, max: 200_000 }), fc.integer({ min: -5, max: 5 }), fc.boolean())
      .map(([s, r, c]) => after(s, r, c));
    fc.assert(
      fc.property(fc.array(listing), listing, (some, more) => {
        if (proven(...some)) assert.ok(proven(...some, more));
      }),
    );
  });
});

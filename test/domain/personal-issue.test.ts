import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { mayBecome, PERSONAL_ISSUE_STATES, provenAbsent, settle } from '../../src/domain/letter/personal-issue.ts';

const tracker = (status: number, letter: string | null = null) => ({
  trackId: '77',
  status,
  letter,
  issueId: '5',
  error: null,
});

describe('a personal issue', () => {
  test('makes exactly the allowed transitions', () => {
    const made = PERSONAL_ISSUE_STATES.flatMap((from) =>
      PERSONAL_ISSUE_STATES.filter((to) => mayBecome(from, to)).map((to) => `${from} → ${to}`),
    );
    assert.deepEqual(made, [
      'waiting → sending',
      'waiting → cancelled',
      'sending → waiting',
      'sending → uncertain',
      'sending → accepted',
      'sending → refused',
      'uncertain → waiting',
      'uncertain → accepted',
      'uncertain → sent',
      'uncertain → refused',
      'uncertain → cancelled',
      'accepted → uncertain',
      'accepted → sent',
      'accepted → delivered',
      'accepted → bounced',
      'accepted → refused',
      'accepted → cancelled',
      'sent → delivered',
      'sent → bounced',
    ]);
  });

  test('never leaves "sent" by any path', () => {
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

describe('a tracker', () => {
  test('that finished with a letter means sent', () => {
    assert.deepEqual(settle({ state: 'accepted' }, tracker(-1, '9')), {
      state: 'sent',
      trackId: '77',
      letter: '9',
      issueId: '5',
    });
    assert.equal(settle({ state: 'uncertain' }, tracker(-1, '9')).state, 'sent');
    assert.equal(settle({ state: 'sending' }, tracker(-1, '9')).state, 'sent');
  });

  test('that finished without a letter, failed, was cancelled or refused in moderation means refused', () => {
    for (const [status, code] of [
      [-1, 'skipped'],
      [-2, 'provider-error'],
      [-3, 'provider-cancelled'],
      [-6, 'moderation'],
    ] as const) {
      const result = settle({ state: 'accepted' }, tracker(status));
      assert.ok(result.state === 'refused' && result.code === code);
    }
    assert.equal(settle({ state: 'accepted' }, tracker(-1, '')).state, 'refused');
  });

  test('that is deferred, moderated, paused or in progress changes nothing yet', () => {
    for (const status of [-7, -5, -4, 0, 1, 2, 3, 4, 5, 6, 99, -99]) {
      assert.equal(settle({ state: 'uncertain' }, tracker(status)).state, 'accepted');
      assert.equal(settle({ state: 'accepted' }, tracker(status, '9')).state, 'unchanged');
    }
  });

  test('that comes late changes nothing', () => {
    for (const state of ['sent', 'delivered', 'bounced', 'refused', 'cancelled', 'waiting'] as const)
      for (const status of [-1, -2, -3, -6, 0]) assert.equal(settle({ state }, tracker(status)).state, 'unchanged');
  });

  test('loses its free error text, which may contain the address', () => {
    const result = settle({ state: 'accepted' }, { ...tracker(-2), error: 'no such user anna@example.kz' });
    assert.ok(result.state === 'refused' && !result.detail.includes('anna'));
  });
});

describe('a lost call', () => {
  const call = new Date('2026-12-02T10:00:00Z');
  const deadline = new Date('2026-12-02T10:00:30Z');
  const after = (seconds: number, reach: number | null = -1, complete = true) => ({
    begunAt: new Date(deadline.getTime() + seconds * 1000),
    reachesBackTo: reach === null ? null : new Date(call.getTime() + reach * 1000),
    complete,
  });
  const proven = (...listings: ReturnType<typeof after>[]) =>
    provenAbsent({ callStartedAt: call, callDeadline: deadline, listings, settleSeconds: 120 });

  test('is proven absent by two complete listings that reach back before it', () => {
    assert.ok(proven(after(120), after(121)));
    assert.ok(proven(after(120, null), after(3600)));
  });

  test('is not proven by fewer, early, late, short or incomplete ones', () => {
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

  test('is never less proven by an additional listing', () => {
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

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  bounceReason,
  type ConcludedDelivery,
  type DeliveryReport,
  firstOutcome,
} from '../../src/domain/letter/delivery.ts';

const report = (change: Partial<DeliveryReport> = {}): DeliveryReport => ({
  letter: '1',
  issueId: '9',
  outcome: 'delivered',
  at: new Date('2026-11-20T10:00:00Z'),
  code: null,
  status: 'x',
  ...change,
});
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 10, minute));

describe('the delivery result of a letter', () => {
  it('is the reported result with the earliest time', () => {
    const reports = [
      report({ outcome: 'hard-bounce', at: at(7) }),
      report({ outcome: 'delivered', at: at(5) }),
      report({ outcome: 'under-way', at: at(1) }),
      report({ outcome: 'unknown', at: at(2) }),
    ];
    assert.deepEqual(firstOutcome(reports), reports[1]);
  });

  it('is unknown while delivery continues or when sendsay.yaml does not define the status', () => {
    assert.equal(firstOutcome([]), null);
    assert.equal(firstOutcome([report({ outcome: 'under-way' }), report({ outcome: 'unknown' })]), null);
  });

  it('is "accepted" rather than "bounced" when the reports have no times', () => {
    const reports = [report({ outcome: 'hard-bounce', at: at(1) }), report({ outcome: 'delivered', at: null })];
    assert.equal(firstOutcome(reports)?.outcome, 'delivered');
  });

  it('does not depend on the order or number of reports', () => {
    const some = fc.array(
      fc.record({
        outcome: fc.constantFrom('delivered', 'hard-bounce', 'soft-bounce', 'under-way', 'unknown'),
        minute: fc.option(fc.integer({ min: 0, max: 5 })),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(some, fc.infiniteStream(fc.nat()), (drawn, keys) => {
        const reports = drawn.map(({ outcome, minute }) =>
          report({ outcome: outcome as DeliveryReport['outcome'], at: minute === null ? null : at(minute) }),
        );
        const shuffled = [...reports, ...reports]
          .map((each) => ({ each, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ each }) => each);
        const before = firstOutcome(reports);
        const after = firstOutcome(shuffled);
        assert.deepEqual([after?.outcome, after?.at], [before?.outcome, before?.at]);
      }),
    );
  });

  it('has a reason when the letter bounced, and none when it was delivered', () => {
    assert.equal(bounceReason(report() as ConcludedDelivery), null);
    const reason = bounceReason(report({ outcome: 'hard-bounce', code: '5.1.1' }) as ConcludedDelivery);
    assert.equal(reason?.code, 'hard-bounce');
    assert.match(reason?.detail ?? '', /\(5\.1\.1\); correct it/);
  });
});

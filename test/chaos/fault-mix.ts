/** A fault in the form of the sandboxes' control planes. */
type Fault = { kind: string; match: Record<string, unknown> } & Record<string, unknown>;

const withChance = (match: Record<string, unknown>, entries: [number, Record<string, unknown>][]): Fault[] =>
  entries.map(([probability, fault]) => ({ kind: String(fault['kind']), match: { ...match, probability }, ...fault }));

/**
 * All faults of the stand-in LMS with low probability. `wrong-schema` is only for PATCH: an invalid record is rightly
 * held and would not be awarded.
 */
export function lmsFaults(): Fault[] {
  return [
    ...withChance({ method: 'PATCH' }, [
      [0.05, { kind: 'reset-after-apply' }],
      [0.02, { kind: 'status', status: 500, executed: true }],
      [0.02, { kind: 'garbage', executed: true }],
      [0.01, { kind: 'wrong-schema', executed: true }],
    ]),
    ...withChance({}, [
      [0.02, { kind: 'status', status: 503 }],
      [0.01, { kind: 'status', status: 500 }],
      [0.01, { kind: 'status', status: 429, retryAfter: 1 }],
      [0.02, { kind: 'reset-before' }],
      [0.01, { kind: 'garbage' }],
      [0.02, { kind: 'slow', ms: 300 }],
      [0.005, { kind: 'hang', ms: 2000 }],
    ]),
  ];
}

/**
 * All faults of the stand-in Sendsay with low probability; `afterAccept` is the probability that the answer to an
 * accepted letter is lost. `refusals`: whether some letters are refused finally.
 */
export function sendsayFaults(afterAccept: number, refusals: boolean): Fault[] {
  const send = { action: 'issue.send' };
  const finite: Fault[] = [
    { match: { ...send, nth: 20 }, kind: 'error', id: 'error/never/heard/of', explain: { deep: [1] }, times: 2 },
    { match: { ...send, nth: 60 }, kind: 'tracker', outcome: 'skipped', times: 2 },
    { match: { ...send, nth: 80 }, kind: 'tracker', outcome: 'error', times: 1 },
    { match: { ...send, nth: 90 }, kind: 'tracker', outcome: 'moderation-failed', times: 1 },
    { match: { ...send, nth: 40 }, kind: 'session-expired', times: 1 },
  ];
  return [
    ...(refusals ? finite : []),
    ...withChance(send, [
      [afterAccept, { kind: 'reset-after-accept' }],
      [0.005, { kind: 'timeout-after-accept' }],
      [0.005, { kind: 'hang', ms: 1500 }],
      [0.003, { kind: 'hang' }],
      [0.01, { kind: 'status', status: 500, executed: true }],
      [0.01, { kind: 'status', status: 500 }],
      [0.01, { kind: 'status', status: 502, executed: true }],
      [0.003, { kind: 'status', status: 503, executed: true }],
      [0.003, { kind: 'status', status: 503 }],
      [0.005, { kind: 'rate-limit' }],
      [0.02, { kind: 'reset-before' }],
      [0.01, { kind: 'garbage', executed: true }],
      [0.005, { kind: 'garbage' }],
      [0.005, { kind: 'wrong-schema', executed: true }],
      [0.01, { kind: 'redirect' }],
      [0.005, { kind: 'body-redirect' }],
      [0.02, { kind: 'slow', ms: 500 }],
    ]),
    ...withChance({ action: 'track.list' }, [
      [0.04, { kind: 'status', status: 500 }],
      [0.02, { kind: 'rate-limit' }],
      [0.04, { kind: 'garbage' }],
      [0.02, { kind: 'wrong-schema' }],
      [0.04, { kind: 'reset-before' }],
      [0.02, { kind: 'hang', ms: 1500 }],
      [0.02, { kind: 'redirect' }],
      [0.05, { kind: 'slow', ms: 500 }],
    ]),
    ...withChance({ action: 'track.get' }, [[0.3, { kind: 'status', status: 502 }]]),
    ...withChance({ action: 'email.get' }, [[0.3, { kind: 'reset-before' }]]),
  ];
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CERTIFICATE_STATES, isFinalForBatch } from '../../src/domain/certificate/certificate-state.ts';

test('exactly the listed states of a certificate keep a batch running', () => {
  const open = CERTIFICATE_STATES.filter((state) => !isFinalForBatch(state));
  assert.deepEqual(open, ['pending', 'awarded', 'patched', 'rendered', 'waiting', 'sending', 'accepted', 'uncertain']);
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareLetters } from '../../src/demo/summary.ts';

const item = (certificateId: string, state = 'sent') => ({
  certificateId,
  state,
  studentGroupId: `sg_${certificateId}`,
});
const letter = (customerId: string, email: string) => ({ customerId, email });

describe("the demo's comparison of certificates with the letters at the provider", () => {
  it('finds no fault when each certificate has a letter, and copies of it to other addresses', () => {
    const letters = [letter('1', 'a@kz.example'), letter('2', 'b@kz.example'), letter('1', 'archive@school.example')];
    assert.deepEqual(compareLetters(letters, [item('1'), item('2'), item('3', 'waiting')]), []);
  });

  it('names a certificate whose letter went to one address twice, and a sent one without a letter', () => {
    const letters = [letter('1', 'a@kz.example'), letter('1', 'a@kz.example')];
    assert.deepEqual(compareLetters(letters, [item('1'), item('2')]), [
      'certificate of sg_1 (sent): 1 letters were doubled',
      'certificate of sg_2 (sent) has no letter',
    ]);
  });
});

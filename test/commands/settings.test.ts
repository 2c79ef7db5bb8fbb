import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { readConfig } from '../../src/config.ts';
import { InputError } from '../../src/domain/failure.ts';
import { gramota } from './command-line.ts';

/** Error messages about one setting; empty when the setting is valid. */
function faultsOf(name: string, value: string): string[] {
  try {
    readConfig({ [name]: value }, []);
    return [];
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error.faults;
  }
}

const key = (bytes: number) => Buffer.alloc(bytes, 'gramota').toString('base64');

describe('the setting LMS_WEBHOOK_SECRET', () => {
  const taken = [
    `whsec_${key(24)}`,
    `whsec_${key(8)}`,
    `whsec_${key(64)}`,
    `whsec_${key(32).replace(/=+$/, '')}`,
    `whsec_${key(24)},whsec_${key(32)}`,
    `whsec_${key(24)} , whsec_${key(32)}`,
  ];
  for (const value of taken)
    it(`accepts ${value.length} characters of ${value.split(',').length} secrets`, () =>
      assert.deepEqual(faultsOf('LMS_WEBHOOK_SECRET', value), []));

  it('accepts every secret that the Standard Webhooks library accepts, with or without base64 padding', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 12, maxLength: 84 }), (text) => {
        for (const encoded of [text, text.replace(/=+$/, '')]) {
          assert.ok(new Webhook(encoded));
          assert.deepEqual(faultsOf('LMS_WEBHOOK_SECRET', `whsec_${encoded}`), [], encoded);
        }
      }),
    );
    // Letters that a person typed in place of random bytes; the last secret has bits that no valid key has.
    const typed = 'whsec_TheKeyOfAFictionalSchoolThatSomebodyTyped12';
    assert.ok(new Webhook(typed));
    assert.deepEqual(faultsOf('LMS_WEBHOOK_SECRET', typed), []);
    assert.throws(() => new Webhook(`whsec_${'-_'.repeat(16)}`), 'that of URLs it refuses');
  });

  const refused: [string, string][] = [
    ['without its prefix', key(24)],
    ['with another prefix', `whpk_${key(24)}`],
    ['a bare word', 'hunter2'],
    ['nothing after the prefix', 'whsec_'],
    ['too short', `whsec_${key(7)}`],
    ['too long', `whsec_${key(65)}`],
    ['not base64', `whsec_${key(24).slice(0, -1)}!`],
    ['base64 of URLs', `whsec_${Buffer.alloc(24, 255).toString('base64url').replaceAll('_', '-')}`],
    ['bits left over', `whsec_${key(24).slice(0, -3)}`],
    ['quoted', `"whsec_${key(24)}"`],
    ['a line break in it', `whsec_${key(24)}\nwhsec_${key(24)}`],
    ['the second one wrong', `whsec_${key(24)},hunter2`],
    ['a comma at the end', `whsec_${key(24)},`],
  ];
  for (const [what, value] of refused) {
    it(`refuses one ${what} with one line that does not repeat it`, () => {
      const faults = faultsOf('LMS_WEBHOOK_SECRET', value);
      assert.equal(faults.length, 1);
      assert.match(
        faults[0] ?? '',
        /^LMS_WEBHOOK_SECRET: each secret must be whsec_ followed by the base64 of 8 to 64 bytes/,
      );
      assert.doesNotMatch(faults[0] ?? '', /hunter2|Z3JhbW/);
    });
  }
});

describe('the setting TRUST_PROXY', () => {
  const taken = [
    '0',
    '1',
    '12',
    '10.0.0.1',
    '10.0.0.0/8',
    '::1',
    'fd00::/8',
    'loopback',
    'loopback, 10.0.0.0/8',
    '::1,uniquelocal',
  ];
  for (const value of taken) it(`accepts ${value}`, () => assert.deepEqual(faultsOf('TRUST_PROXY', value), []));

  const refused = [
    'true',
    'yes',
    '-1',
    '1.5',
    '1000',
    'proxy.school.example',
    '10.0.0',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'fd00::/129',
    'loopback/8',
    '10.0.0.1,',
    '10.0.0.1;10.0.0.2',
    '*',
  ];
  for (const value of refused) {
    it(`refuses ${value} with one line`, () => {
      assert.deepEqual(faultsOf('TRUST_PROXY', value), [
        'TRUST_PROXY: must be the number of reverse proxies, or their addresses, separated by commas',
      ]);
    });
  }
});

it('settings with an invalid format stop a command before it does anything: exit code 1 and one line per setting', async () => {
  const ran = await gramota(['token', 'list'], {
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    LMS_WEBHOOK_SECRET: `whsec_${key(24)},hunter2`,
    TRUST_PROXY: 'true',
  });
  assert.deepEqual([ran.code, ran.out], [1, []]);
  assert.deepEqual(ran.err.map((line) => line.split(':')[0]).sort(), ['LMS_WEBHOOK_SECRET', 'TRUST_PROXY']);
});

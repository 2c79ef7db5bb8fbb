import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadDeliveryMap, readDeliveryMap } from '../../../src/adapters/sendsay/delivery-map.ts';
import { InputError } from '../../../src/domain/failure.ts';

/** Field names and values are fictional. */
const FILE = `version: 1
delivery:
  select:
    letter: deliv.letter.id
    issue: deliv.issue.id
    status: deliv.status
  delivered: [1, taken]
  hardBounce: [-1]
  softBounce: []
  underWay: [""]
`;

function faultsOf(yaml: string): string[] {
  try {
    readDeliveryMap(yaml, 'sendsay.yaml');
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    return error.faults;
  }
  return assert.fail('no fault found');
}

describe('sendsay.yaml', () => {
  it('disables the delivery query when the file is absent, empty or without "delivery"', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'gramota-test-'));
    try {
      assert.equal(await loadDeliveryMap(dir), null);
      for (const text of ['', '# nothing\n', '{}', 'version: 1\ndelivery:\n']) {
        await writeFile(join(dir, 'sendsay.yaml'), text);
        assert.equal(await loadDeliveryMap(dir), null, text);
      }
      await writeFile(join(dir, 'sendsay.yaml'), FILE);
      assert.equal((await loadDeliveryMap(dir))?.select.letter, 'deliv.letter.id');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('defines fields, status values as text, and times, all with defaults', () => {
    assert.deepEqual(readDeliveryMap(FILE, 'sendsay.yaml'), {
      select: { letter: 'deliv.letter.id', issue: 'deliv.issue.id', status: 'deliv.status', at: null, detail: null },
      outcomes: new Map([
        ['1', 'delivered'],
        ['taken', 'delivered'],
        ['-1', 'hard-bounce'],
        ['', 'under-way'],
      ]),
      askAfterMs: 5 * 60_000,
      untilMs: 4 * 86_400_000,
    });
    const map = readDeliveryMap(`${FILE}  askAfter: PT90S\n  until: P10D\n`, 'sendsay.yaml');
    assert.deepEqual([map?.askAfterMs, map?.untilMs], [90_000, 10 * 86_400_000]);
  });

  for (const [what, change, fault] of [
    [
      'a misspelt key',
      (text: string) => text.replace('hardBounce', 'hardbounce'),
      /^sendsay\.yaml:8: delivery: unknown "hardbounce"/,
    ],
    [
      'a missing field',
      (text: string) => text.replace('    letter: deliv.letter.id\n', ''),
      /^sendsay\.yaml:3: delivery\.select\.letter: /,
    ],
    [
      'no field name',
      (text: string) => text.replace('deliv.status', '"de liv"'),
      /^sendsay\.yaml:6: delivery\.select\.status: expected the name/,
    ],
    [
      'one field twice',
      (text: string) => text.replace('deliv.status', 'deliv.issue.id'),
      /^sendsay\.yaml:6: delivery\.select\.status: is also the field of issue/,
    ],
    [
      'a value in two lists',
      (text: string) => text.replace('softBounce: []', 'softBounce: ["1"]'),
      /^sendsay\.yaml:9: delivery\.softBounce\.0: "1" is listed twice \(delivered\)/,
    ],
    [
      'a value of another kind',
      (text: string) => text.replace('[-1]', '[null]'),
      /^sendsay\.yaml:8: delivery\.hardBounce\.0: expected a value/,
    ],
    [
      'nothing to learn',
      (text: string) => text.replace('[1, taken]', '[]').replace('[-1]', '[]'),
      /^sendsay\.yaml:2: delivery: no values are listed in/,
    ],
    [
      'no duration',
      (text: string) => `${text}  askAfter: 5 minutes\n`,
      /^sendsay\.yaml:11: delivery\.askAfter: expected an ISO 8601 duration/,
    ],
    [
      'too long a time',
      (text: string) => `${text}  until: P1Y\n`,
      /^sendsay\.yaml:11: delivery\.until: expected at most P31D/,
    ],
    [
      'an end before the beginning',
      (text: string) => `${text}  until: PT1M\n`,
      /^sendsay\.yaml:11: delivery\.until: must be later than askAfter/,
    ],
    ['no YAML', () => 'delivery: [', /^sendsay\.yaml:1: not readable as YAML/],
  ] as const) {
    it(`is refused with file and line for ${what}`, () => {
      const faults = faultsOf(change(FILE));
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }
});

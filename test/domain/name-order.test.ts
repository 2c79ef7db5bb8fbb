import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { orderedName } from '../../src/domain/text/name-order.ts';
import { CountriesFile, nameOrderOf } from '../../src/domain/time/send-window.ts';

describe('the order of names of a country', () => {
  it('moves the family name that is known, however many words it has', () => {
    for (const [name, family, expected] of [
      ['Әсел Нұрмұхамедова', 'Нұрмұхамедова', 'Нұрмұхамедова Әсел'],
      ['Нұрмұхамедова Әсел Қайратқызы', 'Нұрмұхамедова', 'Нұрмұхамедова Әсел Қайратқызы'],
      ['Ana de la Cruz', ' de  la Cruz ', 'de la Cruz Ana'],
    ] as const)
      assert.equal(orderedName(name, family, 'family-first'), expected);
    assert.equal(
      orderedName('Нұрмұхамедова Әсел Қайратқызы', 'Нұрмұхамедова', 'given-first'),
      'Әсел Қайратқызы Нұрмұхамедова',
    );
  });

  it('never guesses: a name without a known family name, or with another one, stays as it is', () => {
    for (const family of [null, undefined, '', 'Нұрмұхамедов', 'Қайратқызы', 'Әсел Нұрмұхамедова'])
      assert.equal(
        orderedName('Әсел Қайратқызы Нұрмұхамедова', family, 'family-first'),
        'Әсел Қайратқызы Нұрмұхамедова',
      );
    assert.equal(orderedName('Әсел Нұрмұхамедова', 'Нұрмұхамедова', undefined), 'Әсел Нұрмұхамедова');
  });

  it('is said in countries.yaml', () => {
    const rest = { default: { contact: { windows: [{ days: ['mon'], from: '09:00', to: '18:00' }] } } };
    const file = CountriesFile.parse({ ...rest, KZ: { nameOrder: 'family-first' } });
    assert.deepEqual(
      ['KZ', 'UZ', 'toString'].map((code) => nameOrderOf(file, code)),
      ['family-first', undefined, undefined],
    );
    const wrong = CountriesFile.safeParse({ ...rest, KZ: { nameOrder: 'surname' } });
    assert.match(wrong.error?.issues[0]?.message ?? '', /expected one of family-first, given-first/);
  });
});

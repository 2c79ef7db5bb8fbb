import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findSignatory, Signatories } from '../../src/domain/certificate/signatory.ts';
import { alphabetOf, isForeign } from '../../src/domain/text/printed-text.ts';

const PEOPLE = Signatories.parse({
  galiya: { name: { kk: 'Ғалия Мысалова', en: 'Galiya Mysalova' }, position: { kk: 'Директор' }, signature: 'g.png' },
  pat: { name: 'Pat Example', knownAs: ['Пэт Примерова'] },
});

describe('signatories of issuer.yaml', () => {
  it('are found by any of their names, whatever its case, spacing and national letters', () => {
    for (const name of ['Ғалия Мысалова', '  ғалия  МЫСАЛОВА', 'Галия Мысалова', 'Galiya Mysalova'])
      assert.equal(findSignatory(PEOPLE, name)?.id, 'galiya', name);
    for (const name of ['Pat Example', 'Пэт Примерова']) assert.equal(findSignatory(PEOPLE, name)?.id, 'pat', name);
  });

  it('are never found by a part of the name, another order of words, or initials', () => {
    for (const name of ['Мысалова', 'Мысалова Ғалия', 'Ғ. Мысалова', 'Ғалия Мысалова мл.', ''])
      assert.equal(findSignatory(PEOPLE, name), null, name);
  });

  it('may have a plain text for all languages, or a text for each', () => {
    assert.deepEqual(PEOPLE['pat']?.name, { und: 'Pat Example' });
    assert.deepEqual(Object.keys(PEOPLE['galiya']?.name ?? {}), ['kk', 'en']);
    assert.deepEqual(Signatories.parse(PEOPLE), PEOPLE, 'what was parsed parses again');
  });

  it('are refused where one name stands for two persons, and where a file leads elsewhere', () => {
    const faults = (people: object) => Signatories.safeParse(people).error?.issues.map(({ message }) => message);
    assert.match(faults({ a: { name: 'Pat' }, b: { name: 'Sam', knownAs: ['PAT'] } })?.[0] ?? '', /same name as a/);
    for (const signature of ['../a.png', 'a.jpg', '/a.png', 'a\u0000.png', 'sub/a.png'])
      assert.match(faults({ a: { name: 'Pat', signature } })?.[0] ?? '', /folder issuer/, signature);
    assert.match(faults({ a: { name: { ru: ' ' } } })?.[0] ?? '', /is empty/);
    assert.match(faults({ a: { name: {} } })?.[0] ?? '', /at least one language/);
  });
});

describe('the alphabet of a text', () => {
  it('is that of the language as it is written today', () => {
    for (const [language, alphabet] of [
      ['ru', 'Cyrillic'],
      ['kk', 'Cyrillic'],
      ['uz', 'Latin'],
      ['uz-Cyrl', 'Cyrillic'],
      ['az', 'Latin'],
      ['mn', 'Cyrillic'],
      ['hy', 'Armenian'],
      ['ka', 'Georgian'],
      ['ar', 'Arabic'],
      ['ja', 'East Asian'],
    ] as const)
      assert.equal(alphabetOf(language), alphabet, language);
  });

  it('is foreign where any letter is of another one; digits and signs have none', () => {
    assert.equal(isForeign('Вера Образцова', 'uz'), true);
    assert.equal(isForeign('Vera Obraztsova', 'uz'), false);
    assert.equal(isForeign('Вера Образцова, PhD', 'ru'), true);
    assert.equal(isForeign('№ 17-04/2026', 'ka'), false);
  });
});

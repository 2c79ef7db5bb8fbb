import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actName, fieldName } from '../../src/console/frame/act-words.ts';
import { plainly } from '../../src/console/frame/plain-words.ts';
import { mendingOf, reasonName } from '../../src/console/held/reason-words.ts';
import { message } from '../../src/domain/messages/message.ts';
import { HELD_REASONS, OTHER_REASONS } from '../../src/domain/reason-codes.ts';

const LANGUAGES = ['en', 'ru'] as const;

describe('the words of the console', () => {
  it('names fields of the API in words and shows shares as percentages', () => {
    const text =
      'progress.score is 58.5, at least 60 is needed; progress.lessonsShare is 0.5833333333333334, at least 0.9 is needed';
    assert.equal(
      plainly({ language: 'en' }, text),
      'score is 58.5, at least 60 is needed; share of lessons completed is 58.3%, at least 90% is needed',
    );
    assert.match(plainly({ language: 'ru' }, text), /^балл: 58\.5.*доля пройденных уроков: 58\.3%.*90%/);
  });

  it('leaves to the console what to do about the country, and names its sources in words', () => {
    const says = message('country.says', { source: 'registration-file', code: 'UZ' });
    const text = message('country.disagree', { seen: says, mend: message('country.mend') });
    assert.equal(plainly({ language: 'en' }, text), 'The sources disagree: the registration file says UZ.');
  });

  it('changes nothing in names of files, addresses and numbers', () => {
    for (const text of ['add it to grades.yaml', 'https://school.example/release.id', 'version 0.1.0 of 1 file'])
      assert.equal(plainly({ language: 'en' }, text), text);
  });

  it('has a name for each reason that a person meets, and says what to do about each hold', () => {
    const met = Object.entries(OTHER_REASONS).flatMap(([code, states]) => (states.length > 0 ? [code] : []));
    for (const language of LANGUAGES) {
      const unnamed = [...HELD_REASONS, ...met].filter((code) => reasonName({ language }, code) === code);
      assert.deepEqual(unnamed, ['revoked']);
      const helpless = HELD_REASONS.filter((code) => mendingOf({ language }, code) === null);
      assert.deepEqual(helpless, ['recipient-blocked'], 'it holds nobody in this version');
    }
  });

  it('names acts and corrected fields, and shows an unknown one as it is', () => {
    assert.equal(actName({ language: 'en' }, 'student-group.override'), 'Corrected');
    assert.equal(fieldName({ language: 'ru' }, 'latinName'), 'имя латиницей');
    assert.equal(actName({ language: 'en' }, 'something.new'), 'something.new');
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { factChanges } from '../../src/domain/certificate/fact-changes.ts';
import { describeChanges, LetterOccasions, NAMED_FACTS } from '../../src/domain/letter/letter-occasions.ts';
import { composeLetter, type LetterTemplate } from '../../src/domain/letter/letter-text.ts';
import { LETTER_OCCASIONS } from '../../src/domain/letter/occasions.ts';

const changes = Object.fromEntries(NAMED_FACTS.map((fact) => [fact, `the ${fact}`]));
const occasions = Object.fromEntries(
  LETTER_OCCASIONS.map((occasion) => [occasion, { lead: `${occasion}: {{name}}; {{changes}}` }]),
);
const file = { reviewed: null, changes, occasions };
const words = LetterOccasions.parse(file);
const FACTS = {
  holderName: 'Anna Sample',
  latinName: null,
  courseTitle: 'Course',
  number: 'X-1',
  code: 'SAMPLE',
  lookupUrl: 'https://verify.example/c/SAMPLE',
  issuer: { name: 'School', url: 'https://school.example' },
  signatory: { name: 'Pat', position: 'Head' },
  issueDate: '2026-05-01',
  hoursTotal: 72,
  programme: [{ title: 'One', hours: 72 }],
  project: null,
} as unknown as DiplomaFacts;
const template: LetterTemplate = {
  subject: '{{lead}}',
  html: '<p>{{lead}}</p>{{contact}} {{contactUrl}} {{downloadUrl}}',
  text: '{{lead}}',
  occasions: words,
};

describe('a letter that depends on its occasion', () => {
  const letter = (occasion: (typeof LETTER_OCCASIONS)[number], more: object = {}) =>
    composeLetter(template, { facts: FACTS, occasion, changes: [], contact: null, ...more }, ['[%']);

  it('has the texts of that occasion, with their placeholders filled and escaped once', () => {
    assert.equal(letter('first').subject, 'first: Anna Sample; the other');
    const name = { facts: { ...FACTS, holderName: '<b>A & B [% x' } };
    assert.match(letter('resent', name).html, /^<p>resent: &lt;b&gt;A &amp; B \[ % x; /);
  });

  it('says how to reach the issuer: its contact, or else its web address; and where the diploma can be downloaded', () => {
    assert.match(
      letter('first').html,
      /https:\/\/school\.example https:\/\/school\.example https:\/\/verify\.example\/c\/SAMPLE\/diploma\.pdf$/,
    );
    assert.match(
      letter('first', { contact: 'office@school.example' }).html,
      /office@school\.example mailto:office@school\.example /,
    );
  });

  it('is the same for every occasion when its folder has no occasions.yaml', () => {
    const plain = { subject: '{{name}}', html: '', text: '' };
    for (const occasion of LETTER_OCCASIONS)
      assert.equal(
        composeLetter(plain, { facts: FACTS, occasion, changes: [], contact: null }, []).subject,
        'Anna Sample',
      );
  });
});

describe('what a corrected letter says about the changes', () => {
  const said = (change: object) => describeChanges(words.changes, factChanges(FACTS, { ...FACTS, ...change }));

  it('shows the old and the new value of names and titles, and only the name of other facts, each once', () => {
    assert.equal(
      said({ holderName: 'Anna Samplova', templateHash: 'other' }),
      'the holderName: Anna Sample → Anna Samplova',
    );
    assert.equal(said({ latinName: 'A' }), 'the latinName: A');
    assert.equal(
      said({
        issueDate: '2026-05-02',
        programme: [
          { title: 'Two', hours: 71 },
          { title: 'Three', hours: 1 },
        ],
      }),
      'the programme; the issueDate',
    );
    assert.equal(said({ project: { title: 'P', url: 'https://x.example', grade: '5' } }), 'the project: P');
  });

  it('names the design when no printed fact has changed', () => {
    assert.equal(said({}), 'the other');
    assert.equal(said({ templateHash: 'other' }), 'the other');
  });
});

describe('the file occasions.yaml', () => {
  const faults = (change: object) => LetterOccasions.safeParse({ ...file, ...change }).error?.issues ?? [];

  it('needs the same texts for every occasion, and a word for every fact', () => {
    const [missing] = faults({ occasions: { ...occasions, first: { lead: 'x', more: 'y' } } });
    assert.match(missing?.message ?? '', /the text "more" is missing/);
    assert.equal(faults({ occasions: { first: { lead: 'x' } } }).length > 0, true);
    assert.equal(faults({ changes: { ...changes, project: ' ' } }).length, 1);
    assert.deepEqual(faults({ reviewed: { by: 'A. Reader', on: '2026-11-30' } }), []);
    assert.equal(faults({ reviewed: { by: 'A. Reader', on: 'yesterday' } }).length, 1);
  });
});

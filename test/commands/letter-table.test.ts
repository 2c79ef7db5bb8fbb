import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadRulebook } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { letterLine, letterTable, reviewLines } from '../../src/commands/letter-table.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import type { LetterTemplate } from '../../src/domain/letter/letter-text.ts';
import type { Rulebook } from '../../src/domain/rulebook.ts';
import { letterHash } from '../../src/lifecycle/lacking-approval.ts';

const TEMPLATES = fileURLToPath(new URL('../../../templates', import.meta.url));

describe('the table that lists all letters', () => {
  let rulebook: Rulebook;
  before(async () => {
    rulebook = await loadRulebook(TEMPLATES, await loadTemplates(TEMPLATES));
  });

  it('has one row per programme and per event that causes a letter, with the version of each language', () => {
    const rows = letterTable(rulebook);
    assert.deepEqual(
      rows.map(({ trigger }) => trigger),
      [
        'award by an event from the LMS or in a batch',
        'reissue or reinstate: after the new version is drawn',
        'resend, retry, or resolve with "not-sent"',
      ],
    );
    for (const { programme, template, texts } of rows) {
      assert.equal(programme, 'cis-teachers');
      assert.equal(template, 'letter/diploma');
      assert.deepEqual(Object.keys(texts), ['az', 'en', 'hy', 'ka', 'kk', 'ky', 'ru', 'tg', 'uz']);
    }
  });

  it('says that no event causes an award in a programme that awards only in batches', () => {
    const [programme] = rulebook.criteria.programmes;
    assert.ok(programme);
    const criteria = { ...rulebook.criteria, programmes: [{ ...programme, issue: 'batch' as const }] };
    assert.equal(letterTable({ ...rulebook, criteria })[0]?.trigger, 'award only in a batch');
  });

  it('has one more row for the addresses that get copies', () => {
    const [programme] = rulebook.criteria.programmes;
    assert.ok(programme);
    const copyTo = ['archive@school.example', 'office@school.example'];
    const rows = letterTable({
      ...rulebook,
      criteria: { ...rulebook.criteria, programmes: [{ ...programme, copyTo }] },
    });
    assert.equal(rows.length, 4);
    assert.equal(rows[3]?.trigger, 'acceptance of any of these letters by the mail provider: a copy');
    assert.equal(rows[3]?.audience, 'archive@school.example, office@school.example');
  });

  it('shows a new version of a text as soon as one character of the letter differs', () => {
    const letter = { subject: 'a', html: 'b', text: 'c' };
    const versions = [letter, { ...letter, subject: 'A' }, { ...letter, html: 'B' }, { ...letter, text: 'C' }];
    assert.equal(new Set(versions.map(letterHash)).size, 4);
    assert.equal(letterHash(letter), letterHash({ ...letter }));
    assert.match(letterHash(letter), /^[0-9a-f]{64}$/);
  });

  it('shows a new version of a text as soon as a text of one occasion differs', () => {
    const [letter] = rulebook.letters.get('diploma')?.values() ?? [];
    assert.ok(letter?.occasions);
    const { occasions } = letter.occasions;
    const other = { ...occasions, resent: { ...occasions.resent, lead: 'other' } };
    assert.notEqual(
      letterHash({ ...letter, occasions: { ...letter.occasions, occasions: other } }),
      letterHash(letter),
    );
  });

  it('lists for each letter which languages a native speaker has read, with name and date', () => {
    const letter = (reviewed: { by: string; on: string } | null) => ({
      subject: '',
      html: '',
      text: '',
      occasions: { reviewed, changes: {} as never, occasions: {} as never },
    });
    const read = letter({ by: 'A. Reader', on: '2026-11-30' });
    const letters: Rulebook['letters'] = new Map([
      [
        'diploma',
        new Map<string, LetterTemplate>([
          ['ru', read],
          ['kk', letter(null)],
          ['en', { subject: '', html: '', text: '' }],
        ]),
      ],
    ]);
    assert.deepEqual(reviewLines({ letters }), [
      'wording of letter/diploma: read by a native speaker: ru (A. Reader, 2026-11-30); not read by one yet: en, kk',
    ]);
  });

  it('prints one line per row: trigger → template → text version → audience', () => {
    const [row] = letterTable(rulebook);
    assert.ok(row);
    assert.match(
      letterLine(row, null),
      /^letter of cis-teachers: award .+ → letter\/diploma → az [0-9a-f]{12}, en [0-9a-f]{12}, .+ → the holder, .+$/,
    );
    assert.match(
      letterLine(row, (subject) => subject === 'letter/diploma/kk'),
      / en [0-9a-f]{12} \(not approved\), .+ kk [0-9a-f]{12} \(approved\), /,
    );
  });
});

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { loadRulebook } from '../../src/adapters/templates-dir/load-rulebook.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { Signatories } from '../../src/domain/certificate/signatory.ts';
import { Programme } from '../../src/domain/criteria/criteria.ts';
import type { Rulebook } from '../../src/domain/rulebook.ts';
import { Release } from '../../src/domain/student-group/student-group.ts';
import { declaredFacts, declaredTexts } from '../../src/lifecycle/declared-facts.ts';
import { declaredWarnings, issuerWarnings } from '../../src/lifecycle/declared-warnings.ts';
import { TEMPLATES_DIR } from '../diploma/sample-facts.ts';
import { NOTHING_DECLARED } from '../support/nothing-declared.ts';

const RELEASE = Release.parse({
  id: 'rel_2026a',
  courseTitle: { ru: 'Курс' },
  startsOn: '2026-09-01',
  endsOn: '2026-11-15',
  timezone: 'Europe/Moscow',
  issueDate: '2026-11-20',
  numberPrefix: 'INT-26',
  program: [],
  hoursTotal: 72,
  signatory: { name: 'Вера Образцова', position: { ru: 'Директор', en: 'Director' } },
});

const PEOPLE = Signatories.parse({
  vera: { name: { ru: 'Вера Образцова', uz: 'Vera Obraztsova' }, position: { ru: 'Ректор', uz: 'Rektor' } },
  askar: { name: { ru: 'Аскар Примеров' }, position: 'Проректор' },
});

describe('what issuer.yaml and the programme declare for a diploma', () => {
  let rules: Rulebook;
  const withIssuer = (changes: object): Rulebook => ({
    ...rules,
    issuer: { ...rules.issuer, ...NOTHING_DECLARED, ...changes },
  });
  const withPrints = (book: Rulebook, prints: unknown): Rulebook => ({
    ...book,
    criteria: {
      ...book.criteria,
      programmes: book.criteria.programmes.map((one) => ({ ...one, prints: Programme.shape.prints.parse(prints) })),
    },
  });
  before(async () => {
    rules = await loadRulebook(TEMPLATES_DIR, await loadTemplates(TEMPLATES_DIR));
  });

  it('is nothing by default: the facts are those of the LMS, without any further property', () => {
    assert.deepEqual(declaredFacts(withIssuer({}), RELEASE, 'en'), {
      signatory: { name: 'Вера Образцова', position: 'Director' },
    });
  });

  it('gives name and position of the signatory in the language of the diploma, and the id whose signature it is', () => {
    const book = withIssuer({ signatories: PEOPLE });
    assert.deepEqual(declaredFacts(book, RELEASE, 'uz').signatory, {
      id: 'vera',
      name: 'Vera Obraztsova',
      position: 'Rektor',
    });
    const other = { ...RELEASE, signatory: { ...RELEASE.signatory, name: 'Новый Директор' } };
    assert.equal(declaredFacts(book, other, 'uz').signatory.id, undefined, 'a new director signs with no old hand');
  });

  it('can have a second signatory, for all or for a programme; nobody signs twice', () => {
    const book = withIssuer({ signatories: PEOPLE, secondSignatory: 'askar' });
    const askar = { id: 'askar', name: 'Аскар Примеров', position: 'Проректор' };
    assert.deepEqual(declaredFacts(book, RELEASE, 'ru').secondSignatory, askar);
    assert.equal(declaredFacts(withPrints(book, { secondSignatory: null }), RELEASE, 'ru').secondSignatory, undefined);
    const own = withPrints(withIssuer({ signatories: PEOPLE }), { secondSignatory: 'askar' });
    assert.deepEqual(declaredFacts(own, RELEASE, 'ru').secondSignatory, askar);
    const twice = withIssuer({ signatories: PEOPLE, secondSignatory: 'vera' });
    assert.equal(declaredFacts(twice, RELEASE, 'ru').secondSignatory, undefined);
  });

  it('can be kind, period, city and licence; a release without its days has no period', () => {
    const book = withPrints(withIssuer({ city: { ru: 'Алматы', en: 'Almaty' }, licence: { und: 'Licence 1' } }), {
      kind: { ru: 'Сертификат', en: 'Certificate' },
      licence: { ru: 'Лицензия № 2' },
      period: true,
    });
    assert.deepEqual(declaredFacts(book, RELEASE, 'en').further, {
      kind: 'Certificate',
      city: 'Almaty',
      licence: 'Лицензия № 2',
      period: { from: '2026-09-01', to: '2026-11-15' },
    });
    assert.equal(declaredFacts(book, { ...RELEASE, endsOn: null }, 'en').further?.period, undefined);
    assert.deepEqual(
      declaredTexts(declaredFacts(book, RELEASE, 'en')).map(([, , fact]) => fact),
      ['signatory', 'position', 'kind', 'city', 'licence'],
    );
  });

  it('is warned of where a template would print it in the letters of another language, without the text itself', () => {
    const named = Object.fromEntries(['ru', 'en', 'az', 'uz', 'hy', 'ka'].map((language) => [language, '№ 1']));
    const texts = declaredWarnings(withIssuer({ name: named }), RELEASE);
    assert.deepEqual(
      texts.map(({ code }) => code),
      ['text-foreign', 'text-foreign'],
    );
    assert.match(texts[0]?.detail ?? '', /^release\.signatory\.name is printed .* by .*teacher-uz/);
    assert.doesNotMatch(texts.map(({ detail }) => detail).join(), /Образцова|teacher-ru|teacher-kk/);
    const everywhere = Signatories.parse({ vera: { name: named, knownAs: ['Вера Образцова'], position: '№ 1' } });
    assert.deepEqual(declaredWarnings(withIssuer({ name: named, signatories: everywhere }), RELEASE), []);
    assert.deepEqual(issuerWarnings(withIssuer({ name: named, signatories: everywhere })), []);
    assert.match(issuerWarnings(withIssuer({ signatories: PEOPLE })).join('\n'), /signatories\.askar\.name is printed/);
  });

  it('is warned of where the LMS states a person whom issuer.yaml does not know', () => {
    const other = { ...RELEASE, signatory: { ...RELEASE.signatory, name: 'Новый Директор' } };
    const codes = declaredWarnings(withIssuer({ signatories: PEOPLE }), other).map(({ code }) => code);
    assert.ok(codes.includes('signatory-unknown'), codes.join());
  });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { selfCheck } from '../../src/diploma/check/self-check.ts';
import { expectedOf } from '../../src/diploma/check/self-check-expected.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { OWN_TEMPLATE, type OwnTemplate, ownFolder } from './own-template.ts';
import { readPdf } from './pdf-reader.ts';
import { factsFor } from './sample-facts.ts';

/** The own template with a place for the legal line. */
const WITH_LINE = {
  ...OWN_TEMPLATE,
  first: {
    ...OWN_TEMPLATE.first,
    stacks: [
      ...OWN_TEMPLATE.first.stacks,
      { x: 60, top: 410, width: 400, bottom: 440, parts: [{ text: 'legal', style: 'plain' }] },
    ],
  },
  texts: { ...OWN_TEMPLATE.texts, legal: '{legalLine}' },
};
const COUNTRIES = `KZ: { diploma: { date: numeric, legalLine: { ru: Выдано по закону, kk: Заң бойынша } } }
UZ: { diploma: { date: iso } }
GE: { zone: Asia/Tbilisi }
`;

describe('what diplomas of a country print differently', () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'gramota-country-packs-'));
  });
  after(() => rm(root, { recursive: true, force: true }));
  async function load(countries: string | null, template: OwnTemplate = WITH_LINE): Promise<TemplateBundle> {
    const files = countries === null ? {} : { 'countries.yaml': countries };
    const [bundle] = await loadTemplates(await ownFolder(root, template, files));
    assert.ok(bundle);
    return bundle;
  }
  async function textsFor(bundle: TemplateBundle, country: string): Promise<string> {
    const template = new PreparedTemplate(bundle);
    const facts = factsFor(bundle, { holderName: 'Анна Петрова', country, issueDate: '2026-11-20' });
    const pdf = await drawDiploma(facts, template, null);
    assert.equal(await selfCheck(pdf, expectedOf(facts, template, null)), null);
    return (readPdf(pdf).pages[0] ?? []).map(({ text }) => text).join('\n');
  }

  it('is the style of dates and a legal line, for this country alone', async () => {
    const bundle = await load(COUNTRIES);
    assert.match(await textsFor(bundle, 'KZ'), / 20\.11\.2026 [\s\S]*Выдано по закону/);
    const uzbek = await textsFor(bundle, 'UZ');
    assert.match(uzbek, / 2026-11-20 /);
    assert.doesNotMatch(uzbek, /закону/);
    assert.match(await textsFor(bundle, 'GE'), / 20\.месяц11\.2026 /);
    assert.match(await textsFor(bundle, 'constructor'), / 20\.месяц11\.2026 /);
  });

  it('belongs to the contents of a template as far as it prints it: another text, another hash', async () => {
    const hash = async (countries: string | null, template?: OwnTemplate): Promise<string> =>
      (await load(countries, template)).hash;
    const shown = await hash(COUNTRIES);
    assert.notEqual(await hash(COUNTRIES.replace('Выдано', 'Дано')), shown);
    assert.equal(await hash(COUNTRIES.replace('Заң бойынша', 'Заңға сай')), shown, 'another language');
    assert.equal(await hash('GE: { zone: Asia/Tbilisi }\n'), await hash(null));
    const line = 'KZ: { diploma: { legalLine: Выдано по закону } }\n';
    assert.equal(await hash(line, OWN_TEMPLATE), await hash(null, OWN_TEMPLATE), 'no place, no change');
  });

  it('is refused with file and line where it is none, and in a template itself', async () => {
    await assert.rejects(
      load('KZ:\n  diploma: { date: roman }\n'),
      /countries\.yaml:2: KZ\.diploma\.date: expected one of/,
    );
    await assert.rejects(load('KZ: { diploma: { paper: A5 } }\n'), /countries\.yaml:1: KZ\.diploma: unknown "paper"/);
    const own = { ...OWN_TEMPLATE, countries: { KZ: { date: 'iso' } } } as OwnTemplate;
    await assert.rejects(load(null, own), /template\.yaml:\d+: countries: cannot stand in a template/);
  });
});

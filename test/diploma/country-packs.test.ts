import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openPdfium } from '../../src/diploma/check/pdfium.ts';
import { withPdf } from '../../src/diploma/check/pdfium-document.ts';
import type { Box } from '../../src/diploma/check/pdfium-page.ts';
import { selfCheck } from '../../src/diploma/check/self-check.ts';
import { expectedOf } from '../../src/diploma/check/self-check-expected.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { nameFits } from '../../src/diploma/type/fits.ts';
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
  async function load(
    countries: string | null,
    template: OwnTemplate = WITH_LINE,
    further: Record<string, string> = {},
  ): Promise<TemplateBundle> {
    const files = { ...further, ...(countries === null ? {} : { 'countries.yaml': countries }) };
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
  const hashOf = async (countries: string | null, template?: OwnTemplate): Promise<string> =>
    (await load(countries, template)).hash;

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
    const shown = await hashOf(COUNTRIES);
    assert.notEqual(await hashOf(COUNTRIES.replace('Выдано', 'Дано')), shown);
    assert.equal(await hashOf(COUNTRIES.replace('Заң бойынша', 'Заңға сай')), shown, 'another language');
    assert.equal(await hashOf('GE: { zone: Asia/Tbilisi }\n'), await hashOf(null));
    const line = 'KZ: { diploma: { legalLine: Выдано по закону } }\n';
    assert.equal(await hashOf(line, OWN_TEMPLATE), await hashOf(null, OWN_TEMPLATE), 'no place, no change');
  });

  it('is the form of the name that leads, which is also measured in its place', async () => {
    const names = { ...OWN_TEMPLATE.texts, name: '{leadingName}', name2: '{otherName}' };
    const [stack] = OWN_TEMPLATE.first.stacks as { parts: object[] }[];
    const pair = { text: 'name2', style: 'small' };
    const template = {
      ...OWN_TEMPLATE,
      styles: {
        ...OWN_TEMPLATE.styles,
        small: { ...OWN_TEMPLATE.styles.name, size: { max: 12, floor: 12, lines: 1 } },
      },
      first: { ...OWN_TEMPLATE.first, stacks: [{ ...stack, parts: [...(stack?.parts ?? []), pair] }] },
      texts: names,
    };
    const bundle = await load(
      'KZ: { diploma: { leadingName: latin } }\nUZ: { diploma: { leadingName: native } }\n',
      template,
    );
    const prepared = new PreparedTemplate(bundle);
    const leading = async (country: string): Promise<string | undefined> => {
      const facts = factsFor(bundle, { holderName: 'Анна Петрова', latinName: 'Anna Petrova', country });
      const pdf = await drawDiploma(facts, prepared, null);
      assert.equal(await selfCheck(pdf, expectedOf(facts, prepared, null)), null);
      return readPdf(pdf).pages[0]?.toSorted((a, b) => b.size - a.size)[0]?.text;
    };
    assert.deepEqual(await Promise.all(['KZ', 'UZ', 'GE'].map(leading)), [
      'Anna Petrova',
      'Анна Петрова',
      'Анна Петрова',
    ]);
    const long = `Anna ${'Petrova '.repeat(14)}Ivanova`;
    assert.equal(nameFits(long, prepared, 'latinName', { country: 'KZ' }), true);
    assert.equal(nameFits(long, prepared, 'latinName', { country: 'UZ' }), false);
    const anywhere = { ...template, texts: { ...names, name: '{holderName}' } };
    assert.equal(await hashOf('KZ: { diploma: { leadingName: latin } }\n', anywhere), await hashOf(null, anywhere));
  });

  it('is the paper: the same page, smaller, with its links and figures, 9 mm from the edges of a Letter sheet', async () => {
    const pdfium = await openPdfium();
    const frame = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 841.89 595.28"><rect x="26" y="26" width="789.89" height="543.28" fill="none" stroke="{ink}"/></svg>`;
    const [stack] = OWN_TEMPLATE.first.stacks as { parts: object[] }[];
    const linked = { text: 'qr', style: 'plain', link: 'lookup' };
    const framed = {
      ...OWN_TEMPLATE,
      first: {
        ...OWN_TEMPLATE.first,
        art: ['frame.svg'],
        stacks: [{ ...stack, parts: [...(stack?.parts ?? []), linked] }],
      },
    } as OwnTemplate;
    const plain = await load(null, framed, { 'certificate/own/frame.svg': frame });
    const template = await load('KZ: { diploma: { paper: Letter } }\nUZ: { diploma: { paper: A4 } }\n', framed, {
      'certificate/own/frame.svg': frame,
    });
    assert.deepEqual(template.definition.countries, { KZ: { paper: 'Letter' } });
    const draw = async (country: string, bundle = template): Promise<Buffer> => {
      const prepared = new PreparedTemplate(bundle);
      const facts = factsFor(bundle, { holderName: 'Anna Petrova', country });
      const pdf = await drawDiploma(facts, prepared, null);
      assert.equal(await selfCheck(pdf, expectedOf(facts, prepared, null)), null);
      return pdf;
    };
    const [letter, own] = [await draw('KZ'), await draw('UZ')];
    assert.deepEqual(own, await draw('UZ', plain), 'its own size: the same bytes');
    const boxesIn = (pdf: Buffer): number[][] =>
      readPdf(pdf).dictionaries.flatMap((one) => {
        const box = /\/S \/Figure|\/Subtype \/Link/.test(one)
          ? /\/(?:BBox|Rect) ?\[([^\]]+)\]/.exec(one)?.[1]
          : undefined;
        return box === undefined ? [] : [box.trim().split(/\s+/).map(Number)];
      });
    // The middle of the one page lies on the middle of the other; what the frame encloses is 9 mm from the edges.
    const scale = Math.min((792 - 51) / (841.89 - 51), 1);
    const moved = boxesIn(own).map(([left = 0, bottom = 0, right = 0, top = 0]) => {
      const across = (value: number) => 396 + (value - 841.89 / 2) * scale;
      const up = (value: number) => 306 + (value - 595.28 / 2) * scale;
      return [across(left), up(bottom), across(right), up(top)];
    });
    const found = boxesIn(letter);
    assert.equal(found.length, 2);
    for (const [index, box] of found.entries())
      for (const [side, value] of box.entries())
        assert.ok(Math.abs(value - (moved[index]?.[side] ?? 0)) < 0.2, `${box}`);
    withPdf(pdfium, letter, (document) =>
      document.page(0, (drawn) => {
        assert.deepEqual(drawn.size, { width: 792, height: 612 });
        const white = (box: Box): boolean => drawn.render(box, 2).data.every((value) => value === 255);
        assert.ok(white({ left: 0, right: 25.5, bottom: 0, top: 612 }), 'left edge');
        assert.ok(white({ left: 0, right: 792, bottom: 0, top: 25.5 }), 'lower edge');
        assert.ok(!white({ left: 25.5, right: 28, bottom: 0, top: 612 }), 'the frame begins there');
      }),
    );
  });

  it('is refused with file and line where it is none, and in a template itself', async () => {
    await assert.rejects(
      load('KZ:\n  diploma: { date: roman }\n'),
      /countries\.yaml:2: KZ\.diploma\.date: expected one of/,
    );
    await assert.rejects(load('KZ: { diploma: { size: A5 } }\n'), /countries\.yaml:1: KZ\.diploma: unknown "size"/);
    await assert.rejects(
      load('KZ: { diploma: { paper: A5 } }\n'),
      /countries\.yaml:1: KZ\.diploma\.paper: expected one of A4, Letter/,
    );
    const own = { ...OWN_TEMPLATE, countries: { KZ: { date: 'iso' } } } as OwnTemplate;
    await assert.rejects(load(null, own), /template\.yaml:\d+: countries: cannot stand in a template/);
  });
});

import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { openPdfium } from '../../src/diploma/check/pdfium.ts';
import { withPdf } from '../../src/diploma/check/pdfium-document.ts';
import { selfCheck } from '../../src/diploma/check/self-check.ts';
import { expectedOf } from '../../src/diploma/check/self-check-expected.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { sampleTexts } from '../../src/diploma/preview/sample-texts.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { type Fragment, readPdf } from './pdf-reader.ts';
import { factsFor, type Sample, TEMPLATES_DIR } from './sample-facts.ts';

/** 9 mm in points: what office printers may leave white. */
const EDGE = 25.5;
const PERSON: Sample = { holderName: 'Анна Петрова', latinName: 'Anna Petrova' };

describe('every family of diplomas', () => {
  let templates: TemplateBundle[];
  before(async () => {
    templates = await loadTemplates(TEMPLATES_DIR);
  });
  const inLanguage = (language: string): TemplateBundle[] => templates.filter((one) => one.language === language);
  const drawn = (bundle: TemplateBundle, sample: Sample): Promise<Buffer> =>
    drawDiploma(factsFor(bundle, sample), new PreparedTemplate(bundle), null);
  const sizeOf = (page: Fragment[] | undefined, text: string): number =>
    page?.find((one) => one.text === text)?.size ?? assert.fail(`${text} is missing`);

  it('shows the Latin form of a name first where its language is written in Latin letters', async () => {
    for (const [language, first, second] of [
      ['uz', 'Anna Petrova', 'Анна Петрова'],
      ['kk', 'Анна Петрова', 'Anna Petrova'],
    ] as const) {
      for (const bundle of inLanguage(language)) {
        const [page] = readPdf(await drawn(bundle, PERSON)).pages;
        assert.ok(sizeOf(page, first) > 2 * sizeOf(page, second), bundle.id);
      }
    }
  });

  it('has a second page that stands alone: course, name, issuer, date, number, signatory and code', async () => {
    for (const bundle of inLanguage('ru')) {
      const { pages, dictionaries } = readPdf(await drawn(bundle, PERSON));
      const second = (pages[1] ?? []).map((one) => one.text);
      for (const text of ['Анна Петрова', 'Диплом № INT-26-000042', 'Мария Соколова', 'Директор школы'])
        assert.ok(second.includes(text), `${text} in ${second.join(' / ')}`);
      for (const part of ['Цифровая педагогика', 'Международная школа педагогов · 20 ноября 2026 г.'])
        assert.ok(
          second.some((text) => text.startsWith(part)),
          part,
        );
      const codes = dictionaries.filter((one) => one.includes('/S /Figure') && one.includes('/BBox'));
      assert.equal(codes.length, 2, bundle.id);
    }
  });

  it('has one baseline for signatory and date, and one for position and number, also when a text shrinks', async () => {
    const signatory = { name: 'Мария-Магдалина Александровна Соколова', position: 'Директор школы' };
    for (const bundle of inLanguage('ru')) {
      for (const sample of [PERSON, { ...PERSON, signatory }]) {
        const [page = []] = readPdf(await drawn(bundle, sample)).pages;
        const baseline = (text: string): number => page.find((one) => one.text.startsWith(text))?.y ?? Number.NaN;
        assert.equal(baseline('Мария').toFixed(1), baseline('20 ноября').toFixed(1), bundle.id);
        if (sample === PERSON)
          assert.equal(baseline('Директор').toFixed(1), baseline('Диплом №').toFixed(1), bundle.id);
      }
    }
  });

  it('prints nothing within 9 mm of the edge of its sheets', async () => {
    const pdfium = await openPdfium();
    for (const bundle of inLanguage('en')) {
      withPdf(pdfium, await drawn(bundle, PERSON), (document) => {
        for (let index = 0; index < document.pageCount; index += 1)
          document.page(index, (page) => {
            const { width, height } = page.size;
            for (const box of [
              { left: 0, right: width, bottom: 0, top: EDGE },
              { left: 0, right: width, bottom: height - EDGE, top: height },
              { left: 0, right: EDGE, bottom: 0, top: height },
              { left: width - EDGE, right: width, bottom: 0, top: height },
            ])
              assert.ok(
                page.render(box, 2).data.every((value) => value === 255),
                `${bundle.id}, page ${index + 1}: ${JSON.stringify(box)}`,
              );
          });
      });
    }
  });

  it('reads right in PDFium where a school name in quotation marks follows a right-to-left name', async () => {
    // The Armenian and Georgian sans faces have no quotation marks, so the first mark is a text object of its own.
    for (const bundle of templates.filter(({ id }) => /-(hy|ka)$/.test(id))) {
      const { courseTitle, modules, issuer: school, signatory, position } = sampleTexts(bundle.language);
      const programme = Array.from({ length: 12 }, (_, index) => ({ title: modules[index % 4] ?? '', hours: 2 }));
      const issuer = { name: `«${school.replaceAll(/[«»„“"]/g, '')}»`, url: 'https://school.example' };
      const sample = {
        latinName: 'Sample Holder',
        courseTitle,
        issuer,
        programme,
        signatory: { name: signatory, position },
      };
      for (const holderName of ['אברהם שפיץ', 'فاطمة الزهراء', 'ژاله چگینی']) {
        const facts = factsFor(bundle, { holderName, ...sample });
        const template = new PreparedTemplate(bundle);
        const fault = await selfCheck(await drawDiploma(facts, template, null), expectedOf(facts, template, null));
        assert.equal(fault, null, `${bundle.id}, ${holderName}`);
      }
    }
  });
});

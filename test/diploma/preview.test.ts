import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { selfCheck } from '../../src/diploma/check/self-check.ts';
import { expectedOf } from '../../src/diploma/check/self-check-expected.ts';
import { drawDiploma } from '../../src/diploma/draw-diploma.ts';
import { watermarked } from '../../src/diploma/preview/preview-watermark.ts';
import { type FitsTemplate, sampleFacts } from '../../src/diploma/preview/sample-facts.ts';
import { sampleTexts } from '../../src/diploma/preview/sample-texts.ts';
import { loadTemplates } from '../../src/diploma/template/load-templates.ts';
import { PreparedTemplate } from '../../src/diploma/template/prepared-template.ts';
import type { TemplateBundle } from '../../src/diploma/template/template.ts';
import { nameFits, textFits } from '../../src/diploma/type/fits.ts';
import { oneOfEachLanguage, TEMPLATES_DIR } from './sample-facts.ts';

describe('sample diplomas', () => {
  let bundles: TemplateBundle[];
  before(async () => {
    bundles = await loadTemplates(TEMPLATES_DIR);
  });
  const measureOf =
    (template: PreparedTemplate): FitsTemplate =>
    (text, as) =>
      as === 'holderName' || as === 'latinName' ? nameFits(text, template, as) : textFits(text, template, as);

  it('contain everything that a real diploma with the same data contains, in every template, with usual and longest values', async () => {
    const few = oneOfEachLanguage(bundles);
    for (const bundle of bundles) {
      const template = new PreparedTemplate(watermarked(bundle));
      for (const kind of few.includes(bundle) ? (['own', 'extreme'] as const) : (['own'] as const)) {
        const facts = sampleFacts(bundle, { kind }, measureOf(template));
        const pdf = await drawDiploma(facts, template, null);
        assert.equal(await selfCheck(pdf, expectedOf(facts, template, null)), null, `${bundle.id}, ${kind}`);
      }
    }
  });

  it('show grades by the same grades.yaml as real diplomas', () => {
    for (const bundle of bundles) {
      const fits = measureOf(new PreparedTemplate(bundle));
      assert.equal(sampleFacts(bundle, { kind: 'own' }, fits).project?.grade, bundle.grades['excellent']);
      const longest = sampleFacts(bundle, { kind: 'extreme' }, fits).project?.grade ?? '';
      assert.ok(
        Object.values(bundle.grades).every((word) => word.length <= longest.length),
        bundle.id,
      );
    }
  });

  it('have texts and watermark in the language of their template', () => {
    const words = bundles.map((bundle) => sampleTexts(bundle.language).watermark);
    assert.equal(
      words.filter((word) => word === 'SAMPLE').length,
      3,
      'English alone is marked in English, in each family',
    );
    for (const bundle of bundles) {
      const files = watermarked(bundle).files.filter((file) => !bundle.files.includes(file));
      assert.equal(files.length, 1);
      assert.match(files[0]?.bytes.toString() ?? '', /<path [^>]*d="M/);
    }
  });

  it('use the longest names that are accepted before an award', () => {
    for (const bundle of oneOfEachLanguage(bundles)) {
      const template = new PreparedTemplate(bundle);
      const fits = measureOf(template);
      const { holderName, latinName } = sampleFacts(bundle, { kind: 'extreme' }, fits);
      assert.ok(fits(holderName, 'holderName') && fits(latinName ?? '', 'latinName'));
      const family = holderName.split(/[ -]/).at(-1);
      assert.ok(
        !fits(`${holderName}-${family}`, 'holderName') || !fits(`${holderName} ${family}`, 'holderName'),
        bundle.id,
      );
    }
  });
});

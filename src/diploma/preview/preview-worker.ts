import type { PreviewChoice, PreviewFormat, TemplateField } from '../../ports/previews.ts';
import { openPdfium, type Pdfium } from '../check/pdfium.ts';
import { picturePages } from '../check/pdfium-picture.ts';
import { drawDiploma } from '../draw-diploma.ts';
import { PreparedTemplate } from '../template/prepared-template.ts';
import type { TemplateBundle } from '../template/template.ts';
import { nameFits, textFits } from '../type/fits.ts';
import { fieldsOf } from './preview-fields.ts';
import { watermarked } from './preview-watermark.ts';
import { type FitsTemplate, sampleFacts } from './sample-facts.ts';

/** Enough to judge type by on a screen: 1754 pixels the long side of A4. */
const DOTS_PER_INCH = 150;

export interface PreviewTask {
  bundle: TemplateBundle;
  choice: PreviewChoice;
  format: PreviewFormat;
}

const measureOf =
  (template: PreparedTemplate): FitsTemplate =>
  (text, as) =>
    as === 'holderName' || as === 'latinName' ? nameFits(text, template, as) : textFits(text, template, as);

/** The thread's own; it goes when the thread goes. */
let opened: Promise<Pdfium> | null = null;

/** Draws a watermarked mock-up; the thread's first job. */
export async function preview({ bundle, choice, format }: PreviewTask): Promise<Uint8Array> {
  const template = new PreparedTemplate(watermarked(bundle));
  const facts = sampleFacts(bundle, choice, measureOf(template));
  const pdf = await drawDiploma(facts, template, null);
  if (format === 'pdf') return pdf;
  opened ??= openPdfium();
  return picturePages(await opened, pdf, DOTS_PER_INCH);
}

/** Measures the field sheet of a template; the thread's second job. */
export async function fields(bundle: TemplateBundle): Promise<TemplateField[]> {
  const template = new PreparedTemplate(bundle);
  const fits = measureOf(template);
  return fieldsOf(bundle.definition, sampleFacts(bundle, { kind: 'own' }, fits), fits);
}

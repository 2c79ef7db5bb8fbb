import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import type { PreviewChoice, PreviewFormat, TemplateField } from '../../ports/previews.ts';
import { openPdfium, type Pdfium } from '../check/pdfium.ts';
import { picturePages } from '../check/pdfium-picture.ts';
import { drawDiploma } from '../draw-diploma.ts';
import { PreparedTemplate } from '../template/prepared-template.ts';
import type { TemplateBundle } from '../template/template.ts';
import { nameFits, textFits } from '../type/fits.ts';
import { fieldsOf } from './preview-fields.ts';
import { watermarked } from './preview-watermark.ts';
import { type FitsTemplate, sampleFacts, withFurther } from './sample-facts.ts';

/** Enough for viewing on a screen: the long side of A4 has 1754 pixels. */
const DOTS_PER_INCH = 150;

export interface PreviewTask {
  bundle: TemplateBundle;
  choice: PreviewChoice;
  format: PreviewFormat;
}

export interface FactsTask extends Pick<PreviewTask, 'bundle' | 'format'> {
  facts: DiplomaFacts;
}

const measureOf =
  (template: PreparedTemplate): FitsTemplate =>
  (text, as) =>
    as === 'holderName' || as === 'latinName' ? nameFits(text, template, as) : textFits(text, template, as);

/** The thread's own PDFium; it ends with the thread. */
let opened: Promise<Pdfium> | null = null;

/** Worker task: draws a watermarked mock-up. */
export async function preview({ bundle, choice, format }: PreviewTask): Promise<Uint8Array> {
  const template = new PreparedTemplate(watermarked(bundle));
  return drawn(sampleFacts(bundle, choice, measureOf(template)), template, format);
}

/** Worker task: draws the given facts, watermarked. */
export async function previewFacts({ bundle, facts, format }: FactsTask): Promise<Uint8Array> {
  return drawn(facts, new PreparedTemplate(watermarked(bundle)), format);
}

async function drawn(facts: DiplomaFacts, template: PreparedTemplate, format: PreviewFormat): Promise<Uint8Array> {
  const pdf = await drawDiploma(facts, template, null);
  if (format === 'pdf') return pdf;
  opened ??= openPdfium();
  return picturePages(await opened, pdf, DOTS_PER_INCH);
}

/** Worker task: measures the field sheet of a template. */
export async function fields(bundle: TemplateBundle): Promise<TemplateField[]> {
  const template = new PreparedTemplate(bundle);
  const fits = measureOf(template);
  return fieldsOf(bundle.definition, withFurther(sampleFacts(bundle, { kind: 'own' }, fits), bundle), fits);
}

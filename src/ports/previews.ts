import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';

export const PREVIEW_FORMATS = ['pdf', 'png'] as const;
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

/** Facts shown in a preview: a sample in the template's own language, a named sample, or the longest values. */
export type PreviewChoice = { kind: 'own' } | { kind: 'sample'; id: string } | { kind: 'extreme' };

export interface TemplateSummary {
  id: string;
  /** Language as BCP 47 tag. */
  language: string;
  /** SHA-256 (hex) of its contents, as frozen with certificates. */
  hash: string;
}

/** A fact that a template may print, for its designer. */
export interface TemplateField {
  /** Name as written in braces in a text of the template, or the table's column. */
  name: string;
  type: 'text' | 'name' | 'number' | 'date' | 'address';
  /** Whether every certificate has it. */
  required: boolean;
  /**
   * Maximum number of characters that fit the template's text boxes; measured by making the sample text longer. Null:
   * not measured, the limit of the schema applies.
   */
  maxLength: number | null;
  sample: string;
}

/** Too many mock-ups are waiting. */
export class PreviewsBusy extends Error {
  override readonly name = 'PreviewsBusy';
}

/** Mock-ups of certificate templates, with invented facts or with those of a version to come. */
export interface Previews {
  templates(): TemplateSummary[];
  /** Ids of samples, one per script. */
  samples(): string[];
  /**
   * The fields of a template; null when the template does not exist.
   * @throws PreviewsBusy
   */
  fields(templateId: string): Promise<TemplateField[] | null>;
  /**
   * Draws off the event loop, with a watermark on every page.
   * @throws InputError for an unknown template or sample, listing the known ones
   * @throws PreviewsBusy
   */
  draw(templateId: string, choice: PreviewChoice, format: PreviewFormat): Promise<Buffer>;
  /**
   * Draws the diploma of given facts in the same way: with a watermark, without credential and seal.
   * @throws InputError when their template does not exist with these contents
   * @throws PreviewsBusy
   */
  drawFacts(facts: DiplomaFacts, format: PreviewFormat): Promise<Buffer>;
  close(): Promise<void>;
}

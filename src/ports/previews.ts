export const PREVIEW_FORMATS = ['pdf', 'png'] as const;
export type PreviewFormat = (typeof PREVIEW_FORMATS)[number];

/** Whose invented facts a preview shows: the template's own language, one of the samples, or the longest of everything. */
export type PreviewChoice = { kind: 'own' } | { kind: 'sample'; id: string } | { kind: 'extreme' };

export interface TemplateSummary {
  id: string;
  /** BCP 47. */
  language: string;
  /** SHA-256 (hex) of its contents, as certificates pin it. */
  hash: string;
}

/** One fact that a template may print, as a designer needs to know it. */
export interface TemplateField {
  /** As written in braces in a text of the template, or the column of its table. */
  name: string;
  type: 'text' | 'name' | 'number' | 'date' | 'address';
  /** Whether every certificate has it. */
  required: boolean;
  /** Characters of the sample, made longer, that the template's boxes hold. Null: the length follows from the fact. */
  maxLength: number | null;
  sample: string;
}

/** More mock-ups are wanted at once than are kept waiting. */
export class PreviewsBusy extends Error {
  override readonly name = 'PreviewsBusy';
}

/** Mock-ups of certificate templates, with invented facts. */
export interface Previews {
  templates(): TemplateSummary[];
  /** Ids of samples, one a script. */
  samples(): string[];
  /** Null: there is no such template. @throws PreviewsBusy */
  fields(templateId: string): Promise<TemplateField[] | null>;
  /**
   * Draws off the event loop, watermarked on every page.
   * @throws InputError for an unknown template or sample, naming those there are
   * @throws PreviewsBusy
   */
  draw(templateId: string, choice: PreviewChoice, format: PreviewFormat): Promise<Buffer>;
  close(): Promise<void>;
}

import type { DiplomaFacts } from '../domain/diploma-facts.ts';

/** What is asked before award, so that the LMS is never told what cannot be printed. */
export interface NameFit {
  templateId: string;
  holderName: string;
  latinName: string | null;
}
export type NameFitResult =
  /** The forms to print: a name without glyphs falls back to its Latin form. */
  | { ok: true; holderName: string; latinName: string | null }
  | { ok: false; code: 'name-unprintable' | 'name-too-long'; detail: string };

/** Draws diplomas; the only door to the PDF library. */
export interface Printer {
  /** Measures names against the template's faces and boxes. Pure and synchronous. */
  fitName(input: NameFit): NameFitResult;
  /** Checks any other printed text (project title, course) for glyphs; returns null or what is wrong. */
  checkText(templateId: string, text: string): string | null;
  /** Draws off the event loop. Same facts, same bytes. */
  draw(facts: DiplomaFacts): Promise<Buffer>;
  close(): Promise<void>;
}

import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';

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

/** A diploma with everything it brings. */
export interface IssuedDiploma {
  pdf: Buffer;
  /** Both forms as attached, UTF-8; null where the facts have none: such a diploma is neither attached to nor sealed. */
  credential: { json: Buffer; jwt: Buffer } | null;
}

/** A certificate was frozen with contents of a template that this version cannot draw; `message` says what to do. */
export class FrozenTemplateError extends Error {
  override readonly name = 'FrozenTemplateError';

  constructor(templateId: string, format: number) {
    super(
      `the certificate was frozen with template "${templateId}" in format ${format}, which this version does not draw: draw it with the version of Gramota that awarded it (run its "work" once), or reissue the certificate with today's template`,
    );
  }
}

/** A diploma was drawn that must not leave: opened again, it does not show what it should. */
export class DiplomaFault extends Error {
  override readonly name = 'DiplomaFault';
  /** Which check found it. */
  readonly check: string;

  /** @param detail one line without personal data */
  constructor(check: string, detail: string) {
    super(detail);
    this.check = check;
  }
}

/** Facts beside names whose place on a diploma may be too small for them. */
export type PrintedFact =
  | 'courseTitle'
  | 'signatory'
  | 'position'
  | 'moduleTitle'
  | 'projectTitle'
  | 'projectUrl'
  | 'grade'
  | 'issuer'
  | 'number'
  | 'address';

/** What is asked of a printer before the award. */
export type Trial = Pick<Printer, 'fitName' | 'checkText' | 'gradeInWords' | 'checkHours'>;

/** Draws diplomas; the only door to the PDF library. */
export interface Printer {
  /** Measures names against the template's faces and boxes. Pure and synchronous. */
  fitName(input: NameFit): NameFitResult;
  /**
   * Checks any other printed text for glyphs and, where it is told what it is, for its place; null or what is wrong.
   * @param beside the other facts, by word of the template, for lines that take in several
   */
  checkText(
    templateId: string,
    text: string,
    as?: PrintedFact,
    beside?: Readonly<Record<string, string>>,
  ): string | null;
  /** How a grade reads in the template's language; null where its table has no word for it. */
  gradeInWords(templateId: string, grade: string): string | null;
  /** Why a course of so many hours cannot be printed; null: it can. Of none nothing is said. */
  checkHours(templateId: string, hours: number): string | null;
  /** Draws off the event loop. Same facts, same bytes. @throws KeyMissing, FrozenTemplateError */
  draw(facts: DiplomaFacts): Promise<Buffer>;
  /**
   * Draws off the event loop, checks the finished file, and tells the credential that was attached. Same facts, same
   * bytes.
   * @throws DiplomaFault when the finished file does not hold what it should
   * @throws KeyMissing when this host does not hold the very keys that the facts name
   * @throws FrozenTemplateError when the frozen template is of a format that cannot be drawn any more
   */
  issue(facts: DiplomaFacts): Promise<IssuedDiploma>;
  close(): Promise<void>;
}

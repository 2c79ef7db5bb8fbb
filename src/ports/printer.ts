import type { DiplomaFacts } from '../domain/certificate/diploma-facts.ts';
import { message } from '../domain/messages/message.ts';

/** Asked before the award: can the name be printed? Only after that is the award reported to the LMS. */
export interface NameFit {
  templateId: string;
  holderName: string;
  latinName: string | null;
  /** Country as ISO 3166-1 alpha-2 code: it may say which form leads. */
  country?: string;
}
export type NameFitResult =
  /** The forms to print; a name without glyphs is replaced by its Latin form. */
  | { ok: true; holderName: string; latinName: string | null }
  | { ok: false; code: 'name-unprintable' | 'name-too-long'; detail: string };

/** A diploma with its credential. */
export interface IssuedDiploma {
  pdf: Buffer;
  /** Both attached forms, UTF-8; null when the facts have none: the diploma then has no attachments and no seal. */
  credential: { json: Buffer; jwt: Buffer } | null;
}

/** A certificate was frozen with template contents that this version cannot draw; `message` says what to do. */
export class FrozenTemplateError extends Error {
  override readonly name = 'FrozenTemplateError';

  constructor(templateId: string, format: number) {
    super(message('template.format', { template: templateId, format }));
  }
}

/** A drawn diploma failed the self-check and must not be published. */
export class DiplomaFault extends Error {
  override readonly name = 'DiplomaFault';
  /** Name of the failed check. */
  readonly check: string;

  /** @param detail one line without personal data */
  constructor(check: string, detail: string) {
    super(detail);
    this.check = check;
  }
}

/** Facts other than names that may be too long for their place. */
export type PrintedFact =
  | 'courseTitle'
  | 'signatory'
  | 'position'
  | 'secondSignatory'
  | 'secondPosition'
  | 'kind'
  | 'city'
  | 'licence'
  | 'registrarNumber'
  | 'school'
  | 'legalLine'
  | 'moduleTitle'
  | 'projectTitle'
  | 'projectUrl'
  | 'grade'
  | 'issuer'
  | 'number'
  | 'address';

/** The checks before the award. */
export type Trial = Pick<Printer, 'unmailable' | 'fitName' | 'checkText' | 'gradeInWords' | 'checkHours'>;

/** Draws diplomas; the only access to the PDF library. */
export interface Printer {
  /** Marks that no name may contain, because the mail provider would execute them (`Mail.instructions`). */
  unmailable: readonly string[];
  /** Measures names against the template's faces and boxes. Pure and synchronous. */
  fitName(input: NameFit): NameFitResult;
  /**
   * Checks the glyphs of any other printed text, and its fit when its fact is given; null or the fault.
   * @param beside the other facts by placeholder, for lines with several facts
   */
  checkText(
    templateId: string,
    text: string,
    as?: PrintedFact,
    beside?: Readonly<Record<string, string>>,
  ): string | null;
  /** The word for a grade in the template's language; null when its table has none. */
  gradeInWords(templateId: string, grade: string): string | null;
  /** Why a course with this number of hours cannot be printed; null when it can. Zero hours are not printed. */
  checkHours(templateId: string, hours: number): string | null;
  /**
   * Draws off the event loop. The same facts give the same bytes.
   * @throws KeyMissing
   * @throws FrozenTemplateError
   */
  draw(facts: DiplomaFacts): Promise<Buffer>;
  /**
   * Draws off the event loop, checks the finished file, and returns the attached credential. The same facts give the
   * same bytes.
   * @throws DiplomaFault when the finished file fails the self-check
   * @throws KeyMissing when this host lacks a key that the facts name
   * @throws FrozenTemplateError when the frozen template has a format that cannot be drawn any more
   */
  issue(facts: DiplomaFacts): Promise<IssuedDiploma>;
  close(): Promise<void>;
}

import type { DiplomaFacts } from '../certificate/diploma-facts.ts';
import type { FactChange } from '../certificate/fact-changes.ts';
import { formatCode } from '../certificate/lookup-code.ts';
import { InputError } from '../failure.ts';
import { describeChanges, type LetterOccasion, type LetterOccasions } from './letter-occasions.ts';

/** A letter's three parts. */
export interface LetterParts {
  subject: string;
  html: string;
  text: string;
}

/** A letter in one language, with `{{placeholders}}`. */
export interface LetterTemplate extends LetterParts {
  /** What differs by occasion; absent: every letter has the same text. */
  occasions?: LetterOccasions;
}

/** Why a letter is sent: the first one of a certificate, the same diploma again, or a new version of it. */
export const LETTER_PURPOSES = ['first', 'resend', 'reissue'] as const;
export type LetterPurpose = (typeof LETTER_PURPOSES)[number];

const PLACEHOLDER = /\{\{\s*([A-Za-z][A-Za-z0-9_.-]*)\s*\}\}/g;

/** Placeholders that a letter may use. */
export const LETTER_FIELDS = [
  'name',
  'courseTitle',
  'number',
  'code',
  'lookupUrl',
  'downloadUrl',
  'issuer',
  'issuerUrl',
  'contact',
  'contactUrl',
  'signatory',
  'changes',
] as const;

/** The frozen facts that a letter may contain. */
export type LetterFacts = Pick<
  DiplomaFacts,
  'holderName' | 'courseTitle' | 'number' | 'code' | 'lookupUrl' | 'issuer' | 'signatory'
>;

/** What a letter says. */
export interface LetterContents {
  facts: LetterFacts;
  occasion: LetterOccasion;
  /** What this version prints differently from the one that the teacher has; empty for other occasions. */
  changes: readonly FactChange[];
  /** E-mail or web address at which the issuer answers; null: the issuer's web address. */
  contact: string | null;
}

/** The values of a letter's placeholders, without the texts of its occasion. */
function valuesOf(
  { facts, contact, changes }: LetterContents,
  occasions: LetterOccasions | undefined,
): Record<(typeof LETTER_FIELDS)[number], string> {
  const reach = contact ?? facts.issuer.url;
  return {
    name: facts.holderName,
    courseTitle: facts.courseTitle,
    number: facts.number,
    code: formatCode(facts.code),
    lookupUrl: facts.lookupUrl,
    downloadUrl: `${facts.lookupUrl}/diploma.pdf`,
    issuer: facts.issuer.name,
    issuerUrl: facts.issuer.url,
    contact: reach,
    contactUrl: reach.includes('://') ? reach : `mailto:${reach}`,
    signatory: facts.signatory.name,
    changes: occasions ? describeChanges(occasions.changes, changes) : '',
  };
}

/**
 * A letter as it is sent: the texts of its occasion are filled first, then the three parts.
 * @param instructions marks that the mail provider executes, each of two or more characters
 * @throws InputError for unknown or malformed placeholders, naming part and placeholder
 */
export function composeLetter(
  template: LetterTemplate,
  contents: LetterContents,
  instructions: readonly string[],
): LetterParts {
  const values = valuesOf(contents, template.occasions);
  const words = template.occasions?.occasions[contents.occasion] ?? {};
  const texts = Object.entries(words).map(([name, text]) => {
    const filling = { values, instructions: [] };
    return [name, fill('text', text, filling, (value) => value)];
  });
  return renderLetter(template, { ...Object.fromEntries(texts), ...values }, instructions);
}

function escapeHtml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029\s]+/gu, ' ').trim();
}

/**
 * Joins template text and values so that no mark that the mail provider executes arises from a value, nor from the seam
 * between value and text; such marks are visibly broken up by a space, e.g. `[ %`. The template's own marks stay.
 */
function join(pieces: { text: string; literal: boolean }[], instructions: readonly string[]): string {
  let joined = '';
  for (const { text, literal } of pieces) {
    if (text === '') continue;
    const broken = literal ? text : instructions.reduce(breakUp, text);
    const arises = (mark: string) =>
      [...mark.slice(1)].some(
        (_, at) => joined.endsWith(mark.slice(0, at + 1)) && broken.startsWith(mark.slice(at + 1)),
      );
    if (instructions.some(arises)) joined += ' ';
    joined += broken;
  }
  return joined;
}

const breakUp = (text: string, mark: string): string => text.replaceAll(mark, `${mark.slice(0, 1)} ${mark.slice(1)}`);

function fill(
  part: keyof LetterParts,
  text: string,
  { values, instructions }: { values: Record<string, string>; instructions: readonly string[] },
  encode: (v: string) => string,
) {
  const faults: string[] = [];
  const pieces: { text: string; literal: boolean }[] = [];
  let end = 0;
  const literal = (piece: string) => {
    if (piece.includes('{{') || piece.includes('}}'))
      faults.push(`letter ${part}: a placeholder is malformed near ${JSON.stringify(piece.trim().slice(0, 40))}`);
    pieces.push({ text: piece, literal: true });
  };
  for (const match of text.matchAll(PLACEHOLDER)) {
    const name = match[1] ?? '';
    literal(text.slice(end, match.index));
    end = match.index + match[0].length;
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      faults.push(`letter ${part}: placeholder {{${name}}} is unknown; known are ${Object.keys(values).join(', ')}`);
    else pieces.push({ text: encode(value), literal: false });
  }
  literal(text.slice(end));
  if (faults.length > 0) throw new InputError(faults);
  return join(pieces, instructions);
}

/**
 * Fills the `{{name}}` placeholders of a letter. Values are escaped in HTML, put on one line in the subject, and
 * never become part of the provider's template language. Placeholders in values are not expanded.
 * @param instructions marks that the mail provider executes, each of two or more characters
 * @throws InputError for unknown or malformed placeholders, naming part and placeholder
 */
export function renderLetter(
  template: LetterParts,
  values: Record<string, string>,
  instructions: readonly string[],
): LetterParts {
  const filling = { values, instructions };
  return {
    subject: fill('subject', oneLine(template.subject), filling, oneLine),
    html: fill('html', template.html, filling, escapeHtml),
    text: fill('text', template.text, filling, (value) => value),
  };
}

/**
 * UTM tags as URL-encoded query string, for example `utm_source=gramota&utm_medium=email`; null when there are none.
 */
export function encodeUtm(utm: Record<string, string | undefined> | null): string | null {
  const pairs = Object.entries(utm ?? {}).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`utm_${encodeURIComponent(name)}=${encodeURIComponent(value)}`],
  );
  return pairs.length > 0 ? pairs.join('&') : null;
}

import type { KeyPurpose, PostalAddress } from './certificate/credential-facts.ts';
import type { CriteriaFile } from './criteria/criteria.ts';
import type { LetterTemplate } from './letter/letter-text.ts';
import type { CountriesFile } from './time/send-window.ts';

export interface Issuer {
  name: Record<string, string>;
  url: string;
  address: PostalAddress | null;
  /** Address of a picture. */
  logo: string | null;
  /** Number of the organisation's page on LinkedIn. */
  linkedIn: { organizationId: string } | null;
  /** Names of the keys that sign what is awarded from now on; null: the newest in use. */
  keys: Record<KeyPurpose, string | null>;
}

/** Everything a coordinator edits, validated as a whole. */
export interface Rulebook {
  /** SHA-256 (hex) over everything that decides: which rules made a decision. */
  hash: string;
  /** criteria.yaml and countries.yaml as they were read. */
  source: { criteria: string; countries: string };
  criteria: CriteriaFile;
  countries: CountriesFile;
  issuer: Issuer;
  /** letter id → language → template */
  letters: Map<string, Map<string, LetterTemplate>>;
  /** Certificate templates that can be awarded: id → language and content hash. */
  templates: Map<string, { language: string; hash: string }>;
}

/** As much of it as decides; it can be stored and read again. */
export type Rules = Pick<Rulebook, 'criteria' | 'countries' | 'templates'> & { issuer: Pick<Issuer, 'name'> };

/** Text in the first of the wanted languages that is there, else in any. */
export function inLanguage(text: Record<string, string>, ...wanted: (string | null | undefined)[]): string {
  for (const language of wanted) {
    const found = language ? (text[language] ?? text[language.split('-')[0] ?? '']) : undefined;
    if (found) return found;
  }
  return Object.values(text)[0] ?? '';
}

/** What a diploma in a language prints of a text: the same that is measured before the award and frozen with it. */
export function printedIn(text: Record<string, string>, language: string): string {
  return inLanguage(text, language, 'ru', 'en');
}

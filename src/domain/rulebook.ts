import type { KeyPurpose, PostalAddress } from './certificate/credential-facts.ts';
import type { Signatories } from './certificate/signatory.ts';
import type { CriteriaFile } from './criteria/criteria.ts';
import type { LetterTemplate } from './letter/letter-text.ts';
import type { CountriesFile } from './time/send-window.ts';

export interface Issuer {
  name: Record<string, string>;
  url: string;
  address: PostalAddress | null;
  /** E-mail or web address at which the issuer answers; null: `url`. */
  contact: string | null;
  /** Address of the logo image. */
  logo: string | null;
  /** People who sign, by id. */
  signatories: Signatories;
  /** Id of the person who signs every diploma beside the one whom the LMS states; null: nobody. */
  secondSignatory: string | null;
  /** City of issue, per language. */
  city: Record<string, string> | null;
  /** The licence as a whole line, per language. */
  licence: Record<string, string> | null;
  /** Files of the folder `issuer/` that diplomas show. */
  pictures: { logo: string | null; seal: string | null };
  /** LinkedIn id of the organisation. */
  linkedIn: { organizationId: string } | null;
  /** Ids of the keys for new awards; null: the newest key. */
  keys: Record<KeyPurpose, string | null>;
  /** Whether templates and letters may be used only after a person has approved their contents. */
  approvals: 'required' | 'optional';
}

/** Everything that coordinators edit, validated as a whole. */
export interface Rulebook {
  /** SHA-256 (hex) over all deciding rules; identifies the rules of a decision. */
  hash: string;
  /** Texts of criteria.yaml and countries.yaml. */
  source: { criteria: string; countries: string };
  criteria: CriteriaFile;
  countries: CountriesFile;
  issuer: Issuer;
  /** letter id → language → template */
  letters: Map<string, Map<string, LetterTemplate>>;
  /** Certificate templates available for awards: id → language and content hash. */
  templates: Map<string, { language: string; hash: string }>;
}

/** What diplomas print of the issuer. */
export type PrintedIssuer = Pick<Issuer, 'name' | 'signatories' | 'secondSignatory' | 'city' | 'licence'>;

/** The deciding part; it can be stored and parsed again. */
export type Rules = Pick<Rulebook, 'criteria' | 'countries' | 'templates'> & { issuer: PrintedIssuer };

/** The text in the first available of the wanted languages, else in any language. */
export function inLanguage(text: Record<string, string>, ...wanted: (string | null | undefined)[]): string {
  for (const language of wanted) {
    const found = language ? (text[language] ?? text[language.split('-')[0] ?? '']) : undefined;
    if (found) return found;
  }
  return Object.values(text)[0] ?? '';
}

/** The text that a diploma in a language prints; the checks before award measure the same text. */
export function printedIn(text: Record<string, string>, language: string): string {
  return inLanguage(text, language, 'ru', 'en');
}

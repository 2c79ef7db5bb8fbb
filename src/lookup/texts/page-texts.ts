import type { RevocationClass } from '../../domain/certificate/revocation.ts';
import { az } from './az.ts';
import { en } from './en.ts';
import { hy } from './hy.ts';
import { ka } from './ka.ts';
import { kk } from './kk.ts';
import { ky } from './ky.ts';
import { ru } from './ru.ts';
import { tg } from './tg.ts';
import { uz } from './uz.ts';

/** A title and a sentence; placeholders in braces are replaced. */
export interface StatementText {
  title: string;
  text: string;
}

/** Texts of the file check; `{date}`, `{version}` and `{former}` are replaced. */
export interface CheckTexts {
  title: string;
  intro: string;
  choose: string;
  drop: string;
  busy: string;
  same: StatementText;
  sameExpired: StatementText;
  sameFormer: StatementText;
  sameRevoked: StatementText;
  openFormer: string;
  /** The file cannot be read. */
  differs: StatementText;
  factsDiffer: StatementText;
  factsAgree: StatementText;
  other: StatementText;
  notOurs: StatementText;
  /** Columns of the table of differences. */
  fact: string;
  inFile: string;
  onPage: string;
  /** Stands for a value that the text of the file lacks. */
  absent: string;
  /** Possible causes, and what to do. */
  differsPoints: string[];
  notPdf: StatementText;
  unreadable: StatementText;
  insecure: StatementText;
  yours: string;
  manual: string;
  manualNote: string;
}

export interface PageTexts {
  /** The native speaker who has read all texts of the file, and when; null: nobody yet. */
  reviewed: { by: string; on: string } | null;
  /** The language's name for itself. */
  name: string;
  /** Language and country as Open Graph writes them, `kk_KZ` for instance. */
  openGraphLocale: string;
  site: string;
  skip: string;
  languages: string;
  valid: StatementText;
  expired: StatementText;
  revoked: StatementText;
  erased: StatementText;
  unknown: StatementText;
  superseded: StatementText;
  certificate: string;
  holder: string;
  /** Stands below a name that is shown as initials. */
  initials: string;
  completed: string;
  hours: string;
  /** By CLDR plural category; `{n}` is replaced. */
  hoursForms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
  issued: string;
  validUntil: string;
  number: string;
  code: string;
  signatory: string;
  issuer: string;
  programme: string;
  module: string;
  hoursColumn: string;
  total: string;
  project: string;
  grade: string;
  openProject: string;
  file: string;
  fileNote: string;
  download: string;
  fingerprint: string;
  fingerprintNote: string;
  versions: string;
  version: string;
  current: string;
  former: string;
  search: string;
  searchIntro: string;
  byCode: string;
  codeHint: string;
  byNumber: string;
  numberHint: string;
  surname: string;
  surnameHint: string;
  find: string;
  searchAgain: string;
  /** Hints about the form of the typed text. */
  form: Record<'right' | 'letters' | 'length' | 'slip' | 'isNumber' | 'isCode' | 'number' | 'surname', string>;
  missHelp: string[];
  numberNote: string;
  tooMany: StatementText;
  badQuery: StatementText;
  toCurrent: string;
  /** `{version}` and `{date}` are replaced. */
  replacedFormer: string;
  reason: string;
  /** Text for each class of revocation reason; `other` has no text. */
  reasons: Record<Exclude<RevocationClass, 'other'>, string>;
  /** Text with the placeholder `{number}`. */
  picture: string;
  enlarge: string;
  close: string;
  copyLink: string;
  copied: string;
  /** Stands before the wording that the diploma prints. */
  printed: string;
  /** Whom to write; the address follows. */
  doubt: StatementText;
  credential: string;
  badge: string;
  credentialNote: string;
  linkedIn: string;
  linkedInNote: string;
  /** Text with the placeholder `{time}`. */
  checkedAt: string;
  /** Preview of a shared link; `{course}`, `{issuer}` and `{date}` are replaced. */
  card: { kicker: string; title: string; text: string };
  /** Texts of the page that says what the diplomas of a course prove. */
  achievement: { text: string; verify: string };
  searchFile: string;
  check: CheckTexts;
}

/**
 * The languages of the public pages, in the order of the language switch. A new language needs a file of texts beside
 * this one and an entry here. The diploma's own texts stay in the language of the diploma.
 */
export const PAGE_TEXTS = { ru, en, kk, uz, ky, tg, hy, ka, az } satisfies Record<string, PageTexts>;
export type PageLanguage = keyof typeof PAGE_TEXTS;
export const PAGE_LANGUAGES = Object.keys(PAGE_TEXTS) as PageLanguage[];

/** Who has read the wording of the pages, for `gramota check`. */
export function pageReviewLine(): string {
  const all: [string, PageTexts][] = Object.entries(PAGE_TEXTS);
  const done = all.flatMap(([tag, { reviewed }]) => (reviewed ? [`${tag} (${reviewed.by}, ${reviewed.on})`] : []));
  const open = all.flatMap(([tag, { reviewed }]) => (reviewed ? [] : [tag]));
  return `wording of the public pages: read by a native speaker: ${done.join(', ') || 'none'}; not read by one yet: ${open.join(', ') || 'none'}`;
}

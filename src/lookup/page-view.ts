import { printedIn } from '../domain/rulebook.ts';
import type { LookupRecord, LookupVersion, PrintedFacts, ReleaseWords } from '../records/certificates/lookup.ts';
import { type LookupStatus, statusOf } from './lookup-object.ts';
import { longDate, type Page } from './page-frame.ts';
import type { School } from './school.ts';
import { PAGE_TEXTS, type PageLanguage, type PageTexts } from './texts/page-texts.ts';
import { hidesNames, visibleFacts } from './visible-facts.ts';

/** Settings of the installation that pages need. */
export interface Site {
  publicUrl: string;
  /** LinkedIn id of the organisation. */
  organizationId: string | null;
  school: School;
}

/** Printed texts in the reader's language; null: it is not known in that language, or is the same. */
export interface ReaderWords {
  courseTitle: string | null;
  position: string | null;
  issuer: string | null;
  /** By place in the programme. */
  modules: readonly (string | null)[];
}

/** One version of a certificate, prepared for one reader. */
export interface View {
  record: LookupRecord;
  /** The version that is shown. */
  version: LookupVersion;
  /** The newest version of the certificate. */
  newest: LookupVersion;
  /** Facts of the shown version, as far as they may be shown. */
  facts: PrintedFacts;
  /** The name is shown as initials: no part of the page may show more, nor lead to the files, which print it. */
  initials: boolean;
  /** Status of the shown version. */
  standing: LookupStatus | 'superseded';
  /** Status of the certificate, independent of the shown version. */
  status: LookupStatus;
  texts: PageTexts;
  language: PageLanguage;
  words: ReaderWords;
  /** Path from the page to the certificate's addresses, without a trailing slash. */
  path: string;
  /** The permanent address of the certificate. */
  address: string;
  site: Site;
  /** Time at which the page is rendered. */
  now: Date;
}

/** Further inputs of a page. */
export interface Shown {
  site: Site;
  now: Date;
  /** Number of an older version to show. */
  wanted: number | null;
  /** The release's texts in all its languages; null: none are known, or none are needed. */
  release: ReleaseWords | null;
}

/** The language of a diploma as a page has it: `kk-Cyrl` is `kk`. */
export const baseLanguage = (tag: string): string => tag.toLowerCase().split('-')[0] ?? tag;

/**
 * The printed texts in the reader's language. A text is taken only while its source says in the diploma's language exactly
 * what the diploma prints: a release may have been renamed since.
 */
function wordsFor(
  facts: PrintedFacts,
  language: PageLanguage,
  school: School,
  release: ReleaseWords | null,
): ReaderWords {
  const isForeign = baseLanguage(facts.language) !== language;
  const told = (texts: Record<string, string> | undefined, printed: string): string | null => {
    const text = isForeign ? texts?.[language] : undefined;
    if (!texts || text === undefined || text === printed) return null;
    return printedIn(texts, facts.language) === printed ? text : null;
  };
  const signatory = release?.signatory.name === facts.signatory.name ? release.signatory : undefined;
  return {
    courseTitle: told(release?.courseTitle, facts.courseTitle),
    position: told(signatory?.position, facts.signatory.position),
    issuer: told(school.name, facts.issuer.name),
    modules: facts.programme.map(({ title }, place) => told(release?.program[place]?.title, title)),
  };
}

/**
 * @param wanted number of an older version; when it does not exist, the newest is shown
 * @returns null for an erased certificate, which has nothing to show
 */
export function viewOf(
  record: LookupRecord,
  { page, site, now, wanted, release }: { page: Page } & Shown,
): View | null {
  const [newest] = record.versions;
  const version = record.versions.find((one) => one.version === wanted) ?? newest;
  const facts = version?.facts ? visibleFacts(record, version.facts) : null;
  if (newest === undefined || version === undefined || facts === null || record.facts === null) return null;
  const status = statusOf(record, now);
  const superseded = version !== newest && status !== 'revoked';
  const { language, root } = page;
  return {
    record,
    version,
    newest,
    facts,
    initials: hidesNames(record),
    standing: superseded ? 'superseded' : status,
    status,
    texts: PAGE_TEXTS[language],
    language,
    words: wordsFor(facts, language, site.school, release),
    path: `${root}c/${record.code}`,
    address: `${site.publicUrl}/c/${record.code}`,
    site,
    now,
  };
}

/** Placeholders for sentences about a certificate; `{date}` is the date that belongs to its status. */
export function sentenceWords({
  record,
  version,
  newest,
  standing,
  language,
}: View): Record<string, string | number | null> {
  const dates = {
    valid: newest.issuedAt.toISOString(),
    superseded: newest.issuedAt.toISOString(),
    expired: record.validUntil,
    revoked: record.revokedAt?.toISOString() ?? null,
    erased: null,
  };
  const date = dates[standing];
  return { date: date && longDate(date, language), version: newest.version, former: version.version };
}

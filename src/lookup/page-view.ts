import type { LookupRecord, LookupVersion, PrintedFacts } from '../records/certificates/lookup.ts';
import { type LookupStatus, statusOf } from './lookup-object.ts';
import { longDate, type Page } from './page-frame.ts';
import { PAGE_TEXTS, type PageLanguage, type PageTexts } from './texts/page-texts.ts';

/** Settings of the installation that pages need. */
export interface Site {
  publicUrl: string;
  /** LinkedIn id of the organisation. */
  organizationId: string | null;
}

/** One version of a certificate, prepared for one reader. */
export interface View {
  record: LookupRecord;
  /** The version that is shown. */
  version: LookupVersion;
  /** The newest version of the certificate. */
  newest: LookupVersion;
  /** Facts of the shown version. */
  facts: PrintedFacts;
  /** Status of the shown version. */
  standing: LookupStatus | 'superseded';
  /** Status of the certificate, independent of the shown version. */
  status: LookupStatus;
  texts: PageTexts;
  language: PageLanguage;
  /** Path from the page to the certificate's addresses, without a trailing slash. */
  path: string;
  /** The permanent address of the certificate. */
  address: string;
  site: Site;
  /** Time at which the page is rendered. */
  now: Date;
}

/**
 * @param wanted number of an older version; when it does not exist, the newest is shown
 * @returns null for an erased certificate, which has nothing to show
 */
export function viewOf(
  record: LookupRecord,
  { page, site, now, wanted }: { page: Page; site: Site; now: Date; wanted: number | null },
): View | null {
  const [newest] = record.versions;
  const version = record.versions.find((one) => one.version === wanted) ?? newest;
  const facts = version?.facts ?? null;
  if (newest === undefined || version === undefined || facts === null || record.facts === null) return null;
  const status = statusOf(record, now);
  const superseded = version !== newest && status !== 'revoked';
  const { language, root } = page;
  return {
    record,
    version,
    newest,
    facts,
    standing: superseded ? 'superseded' : status,
    status,
    texts: PAGE_TEXTS[language],
    language,
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

import type { LookupRecord, LookupVersion, PrintedFacts } from '../records/certificates/lookup.ts';
import { type LookupStatus, statusOf } from './lookup-object.ts';
import { longDate, type Page } from './page-frame.ts';
import { PAGE_TEXTS, type PageLanguage, type PageTexts } from './texts/page-texts.ts';

/** What the pages know of the installation. */
export interface Site {
  /** Without a trailing slash. */
  publicUrl: string;
  /** Number of the organisation's page on LinkedIn. */
  organizationId: string | null;
}

/** A certificate as a page shows it: one version of it, to one reader. */
export interface View {
  record: LookupRecord;
  /** The version that is shown. */
  version: LookupVersion;
  /** The one that counts. */
  newest: LookupVersion;
  /** What the shown version states. */
  facts: PrintedFacts;
  /** How the shown version stands. */
  standing: LookupStatus | 'superseded';
  /** How the certificate stands, whatever version is shown. */
  status: LookupStatus;
  texts: PageTexts;
  language: PageLanguage;
  /** Path from the page to the certificate's own addresses, without a trailing slash. */
  path: string;
  /** The certificate's lasting address. */
  address: string;
  site: Site;
  /** When the page was made. */
  now: Date;
}

/**
 * @param wanted number of a former version; of a version that is not there, the newest is shown
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

/** The words that sentences about a certificate may name; `{date}` is the one that matters for how it stands. */
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

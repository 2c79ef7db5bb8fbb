import type { CertificateState } from '../../domain/certificate/certificate-state.ts';

/** What a list of student groups is narrowed to; null: not by this. */
export interface StudentGroupFilter {
  /** Only these student groups. */
  ids: string[] | null;
  /** Prefixes of words of the names that many share, as `searchWords` returns them; all must match. Empty: any name. */
  words: string[];
  state: CertificateState | null;
  reason: string | null;
  releaseId: string | null;
  countries: string[] | null;
  template: string | null;
  needsReissue: boolean | null;
}

export const NO_FILTER: StudentGroupFilter = {
  ids: null,
  words: [],
  state: null,
  reason: null,
  releaseId: null,
  countries: null,
  template: null,
  needsReissue: null,
};

/** SQL condition over bucket `b` with student groups (see the migration `find`), with its values. */
export function bucketCondition(filter: StudentGroupFilter): { sql: string; values: unknown[] } {
  const { sql, values } = narrowing(filter);
  return { sql: `b.size > 0 and ${sql}`, values };
}

/** SQL of a row with the sum `n` over the buckets that match; its cost does not grow with the number of releases. */
export function sumOfBuckets(filter: StudentGroupFilter): { sql: string; values: unknown[] } {
  const { sql, values } = narrowing(filter);
  const table = filter.releaseId === null ? 'find_totals' : 'find_bucket';
  return { sql: `select coalesce(sum(b.size), 0) as n from ${table} as b where ${sql}`, values };
}

function narrowing(filter: StudentGroupFilter): { sql: string; values: unknown[] } {
  const conditions: [string, unknown][] = [
    ['b.release_id = ?', filter.releaseId],
    ['b.state = ?', filter.state],
    ['b.reason_code = ?', filter.reason],
    ['b.country = any(?)', filter.countries],
    ['b.cert_template = ?', filter.template],
    ['b.needs_reissue = ?', filter.needsReissue],
  ];
  const asked = conditions.filter(([, value]) => value !== null);
  return {
    sql: ['true', ...asked.map(([sql]) => sql)].join(' and '),
    values: asked.map(([, value]) => value),
  };
}

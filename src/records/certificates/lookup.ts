import { z } from 'zod';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { LocalizedText } from '../../domain/student-group/student-group.ts';
import { coalescedRead, MOST_TOGETHER, rowsBy } from '../../platform/database/coalesced-reads.ts';
import { type Db, parseRows } from '../rows.ts';

/** Facts that a diploma prints, without the credential's facts, which are a third of the size. */
const PrintedFacts = DiplomaFacts.omit({ credential: true });
export type PrintedFacts = z.infer<typeof PrintedFacts>;

const Row = z.object({
  code: z.string(),
  release_id: z.string(),
  number: z.string(),
  issue_date: z.iso.date(),
  version: z.number().int(),
  facts: PrintedFacts.nullable(),
  created_at: z.date(),
  sha256: z.string(),
  revoked_at: z.date().nullable(),
  revoked_for: z.string().nullable(),
  json_sha256: z.string().nullable(),
  jwt_sha256: z.string().nullable(),
  ended_as: z.enum(['revoked', 'superseded']).nullable(),
});

export interface LookupVersion {
  version: number;
  /** Hash of the PDF; hexadecimal, like the other two. */
  sha256: string;
  issuedAt: Date;
  /** Facts of the version as stored at its creation; null after erasure. */
  facts: PrintedFacts | null;
  /** Hashes of both forms of its credential; null when it was drawn without one. */
  credential: { jsonSha256: string; jwtSha256: string; isRevoked: boolean } | null;
}

/** A certificate for the public lookup: only versions with a drawn diploma. */
export interface LookupRecord {
  /** Lookup code: 25 symbols without dashes. */
  code: string;
  releaseId: string;
  number: string;
  /** Issue date as `YYYY-MM-DD`. */
  issueDate: string;
  /** Frozen facts of the newest version; null once erased. */
  facts: PrintedFacts | null;
  /** Time of the revocation; null when it is valid. */
  revokedAt: Date | null;
  /** Class of the revocation reason, never its free text. */
  revokedFor: string | null;
  /** Last day of validity, `YYYY-MM-DD` in the release's zone; null: no end. */
  validUntil: string | null;
  /** When it expires; null: never. */
  expiresAt: Date | null;
  /** Versions of the certificate, newest first; never empty. */
  versions: LookupVersion[];
}

const SELECT = `
  select c.code, c.release_id, c.number, c.issue_date, v.version, v.facts - 'credential' as facts, v.created_at, p.sha256, k.json_sha256, k.jwt_sha256,
         r.reason_class as ended_as,
         case when a.kind = 'revoke' then a.acted_at end as revoked_at,
         case when a.kind = 'revoke' then a.reason_class end as revoked_for
  from certificate as c
  join certificate_version as v on v.certificate_id = c.id
  join diploma as p on p.certificate_id = v.certificate_id and p.version = v.version
  left join diploma_credential as k on k.certificate_id = v.certificate_id and k.version = v.version
  left join credential_revocation as r on r.certificate_id = v.certificate_id and r.version = v.version
  left join lateral (select kind, acted_at, reason_class from validity_act where certificate_id = c.id
                     order by sequence desc limit 1) as a on true`;
/** Named statements are parsed and planned once per connection; planning costs several times the look-up itself. */
const BY_NUMBER = {
  name: 'lookup-by-number-key',
  sql: `${SELECT} where c.id in (select certificate_id from certificate_search where number_key = ?)
  order by c.number, v.version desc`,
};

/** For so many codes. The server would plan a list of any length anew each time, so there is a statement for a few lengths. */
export const BY_CODES = lengths().map((length) => ({
  length,
  name: `lookup-by-${length}-codes`,
  sql: `${SELECT} where c.code in (${Array.from({ length }, () => '?').join(', ')}) order by c.code, v.version desc`,
}));

function lengths(): number[] {
  const all = [1];
  for (let last = 1; last < MOST_TOGETHER; last = all.at(-1) ?? last) all.push(last * 2);
  return all;
}

/** Questions of the same moment share a statement. A list is filled up with a code that is in it already. */
const byCode = coalescedRead<string, LookupRecord>(async (db, codes) => {
  const statement = BY_CODES.find(({ length }) => length >= codes.length);
  if (statement === undefined) throw new Error(`${codes.length} codes in one statement`);
  const listed = Array.from({ length: statement.length }, (_, place) => codes[place] ?? codes[0] ?? '');
  const records = new Map((await select(db, statement, listed)).map((record) => [record.code, record]));
  return codes.map((code) => records.get(code));
});

/** By secret code. An impossible code is queried too, so that every miss costs the same as any other. */
export async function selectByCode(db: Db, code: string): Promise<LookupRecord | null> {
  return (await byCode(db, code)) ?? null;
}

/**
 * By printed number in the form of `foldNumber`: one certificate, rarely several. The caller compares the surname
 * before it returns anything.
 */
export async function selectByNumber(db: Db, number: string): Promise<LookupRecord[]> {
  return select(db, BY_NUMBER, [number]);
}

/** A certificate's rows follow each other, the newest version first. */
async function select(db: Db, { name, sql }: typeof BY_NUMBER, values: string[]): Promise<LookupRecord[]> {
  const { rows: found } = await db.raw<{ rows: unknown[] }>(sql, values).options({ name });
  const versions = rowsBy(parseRows(Row, found), ({ code }) => code);
  return [...versions.values()].map(toRecord);
}

type Version = z.infer<typeof Row>;

/** @param rows versions of one certificate, newest first */
function toRecord(rows: readonly Version[]): LookupRecord {
  const [newest] = rows as [Version];
  return {
    code: newest.code,
    releaseId: newest.release_id,
    number: newest.number,
    issueDate: newest.issue_date,
    facts: newest.facts,
    revokedAt: newest.revoked_at,
    revokedFor: newest.revoked_for,
    validUntil: newest.facts?.validUntil?.slice(0, 10) ?? null,
    expiresAt: newest.facts?.validUntil ? new Date(newest.facts.validUntil) : null,
    versions: rows.map(({ version, sha256, created_at, facts, json_sha256, jwt_sha256, ended_as }) => ({
      version,
      sha256,
      issuedAt: created_at,
      facts,
      credential:
        json_sha256 && jwt_sha256
          ? { jsonSha256: json_sha256, jwtSha256: jwt_sha256, isRevoked: ended_as === 'revoked' }
          : null,
    })),
  };
}

/** Texts of a release in all its languages, by BCP 47 tag. */
const ReleaseWords = z.object({
  courseTitle: LocalizedText,
  program: z.array(z.object({ title: LocalizedText })),
  signatory: z.object({ name: z.string(), position: LocalizedText }),
});
export type ReleaseWords = z.infer<typeof ReleaseWords>;

/** As the release was pulled last; null: it is unknown or not readable. */
export async function selectReleaseWords(db: Db, id: string): Promise<ReleaseWords | null> {
  const row = await db('release').where({ id }).first<{ snapshot: unknown } | undefined>('snapshot');
  return ReleaseWords.nullable()
    .catch(null)
    .parse(row?.snapshot ?? null);
}

import { z } from 'zod';
import { foldNumber } from '../../domain/certificate/certificate-number.ts';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { coalescedRead, coalescedRow, rowsBy, sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable, parseRow, parseRows } from '../rows.ts';
import { recordSearchWords, searchTexts } from './certificate-search.ts';

const Certificate = z
  .object({
    id: z.uuid(),
    student_id: z.string(),
    release_id: z.string(),
    programme_id: z.string(),
    student_group_id: z.string(),
    decision_id: z.uuid(),
    batch_id: z.uuid().nullable(),
    number: z.string(),
    code: z.string(),
    cert_template: z.string(),
    letter: z.string(),
    no_letter: z.boolean(),
    utm: z.string().nullable(),
    country: z.string(),
    recipient: z.string().nullable(),
    issue_date: z.string(),
    awarded_at: z.date(),
  })
  .transform((row) => ({
    id: row.id,
    studentId: row.student_id,
    releaseId: row.release_id,
    programmeId: row.programme_id,
    studentGroupId: row.student_group_id,
    decisionId: row.decision_id,
    /** Id of the batch that controls the certificate. */
    batchId: row.batch_id,
    number: row.number,
    code: row.code,
    certTemplate: row.cert_template,
    letter: row.letter,
    /** Others send the letters of this certificate; Gramota sends one only if a person asks for it. */
    noLetter: row.no_letter,
    utm: row.utm,
    country: row.country,
    recipient: row.recipient,
    issueDate: row.issue_date,
    awardedAt: row.awarded_at,
  }));
export type Certificate = z.infer<typeof Certificate>;

const certificateRow = coalescedRow('certificate', 'id', 'uuid');

export async function selectCertificate(db: Db, id: string): Promise<Certificate | null> {
  return parseRow(Certificate, await certificateRow(db, id));
}

/** Certificates by their number as printed, or by the id of their student group (one a release), newest first. */
export async function selectCertificatesNamed(db: Db, name: string): Promise<Certificate[]> {
  const rows = await db('certificate')
    .where({ number: name })
    .orWhere({ student_group_id: name })
    .orderBy('awarded_at', 'desc')
    .limit(20);
  return parseRows(Certificate, rows);
}

/** A student group's certificate in a release. */
export async function selectCertificateIn(
  db: Db,
  studentGroupId: string,
  releaseId: string,
): Promise<Certificate | null> {
  return parseRow(Certificate, await certificateIn(db, { studentGroupId, releaseId }));
}

const MEMBERSHIPS = inputTable({ studentGroupId: 'text', releaseId: 'text' });

const certificateIn = coalescedRead<{ studentGroupId: string; releaseId: string }, { place: number }>(
  async (db, memberships) => {
    const { rows } = await db.raw<{ rows: { place: number }[] }>(
      `select i.place::int as place, c.* from ${MEMBERSHIPS.as('i')}
       join certificate as c on c.student_group_id = i."studentGroupId" and c.release_id = i."releaseId"`,
      MEMBERSHIPS.values(memberships),
    );
    return byPlace(memberships.length, rows);
  },
);

/** A student group's certificate in its current release; else the newest one from before the LMS moved it. */
export async function selectCertificateOfGroup(db: Db, studentGroupId: string): Promise<Certificate | null> {
  const row = await db('certificate as c')
    .join('student_group as g', 'g.id', 'c.student_group_id')
    .where('c.student_group_id', studentGroupId)
    .orderByRaw('c.release_id is not distinct from g.release_id desc, c.awarded_at desc')
    .first('c.*');
  return parseRow(Certificate, row);
}

const certificatesOfGroup = coalescedRead<string, unknown[]>(async (db, ids) => {
  const { rows } = await db.raw<{ rows: { student_group_id: string }[] }>(
    'select * from certificate where student_group_id = any(?::text[]) order by awarded_at desc',
    [ids],
  );
  const byGroup = rowsBy(rows, (row) => row.student_group_id);
  return ids.map((id) => byGroup.get(id) ?? []);
});

/** All certificates of a student group, newest first: one, unless the LMS has moved it between releases. */
export async function selectCertificatesOfGroup(db: Db, studentGroupId: string): Promise<Certificate[]> {
  return parseRows(Certificate, (await certificatesOfGroup(db, studentGroupId)) ?? []);
}

export interface Award {
  id: string;
  studentId: string;
  releaseId: string;
  programmeId: string;
  studentGroupId: string;
  decisionId: string;
  /** Id of the batch that controls the certificate; null when an event awards it. */
  batchId: string | null;
  numberPrefix: string;
  code: string;
  certTemplate: string;
  letter: string;
  /** Others send its letters; false by default. */
  noLetter?: boolean;
  utm: string | null;
  country: string;
  /** The e-mail address that the evaluation used. */
  recipient: string;
  issueDate: string;
  /** Builds the frozen facts with the assigned number. */
  facts: (number: string) => DiplomaFacts;
  actor: string;
}

/** There is at most one certificate per key. */
export interface AwardKey {
  studentId: string;
  releaseId: string;
  programmeId: string;
}

/**
 * Serialises awards of one student in one release and programme until the transaction ends.
 * @returns false when the prefix belongs to another release, which is a fault of the LMS's data
 */
export async function lockAwardsOf(
  trx: Db,
  { studentId, releaseId, programmeId }: AwardKey,
  prefix: string,
): Promise<boolean> {
  const key = JSON.stringify([studentId, releaseId, programmeId]);
  return (await awardsLocked(trx, { key, prefix: foldNumber(prefix), releaseId }))?.own ?? false;
}

const LOCKS = inputTable({ key: 'text', prefix: 'text', releaseId: 'text' });

/**
 * The locks are taken in the same order everywhere, so that two transactions cannot deadlock. The release of a prefix
 * never changes, so it may be read before the lock is there.
 */
const awardsLocked = sharedStatement<
  { key: string; prefix: string; releaseId: string },
  { place: number; own: boolean }
>(async (trx, wanted) => {
  const { rows } = await trx.raw<{ rows: { place: number; own: boolean }[] }>(
    `select place::int, pg_advisory_xact_lock(lock),
       exists (select from number_series as s where s.key = ordered.prefix and s.release_id = ordered."releaseId") as own
     from (select i.*, hashtextextended(i.key, 0) as lock from ${LOCKS.as('i')} order by lock offset 0) as ordered`,
    LOCKS.values(wanted),
  );
  return byPlace(wanted.length, rows);
});

/** Serialises awards of a programme by events, over all releases. Call under lockAwardsOf. */
export async function lockAutomaticAwards(trx: Db, programmeId: string): Promise<void> {
  const key = JSON.stringify({ automaticAwardsOf: programmeId });
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [key]);
}

/**
 * The certificate that a student already has in this release and programme, through any group. This includes one
 * awarded under another student id, in a group that the LMS has since merged into this one. Call under lockAwardsOf.
 */
export async function selectAwarded(trx: Db, key: AwardKey): Promise<Certificate | null> {
  return parseRow(Certificate, await awarded(trx, key));
}

const AWARD_KEYS = inputTable({ studentId: 'text', releaseId: 'text', programmeId: 'text' });

const awarded = sharedStatement<AwardKey, { place: number }>(async (trx, keys) => {
  // "offset 0" makes the planner read the few student groups first, never all certificates of the release.
  const { rows } = await trx.raw<{ rows: { place: number }[] }>(
    `select i.place::int as place, a.* from ${AWARD_KEYS.as('i')} cross join lateral (
       select c.* from certificate c
         where c.student_id = i."studentId" and c.release_id = i."releaseId" and c.programme_id = i."programmeId"
       union all
       select c.* from (select id from student_group where student_id = i."studentId" and release_id = i."releaseId" offset 0) g
         cross join lateral (select * from certificate where student_group_id = g.id offset 0) c
         where c.release_id = i."releaseId" and c.programme_id = i."programmeId"
       limit 1) as a`,
    AWARD_KEYS.values(keys),
  );
  return byPlace(keys.length, rows);
});

/** Actor of awards by events of the LMS. */
export const AUTOMATIC = 'automatic';

/** Number of certificates of a programme awarded by events alone since a given time, for the limit per hour. */
export async function countAwardedByEvents(trx: Db, programmeId: string, since: Date): Promise<number> {
  // Uses a partial index of awards by events, so that a batch's awards in the same hour cost nothing.
  const [row] = await trx('certificate_version as v')
    .join('certificate as c', 'c.id', 'v.certificate_id')
    .whereRaw(`v.version = 1 and v.actor = '${AUTOMATIC}'`)
    .where('v.created_at', '>', since)
    .where('c.programme_id', programmeId)
    .count({ n: '*' });
  return Number(row?.['n'] ?? 0);
}

/**
 * Creates the certificate with the next number of its series, and its first, frozen version. Call under lockAwardsOf
 * after selectAwarded, last in the transaction, because every other award of the release then waits. The tables'
 * constraints also enforce it.
 */
export async function insertAward(
  trx: Db,
  award: Award,
  formatNumber: (prefix: string, sequence: number) => string,
  at: Date,
): Promise<DiplomaFacts> {
  const facts = await numberedAward(trx, { award, formatNumber, at });
  if (facts === undefined) throw new Error('an award was not recorded');
  return facts;
}

interface ToNumber {
  award: Award;
  formatNumber: (prefix: string, sequence: number) => string;
  at: Date;
}

/** Two statements for all awards of a release in a transaction: the numbers are drawn, and everything is recorded. */
const numberedAward = sharedStatement<ToNumber, DiplomaFacts>(async (trx, awards) => {
  const drawn = await drawNumbers(
    trx,
    awards.map(({ award }) => foldNumber(award.numberPrefix)),
  );
  const facts = awards.map(({ award, formatNumber }, place) =>
    award.facts(formatNumber(award.numberPrefix, drawn[place] as number)),
  );
  const rows = awards.map(({ award, at }, place) => awardRow(award, facts[place] as DiplomaFacts, at));
  await trx.raw(
    `with input as materialized (select * from ${AWARDS.as('i')}),
     made as (insert into certificate (${OF_CERTIFICATE}) select ${OF_CERTIFICATE} from input),
     frozen as (insert into certificate_version (certificate_id, version, facts, template_hash, actor, created_at)
       select id, 1, facts, template_hash, actor, awarded_at from input),
     untold as (insert into lms_report (certificate_id) select id from input)
     insert into certificate_search (certificate_id, words, number_key)
       select id, array_to_tsvector(string_to_array(words, ' ')), number_key from input`,
    AWARDS.values(rows),
  );
  return facts;
});

/** Draws a number for each key of a series; a number for each place, in order. */
async function drawNumbers(trx: Db, keys: readonly string[]): Promise<number[]> {
  const numbers: number[] = [];
  for (const key of [...new Set(keys)].sort()) {
    const places = keys.flatMap((other, place) => (other === key ? [place] : []));
    const [series] = await trx('number_series')
      .where({ key })
      .increment('last_number', places.length)
      .returning<{ last_number: number }[]>('last_number');
    if (!series) throw new Error('the row with the number series of the release disappeared from the database');
    for (const [index, place] of places.entries()) numbers[place] = series.last_number - places.length + 1 + index;
  }
  return numbers;
}

const CERTIFICATE_COLUMNS = {
  id: 'uuid',
  student_id: 'text',
  release_id: 'text',
  programme_id: 'text',
  student_group_id: 'text',
  decision_id: 'uuid',
  batch_id: 'uuid',
  number: 'text',
  code: 'text',
  cert_template: 'text',
  letter: 'text',
  no_letter: 'boolean',
  utm: 'text',
  country: 'text',
  recipient: 'text',
  issue_date: 'date',
  awarded_at: 'timestamptz',
};
const OF_CERTIFICATE = Object.keys(CERTIFICATE_COLUMNS).join(', ');
const AWARDS = inputTable({
  ...CERTIFICATE_COLUMNS,
  facts: 'jsonb',
  template_hash: 'text',
  actor: 'text',
  words: 'text',
  number_key: 'text',
});

function awardRow(award: Award, facts: DiplomaFacts, at: Date) {
  const { words, numberKey } = searchTexts(facts);
  return {
    id: award.id,
    student_id: award.studentId,
    release_id: award.releaseId,
    programme_id: award.programmeId,
    student_group_id: award.studentGroupId,
    decision_id: award.decisionId,
    batch_id: award.batchId,
    number: facts.number,
    code: award.code,
    cert_template: award.certTemplate,
    letter: award.letter,
    no_letter: award.noLetter ?? false,
    utm: award.utm,
    country: award.country,
    recipient: award.recipient,
    issue_date: award.issueDate,
    awarded_at: at,
    facts: JSON.stringify(facts),
    template_hash: facts.templateHash,
    actor: award.actor,
    words: words.join(' '),
    number_key: numberKey,
  };
}

/** Adds a version under the certificate's number and code. Call under `lockCertificate`. */
export async function insertVersion(
  trx: Db,
  facts: DiplomaFacts,
  by: { actor: string; reason: string | null },
  at: Date,
): Promise<void> {
  await trx('certificate_version').insert({
    certificate_id: facts.certificateId,
    version: facts.version,
    facts: JSON.stringify(facts),
    template_hash: facts.templateHash,
    actor: by.actor,
    reason: by.reason,
    created_at: at,
  });
  // Country and date decide when letters may be sent.
  await trx('certificate').where({ id: facts.certificateId }).update({
    cert_template: facts.templateId,
    country: facts.country,
    issue_date: facts.issueDate,
  });
  await recordSearchWords(trx, facts.certificateId, facts);
}

const Version = z
  .object({ version: z.number().int(), facts: DiplomaFacts.nullable(), created_at: z.date() })
  .transform((row) => ({ version: row.version, facts: row.facts, createdAt: row.created_at }));

const currentVersion = coalescedRead(async (db, ids: string[]) => {
  const { rows } = await db.raw<{ rows: { certificate_id: string }[] }>(
    `select v.* from unnest(?::uuid[]) as i(id)
     cross join lateral (select * from certificate_version where certificate_id = i.id order by version desc limit 1) as v`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.certificate_id, row]));
  return ids.map((id) => byId.get(id));
});

/** The newest version's frozen facts; null once erased. */
export async function selectCurrentVersion(db: Db, certificateId: string): Promise<z.infer<typeof Version> | null> {
  return parseRow(Version, await currentVersion(db, certificateId));
}

import { foldNumber } from '../../domain/certificate/certificate-number.ts';
import type { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { sharedStatement } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable, parseRow } from '../rows.ts';
import { searchTexts } from './certificate-search.ts';
import { Certificate } from './certificates.ts';

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
  // "offset 0" makes the planner read the few of the student first, never all certificates of the release, also when it
  // plans while the table is nearly empty.
  const { rows } = await trx.raw<{ rows: { place: number }[] }>(
    `select i.place::int as place, a.* from ${AWARD_KEYS.as('i')} cross join lateral (
       select c.* from (select * from certificate where student_id = i."studentId" offset 0) c
         where c.release_id = i."releaseId" and c.programme_id = i."programmeId"
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

import { z } from 'zod';
import { DiplomaFacts } from '../../domain/certificate/diploma-facts.ts';
import { coalescedRead, coalescedRow, rowsBy } from '../../platform/database/coalesced-reads.ts';
import { byPlace, type Db, inputTable, parseRow, parseRows } from '../rows.ts';
import { recordSearchWords } from './certificate-search.ts';

export const Certificate = z
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
      // "offset 0": a plan made while the table is nearly empty might otherwise read all certificates of the release.
      `select i.place::int as place, c.* from ${MEMBERSHIPS.as('i')}
       cross join lateral (select * from certificate where student_group_id = i."studentGroupId" offset 0) as c
       where c.release_id = i."releaseId"`,
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

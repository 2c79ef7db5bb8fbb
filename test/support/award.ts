import { createHash, randomInt, randomUUID } from 'node:crypto';
import { createPostgresArtefacts } from '../../src/adapters/artefacts/postgres-artefacts.ts';
import { formatNumber } from '../../src/domain/certificate/certificate-number.ts';
import type { DiplomaFacts } from '../../src/domain/certificate/diploma-facts.ts';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { Release, StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { insertAward, lockAwardsOf, selectAwarded } from '../../src/records/certificates/awards.ts';
import { publishTemplate, recordDiploma } from '../../src/records/certificates/diplomas.ts';
import { recordPatched } from '../../src/records/lms/lms-reports.ts';
import type { Db } from '../../src/records/rows.ts';
import { insertDecision } from '../../src/records/student-groups/decisions.ts';
import { recordPull, recordRelease } from '../../src/records/student-groups/student-groups.ts';
import { diplomaFacts } from './diploma-facts.ts';

/** A fictional release. */
export const RELEASE_ROW = Release.parse({
  id: 'rel_test',
  courseTitle: { en: 'Testing' },
  timezone: 'Europe/Moscow',
  issueDate: '2026-11-20',
  numberPrefix: 'TST-26',
  program: [{ title: { en: 'One' }, hours: 72 }],
  hoursTotal: 72,
  signatory: { name: 'A. Signer', position: { en: 'Director' } },
});

export function studentGroup(id: string, studentId = `st_${id}`): StudentGroup {
  return StudentGroup.parse({
    id,
    updatedAt: '2026-11-20T09:15:00Z',
    status: 'completed',
    student: { id: studentId, fullName: 'Test Person', email: `${studentId}@example.org`, role: 'teacher' },
    group: { id: 'gr', releaseId: 'rel_test' },
    consents: [],
  });
}

const HASH = 'a'.repeat(64);

/** Stores a release and a template for awards. */
export async function seedRelease(db: Db): Promise<void> {
  await recordRelease(db, RELEASE_ROW, new Date());
  await publishTemplate(db, { hash: HASH, id: 'teacher-test', definition: {}, assets: [] });
}

/** Awards as the evaluate stage does, one award per student at a time; returns an existing certificate. */
export async function award(
  db: Db,
  groupId: string,
  studentId = `st_${groupId}`,
): Promise<{ id: string; number: string; created: boolean }> {
  const pulled = { ok: true as const, studentGroup: studentGroup(groupId, studentId), etag: '"1"' };
  await recordPull(db, pulled, new Date(), (email) => email);
  return db.transaction(async (trx) => {
    const key = { studentId, releaseId: 'rel_test', programmeId: 'p' };
    await lockAwardsOf(trx, key, RELEASE_ROW.numberPrefix);
    const before = await selectAwarded(trx, key);
    if (before) return { id: before.id, number: before.number, created: false };
    const id = randomUUID();
    const code = makeCode(randomInt);
    const decisionId = randomUUID();
    const base = {
      batchId: null,
      dryRun: false,
      programmeId: 'p',
      rulesHash: 'r',
      outcome: 'met' as const,
      reason: null,
    };
    await insertDecision(
      trx,
      {
        id: decisionId,
        studentGroupId: groupId,
        ...base,
        criteria: [],
        inputs: {},
        country: {},
        certTemplate: 'teacher-test',
      },
      new Date(),
    );
    const facts = (number: string): DiplomaFacts =>
      diplomaFacts({
        certificateId: id,
        number,
        code,
        lookupUrl: `https://school.example/c/${code}`,
        holderName: 'Test Person',
        latinName: null,
        templateId: 'teacher-test',
        templateHash: HASH,
      });
    const drawn = await insertAward(
      trx,
      {
        id,
        ...key,
        studentGroupId: groupId,
        decisionId,
        batchId: null,
        numberPrefix: 'TST-26',
        code,
        certTemplate: 'teacher-test',
        letter: 'diploma',
        utm: null,
        country: 'KZ',
        recipient: `${studentId}@example.org`,
        issueDate: '2026-11-20',
        facts,
        actor: 'test',
      },
      formatNumber,
      new Date(),
    );
    return { id, number: drawn.number, created: true };
  });
}

/** Marks a certificate as reported to the LMS and drawn, with some bytes. */
export async function draw(db: Db, certificateId: string): Promise<void> {
  await recordPatched(db, { certificateId, studentGroupId: '', etag: null, readAt: null }, new Date());
  await storeDiploma(db, { certificateId, version: 1, bytes: Buffer.from('%PDF') });
}

/** Awards a certificate to a student group of its own and draws it; returns its id. */
export async function drawnCertificate(db: Db): Promise<string> {
  const { id } = await award(db, `sg_${randomUUID()}`);
  await draw(db, id);
  return id;
}

/** Stores a diploma as the render stage does, with the texts of its credential if there is one. */
export async function storeDiploma(
  db: Db,
  { certificateId, version, bytes, credential }: DiplomaBytes,
  at = new Date(),
): Promise<void> {
  const named = (content: Buffer) => ({
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content,
  });
  const file = named(bytes);
  const [json, jwt] = credential ? [named(credential.json), named(credential.jwt)] : [];
  await createPostgresArtefacts(db).put([file, json, jwt].filter((one) => one !== undefined));
  const texts = json && jwt ? { jsonSha256: json.sha256, jwtSha256: jwt.sha256 } : null;
  const drawn = { certificateId, version, sha256: file.sha256, bytes: bytes.length, credential: texts };
  await recordDiploma(db, drawn, at);
}

interface DiplomaBytes {
  certificateId: string;
  version: number;
  bytes: Buffer;
  credential?: { json: Buffer; jwt: Buffer };
}

import { randomInt, randomUUID } from 'node:crypto';
import { insertBatchItems, insertOrReturnBatch, recordItemEvaluated } from '../../src/records/batches/batches.ts';
import { countAwardedByEvents, lockAwardsOf, selectAwarded } from '../../src/records/certificates/awards.ts';
import {
  type Certificate,
  selectCertificate,
  selectCertificateIn,
  selectCertificatesOfGroup,
  selectCurrentVersion,
} from '../../src/records/certificates/certificates.ts';
import { selectDiploma } from '../../src/records/certificates/diplomas.ts';
import { selectByCode } from '../../src/records/certificates/lookup.ts';
import { selectObstacles } from '../../src/records/certificates/obstacles.ts';
import { reserveStatusEntry } from '../../src/records/certificates/status-entries.ts';
import { lockVersion } from '../../src/records/letters/letters-by-person.ts';
import {
  insertFirstPersonalIssue,
  selectKnownTrackers,
  selectPersonalIssue,
  selectWatched,
} from '../../src/records/letters/personal-issues.ts';
import { claimForSending, endAttempt, markOverdueUncertain } from '../../src/records/letters/send-attempts.ts';
import { recordSent } from '../../src/records/letters/sent-letters.ts';
import { recordPatched, selectReport } from '../../src/records/lms/lms-reports.ts';
import type { Db } from '../../src/records/rows.ts';
import { recordDecision, selectLatestDecision } from '../../src/records/student-groups/decisions.ts';
import { lockSnapshot } from '../../src/records/student-groups/lock-snapshot.ts';
import { selectOverrides } from '../../src/records/student-groups/overrides.ts';
import {
  isEmailShared,
  recordPull,
  selectGroup,
  selectStoredRelease,
} from '../../src/records/student-groups/student-groups.ts';
import { award, storeDiploma, studentGroup } from './award.ts';

/** What the stages do for a certificate in the database, without the world outside. */
export const CERTIFICATE_STEPS = { pullAndJudge, awardAndDraw, sendAndTrack };

/** A student group as a pull brings it, judged as an item of a batch of its own. */
async function pullAndJudge(trx: Db, groupId: string): Promise<void> {
  const at = new Date();
  const group = studentGroup(groupId);
  const { id: studentId, email } = group.student;
  await recordPull(trx, { ok: true, studentGroup: group, etag: '"1"' }, at, (address) => address);
  await selectGroup(trx, groupId);
  await selectStoredRelease(trx, group.group.releaseId);
  await selectCertificatesOfGroup(trx, groupId);
  await isEmailShared(trx, email ?? '', studentId);
  const wanted = { releaseId: null, studentGroupIds: [groupId], countries: null, dryRun: false, template: null };
  const by = { note: null, actor: 'ada', idempotencyKey: null, requestHash: 'h' };
  const { batch } = await insertOrReturnBatch(trx, { id: randomUUID(), ...wanted, ...by }, at);
  await insertBatchItems(trx, batch.id, [groupId], null);
  if (!(await lockSnapshot(trx, group))) throw new Error('the student group is not stored as pulled');
  await selectOverrides(trx, groupId);
  const key = { studentId, releaseId: group.group.releaseId, programmeId: 'p' };
  await selectCertificateIn(trx, groupId, key.releaseId);
  await lockAwardsOf(trx, key, 'TST-26');
  await selectAwarded(trx, key);
  await countAwardedByEvents(trx, 'p', at);
  const result = { outcome: 'met' as const, reason: null, criteria: [], country: {}, certTemplate: 'teacher-test' };
  const about = { studentGroupId: groupId, batchId: batch.id, dryRun: false, programmeId: 'p', rulesHash: 'r' };
  const decisionId = await recordDecision(trx, { id: randomUUID(), ...about, ...result, inputs: {} }, at);
  const none = { wouldBe: null, skipped: null, outlook: null };
  await recordItemEvaluated(trx, { batchId: batch.id, studentGroupId: groupId, decisionId, ...none }, at);
}

/** Its certificate: awarded, reported to the LMS, drawn. */
async function awardAndDraw(trx: Db, groupId: string): Promise<void> {
  const at = new Date();
  const { id } = await award(trx, groupId);
  await reserveStatusEntry(trx, { certificateId: id, version: 1 }, randomInt);
  const certificate = await certificateOf(trx, id);
  await selectLatestDecision(trx, groupId);
  await selectReport(trx, id);
  await selectObstacles(trx, certificate, 'patch');
  await recordPatched(trx, { certificateId: id, studentGroupId: groupId, etag: '"2"', readAt: at }, at);
  await selectObstacles(trx, certificate, 'render');
  await selectCurrentVersion(trx, id);
  await selectDiploma(trx, id, 1);
  await lockVersion(trx, id, 1);
  await storeDiploma(trx, { certificateId: id, version: 1, bytes: Buffer.from(`%PDF ${id}`) }, at);
}

/** Its letter: opened, sent, found in a listing; then its certificate is looked up. Call it after `awardAndDraw`. */
async function sendAndTrack(trx: Db, groupId: string): Promise<void> {
  const at = new Date();
  const [awarded] = await selectCertificatesOfGroup(trx, groupId);
  const certificate = await certificateOf(trx, awarded?.id ?? '');
  const [id, claim, requestId] = [randomUUID(), randomUUID(), randomUUID()];
  const recipient = certificate.recipient ?? '';
  const letter = { id, certificateId: certificate.id, version: 1, recipient, dueAt: at, sendAfter: at };
  await insertFirstPersonalIssue(trx, { ...letter, shiftReason: null }, at);
  await selectPersonalIssue(trx, id);
  await selectObstacles(trx, certificate, 'send');
  const attempt = { id, claim, requestId, deadline: at, recipient, mostUnknown: MANY, probe: null };
  const answer = await claimForSending(trx, attempt, at);
  if (answer !== 'begun') throw new Error(`the letter may not be sent: ${answer}`);
  const end = { outcome: 'accepted' as const, trackId: id };
  await endAttempt(trx, { id, claim, requestId, end, firstTry: at }, at);
  await markOverdueUncertain(trx, at, at);
  await selectWatched(trx, new Date(at.getTime() - 1), 10);
  await selectKnownTrackers(trx, new Date(at.getTime() - 1), at);
  await recordSent(trx, [{ id, trackId: id, letter: id, providerIssueId: null }], at);
  if ((await selectByCode(trx, certificate.code)) === null) throw new Error('the certificate is not found by its code');
}

const MANY = 1_000_000;

async function certificateOf(trx: Db, id: string): Promise<Certificate> {
  const certificate = await selectCertificate(trx, id);
  if (certificate === null) throw new Error('the certificate was not awarded');
  return certificate;
}

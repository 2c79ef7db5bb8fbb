import { randomUUID } from 'node:crypto';
import type { ObstacleCode } from '../../src/domain/obstacle/obstacle.ts';
import type { HeldReason } from '../../src/domain/reason-codes.ts';
import type { StudentGroup } from '../../src/domain/student-group/student-group.ts';
import { recordCancelled, recordPaused } from '../../src/records/batches/batch-changes.ts';
import { insertOrReturnBatch } from '../../src/records/batches/batches.ts';
import { takeCharge } from '../../src/records/batches/charge.ts';
import { type Certificate, insertVersion, selectCurrentVersion } from '../../src/records/certificates/certificates.ts';
import { insertReissue } from '../../src/records/certificates/reissues.ts';
import { recordRevoked } from '../../src/records/certificates/validity-acts.ts';
import { recordReportLost } from '../../src/records/lms/lms-reports.ts';
import type { Db } from '../../src/records/rows.ts';
import { insertDecision } from '../../src/records/student-groups/decisions.ts';
import { hold } from '../../src/records/student-groups/holds.ts';
import { insertOverrides } from '../../src/records/student-groups/overrides.ts';
import { recordGone, recordPull, selectGroup } from '../../src/records/student-groups/student-groups.ts';
import { recordAct } from '../../src/records/tokens.ts';
import { withinErasure } from '../support/within-erasure.ts';

const sameAddress = (raw: string) => raw;
const BY = { actor: 'tester', reason: 'fictional' };

export async function act(trx: Db, subject: string): Promise<string> {
  const id = randomUUID();
  await recordAct(trx, { id, ...BY, verb: 'test', subject }, new Date());
  return id;
}

/** Sets the data that the LMS returns from now on. */
async function told(trx: Db, { studentGroupId }: Certificate, change: (group: StudentGroup) => void): Promise<void> {
  const snapshot = structuredClone((await selectGroup(trx, studentGroupId))?.snapshot);
  if (!snapshot) throw new Error('nothing is known of the student group');
  change(snapshot);
  await recordPull(trx, { ok: true, studentGroup: snapshot, etag: '"changed"' }, new Date(), sameAddress);
}

const held =
  (code: HeldReason) =>
  (trx: Db, { id, studentGroupId }: Certificate) =>
    hold(
      trx,
      { id: randomUUID(), studentGroupId, certificateId: id, stage: 'test', code, detail: 'by a test' },
      new Date(),
    );

async function exclude(trx: Db, studentGroupId: string): Promise<void> {
  const actId = await act(trx, studentGroupId);
  await insertOverrides(trx, { studentGroupId, changes: { excluded: true }, ...BY, actId }, new Date());
}

async function batchOf(trx: Db, certificate: Certificate): Promise<string> {
  const id = randomUUID();
  const over = { releaseId: null, studentGroupIds: [certificate.studentGroupId], countries: null, template: null };
  const batch = { id, ...over, dryRun: false, note: null, actor: 'tester', idempotencyKey: null, requestHash: 'test' };
  await insertOrReturnBatch(trx, batch, new Date());
  await takeCharge(trx, certificate.id, id);
  return id;
}

const move = (trx: Db, certificate: Certificate) =>
  told(trx, certificate, (group) => {
    group.group.releaseId = 'rel_2026elsewhere';
  });

/** Stores a letter of the newest version in the given state, with a diploma. */
export async function letter(
  trx: Db,
  { id }: Certificate,
  { state, recipient, purpose = 'resend' }: { state: string; recipient: string; purpose?: 'first' | 'resend' },
): Promise<string> {
  const at = new Date(Date.now() - 1000);
  const letterId = randomUUID();
  await trx('personal_issue').insert({
    ...{ id: letterId, certificate_id: id, version: 1, purpose, state, recipient, due_at: at, send_after: at },
    ...{ created_at: at, changed_at: at, ...(state === 'sent' ? { letter: '7', sent_at: at } : {}) },
  });
  return letterId;
}

/** Creates each obstacle with the function that creates it in the product. */
export const SETUPS: Record<ObstacleCode, (trx: Db, certificate: Certificate) => Promise<unknown>> = {
  revoked: (trx, { id: certificateId }) =>
    recordRevoked(trx, { id: randomUUID(), certificateId, version: 1, ...BY, reasonClass: 'other' }, new Date()),
  // Erases the facts as an erasure does: the trigger allows only that facts become null.
  erased: (db, { id }) =>
    withinErasure(db, (trx) => trx('certificate_version').where({ certificate_id: id }).update({ facts: null })),
  'outcome-unknown': held('outcome-unknown'),
  'signing-key-missing': held('signing-key-missing'),
  held: held('window-exhausted'),
  'lms-gone': (trx, { studentGroupId }) => recordGone(trx, studentGroupId, null, new Date()),
  'lms-invalid': (trx, { studentGroupId: id }) =>
    recordPull(trx, { ok: false, id, detail: '/status: unknown' }, new Date(), sameAddress, { id }),
  'moved-untold': async (trx, certificate) => {
    await recordReportLost(trx, certificate.id);
    await move(trx, certificate);
  },
  'moved-unseen': move,
  'release-moved': move,
  'batch-cancelled': async (trx, certificate) => recordCancelled(trx, await batchOf(trx, certificate), new Date()),
  'batch-paused': async (trx, certificate) => recordPaused(trx, await batchOf(trx, certificate), new Date()),
  excluded: (trx, { studentGroupId }) => exclude(trx, studentGroupId),
  'excluded-elsewhere': async (trx, { studentGroupId }) => {
    const snapshot = structuredClone((await selectGroup(trx, studentGroupId))?.snapshot);
    if (!snapshot) throw new Error('nothing is known of the student group');
    const other = { ...snapshot, id: `${studentGroupId}_other` };
    await recordPull(trx, { ok: true, studentGroup: other, etag: null }, new Date(), sameAddress);
    await exclude(trx, other.id);
  },
  expelled: (trx, certificate) =>
    told(trx, certificate, (group) => {
      group.status = 'expelled';
    }),
  'other-student': (trx, certificate) =>
    told(trx, certificate, (group) => {
      group.student.id = 'st_another';
    }),
  'consent-withdrawn': (trx, certificate) =>
    told(trx, certificate, (group) => {
      group.consents = [{ kind: 'personal-data', givenAt: '2026-09-01T10:00:00Z', revokedAt: '2026-11-21T10:00:00Z' }];
    }),
  'judged-not-met': async (trx, { id, studentGroupId }) => {
    await recordReportLost(trx, id);
    const reason = { code: 'criteria-not-met' as const, detail: 'progress.score is 10' };
    const decision = { id: randomUUID(), studentGroupId, batchId: null, dryRun: false, programmeId: 'p' };
    const outcome = { outcome: 'not-met' as const, reason, criteria: [], inputs: {}, country: {}, certTemplate: null };
    await insertDecision(trx, { ...decision, rulesHash: 'r', ...outcome }, new Date());
  },
  'lms-not-told': (trx, { id }) => recordReportLost(trx, id),
  'address-changed': (trx, certificate) =>
    told(trx, certificate, (group) => {
      group.student.email = 'another@example.org';
    }),
  'version-asked': async (trx, { id }) =>
    insertReissue(trx, { id: await act(trx, id), certificateId: id, kind: 'reissue' }, new Date()),
  'letter-in-flight': (trx, certificate) =>
    letter(trx, certificate, { state: 'uncertain', recipient: certificate.recipient ?? '' }),
  'letter-waiting': (trx, certificate) =>
    letter(trx, certificate, { state: 'waiting', recipient: certificate.recipient ?? '' }),
  'not-drawn': async (trx, { id }) => {
    const current = await selectCurrentVersion(trx, id);
    if (!current?.facts) throw new Error('the certificate has no facts');
    await insertVersion(trx, { ...current.facts, version: current.version + 1 }, BY, new Date());
  },
};

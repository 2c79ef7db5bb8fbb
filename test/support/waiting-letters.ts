import { randomUUID } from 'node:crypto';
import type { PipelineContext } from '../../src/pipeline/run-stages.ts';
import { insertFirstPersonalIssue } from '../../src/records/letters/personal-issues.ts';
import { award, draw } from './award.ts';

/** Copies the rows of one certificate in bulk, because awarding thousands one by one would take minutes. */
const COPY = `
  with n as (select i, gen_random_uuid() as certificate, gen_random_uuid() as decision, gen_random_uuid() as personal_issue
             from generate_series(1, :count::int) i),
  groups as (insert into student_group select (jsonb_populate_record(t, jsonb_build_object(
      'id', t.id || '_' || n.i, 'student_id', t.student_id || '_' || n.i, 'email', n.i || t.email))).*
    from student_group t, n where t.id = :group),
  decisions as (insert into decision (id, student_group_id, dry_run, rules_hash, outcome, criteria, inputs, country, decided_at)
    select n.decision, :group::text || '_' || n.i, false, 'r', 'met', '[]', '{}', '{}', now() from n),
  certificates as (insert into certificate select (jsonb_populate_record(t, jsonb_build_object(
      'id', n.certificate, 'student_id', t.student_id || '_' || n.i, 'student_group_id', :group::text || '_' || n.i, 'decision_id', n.decision,
      'number', t.number || '-' || n.i, 'code', left(t.code, 18) || lpad(n.i::text, 7, '0'), 'recipient', n.i || t.recipient))).*
    from certificate t, n where t.student_group_id = :group),
  versions as (insert into certificate_version select (jsonb_populate_record(t, jsonb_build_object('certificate_id', n.certificate))).*
    from certificate_version t, n where t.certificate_id = :certificate),
  reports as (insert into lms_report (certificate_id, patched_at) select n.certificate, now() from n),
  diplomas as (insert into diploma select (jsonb_populate_record(t, jsonb_build_object('certificate_id', n.certificate))).*
    from diploma t, n where t.certificate_id = :certificate)
  insert into personal_issue select (jsonb_populate_record(t, jsonb_build_object(
      'id', n.personal_issue, 'certificate_id', n.certificate, 'recipient', n.i || t.recipient))).*
    from personal_issue t, n where t.certificate_id = :certificate`;

/**
 * Letters as the render stage leaves them: diploma drawn, letter waiting for `sendAfter`, job in the queue.
 * @returns their ids
 */
export async function insertWaitingLetters(world: PipelineContext, count: number, sendAfter: Date): Promise<string[]> {
  const { db } = world;
  const at = new Date();
  const group = `sg_${randomUUID().slice(0, 8)}`;
  const certificate = await award(db, group);
  await draw(db, certificate.id);
  const letter = { id: randomUUID(), certificateId: certificate.id, version: 1, recipient: `st_${group}@example.org` };
  await insertFirstPersonalIssue(db, { ...letter, dueAt: at, sendAfter, shiftReason: 'outside the send windows' }, at);
  await db.raw(COPY, { count: count - 1, group, certificate: certificate.id });
  const ids = await db('personal_issue as i')
    .join('certificate as c', 'c.id', 'i.certificate_id')
    .where('c.student_group_id', 'like', `${group}%`)
    .pluck<string[]>('i.id');
  for (let done = 0; done < ids.length; done += 1000)
    await world.enqueue(
      db,
      'send',
      ids.slice(done, done + 1000).map((id) => ({ id })),
      { startAfter: sendAfter },
    );
  return ids;
}

import { message } from '../../domain/messages/message.ts';
import { PERSONAL_OVERRIDES } from '../../domain/student-group/override.ts';
import { recordRevoked } from '../certificates/validity-acts.ts';
import { cancelWaitingLetter } from '../letters/letters-by-person.ts';
import type { Db } from '../rows.ts';
import { eraseDecisions } from '../student-groups/decisions.ts';
import { eraseFreeTexts, patternOf } from './free-texts.ts';
import { type PersonScope, selectKnownTexts } from './person-scope.ts';

/** Number of rows that were emptied or deleted, by table or column. */
export type ErasedCounts = Record<string, number>;

export interface ErasureSubject {
  erasureId: string;
  studentId: string;
  scope: PersonScope;
  actor: string;
}

/**
 * Empties everything that is stored of a person. Kept are the ids of student groups and certificates, code, number and issue
 * date, states with their times, release, programme, template and country. Call it inside an erasure, with the certificates
 * locked.
 */
export async function erasePersonRows(
  trx: Db,
  { erasureId, studentId, scope, actor }: ErasureSubject,
  newId: () => string,
  at: Date,
): Promise<ErasedCounts> {
  const { own, shared } = scope;
  const groups = [...own, ...shared];
  const certificates = scope.certificates.map(({ id }) => id);
  const known = await selectKnownTexts(trx, studentId, scope);
  await trx.raw(
    `insert into erased_person (student_hash, erasure_id, erased_at) values (person_hash(?), ?, ?)
     on conflict (student_hash) do update set erasure_id = excluded.erasure_id, erased_at = excluded.erased_at,
       readmitted_at = null, readmitted_by = null`,
    [studentId, erasureId, at],
  );
  await endWhatIsOpen(trx, scope, { erasureId, actor, newId }, at);

  const counts: ErasedCounts = {
    ...(await eraseFreeTexts(trx, known)),
    ...(await eraseRelatedTexts(trx, groups, known)),
  };
  const count = async (name: string, rows: PromiseLike<number | { rowCount: number }>) => {
    const changed = await rows;
    const number = typeof changed === 'number' ? changed : changed.rowCount;
    if (number > 0) counts[name] = (counts[name] ?? 0) + number;
  };
  // The trigger of the table empties the row.
  await count('student_group', trx('student_group').whereIn('id', own).update({ erased_at: at }));
  await count('find_words', trx('find_words').whereIn('student_group_id', own).update({ words: '' }));
  // The names of the other student are folded again by the upkeep.
  await count('find_words', trx('find_words').whereIn('student_group_id', shared).update({ words: null }));
  await count(
    'override',
    trx('override')
      .whereIn('student_group_id', groups)
      .whereIn('field', [...PERSONAL_OVERRIDES])
      .whereNotNull('value')
      .update({ value: null }),
  );
  await trx('override').whereIn('student_group_id', groups).update({ reason: 'erased' });
  for (const id of own) await count('decision', eraseDecisions(trx, id));
  for (const id of shared) await count('decision', eraseDecisions(trx, id, studentId));
  await count('batch_item', trx('batch_item').whereIn('student_group_id', groups).update(EMPTY_ITEM));
  await count('import_row', trx('import_row').whereIn('student_group_id', groups).delete());
  await count(
    'certificate_version',
    trx('certificate_version').whereIn('certificate_id', certificates).update({ facts: null, reason: null }),
  );
  await count('certificate_search', trx('certificate_search').whereIn('certificate_id', certificates).delete());
  await trx('validity_act').whereIn('certificate_id', certificates).update({ reason: 'erased' });
  await count(
    'personal_issue',
    trx('personal_issue')
      .whereIn('certificate_id', certificates)
      .update({ recipient: trx.raw(`'erased:' || id`), reason_detail: null }),
  );
  await trx.raw(
    `update send_attempt set detail = null where personal_issue_id in
       (select id from personal_issue where certificate_id = any(?))`,
    [certificates],
  );
  await count(
    'certificate',
    trx('certificate')
      .whereIn('id', certificates)
      .update({ student_id: trx.raw(`'erased:' || id`), recipient: null }),
  );
  await count('act', eraseReasons(trx, groups, certificates));
  for (const id of own) await recordErasedDecision(trx, { id: newId(), studentGroupId: id, rulesHash: null }, at);
  return counts;
}

const EMPTY_ITEM = {
  country: null,
  zone: null,
  letter_due: null,
  name_length: null,
  script: null,
  skipped_detail: null,
};

/** Nothing waits for the person any more: letters, holds and flags end, and a certificate that nobody has yet is revoked. */
async function endWhatIsOpen(
  trx: Db,
  { own, certificates }: PersonScope,
  { erasureId, actor, newId }: { erasureId: string; actor: string; newId: () => string },
  at: Date,
): Promise<void> {
  const called = { code: 'by-person' as const, detail: message('letter.erased') };
  for (const { id, versions, unsent } of certificates) {
    await cancelWaitingLetter(trx, id, called, at);
    if (!unsent) continue;
    const act = { id: newId(), certificateId: id, version: versions };
    await recordRevoked(trx, { ...act, actor, reason: 'erased', reasonClass: 'withdrawn' }, at);
  }
  await trx('hold')
    .where((of) =>
      of.whereIn('student_group_id', own).orWhereIn(
        'certificate_id',
        certificates.map(({ id }) => id),
      ),
    )
    .whereNull('released_at')
    .update({ released_at: at, released_by: `erasure ${erasureId}` });
  await trx('flag').whereIn('student_group_id', own).whereNull('ended_at').update({ ended_at: at, cleared_at: at });
}

/** Notes and reasons of batches and bulk acts with the person's rows: one word of a name is enough. */
async function eraseRelatedTexts(trx: Db, groups: string[], known: readonly string[]): Promise<ErasedCounts> {
  const words = [...new Set(known.flatMap((text) => text.split(/[^\p{L}\p{M}'’ʼ-]+/u)))].filter(
    ({ length }) => length >= 3,
  );
  if (words.length === 0) return {};
  const bound = { pattern: patternOf(words), groups };
  const batches = 'select batch_id from batch_item where student_group_id = any(:groups)';
  const bulks = `select bulk_act_id from bulk_act_row where student_group_id = any(:groups)
    or certificate_id in (select id from certificate where student_group_id = any(:groups))`;
  const counts: ErasedCounts = {};
  for (const [column, statement] of [
    ['batch.note', `update batch set note = null where id in (${batches}) and normalize(note, NFC) ~* :pattern`],
    [
      'bulk_act.reason',
      `update bulk_act set reason = 'erased' where id in (${bulks}) and normalize(reason, NFC) ~* :pattern`,
    ],
    [
      'act.reason',
      `update act set reason = null where (bulk_act_id in (${bulks})
         or subject in (select id::text from (${batches} union ${bulks}) as t(id)))
         and normalize(reason, NFC) ~* :pattern`,
    ],
  ] as const) {
    const { rowCount } = await trx.raw<{ rowCount: number }>(statement, bound);
    if (rowCount > 0) counts[column] = rowCount;
  }
  return counts;
}

/** The reasons that people gave for acts on the person's student groups, certificates, letters and flags. */
function eraseReasons(trx: Db, groups: string[], certificates: string[]): PromiseLike<{ rowCount: number }> {
  return trx.raw(
    `update act set reason = null where reason is not null and subject in (
       select unnest(:groups::text[]) union select unnest(:certificates::text[])
       union select id::text from personal_issue where certificate_id = any(:certificates::uuid[])
       union select id::text from flag where student_group_id = any(:groups::text[]))`,
    { groups, certificates },
  );
}

/** The decision that every list shows of an erased student group; none when it is the newest already. */
export async function recordErasedDecision(
  trx: Db,
  decision: { id: string; studentGroupId: string; batchId?: string | null; rulesHash: string | null },
  at: Date,
): Promise<string> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `with newest as (select * from decision where student_group_id = :group and not dry_run order by sequence desc limit 1),
     added as (
       insert into decision (id, student_group_id, batch_id, dry_run, rules_hash, outcome, reason_code, reason_detail, criteria,
         country, decided_at)
       select :id, :group, :batch, false, coalesce(:rules, (select rules_hash from newest), repeat('0', 64)), 'excluded', 'erased',
         :detail, '[]', '{}', :at
       where not exists (select from newest where outcome = 'excluded' and reason_code = 'erased') returning id)
     select id from added union all select id from newest limit 1`,
    {
      id: decision.id,
      group: decision.studentGroupId,
      batch: decision.batchId ?? null,
      rules: decision.rulesHash,
      detail: message('decision.person-erased'),
      at,
    },
  );
  return rows[0]?.id ?? decision.id;
}

/** The stored files of these certificates, by SHA-256: diplomas and credentials of all versions. */
export async function selectFilesOf(db: Db, certificates: readonly string[]): Promise<string[]> {
  const { rows } = await db.raw<{ rows: { sha256: string }[] }>(
    `select sha256 from diploma where certificate_id = any(:ids)
     union select json_sha256 from diploma_credential where certificate_id = any(:ids)
     union select jwt_sha256 from diploma_credential where certificate_id = any(:ids)
     union select unnest(sha256s) from unrecorded_file where certificate_id = any(:ids)`,
    { ids: certificates },
  );
  return rows.map(({ sha256 }) => sha256);
}

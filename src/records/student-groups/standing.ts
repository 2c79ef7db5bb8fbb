import { z } from 'zod';
import { BATCH_CLASS_NAMES } from '../../domain/batch-class.ts';
import { CERTIFICATE_STATES } from '../../domain/certificate/certificate-state.ts';
import type { ShownReason } from '../../domain/failure.ts';
import { OBSTACLE_CODES } from '../../domain/obstacle/obstacle.ts';
import { OBSTACLE_TEXTS } from '../../domain/obstacle/obstacle-texts.ts';
import { type Db, parseRow, parseRows } from '../rows.ts';
import { isNamed, nameOf, tsquery } from './names.ts';

const State = z.enum(CERTIFICATE_STATES);

/** The columns with the reason for a state. */
export const REASON = {
  reason_code: z.string().nullable(),
  reason_detail: z.string().nullable(),
  obstacle: z.enum(OBSTACLE_CODES).nullable(),
};

/**
 * The reason in words. If an obstacle is the reason, `reason_detail` contains the obstacle's `about`, and the text of
 * the obstacle is added here.
 */
export function shownReason(row: z.infer<z.ZodObject<typeof REASON>>): ShownReason | null {
  const { reason_code: code, reason_detail: detail, obstacle } = row;
  if (code === null) return null;
  return { code, detail: obstacle === null ? (detail ?? '') : OBSTACLE_TEXTS[obstacle].en(detail ?? '') };
}

const Standing = z
  .object({
    student_group_id: z.string(),
    release_id: z.string().nullable(),
    decision_id: z.uuid().nullable(),
    certificate_id: z.uuid().nullable(),
    personal_issue_id: z.uuid().nullable(),
    state: State,
    ...REASON,
    since: z.date(),
    send_after: z.date().nullable(),
  })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    releaseId: row.release_id,
    decisionId: row.decision_id,
    certificateId: row.certificate_id,
    personalIssueId: row.personal_issue_id,
    state: row.state,
    reason: shownReason(row),
    since: row.since,
    sendAfter: row.send_after,
  }));
export type Standing = z.infer<typeof Standing>;

/** The state of one student group, computed from its facts. */
export async function selectStanding(db: Db, studentGroupId: string): Promise<Standing | null> {
  return parseRow(Standing, await db('standing').where({ student_group_id: studentGroupId }).first());
}

/** The state of a certificate in its own release, wherever its student group is now. */
export async function selectStandingOf(
  db: Db,
  { studentGroupId, releaseId }: { studentGroupId: string; releaseId: string },
): Promise<Standing | null> {
  const membership = { student_group_id: studentGroupId, release_id: releaseId };
  return parseRow(Standing, await db('membership_standing').where(membership).first());
}

/**
 * Only the state: of a student group, or, with a release, of its membership there. For loops over many; a named statement
 * is planned once per connection, and planning costs more than running it.
 */
export async function selectState(db: Db, studentGroupId: string, releaseId: string | null): Promise<string | null> {
  const { rows } = await (releaseId === null
    ? db
        .raw<{ rows: { state: string }[] }>('select state from standing where student_group_id = ?', [studentGroupId])
        .options({ name: 'state-now' })
    : db
        .raw<{ rows: { state: string }[] }>(
          'select state from membership_standing where student_group_id = ? and release_id = ?',
          [studentGroupId, releaseId],
        )
        .options({ name: 'state-in-release' }));
  return rows[0]?.state ?? null;
}

/**
 * The state `s` of batch item `b`: of its certificate in the release in which the batch judged it, else of its
 * student group. A later move of the student group changes no batch.
 */
export const STANDING_OF_ITEM = `
  membership_standing as s on s.student_group_id = b.student_group_id
  and case when s.is_present then not exists (select 1 from certificate as f
             where f.student_group_id = b.student_group_id and f.release_id = b.release_id
               and f.release_id is distinct from s.release_id)
           else s.release_id = b.release_id end`;

/** SQL: the batch's own decision was a refusal, and there is no certificate with this id. */
const refusedWithout = (certificateId: string): string =>
  `${certificateId} is null and not own.dry_run and own.outcome <> 'met'`;

/**
 * SQL: the state of a batch's item, in this order: cancelled or skipped; "pending" until this batch has evaluated it; else
 * the state that `judged` finds, a part of a `case`.
 */
const itemState = (judged: string): string => `
  case when b.cancelled_at is not null then 'cancelled'
       when b.skipped_code is not null then 'excluded'
       when b.evaluated_at is null then 'pending'
       ${judged} end`;

/** A refusal by this batch's own decision counts, because a later event may decide otherwise, but reopens no batch. */
const JUDGED_STATE = `when ${refusedWithout('s.certificate_id')} then own.outcome else s.state`;
export const ITEM_STATE = itemState(JUDGED_STATE);
/** An item that is not judged yet waits for the batch's pull. */
const ITEM_REASON = (part: 'code' | 'detail' | 'obstacle') => {
  const of = (row: string, column = `reason_${part}`) => (part === 'obstacle' ? 'null' : `${row}.${column}`);
  return `
  case when b.skipped_code is not null then ${of('b', `skipped_${part}`)}
       when b.evaluated_at is null then ${of('parent', part === 'code' ? 'last_error_code' : 'last_error')}
       when own.dry_run then ${of('own')}
       when ${refusedWithout('s.certificate_id')} then ${of('own')}
       else ${part === 'obstacle' ? 's.obstacle' : `s.reason_${part}`} end`;
};

const Item = z
  .object({
    student_group_id: z.string(),
    student_id: z.string().nullable(),
    full_name: z.string().nullable(),
    country: z.string().nullable(),
    cert_template: z.string().nullable(),
    state: State,
    ...REASON,
    decision_id: z.uuid().nullable(),
    certificate_id: z.uuid().nullable(),
    send_after: z.date().nullable(),
    next_attempt_at: z.date().nullable(),
    would_be: z.string().nullable(),
    class: z.enum(BATCH_CLASS_NAMES).nullable(),
    cause: z.string().nullable(),
  })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    studentId: row.student_id,
    fullName: row.full_name,
    country: row.country,
    certTemplate: row.cert_template,
    state: row.state,
    reason: shownReason(row),
    decisionId: row.decision_id,
    certificateId: row.certificate_id,
    sendAfter: row.send_after,
    /** When the LMS is queried again; null when not waiting for it. */
    nextAttemptAt: row.next_attempt_at,
    wouldBe: row.would_be,
    class: row.class,
    cause: row.cause,
  }));
export type BatchItem = z.infer<typeof Item>;

export interface BatchItemQuery {
  state: string | null;
  reason: string | null;
  wouldBe: string | null;
  class: string | null;
  cause: string | null;
  /** Only these student groups; null: all. */
  ids: string[] | null;
  /** Beginnings of words of the name; empty: any name. */
  words: string[];
  /** The id of the last item of the page before. */
  after: string | null;
  limit: number;
}

export const NO_ITEM_FILTER = {
  state: null,
  reason: null,
  wouldBe: null,
  class: null,
  cause: null,
  ids: null,
  words: [],
};

/** A moved student group may have a certificate, and so a state, in the release of item `b`. */
const MOVED = `k.release_id is distinct from coalesce(b.release_id, '')`;
/**
 * SQL conditions without which item `b`, whose student group lies in bucket `k`, cannot have a state or a reason. The view
 * is computed only for items that meet them.
 */
const MAY_BE_IN_STATE = `(k.state = :state or ${MOVED} or own.outcome = :state
  or b.cancelled_at is not null and :state = 'cancelled' or b.skipped_code is not null and :state = 'excluded'
  or b.evaluated_at is null and :state = 'pending')`;
const MAY_HAVE_REASON = `(k.reason_code = :reason or ${MOVED} or own.reason_code = :reason or b.skipped_code = :reason
  or b.evaluated_at is null and parent.last_error_code = :reason)`;

/** Items of a batch ordered by id. */
export async function selectBatchItems(db: Db, batchId: string, query: BatchItemQuery): Promise<BatchItem[]> {
  const { state, reason, wouldBe, ids, words } = query;
  const rows = await db
    .with('item', (inner) =>
      inner
        .from('batch_item as b')
        .join('batch as parent', 'parent.id', 'b.batch_id')
        .join('find_entry as e', 'e.student_group_id', 'b.student_group_id')
        .join('find_bucket as k', 'k.id', 'e.bucket_id')
        .leftJoin('decision as own', 'own.id', 'b.decision_id')
        // "offset 0" computes the view for one item after the other, until the page is full.
        .joinRaw(
          `cross join lateral (select s.* from (select b.student_group_id) as i join ${STANDING_OF_ITEM} offset 0) as s`,
        )
        .join('student_group as g', 'g.id', 'b.student_group_id')
        .leftJoin('lms_report as r', 'r.certificate_id', 's.certificate_id')
        .joinRaw('left join certificate as c on c.id = s.certificate_id and c.student_group_id = b.student_group_id')
        .where('b.batch_id', batchId)
        .where('b.student_group_id', '>', query.after ?? '')
        .modify((narrowed) => {
          if (state !== null) narrowed.whereRaw(MAY_BE_IN_STATE, { state });
          if (reason !== null) narrowed.whereRaw(MAY_HAVE_REASON, { reason });
          if (wouldBe !== null) narrowed.where('b.would_be', wouldBe);
          if (ids !== null) narrowed.whereRaw('b.student_group_id = any(?)', [ids]);
          if (words.length > 0) narrowed.whereRaw(isNamed('b'), [tsquery(words)]);
          if (query.class) narrowed.where('b.class', query.class);
          if (query.cause) narrowed.where('b.cause', query.cause);
        })
        .select(
          'b.student_group_id',
          'g.student_id',
          db.raw(`${nameOf('fullName')} as full_name`),
          db.raw(`coalesce(c.country, own.country ->> 'code', s.country) as country`),
          db.raw('coalesce(c.cert_template, own.cert_template, s.cert_template) as cert_template'),
          db.raw(`${ITEM_STATE} as state`),
          db.raw(`${ITEM_REASON('code')} as reason_code`),
          db.raw(`${ITEM_REASON('detail')} as reason_detail`),
          db.raw(`${ITEM_REASON('obstacle')} as obstacle`),
          db.raw('coalesce(b.decision_id, s.decision_id) as decision_id'),
          's.certificate_id',
          's.send_after',
          db.raw(
            `case ${ITEM_STATE} when 'pending' then parent.next_attempt_at when 'awarded' then r.next_attempt_at end as next_attempt_at`,
          ),
          'b.would_be',
          'b.class',
          'b.cause',
        ),
    )
    .from('item')
    .modify((outer) => {
      if (state !== null) outer.where('state', state);
      if (reason !== null) outer.where('reason_code', reason);
    })
    .orderBy('student_group_id')
    .limit(query.limit)
    .select('*');
  return parseRows(Item, rows);
}

import { z } from 'zod';
import {
  FILE_FIELDS,
  MOVE_WAIVER,
  NO_OVERRIDES,
  OVERRIDE_FIELDS,
  Overrides,
  type SpokenField,
} from '../../domain/student-group/override.ts';
import { coalescedRead, rowsBy } from '../../platform/database/coalesced-reads.ts';
import { type Db, parseRows } from '../rows.ts';
import { recordNames } from './names.ts';

/**
 * One override by a coordinator, or one value of a registration file that a coordinator applied; `value` is null when it
 * withdraws an earlier one.
 */
const OverrideRow = z
  .object({
    field: z.enum([...OVERRIDE_FIELDS, ...FILE_FIELDS]),
    value: z.union([z.string(), z.boolean(), z.array(z.string())]).nullable(),
    actor: z.string(),
    reason: z.string(),
    act_id: z.uuid(),
    at: z.date(),
  })
  .transform(({ act_id: actId, ...row }) => ({ ...row, actId }));
export type OverrideRow = z.infer<typeof OverrideRow>;
export type OverrideValue = OverrideRow['value'];

/** All overrides ever made for a student group, oldest first. */
export async function selectOverrideRows(db: Db, studentGroupId: string): Promise<OverrideRow[]> {
  return parseRows(OverrideRow, await db('override').where({ student_group_id: studentGroupId }).orderBy('sequence'));
}

/** The effective row of each field: the newest, unless it withdraws. Ordered as in `fields`. */
export function inForce<Field extends SpokenField>(
  rows: OverrideRow[],
  fields: readonly Field[],
): (OverrideRow & { field: Field })[] {
  const newest = new Map(rows.map((row) => [row.field, row as OverrideRow & { field: Field }]));
  return fields.flatMap((field) => newest.get(field) ?? []).filter((row) => row.value !== null);
}

/** Whether a coordinator has allowed a further certificate for a moved student group since a given time. */
export async function isMoveAllowed(db: Db, studentGroupId: string, since: Date): Promise<boolean> {
  const rows = parseRows(
    OverrideRow,
    await db('override')
      .where({ student_group_id: studentGroupId, field: 'allow' })
      .orderBy('sequence', 'desc')
      .limit(1),
  );
  return rows.some(({ value, at }) => Array.isArray(value) && value.includes(MOVE_WAIVER) && at > since);
}

/** Whether a coordinator ever gave an issue date for this student group, withdrawn since or not. */
export async function isDateOverridden(db: Db, studentGroupId: string): Promise<boolean> {
  const field: SpokenField = 'issueDate';
  return (await db('override').where({ student_group_id: studentGroupId, field }).first('sequence')) !== undefined;
}

/** The other student groups of the same student in the same release. */
const othersOf = (studentGroupId: string) => `from student_group as own join student_group as other
  on (other.student_id, other.release_id) = (own.student_id, own.release_id) and other.id <> own.id
  where own.id = ${studentGroupId}`;
const OTHERS = othersOf(':studentGroupId');

interface InForce {
  id: string;
  field: keyof Overrides;
  value: unknown;
}

const overridesInForce = coalescedRead<string, InForce[]>(async (db, ids) => {
  const { rows } = await db.raw<{ rows: InForce[] }>(
    `select i.id, o.field, o.value from (select distinct unnest(?::text[]) as id) as i cross join lateral (
       (select distinct on (field) field, value from override where student_group_id = i.id
        order by field, sequence desc)
       union all
       (select 'excludedThrough', to_jsonb(other.id) ${othersOf('i.id')}
          and (select value from override where student_group_id = other.id and field = 'excluded'
            order by sequence desc limit 1) = 'true'
        order by other.id limit 1)) as o`,
    [ids],
  );
  const byGroup = rowsBy(rows, ({ id }) => id);
  return ids.map((id) => byGroup.get(id) ?? []);
});

/** The current overrides for a student group and its student; `NO_OVERRIDES` when there are none. */
export async function selectOverrides(db: Db, studentGroupId: string): Promise<Overrides> {
  const rows = (await overridesInForce(db, studentGroupId)) ?? [];
  const set = rows.filter(({ value }) => value !== null).map(({ field, value }) => [field, value]);
  return set.length === 0 ? NO_OVERRIDES : Overrides.parse({ ...NO_OVERRIDES, ...Object.fromEntries(set) });
}

/**
 * Locks a student group for a person's act, with the student's other groups in the release. It waits for transactions
 * that freeze something by the old overrides (`lockSnapshot`), so that the new ones come later.
 * @returns the ids of the other groups
 */
export async function lockForOverriding(trx: Db, studentGroupId: string): Promise<string[]> {
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    `select id from student_group where id = :studentGroupId or id in (select other.id ${OTHERS})
     order by id for no key update`,
    { studentGroupId },
  );
  return rows.map(({ id }) => id).filter((id) => id !== studentGroupId);
}

/**
 * Appends overrides, one row per field; null withdraws. Call under `lockForOverriding`, in the transaction of the
 * act.
 */
export async function insertOverrides(
  trx: Db,
  request: {
    studentGroupId: string;
    changes: Partial<Record<SpokenField, OverrideValue>>;
    actor: string;
    reason: string;
    actId: string;
  },
  at: Date,
): Promise<void> {
  const rows = Object.entries(request.changes).map(([field, value]) => ({
    student_group_id: request.studentGroupId,
    field,
    value: value === null ? null : JSON.stringify(value),
    actor: request.actor,
    reason: request.reason,
    act_id: request.actId,
    at,
  }));
  if (rows.length > 0) await trx('override').insert(rows);
  const { fullName, latinName, fileLatinName } = request.changes;
  const names = [fullName, latinName, fileLatinName].filter((name) => typeof name === 'string');
  if (names.length > 0) await recordNames(trx, request.studentGroupId, names);
}

/**
 * Whether a printed value was overridden after the newest version was frozen, or a registration file or the LMS has
 * another one since. The diploma stays unchanged until a person reissues it. Overrides withdrawn since do not count.
 */
export async function needsReissue(db: Db, certificateId: string): Promise<boolean> {
  const { rows } = await db.raw<{ rows: { needed: boolean }[] }>('select needs_reissue(?) as needed', [certificateId]);
  return rows[0]?.needed ?? false;
}

/** Lists of exceptions, and the override field that puts a student on each list. */
export const EXCEPTION_FIELDS = { allow: 'allow', deny: 'excluded' } as const;
export type ExceptionKind = keyof typeof EXCEPTION_FIELDS;

const ExceptionRow = z
  .object({
    student_group_id: z.string(),
    release_id: z.string().nullable(),
    kind: z.enum(['allow', 'deny']),
    value: z.union([z.literal(true), z.array(z.string())]),
    actor: z.string(),
    reason: z.string(),
    at: z.date(),
  })
  .transform((row) => ({
    studentGroupId: row.student_group_id,
    releaseId: row.release_id,
    kind: row.kind,
    /** Waived criteria; empty on the deny list. */
    allow: row.value === true ? [] : row.value,
    actor: row.actor,
    reason: row.reason,
    at: row.at,
  }));
export type ExceptionRow = z.infer<typeof ExceptionRow>;

/** The allow list, then the deny list, each ordered by student group, after a given entry. */
export async function selectExceptions(
  db: Db,
  query: {
    kind: ExceptionKind | null;
    after: { kind: ExceptionKind; studentGroupId: string } | null;
    limit: number;
  },
): Promise<ExceptionRow[]> {
  const fields = query.kind === null ? Object.values(EXCEPTION_FIELDS) : [EXCEPTION_FIELDS[query.kind]];
  const rows = await db
    .with('newest', (inner) => {
      inner
        .from('override')
        .whereIn('field', fields)
        .distinctOn('field', 'student_group_id')
        .orderBy([{ column: 'field' }, { column: 'student_group_id' }, { column: 'sequence', order: 'desc' }])
        .select('*');
      const { after } = query;
      if (after)
        inner.whereRaw('(field, student_group_id) > (?, ?)', [EXCEPTION_FIELDS[after.kind], after.studentGroupId]);
    })
    .from('newest as o')
    .join('student_group as g', 'g.id', 'o.student_group_id')
    .whereNotNull('o.value')
    .orderBy(['o.field', 'o.student_group_id'])
    .limit(query.limit)
    .select(
      'o.student_group_id',
      'g.release_id',
      db.raw(`case o.field when 'allow' then 'allow' else 'deny' end as kind`),
      'o.value',
      'o.actor',
      'o.reason',
      'o.at',
    );
  return parseRows(ExceptionRow, rows);
}

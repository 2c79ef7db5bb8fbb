import type { BulkSubject } from '../../domain/bulk-verb.ts';
import type { Db } from '../rows.ts';
import type { FlagKind } from '../student-groups/flags.ts';

const UUID = `'^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'`;
const AS_UUID = `case when n.name ~ ${UUID} then n.name::uuid end`;

/**
 * SQL of what names mean: student groups by their id; certificates by their id or printed number, or by the id of their
 * student group if it has exactly one; flags by their id. Unknown names have nothing but the name.
 */
const SELECTED = `
  select n.place, n.name, coalesce(g.id, c.student_group_id, f.student_group_id) as student_group_id, c.id as certificate_id,
    f.id as flag_id
  from unnest(:names::text[]) with ordinality as n(name, place)
  left join student_group as g on g.id = n.name
  left join lateral (
    select id, student_group_id from certificate where id = ${AS_UUID}
    union all select id, student_group_id from certificate where number = n.name
    union all (select (array_agg(id))[1], student_group_id from certificate where student_group_id = g.id
      group by student_group_id having count(*) = 1)
    limit 1) as c on true
  left join flag as f on f.id = ${AS_UUID}`;

/** The rows of a certificate verb are certificates, of the others student groups or open flags. */
const SUBJECTS: Record<BulkSubject, string> = {
  'student-group': `select place, coalesce(student_group_id, name) as subject, student_group_id, certificate_id from selected`,
  certificate: `select place, coalesce(certificate_id::text, name) as subject, student_group_id, certificate_id from selected`,
  flag: `
    select s.place, coalesce(s.flag_id::text, open.id::text, s.student_group_id, s.name) as subject, s.student_group_id,
      coalesce(open.certificate_id, s.certificate_id) as certificate_id
    from selected as s
    left join flag as open on s.flag_id is null and open.student_group_id = s.student_group_id and open.ended_at is null
      and (:kinds::text[] is null or open.kind = any(:kinds))`,
};

/**
 * Copies names into rows of a bulk act, one row for each subject however often it is named.
 * @param bulk.kinds of `dismiss`: only flags of these kinds; null: all
 * @param bulk.after the position of the last row so far
 * @returns the number of new rows
 */
export async function freezeRows(
  trx: Db,
  bulk: { id: string; of: BulkSubject; kinds: readonly FlagKind[] | null; after: number },
  names: readonly string[],
): Promise<number> {
  const kinds = bulk.of === 'flag' ? { kinds: bulk.kinds === null ? null : [...bulk.kinds] } : {};
  const { rowCount } = await trx.raw(
    `with selected as (${SELECTED}),
       subjects as (select distinct on (subject) * from (${SUBJECTS[bulk.of]}) as every order by subject, place)
     insert into bulk_act_row (bulk_act_id, position, subject, student_group_id, certificate_id)
     select :bulkId, :after + row_number() over (order by place, subject), subject, student_group_id, certificate_id
     from subjects order by place, subject
     on conflict (bulk_act_id, subject) do nothing`,
    { names: [...names], bulkId: bulk.id, after: bulk.after, ...kinds },
  );
  return rowCount ?? 0;
}

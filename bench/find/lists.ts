import { listStudentGroups, readFilter, StudentGroupList } from '../../src/coordinate/student-group-list.ts';
import type { Db } from '../../src/records/rows.ts';

/** A list at some places of it, to be asked again and again. */
export interface Asked {
  name: string;
  /** First, middle and last page. */
  places: { place: string; ask: () => Promise<{ items: unknown[] }> }[];
}

const encode = (text: string) => Buffer.from(text).toString('base64url');

/** Filters of student groups: each alone, together, and with names that are rare, common, and of another country. */
export const FILTERS: Record<string, string>[] = [
  {},
  { state: 'held' },
  { state: 'sent' },
  { state: 'sending' },
  { reason: 'country-unknown' },
  { release: 'rel_big' },
  { release: 'rel_0200' },
  { country: 'KZ' },
  { country: 'RS' },
  { template: 'teacher-uz' },
  { needsReissue: 'true' },
  { release: 'rel_big', state: 'delivered' },
  { release: 'rel_0200', state: 'refused', country: 'TR' },
  { state: 'sent', country: 'RS', needsReissue: 'true' },
  { release: 'rel_0200', needsReissue: 'true' },
  { state: 'excluded', template: 'teacher-ru' },
  { country: 'KZ', template: 'teacher-uz', state: 'bounced' },
  { q: 'sg_0500000' },
  { q: 'st_77' },
  { q: 'st_99@mail.example' },
  { q: 'INT 26 0000500' },
  { q: 'юнусотауова' },
  { q: 'yunusosha' },
  { q: 'якуше' },
  { q: 'айгул' },
  { q: 'а' },
  { q: 'аба айг' },
  { q: 'абаба', country: 'RS' },
  { q: 'айгул', state: 'held' },
  { q: 'айгул', release: 'rel_0200' },
  { q: 'аба', state: 'refused', country: 'TR' },
  { q: 'айгул', needsReissue: 'true', release: 'rel_big' },
  { q: 'нет такого имени' },
];

export async function studentGroupLists(db: Db): Promise<Asked[]> {
  const all: Asked[] = [];
  for (const filter of FILTERS) {
    const at = async (cursor: string | null) =>
      listStudentGroups(db, StudentGroupList.parse({ ...filter, ...(cursor === null ? {} : { cursor }) }));
    const places = [{ place: 'first', ask: () => at(null) }];
    for (const [place, cursor] of Object.entries(await cursorsOf(db, filter)))
      places.push({ place, ask: () => at(cursor) });
    all.push({
      name:
        Object.entries(filter)
          .map((pair) => pair.join('='))
          .join(' ') || 'all',
      places,
    });
  }
  return all;
}

/** Where the middle and the last page begin, found by counting, which no answer ever does. */
async function cursorsOf(db: Db, { q, ...rest }: Record<string, string>): Promise<Record<string, string>> {
  const filter = await readFilter(db, StudentGroupList.parse({ ...rest, ...(q === undefined ? {} : { q }) }));
  if (filter === null) return {};
  const named = filter.words.length > 0 ? filter.words.map((word) => `'${word}':*`).join(' & ') : null;
  const { rows } = await db
    .raw(
      `select b.id || ' ' || e.student_group_id as place, count(*) over () as n,
       row_number() over (order by b.release_id desc, b.state desc, b.reason_code desc, b.country desc, b.cert_template desc,
         b.needs_reissue desc, e.student_group_id) as i
     from find_bucket as b join find_entry as e on e.bucket_id = b.id
     where (:release::text is null or b.release_id = :release) and (:state::text is null or b.state = :state)
       and (:reason::text is null or b.reason_code = :reason) and (:template::text is null or b.cert_template = :template)
       and (:country::text is null or b.country = :country) and (:needs::boolean is null or b.needs_reissue = :needs)
       and (:ids::text[] is null or e.student_group_id = any(:ids))
       and (:named::tsquery is null or exists (select from find_words as w where w.student_group_id = e.student_group_id and w.words @@ :named::tsquery))`,
      {
        release: filter.releaseId,
        state: filter.state,
        reason: filter.reason,
        template: filter.template,
        country: filter.countries?.[0] ?? null,
        needs: filter.needsReissue,
        ids: filter.ids,
        named,
      },
    )
    .then(({ rows: found }: { rows: { place: string; n: number; i: number }[] }) => ({ rows: found }));
  const n = rows.length;
  const placeAt = (index: number) => rows.find(({ i }: { i: number }) => i === index)?.place;
  const [middle, last] = [placeAt(Math.floor(n / 2)), placeAt(n - 50)];
  return { ...(middle ? { middle: encode(middle) } : {}), ...(last ? { last: encode(last) } : {}) };
}

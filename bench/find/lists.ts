import { type ActNarrowing, listActs } from '../../src/coordinate/act-routes.ts';
import { CertificateList, listCertificates } from '../../src/coordinate/certificate-routes.ts';
import { listReleases } from '../../src/coordinate/release-list.ts';
import { listStudentGroups, readFilter, StudentGroupList } from '../../src/coordinate/student-group-list.ts';
import { CERTIFICATE_STATES } from '../../src/domain/certificate/certificate-state.ts';
import type { Db } from '../../src/records/rows.ts';
import { NO_ITEM_FILTER, selectBatchItems } from '../../src/records/student-groups/standing.ts';

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
  { q: 'айгул нурмумани' },
  { q: 'айгул', release: 'rel_big', state: 'sent' },
  { q: 'айгул', country: 'RS' },
  { q: 'айгул', state: 'sending' },
  { q: 'абаба', country: 'RS' },
  { q: 'айгул', state: 'held' },
  { q: 'айгул', release: 'rel_0200' },
  { q: 'аба', state: 'refused', country: 'TR' },
  { q: 'айгул', needsReissue: 'true', release: 'rel_big' },
  { q: 'нет такого имени' },
];

export async function* studentGroupLists(db: Db, only: string): AsyncGenerator<Asked> {
  for (const filter of FILTERS) {
    const name = Object.entries(filter)
      .map((pair) => pair.join('='))
      .join(' ');
    if (!name.includes(only)) continue;
    const at = async (cursor: string | null) =>
      listStudentGroups(db, StudentGroupList.parse({ ...filter, ...(cursor === null ? {} : { cursor }) }));
    const places = [{ place: 'first', ask: () => at(null) }];
    for (const [place, cursor] of Object.entries(await cursorsOf(db, filter)))
      places.push({ place, ask: () => at(cursor) });
    yield { name: name || 'all student groups', places };
  }
}

const CERTIFICATE_FILTERS: Record<string, string>[] = [
  {},
  ...CERTIFICATE_STATES.map((state) => ({ state })),
  { country: 'KZ' },
  { country: 'RS' },
  { release: 'rel_big' },
  { release: 'rel_0200' },
  { state: 'sent', country: 'RS' },
  { state: 'sending', release: 'rel_0200' },
  { state: 'delivered', release: 'rel_0200', country: 'RS' },
  { state: 'revoked', country: 'KZ' },
  { q: 'sg_0500000' },
  { q: 'st_99@mail.example' },
  { q: 'якуше' },
  { q: 'айгул' },
  { q: 'а' },
  { q: 'аба айг' },
  { q: 'айгул', country: 'RS' },
  { q: 'айгул', state: 'refused' },
  { q: 'айгул', state: 'sent', release: 'rel_0200' },
  { q: 'нет такого имени' },
];

/** The search of certificates, at its first page and far behind it. */
export async function* certificateLists(db: Db, only: string): AsyncGenerator<Asked> {
  const [middle, last] = await Promise.all(
    [2, 1].map(async (part) => {
      const [row] = await db('certificate')
        .orderBy([
          { column: 'awarded_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .offset(Math.floor((await countOf(db)) / part) - 60)
        .limit(1)
        .select('awarded_at', 'id');
      return encode(`${row.awarded_at.toISOString()} ${row.id}`);
    }),
  );
  const ctx = { db, clock: { now: () => new Date() }, publicUrl: 'https://diplomas.example' };
  for (const filter of CERTIFICATE_FILTERS) {
    const name = `certificates ${Object.entries(filter)
      .map((pair) => pair.join('='))
      .join(' ')}`;
    if (!name.includes(only)) continue;
    const at = (cursor: string | undefined) => () =>
      listCertificates(ctx, CertificateList.parse({ ...filter, ...(cursor ? { cursor } : {}) }));
    yield {
      name,
      places: [
        { place: 'first', ask: at(undefined) },
        { place: 'middle', ask: at(middle) },
        { place: 'last', ask: at(last) },
      ],
    };
  }
}

async function countOf(db: Db): Promise<number> {
  const [row] = await db('certificate').count('* as n');
  return Number(row?.['n'] ?? 0);
}

/** The other lists: releases, acts, and items of a batch over a tenth of all student groups. */
export async function* otherLists(db: Db, batchId: string): AsyncGenerator<Asked> {
  const page = { limit: 50, cursor: null };
  const one = (name: string, ask: () => Promise<{ items: unknown[] }>) => ({ name, places: [{ place: 'first', ask }] });
  const releases = await listReleases(db, page);
  yield one('releases', () => listReleases(db, page));
  const [last] = await db('release').orderBy('id').offset(50).limit(1).pluck('id');
  yield {
    name: 'releases',
    places: [
      { place: 'last', ask: () => listReleases(db, { ...page, cursor: last ?? releases.items.at(-1)?.id ?? '' }) },
    ],
  };
  const filters: ActNarrowing[] = [
    {},
    { actor: 'ada' },
    { actor: 'ada', verb: 'certificate.revoke' },
    { verb: 'certificate.revoke' },
    { subject: 'sg_0000777' },
    { since: '2026-11-29T00:00:00Z' },
  ];
  for (const filter of filters) yield one(`acts ${JSON.stringify(filter)}`, () => listActs(db, { ...page, ...filter }));
  const [oldest] = await db('act').orderBy('acted_at').limit(1).offset(50).select('id', 'acted_at');
  yield {
    name: 'acts',
    places: [
      { place: 'last', ask: () => listActs(db, { ...page, cursor: `${oldest.acted_at.toISOString()} ${oldest.id}` }) },
    ],
  };
  const groups: string[] = await db('batch_item')
    .where({ batch_id: batchId })
    .orderBy('student_group_id')
    .pluck('student_group_id');
  const items = async (query: object) => ({
    items: await selectBatchItems(db, batchId, { ...NO_ITEM_FILTER, after: null, limit: 51, ...query }),
  });
  for (const filter of [
    {},
    { state: 'sent' },
    { state: 'held' },
    { state: 'sending' },
    { reason: 'name-doubtful' },
    { words: ['аигул'] },
    { state: 'cancelled' },
  ]) {
    const places = Object.entries({
      first: null,
      middle: groups[Math.floor(groups.length / 2)] ?? null,
      last: groups.at(-52) ?? null,
    });
    yield {
      name: `items of ${groups.length} ${JSON.stringify(filter)}`,
      places: places.map(([place, after]) => ({ place, ask: () => items({ ...filter, after }) })),
    };
  }
}

/** Where the middle and the last page begin, found by counting, which no answer ever does. */
async function cursorsOf(db: Db, { q, ...rest }: Record<string, string>): Promise<Record<string, string>> {
  const filter = await readFilter(db, StudentGroupList.parse({ ...rest, ...(q === undefined ? {} : { q }) }));
  if (filter === null) return {};
  const named = filter.words.length > 0 ? filter.words.map((word) => `'${word}':*`).join(' & ') : null;
  const { rows } = await db.raw<{ rows: { place: string; n: number; i: number }[] }>(
    `select place, n, i from (
       select case when :named::tsquery is null then b.id::text else '' end || ' ' || e.student_group_id as place, count(*) over () as n,
         row_number() over (order by case when :named::tsquery is not null then e.student_group_id end, b.release_id desc, b.state desc, b.reason_code desc, b.country desc, b.cert_template desc,
           b.needs_reissue desc, e.student_group_id) as i
       from find_bucket as b join find_entry as e on e.bucket_id = b.id join find_words as w using (student_group_id)
       where (:release::text is null or b.release_id = :release) and (:state::text is null or b.state = :state)
         and (:reason::text is null or b.reason_code = :reason) and (:template::text is null or b.cert_template = :template)
         and (:country::text is null or b.country = :country) and (:needs::boolean is null or b.needs_reissue = :needs)
         and (:ids::text[] is null or e.student_group_id = any(:ids))
         and (:named::tsquery is null or w.words @@ :named::tsquery)) as numbered
     where i in (n / 2, n - 50) order by i`,
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
  );
  const placeAt = (wanted: (n: number) => number) => rows.find(({ n, i }) => i === wanted(n))?.place;
  const [middle, last] = [placeAt((n) => Math.floor(n / 2)), placeAt((n) => n - 50)];
  return { ...(middle ? { middle: encode(middle) } : {}), ...(last ? { last: encode(last) } : {}) };
}

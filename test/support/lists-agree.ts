import assert from 'node:assert/strict';
import type { Knex } from 'knex';
import { ITEM_STATE, STANDING_OF_ITEM } from '../../src/records/student-groups/standing.ts';

/**
 * Whatever a test did: every student group lies in the bucket that its facts make now, and each bucket counts its
 * student groups. A fact that changes the state and marks nothing fails here.
 */
export async function checkListsAgree(knex: Knex): Promise<void> {
  // A test with more of them makes all in the same way; comparing each costs milliseconds.
  await checkBuckets(knex, 'select id from student_group order by md5(id) limit 1000');
  const { rows: miscounted } = await knex.raw<{ rows: unknown[] }>(
    `select b.* from find_bucket as b
     where b.size <> (select count(*) from find_entry as e where e.bucket_id = b.id) limit 5`,
  );
  assert.deepEqual(miscounted, [], 'buckets with a wrong size');
  const { rows: mistaken } = await knex.raw<{ rows: unknown[] }>(
    `select * from (select ${TOTAL}, sum(size) as n from find_bucket group by ${TOTAL}) as b
     full join (select ${TOTAL}, sum(size) as n from find_totals group by ${TOTAL}) as t using (${TOTAL})
     where coalesce(b.n, 0) <> coalesce(t.n, 0) limit 5`,
  );
  assert.deepEqual(mistaken, [], 'totals that differ from the sum over buckets');
  await checkBatchCounts(knex);
}

const TOTAL = 'state, reason_code, country, cert_template, needs_reissue';

/** Every batch counts as many items in each place as its items make by the view. */
export async function checkBatchCounts(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: unknown[] }>(
    `with asked as materialized (select id, dry_run from batch
       where (select count(*) from (select from batch_item where batch_id = id limit 1001) as i) <= 1000
       order by md5(id::text) limit 50),
     recounted as (
       select b.batch_id, case when parent.dry_run then coalesce(b.would_be, 'pending')
           else find_place(${ITEM_STATE}, coalesce(c.no_letter, false), s.send_after) end as place, count(*) as n
       from asked as parent join batch_item as b on b.batch_id = parent.id
       left join decision as own on own.id = b.decision_id
       cross join lateral (select s.* from (select b.student_group_id) as i join ${STANDING_OF_ITEM} offset 0) as s
       left join certificate as c on c.student_group_id = b.student_group_id and c.release_id = b.release_id
       group by 1, 2),
     counted as (
       select batch_id, place, sum(n) as n from (
         select batch_id, place, n from batch_count union all select batch_id, place, n from batch_count_change) as both_tables
       where batch_id in (select id from asked) group by 1, 2)
     select batch_id, place, r.n as of_items, c.n as counted from recounted as r full join counted as c using (batch_id, place)
     where coalesce(r.n, 0) <> coalesce(c.n, 0) limit 10`,
  );
  assert.deepEqual(rows, [], 'batches that count other states than their items have');
}

/** The same for some of many. */
export async function checkSample(knex: Knex, size: number): Promise<void> {
  await checkBuckets(knex, `select id from student_group tablesample bernoulli (1) limit ${size}`);
}

async function checkBuckets(knex: Knex, ids: string): Promise<void> {
  const { rows: strayed } = await knex.raw<{ rows: unknown[] }>(
    `select f.*, b.release_id as in_release, b.state as in_state, b.reason_code as in_reason, b.country as in_country,
       b.cert_template as in_template, b.needs_reissue as in_needs
     from find_buckets(array(${ids})) as f
     left join find_entry as e using (student_group_id)
     left join find_bucket as b on b.id = e.bucket_id
     where (f.release_id, f.state, f.reason_code, f.country, f.cert_template, f.needs_reissue)
       is distinct from (b.release_id, b.state, b.reason_code, b.country, b.cert_template, b.needs_reissue)
     limit 5`,
  );
  assert.deepEqual(strayed, [], 'student groups in another bucket than their facts make');
}

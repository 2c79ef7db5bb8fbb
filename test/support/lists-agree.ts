import assert from 'node:assert/strict';
import type { Knex } from 'knex';

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

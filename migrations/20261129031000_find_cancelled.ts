import type { Knex } from 'knex';

/**
 * A cancelled batch may have 100,000 certificates: too many to derive each standing anew within one statement's time. What
 * cancelling changes is known: a certificate before its letter's call that nothing else stops is `cancelled` from then on.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    create or replace function find_mark_batch() returns trigger language plpgsql as $$
      begin
        perform from find_entry where student_group_id in (select student_group_id from certificate where batch_id = new.id)
          order by student_group_id for update;
        with moved as materialized (
          select e.student_group_id, b.* from certificate as c
          join find_entry as e on e.student_group_id = c.student_group_id
          join find_bucket as b on b.id = e.bucket_id and b.release_id = c.release_id
          where c.batch_id = new.id and not c.no_letter and b.state in ('awarded', 'patched', 'rendered', 'waiting')),
        steps as (
          select release_id, 'cancelled' as state, 'batch-cancelled' as reason_code, country, cert_template, needs_reissue, 1 as step
            from moved
          union all
          select release_id, state, reason_code, country, cert_template, needs_reissue, -1 from moved),
        counted as (
          insert into find_bucket as b (release_id, state, reason_code, country, cert_template, needs_reissue, size)
          select release_id, state, reason_code, country, cert_template, needs_reissue, sum(step)
            from steps group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
          on conflict on constraint find_bucket_key do update set size = b.size + excluded.size
          returning *)
        update find_entry as e set bucket_id = b.id from moved as m
          join counted as b on (b.release_id, b.country, b.cert_template, b.needs_reissue)
            = (m.release_id, m.country, m.cert_template, m.needs_reissue)
          where e.student_group_id = m.student_group_id and b.state = 'cancelled' and b.reason_code = 'batch-cancelled';
        insert into find_due (student_group_id) select student_group_id from certificate where batch_id = new.id and no_letter
          on conflict do nothing;
        return null;
      end $$;
  `);

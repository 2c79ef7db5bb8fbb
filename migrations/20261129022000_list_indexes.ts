import type { Knex } from 'knex';

/** Indexes of the lists of acts, releases and batch items, each in the order of its list. */
export const up = (knex: Knex) =>
  knex.raw(`
    create index act_newest on act (acted_at desc, id desc);
    create index act_of_actor on act (actor, acted_at desc, id desc);
    create index act_of_verb on act (verb, acted_at desc, id desc);
    create index act_of_actor_verb on act (actor, verb, acted_at desc, id desc);
    create index if not exists batch_of_release on batch (release_id, created_at desc) where release_id is not null;
    create index batch_item_would_be on batch_item (batch_id, would_be, student_group_id) where would_be is not null;
  `);

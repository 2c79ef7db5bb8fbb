import type { Knex } from 'knex';

/**
 * Names in the order of their words, so that a search reads a page of matches wherever they lie: the index of whole names
 * had to collect all matches first, and a walk over names in the order of ids found those of a middling name late. Hosts
 * that are not upgraded yet still search, slowly: they use `find_words.words`, whose index is taken away because keeping
 * both would make every pull dearer.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    -- Words and keys of find_words.words, each with its student group; "C" compares bytes, so words with one beginning are neighbours.
    create table find_word (
      word text collate "C" not null,
      student_group_id text not null
    );

    create function find_word_keep() returns trigger language plpgsql as $$
      declare
        before text[] := case when tg_op = 'UPDATE' then tsvector_to_array(old.words) end;
        now text[] := tsvector_to_array(new.words);
      begin
        if before is not null then
          delete from find_word where student_group_id = new.student_group_id
            and word = any(array(select unnest(before) except select unnest(now)));
        end if;
        insert into find_word (word, student_group_id) select w, new.student_group_id from unnest(now) as w
          where before is null or w <> all(before);
        return null;
      end $$;
    create trigger find_word_insert after insert on find_words for each row when (new.words is not null)
      execute function find_word_keep();
    create trigger find_word_update after update on find_words for each row when (new.words is distinct from old.words)
      execute function find_word_keep();

    insert into find_word (word, student_group_id)
      select w, f.student_group_id from find_words as f cross join lateral unnest(tsvector_to_array(f.words)) as w;
    alter table find_word add primary key (word, student_group_id);
    drop index find_words_words;
  `);

export const down = (knex: Knex) =>
  knex.raw(`
    create index find_words_words on find_words using gin (words) with (fastupdate = off);
    drop trigger find_word_insert on find_words;
    drop trigger find_word_update on find_words;
    drop function find_word_keep();
    drop table find_word;
  `);

import type { Knex } from 'knex';

/** Everything that asks what became of a certificate's letter reads this view; its copies must not answer for it. */
const READERS = `
    do $$
    declare
      had text := pg_get_functiondef('obstacles(text, uuid)'::regprocedure);
      has text := regexp_replace(had, '\\mpersonal_issue\\M', 'teacher_letter', 'g');
    begin
      if has = had then raise exception 'the function obstacles reads no letters'; end if;
      execute has;
      had := pg_get_viewdef('membership_standing'::regclass);
      has := regexp_replace(had, '\\mpersonal_issue\\M', 'teacher_letter', 'g');
      if has = had then raise exception 'the view membership_standing reads no letters'; end if;
      execute 'create or replace view membership_standing as ' || has;
    end $$;`;

/**
 * Copies of letters to fixed addresses. A copy is a letter of its own, with the same states and calls; it belongs to a
 * letter that the provider has accepted, and changes nothing of that letter's certificate.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    alter table personal_issue add column copy_of uuid references personal_issue;
    create unique index personal_issue_copy on personal_issue (copy_of, recipient) where copy_of is not null;
    create index personal_issue_copy_waiting on personal_issue (send_after) where copy_of is not null and state = 'waiting';

    drop index personal_issue_open, personal_issue_first, personal_issue_reissue;
    create unique index personal_issue_open on personal_issue (certificate_id)
      where state in ('waiting', 'sending', 'accepted', 'uncertain') and copy_of is null;
    create unique index personal_issue_first on personal_issue (certificate_id) where purpose = 'first' and copy_of is null;
    create unique index personal_issue_reissue on personal_issue (certificate_id, version)
      where purpose = 'reissue' and copy_of is null;

    -- Letters to teachers, without copies. A migration that adds a column to personal_issue must replace this view.
    create view teacher_letter as select * from personal_issue where copy_of is null;
    ${READERS}

    -- A copy is opened while the outcome of its letter is recorded, which nothing may prevent.
    drop trigger personal_issue_valid on personal_issue;
    create trigger personal_issue_valid before insert on personal_issue for each row
      when (new.copy_of is null) execute function refuse_letter_of_revoked();
    drop trigger personal_issue_address on personal_issue;
    create trigger personal_issue_address before insert or update of recipient on personal_issue for each row
      when (new.copy_of is null) execute function refuse_dead_address();
    create or replace function refuse_dead_address() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from teacher_letter as b where b.certificate_id = new.certificate_id and b.id <> new.id
            and b.state = 'bounced' and b.reason_code = 'hard-bounce' and b.recipient = new.recipient) then
          raise exception 'a letter of this certificate to this address came back for good'
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    -- Other systems are told about certificates, so not about copies.
    drop trigger personal_issue_announced on personal_issue;
    create trigger personal_issue_announced after update of state on personal_issue for each row
      when (new.copy_of is null and new.state is distinct from old.state and new.state in ('sent', 'bounced'))
      execute function announce_letter();
  `);

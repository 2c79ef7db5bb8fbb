import type { Knex } from 'knex';

/** What became of a letter after it left: delivered, or come back; and no second letter to an address that is dead. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table personal_issue
      add column delivered_at timestamptz,       -- by the provider's word; null where it tells no time
      add column bounced_at timestamptz,
      add column delivery_asked_at timestamptz;  -- when the provider was last asked what became of it
    create index personal_issue_delivery on personal_issue (provider_issue_id, sent_at)
      where state = 'sent' and letter is not null and provider_issue_id is not null;
    create index personal_issue_dead_address on personal_issue (certificate_id, recipient)
      where state = 'bounced' and reason_code = 'hard-bounce';

    -- A letter that came back for good is followed only by one to another address, whoever asks for it.
    create function refuse_dead_address() returns trigger language plpgsql as $$
      begin
        if exists (select 1 from personal_issue as b where b.certificate_id = new.certificate_id and b.id <> new.id
            and b.state = 'bounced' and b.reason_code = 'hard-bounce' and b.recipient = new.recipient) then
          raise exception 'a letter of this certificate to this address came back for good'
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger personal_issue_address before insert or update of recipient on personal_issue
      for each row execute function refuse_dead_address();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop trigger personal_issue_address on personal_issue;
    drop function refuse_dead_address();
    drop index personal_issue_dead_address;
    drop index personal_issue_delivery;
    alter table personal_issue drop column delivered_at, drop column bounced_at, drop column delivery_asked_at;
  `);
}

import type { Knex } from 'knex';

/** The database refuses every change of state that `src/domain/transitions.ts` does not declare; a test compares the two. */
export const up = (knex: Knex) =>
  knex.raw(`
    create or replace function refuse_step_back() returns trigger language plpgsql as $$
      begin
        if new.state <> old.state and (old.state, new.state) not in (
             ('waiting', 'sending'), ('waiting', 'cancelled'),
             ('sending', 'waiting'), ('sending', 'uncertain'), ('sending', 'accepted'), ('sending', 'sent'), ('sending', 'refused'),
             ('uncertain', 'waiting'), ('uncertain', 'accepted'), ('uncertain', 'sent'), ('uncertain', 'refused'),
             ('uncertain', 'cancelled'),
             ('accepted', 'sent'), ('accepted', 'refused'), ('accepted', 'uncertain'), ('accepted', 'cancelled'),
             ('sent', 'delivered'), ('sent', 'bounced')) then
          raise exception 'a personal issue never goes back from % to %', old.state, new.state
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;

    create function refuse_after_cancellation() returns trigger language plpgsql as $$
      begin
        raise exception 'what was cancelled stays cancelled' using errcode = 'integrity_constraint_violation';
      end $$;
    create trigger batch_cancelled before update of paused_at, cancelled_at on batch for each row
      when (old.cancelled_at is not null
        and (old.paused_at, old.cancelled_at) is distinct from (new.paused_at, new.cancelled_at))
      execute function refuse_after_cancellation();
    create trigger batch_item_cancelled before update of cancelled_at on batch_item for each row
      when (old.cancelled_at is not null and new.cancelled_at is distinct from old.cancelled_at)
      execute function refuse_after_cancellation();

    -- Revoke and reinstate must alternate. The caller locks the certificate's row, so that two of them cannot run at once.
    create function refuse_same_validity() returns trigger language plpgsql as $$
      begin
        if coalesce((select kind from validity_act where certificate_id = new.certificate_id order by sequence desc limit 1),
             'reinstate') = new.kind then
          raise exception 'the certificate is % already', case new.kind when 'revoke' then 'revoked' else 'valid' end
            using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger validity_act_turns before insert on validity_act for each row execute function refuse_same_validity();
  `);

import type { Knex } from 'knex';

/**
 * An award costs less. Each asked whether it "needs reissue" by two long statements, whose start costs more than a short one
 * that answers for nearly all: without corrections, and with the LMS's names printed as they are, it does not. And each
 * looked for subscribers of events.
 */
export const up = (knex: Knex) =>
  knex.raw(`
    alter function needs_reissue(uuid) rename to needs_reissue_closely;
    create function needs_reissue(certificate uuid) returns boolean language plpgsql stable
      set plan_cache_mode = force_generic_plan as $$
      declare
        as_printed boolean;
      begin
        select g.student_id = c.student_id and printed."holderName" = now."fullName"
            and coalesce(printed."latinName" = now."latinName", true)
            and not exists (select from override where student_group_id = g.id)
          into as_printed
          from certificate as c join student_group as g on g.id = c.student_group_id
          cross join lateral (select facts from certificate_version where certificate_id = c.id order by version desc limit 1) as v
          cross join lateral jsonb_to_record(v.facts) as printed ("holderName" text, "latinName" text)
          cross join lateral jsonb_to_record(g.snapshot -> 'student') as now ("fullName" text, "latinName" text)
          where c.id = certificate;
        if as_printed then return false; end if;
        return needs_reissue_closely(certificate);
      end $$;

    create function announce_awards() returns trigger language plpgsql as $$
      begin
        if exists (select from subscriber where ended_at is null) then
          perform announce('certificate.issued', student_group_id, id, null, null) from awarded;
        end if;
        return null;
      end $$;
    drop trigger certificate_announced on certificate;
    create trigger certificate_announced after insert on certificate referencing new table as awarded for each statement
      execute function announce_awards();
    drop function announce_award();
  `);

export const down = (knex: Knex) =>
  knex.raw(`
    drop function needs_reissue(uuid);
    alter function needs_reissue_closely(uuid) rename to needs_reissue;
    create function announce_award() returns trigger language plpgsql as $$
      begin perform announce('certificate.issued', new.student_group_id, new.id, null, null); return null; end $$;
    drop trigger certificate_announced on certificate;
    create trigger certificate_announced after insert on certificate for each row execute function announce_award();
    drop function announce_awards();
  `);

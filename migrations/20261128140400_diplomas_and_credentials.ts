import type { Knex } from 'knex';

/** Keys shared by all hosts, diplomas with both forms of their credential, and revoked credentials. */
export const up = (knex: Knex) =>
  knex.raw(`
    -- The public parts of the signing keys; the private keys are stored on the hosts.
    create table signing_key (
      id text primary key check (id ~ '^(credential|jwt|seal)-[a-z0-9-]+$'),
      purpose text not null check (purpose in ('credential', 'jwt', 'seal') and starts_with(id, purpose || '-')),
      algorithm text not null check (algorithm in ('Ed25519', 'RS256')),
      public_key bytea not null unique,          -- SubjectPublicKeyInfo, DER
      certificates bytea[] not null,             -- only for seals: X.509 chain, DER, the key's certificate first
      fingerprint text not null unique check (fingerprint ~ '^[0-9a-f]{64}$'),
      created_at timestamptz not null,
      retired_at timestamptz,                    -- from this time the key signs nothing
      check ((purpose = 'seal') = (cardinality(certificates) > 0))
    );
    create function refuse_new_key() returns trigger language plpgsql as $$
      begin
        if (new.id, new.purpose, new.algorithm, new.public_key, new.certificates, new.fingerprint, new.created_at)
           is distinct from (old.id, old.purpose, old.algorithm, old.public_key, old.certificates, old.fingerprint, old.created_at)
           or old.retired_at is not null and new.retired_at is distinct from old.retired_at then
          raise exception 'a key''s name stands for that key for ever' using errcode = 'integrity_constraint_violation';
        end if;
        return new;
      end $$;
    create trigger signing_key_frozen before update on signing_key for each row execute function refuse_new_key();
    create trigger signing_key_kept before delete on signing_key for each row execute function refuse_change();

    -- The table in which ARTEFACTS_URL=postgres: stores finished files.
    create table artefact (
      sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
      bytes bytea not null,
      created_at timestamptz not null default now()
    );
    create trigger artefact_frozen before update on artefact for each row execute function refuse_change();

    create table diploma (
      certificate_id uuid not null,
      version integer not null,
      sha256 text not null,                      -- also the file's name in the artefact store
      bytes integer not null check (bytes > 0),
      rendered_at timestamptz not null,
      primary key (certificate_id, version),
      foreign key (certificate_id, version) references certificate_version
    );
    create index diploma_sha256 on diploma (sha256);
    create trigger diploma_frozen before update on diploma for each row execute function refuse_change();

    -- The two credential files attached to the diploma; their content is in the artefact store.
    create table diploma_credential (
      certificate_id uuid not null,
      version integer not null,
      json_sha256 text not null check (json_sha256 ~ '^[0-9a-f]{64}$'),
      jwt_sha256 text not null check (jwt_sha256 ~ '^[0-9a-f]{64}$'),
      primary key (certificate_id, version),
      foreign key (certificate_id, version) references diploma
    );
    create trigger diploma_credential_frozen before update on diploma_credential for each row execute function refuse_change();

    -- The index of each credential in a status list of 131072 bits; chosen at random, never reused.
    create table status_entry (
      list integer not null check (list > 0),
      index integer not null check (index between 0 and 131071),
      certificate_id uuid not null,
      version integer not null,
      primary key (list, index),
      -- deferred, because the index is chosen before its version is inserted
      foreign key (certificate_id, version) references certificate_version deferrable initially deferred
    );
    create index status_entry_version on status_entry (certificate_id, version);
    create trigger status_entry_frozen before update or delete on status_entry for each row execute function refuse_change();

    -- Each row permanently sets the bit of one version in its status list. The lists are built from these rows.
    create table credential_revocation (
      certificate_id uuid not null,
      version integer not null,
      revoked_at timestamptz not null,
      reason_class text not null check (reason_class in ('revoked', 'superseded')),
      primary key (certificate_id, version),
      foreign key (certificate_id, version) references certificate_version
    );
    create trigger credential_revocation_frozen before update or delete on credential_revocation
      for each row execute function refuse_change();
  `);

import { randomInt } from 'node:crypto';
import { makeCode } from '../../src/domain/certificate/lookup-code.ts';
import { openDatabase } from '../../src/platform/database/database.ts';
import { migrate } from '../../src/platform/database/schema-migrations.ts';
import type { Db } from '../../src/records/rows.ts';
import { benchFacts } from '../render/content.ts';

const AT_ONCE = 20_000;
const TEMPLATE = { id: 'teacher-ru', language: 'ru', hash: 'a'.repeat(64), grades: {} };
const KEY = { id: 'bench-1', fingerprint: 'b'.repeat(64) };
/** As large as real facts: twelve modules, project work, and a full credential. */
const FACTS = benchFacts(TEMPLATE, 7, { credential: KEY, jwt: KEY, seal: KEY });

/** Every hundredth certificate has a second version, and every hundredth is revoked. */
const CERTIFICATES = `
  with awarded as (
    insert into certificate (id, student_id, release_id, programme_id, student_group_id, decision_id, number, code, cert_template,
                             letter, country, recipient, issue_date, awarded_at)
    select gen_random_uuid(), 'st_' || n, 'rel_bench', 'teachers', 'sg_' || n, gen_random_uuid(), 'INT-26-' || lpad(n::text, 7, '0'),
           code, 'teacher-ru', 'diploma', 'KZ', 'teacher-' || n || '@mail.example', '2026-11-20', now()
    from (select code, cast(? as int) + place as n from unnest(cast(? as text[])) with ordinality as t (code, place)) as fresh
    returning id, code, number
  ), frozen as (
    insert into certificate_version (certificate_id, version, facts, template_hash, actor, created_at)
    select id, version, cast(? as jsonb) || jsonb_build_object('certificateId', id, 'version', version, 'number', number, 'code', code,
             'lookupUrl', 'https://gramota.example/c/' || code, 'holderName', 'Учитель ' || number), ?, 'bench', now()
    from awarded cross join generate_series(1, case when number like '%00' then 2 else 1 end) as version
    returning certificate_id, version
  ), drawn as (
    insert into diploma (certificate_id, version, sha256, bytes, rendered_at)
    select certificate_id, version, encode(sha256(convert_to(certificate_id::text || version::text, 'UTF8')), 'hex'), 50000, now() from frozen
    returning certificate_id, version, sha256
  ), signed as (
    insert into diploma_credential (certificate_id, version, json_sha256, jwt_sha256)
    select certificate_id, version, sha256, sha256 from drawn
  )
  insert into validity_act (id, certificate_id, version, kind, reason_class, reason, actor, acted_at)
  select gen_random_uuid(), id, 1, 'revoke', 'mistake', 'fictional', 'bench', now() from awarded where number like '%50'`;

/** Awarded, but its diploma is not drawn yet; a public look-up misses it. */
const NOT_DRAWN = `
  with awarded as (
    insert into certificate (id, student_id, release_id, programme_id, student_group_id, decision_id, number, code, cert_template,
                             letter, country, issue_date, awarded_at)
    values (gen_random_uuid(), 'st_0', 'rel_bench', 'teachers', 'sg_0', gen_random_uuid(), 'INT-26-0000000', ?, 'teacher-ru', 'diploma',
            'KZ', '2026-11-20', now())
    returning id
  )
  insert into certificate_version (certificate_id, version, facts, template_hash, actor, created_at)
  select id, 1, ?, ?, 'bench', now() from awarded`;

/** Certificates of a database: codes that are found, and one whose diploma is not drawn yet. */
export interface Seeded {
  known: string[];
  notDrawn: string;
}

/**
 * Migrates an empty database and inserts `count` certificates. It fills only the tables that a look-up reads;
 * referenced rows are missing, so its connection does not check foreign keys.
 */
export async function seedCertificates(url: string, count: number): Promise<Seeded> {
  const db = openDatabase({ url, poolMax: 3, applicationName: 'gramota-bench', statementTimeoutSeconds: 0 });
  try {
    await migrate(db);
    const known = Array.from({ length: count }, () => makeCode(randomInt));
    const notDrawn = makeCode(randomInt);
    await db.transaction(async (trx) => {
      await trx.raw('set local session_replication_role = replica');
      await trx.raw(NOT_DRAWN, [notDrawn, JSON.stringify(FACTS), TEMPLATE.hash]);
    });
    for (let from = 0; from < count; from += AT_ONCE) await insert(db, from, known.slice(from, from + AT_ONCE));
    await db.raw('vacuum (analyze)');
    await db.raw('checkpoint');
    return { known, notDrawn };
  } finally {
    await db.destroy();
  }
}

async function insert(db: Db, from: number, codes: string[]): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica');
    await trx.raw(CERTIFICATES, [from, codes, JSON.stringify(FACTS), TEMPLATE.hash]);
  });
}

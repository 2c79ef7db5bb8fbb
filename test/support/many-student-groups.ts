import { randomUUID } from 'node:crypto';
import { indexWords } from '../../src/domain/text/sound-keys.ts';
import type { Db } from '../../src/records/rows.ts';

/** Fictional syllables: their products are thousands of surnames in two alphabets, some common and most rare. */
const ROOTS =
  'Аба Бек Вара Гали Дава Ерма Жума Зари Иса Каби Кари Лоба Маме Нази Нурму Окто Пано Раджа Сафа Таги Умаро Фаро Хаса Цере Чура Шами Эрга Юнусо Яку';
const MIDDLES = 'ба ва га дье жи за ка ли ма ни по ра са ти фа ха ше';
const ENDINGS = 'ев ева енко зода ин ина ишвили ов ова ский улы ян';
const GIVEN =
  'Айгүл Амина Анна Бахтиёр Борис Вера Гульнара Дмитрий Елена Жанар Зарина Ирина Камила Лейла Мария Наргиз Олег Пётр Рустам Светлана Тимур Умида Фатима Шахноза Эльвира Юлия';
const LATIN: Record<string, string> = Object.fromEntries(
  [...'абвгдеёжзийклмнопрстуфхцчшщъыьэюяү'].map((letter, index) => [
    letter,
    'a b v g d e yo zh z i y k l m n o p r s t u f kh ts ch sh shch  y  e yu ya u'.split(' ')[index] ?? '',
  ]),
);
const latin = (text: string) => [...text.toLowerCase()].map((letter) => LATIN[letter] ?? letter).join('');

function names() {
  const surnames = ROOTS.split(' ').flatMap((root) =>
    MIDDLES.split(' ').flatMap((middle) => ENDINGS.split(' ').map((ending) => `${root}${middle}${ending}`)),
  );
  const row = (native: string) => ({ native, latin: latin(native), words: indexWords(`${native} ${latin(native)}`) });
  return { surnames: surnames.map(row), given: GIVEN.split(' ').map(row) };
}

/** A number from 0 to `most - 1` that looks random and is always the same for one student group. */
const pick = (kind: number, most: number | string) => `mod(abs(hashint4extended(n, ${kind})), ${most})::int`;

/** All facts of a student group in one row: `s`, of 1,000, is its state. */
const PEOPLE = `
  create unlogged table person as
  select n, 'sg_' || lpad(n::text, 7, '0') as id, 'st_' || n as student_id,
    case when n <= :all / 10 then 'rel_big' else 'rel_' || lpad((n / 3000)::text, 4, '0') end as release_id,
    f.native || ' ' || g.native as full_name, f.latin || ' ' || g.latin as latin_name, f.words || g.words as words,
    case when ${pick(4, 100)} < 60 then 'KZ' when ${pick(4, 100)} < 80 then 'UZ'
      else (array['AM','AZ','BY','GE','KG','MD','RU','TJ','TM','UA','MN','RS','TR'])[1 + ${pick(5, 13)}] end as country,
    (array['teacher-ru','teacher-kk','teacher-en','teacher-uz'])[1 + ${pick(6, 4)} * ${pick(6, 2)}] as template,
    ${pick(7, 1000)} as s, ${pick(8, 200)} = 0 as renamed, gen_random_uuid() as decision_id, gen_random_uuid() as certificate_id
  from generate_series(1, :all) as n
  join lateral (select * from surname where i = floor(power(${pick(1, 1_000_000)} / 1000000.0, 2) * :surnames)::int) as f on true
  join lateral (select * from given where i = ${pick(2, ':given')}) as g on true`;

const STATE = `case when s < 20 then 'pending' when s < 120 then 'not-met' when s < 170 then 'held' when s < 200 then 'excluded'
  when s < 210 then 'awarded' when s < 215 then 'patched' when s < 225 then 'rendered' when s < 260 then 'waiting'
  when s < 262 then 'sending' when s < 265 then 'uncertain' when s < 270 then 'refused' when s < 280 then 'bounced'
  when s < 290 then 'revoked' when s < 600 then 'sent' else 'delivered' end`;
const REASON = `case when s < 20 then null when s < 120 then 'criteria-not-met'
  when s < 170 then (array['country-unknown','country-conflict','name-doubtful','email-invalid','email-shared'])[1 + mod(n, 5)]
  when s < 200 then 'already-awarded' when s between 265 and 269 then 'recipient-blocked' when s between 270 and 279 then 'hard-bounce'
  when s between 280 and 289 then 'mistake' end`;

const ROWS = [
  `insert into release (id, snapshot, changed_at, pulled_at)
     select release_id, jsonb_build_object('id', release_id, 'title', 'Release ' || release_id, 'closed', release_id <> 'rel_big'), now(), now()
     from person group by release_id`,
  `insert into template (hash, template_id, definition) values (repeat('a', 64), 'teacher-ru', '{}')`,
  `insert into student_group (id, release_id, student_id, snapshot, email, pulled_at, changed_at)
     select id, release_id, student_id, jsonb_build_object('id', id, 'student', jsonb_build_object('id', student_id, 'fullName', full_name,
       'latinName', latin_name, 'email', student_id || '@mail.example')), student_id || '@mail.example', now(), now() from person`,
  `insert into decision (id, student_group_id, dry_run, rules_hash, outcome, reason_code, reason_detail, criteria, inputs, country, cert_template, decided_at)
     select decision_id, id, false, 'r', case when s < 120 then 'not-met' when s < 170 then 'held' when s < 200 then 'excluded' else 'met' end,
       case when s < 200 then ${REASON} end, case when s < 200 then 'fictional' end, '[]', '{}', jsonb_build_object('code', country),
       case when s >= 200 then template end, now() from person where s >= 20`,
  `insert into certificate (id, student_id, release_id, programme_id, student_group_id, decision_id, number, code, cert_template, letter, country,
       recipient, issue_date, awarded_at)
     select certificate_id, student_id, release_id, 'teachers', id, decision_id, 'INT-26-' || lpad(n::text, 7, '0'),
       upper(substr(md5(id), 1, 25)), template, 'diploma', country, student_id || '@mail.example',
       '2026-11-20', now() from person where s >= 200`,
  `insert into certificate_version (certificate_id, version, facts, template_hash, actor, created_at)
     select certificate_id, 1, jsonb_build_object('holderName', full_name, 'latinName', latin_name), repeat('a', 64), 'bench', now() - interval '1 day'
     from person where s >= 200`,
  `insert into certificate_search (certificate_id, words, number_key)
     select certificate_id, array_to_tsvector(array(select distinct unnest(words))), 'int26' || lpad(n::text, 7, '0') from person where s >= 200`,
  `insert into lms_report (certificate_id, patched_at) select certificate_id, case when s >= 210 then now() end from person where s >= 200`,
  `insert into diploma (certificate_id, version, sha256, bytes, rendered_at) select certificate_id, 1, md5(id), 50000, now() from person where s >= 215`,
  `insert into personal_issue (id, certificate_id, version, purpose, state, recipient, due_at, send_after, reason_code, letter, track_id, created_at, changed_at)
     select gen_random_uuid(), certificate_id, 1, 'first', case when s between 280 and 289 then 'sent' else ${STATE} end, student_id || '@mail.example', now(), now(),
       case when s < 280 then ${REASON} end, id, id, now(), now() from person where s >= 225`,
  `insert into validity_act (id, certificate_id, version, kind, reason_class, reason, actor, acted_at)
     select gen_random_uuid(), certificate_id, 1, 'revoke', 'mistake', 'fictional', 'bench', now() from person where s between 280 and 289`,
  `insert into hold (id, student_group_id, stage, code, detail, held_at, released_at, released_by)
     select gen_random_uuid(), id, 'evaluate', 'volume', 'fictional', now(), now(), 'ada' from person where renamed`,
  `insert into act (id, actor, verb, subject, reason, acted_at)
     select gen_random_uuid(), (array['ada','grace','command line (desk)'])[1 + mod(n, 3)],
       case when s between 280 and 289 then 'certificate.revoke' else 'student-group.override' end,
       case when s between 280 and 289 then certificate_id::text else id end, 'fictional', now() - make_interval(secs => n)
     from person where renamed or s >= 500 or s between 280 and 289`,
  `insert into override (student_group_id, field, value, actor, reason, act_id, at)
     select id, 'fullName', to_jsonb('Переименова ' || full_name), 'ada', 'fictional', gen_random_uuid(), now() from person where s >= 200 and renamed`,
  `insert into find_words (student_group_id, words) select id, array_to_tsvector(array(select distinct unnest(words))) from person`,
  // In the order of its index, which is then written page by page.
  `insert into find_word (word, student_group_id)
     select distinct word collate "C", id from person cross join lateral unnest(words) as word order by 1, 2`,
  `insert into find_bucket (release_id, state, reason_code, country, cert_template, needs_reissue, size)
     select release_id, ${STATE}, coalesce(${REASON}, ''), case when s < 20 then '' else country end,
       case when s < 200 then '' else template end, s >= 200 and renamed, count(*) from person group by 1, 2, 3, 4, 5, 6`,
  `insert into find_entry (student_group_id, bucket_id)
     select p.id, b.id from person as p join find_bucket as b on b.release_id = p.release_id and b.state = ${STATE}
       and b.reason_code = coalesce(${REASON}, '') and b.country = case when s < 20 then '' else p.country end
       and b.cert_template = case when s < 200 then '' else p.template end and b.needs_reissue = (s >= 200 and p.renamed)`,
];

/** The batch over the largest release, as `seedManyStudentGroups` makes it. */
export const BIG_RELEASE = 'rel_big';

/**
 * Fills a migrated database with fictional student groups in all states, a tenth of them in one release, the others in
 * releases of 3,000, by statements over all of them; nothing is checked and no trigger runs.
 * @returns the id of a batch over the largest release
 */
export async function seedManyStudentGroups(db: Db, groups: number): Promise<string> {
  const { surnames, given } = names();
  const batchId = randomUUID();
  await db.transaction(async (trx) => {
    await trx.raw('set local statement_timeout = 0');
    await trx.raw('set local session_replication_role = replica');
    for (const [table, rows] of Object.entries({ surname: surnames, given })) {
      await trx.raw(
        `create temp table ${table} on commit drop as select (place - 1)::int as i, r ->> 'native' as native, r ->> 'latin' as latin,
           array(select jsonb_array_elements_text(r -> 'words')) as words
         from jsonb_array_elements(?::jsonb) with ordinality as t (r, place)`,
        [JSON.stringify(rows)],
      );
      await trx.raw(`create index on ${table} (i)`);
    }
    await trx.raw(PEOPLE, { all: groups, surnames: surnames.length, given: given.length });
    for (const sql of ROWS) await trx.raw(sql);
    await trx('batch').insert({
      id: batchId,
      release_id: BIG_RELEASE,
      dry_run: false,
      actor: 'ada',
      request_hash: 'h',
      created_at: new Date(),
      started_at: new Date(),
      pulled_at: new Date(),
    });
    await trx.raw(
      `insert into batch_item (batch_id, student_group_id, release_id, decision_id, evaluated_at, would_be)
         select ?, id, release_id, case when s >= 20 then decision_id end, now(), null from person where release_id = ?`,
      [batchId, BIG_RELEASE],
    );
    await trx.raw('drop table person');
    await trx.raw(
      `insert into find_total select state, reason_code, country, cert_template, needs_reissue, sum(size) from find_bucket
       group by 1, 2, 3, 4, 5`,
    );
    // As the migration counts what was there before it.
    await trx.raw(
      `select find_fill(array_agg(id)) from (select id, (row_number() over (order by id) - 1) / 5000 as page
         from student_group) as g group by page order by page`,
    );
    await trx.raw('select fold_counts()');
  });
  await db.raw('vacuum (analyze)');
  return batchId;
}

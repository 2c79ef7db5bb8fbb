import type { Knex } from 'knex';

/**
 * Names are folded as the public look-up folds them, and numbers are found however they are typed: what is there is made
 * anew, and `number_key` is null only for what a host of the former version awards meanwhile. Prefixes are told apart so, too.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table certificate_search add column number_key text;
    create index certificate_search_number on certificate_search (number_key);
  `);
  // As many rows as there are releases; of two that are one now the first keeps the key.
  const taken = new Set<string>();
  for (const { prefix } of await knex('number_series').orderBy('prefix').select('prefix')) {
    const key = foldedNumber(String(prefix));
    if (key === '' || taken.has(key)) continue;
    taken.add(key);
    await knex('number_series').where({ prefix }).update({ key });
  }
  for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
    const { rows } = await knex.raw<{ rows: { id: string; number: string; names: (string | null)[] }[] }>(
      `select s.certificate_id as id, c.number,
              array_agg(v.facts ->> 'holderName') || array_agg(v.facts ->> 'latinName') as names
       from certificate_search s
       join certificate c on c.id = s.certificate_id
       join certificate_version v on v.certificate_id = s.certificate_id and v.facts is not null
       where s.certificate_id > ?
       group by s.certificate_id, c.number order by s.certificate_id limit 1000`,
      [after],
    );
    const last = rows.at(-1);
    if (!last) return;
    const folded = rows.map(({ id, number, names }) => ({
      id,
      words: foldedWords(names.filter((name) => name !== null).join(' ')),
      number: foldedNumber(number),
    }));
    await knex.raw(
      `update certificate_search s
       set words = array_to_tsvector(array(select jsonb_array_elements_text(f.words))), number_key = f.number
       from jsonb_to_recordset(?::jsonb) as f (id uuid, words jsonb, number text)
       where s.certificate_id = f.id`,
      [JSON.stringify(folded)],
    );
    after = last.id;
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table certificate_search drop column number_key');
}

// As the code folded when this migration was written; the code goes on changing, this does not.

const APOSTROPHES =
  /['`\u00B4\u02B9-\u02BF\u02C8\u02CA\u02CB\u0384\u055A\u05F3\u1FBD\u1FBF\u2018-\u201B\u2032\u2035\uA78B\uA78C\uFF07\uFF40]/gu;
const MARKS = /(?=\p{M})[\p{Script=Inherited}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}]/gu;
const TYPED_FOR: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'ә:а ғ:г қ:к ң:н ө:о ұ:у ү:у һ:х і:и ҳ:х ҷ:ч җ:ж ҡ:к ҙ:з ҫ:с є:е э:е ґ:г ы:и ъ: ђ:д ј:и љ:л њ:н ћ:ч џ:ж ѕ:з ' +
    'ə:e ǝ:e ı:i ø:o đ:d ð:d ł:l ħ:h ŋ:n þ:th æ:ae œ:oe'
  )
    .split(' ')
    .map((pair) => pair.split(':')),
);

const georgian = (letter: string): string => {
  const point = letter.codePointAt(0) ?? 0;
  return String.fromCodePoint(point - (point < 0x2d00 ? 0x10a0 : 0x2d00) + 0x10d0);
};

const lower = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll('i\u0307', 'i').replaceAll('ς', 'σ');

function foldedWords(names: string): string[] {
  const plain = lower(names.replace(APOSTROPHES, '').normalize('NFKD').replace(APOSTROPHES, '').replace(MARKS, ''));
  const words = lower(plain.normalize('NFKD').replace(MARKS, ''))
    .replace(/[\u10A0-\u10C5\u2D00-\u2D25]/gu, georgian)
    .replace(new RegExp(`[${Object.keys(TYPED_FOR).join('')}]`, 'gu'), (letter) => TYPED_FOR[letter] ?? letter)
    .replace(/ե[ւՒ]/gu, 'եվ')
    .normalize('NFC')
    .split(/[^\p{L}\p{M}\p{N}]+/u);
  return [...new Set(words.filter((word) => word !== ''))];
}

const ALIKE = 'АВЕКМНОРСТУХІЈЅԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ';
const LATIN = 'ABEKMHOPCTYXIJSQWABEZHIKMNOPTYX';
const MARKERS = /[№#]|(?<![\p{L}])(?:N[°O]|N|NR|NUM|NUMBER|НОМЕР)(?!\p{L})\s*[.°:]?/gu;

function foldedNumber(number: string): string {
  for (let key = number; ; ) {
    const next = key
      .replace(/№/gu, '#')
      .normalize('NFKC')
      .toUpperCase()
      .normalize('NFKC')
      .replace(MARKERS, '')
      .replace(/[^\p{L}\p{M}\p{N}]/gu, '')
      .replace(/[\u0370-\u052F]/gu, (letter) => LATIN[ALIKE.indexOf(letter)] ?? letter);
    if (next === key) return key;
    key = next;
  }
}

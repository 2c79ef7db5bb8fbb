import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { foldForSearch, searchWords, surnameMatches } from '../../src/domain/text/search-words.ts';

describe('the surname typed for a lookup by number', () => {
  const matches = (surname: string, fullName: string, latinName: string | null = null) =>
    assert.ok(surnameMatches(surname, fullName, latinName), `${surname} in ${fullName}`);
  const differs = (surname: string, fullName: string, latinName: string | null = null) =>
    assert.ok(!surnameMatches(surname, fullName, latinName), `${surname} in ${fullName}`);

  test('may be any word of the native or Latin name, in upper or lower case, in any width', () => {
    matches('нұрмұхамедова', 'Әсел Нұрмұхамедова');
    matches('NURMUKHAMEDOVA', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
    matches('Assel', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
    matches('Ｓｍｉｔｈ', 'John Smith');
    matches('STRASSE', 'Eva Straße');
    matches('yildiz', 'Ayşe YILDIZ');
    matches('İNCİ', 'inci Kaya');
    differs('Nurmukhamedov', 'Әсел Нұрмұхамедова', 'Assel Nurmukhamedova');
  });

  test('is found with invisible characters copied from a page, and without the joiners of its spelling', () => {
    for (const invisible of ['\u00AD', '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u202E']) {
      matches(`Ива${invisible}нов`, 'Пётр Иванов');
      matches('علیپور', `مریم علی${invisible}پور`);
    }
  });

  test('in Arabic letters is found as typed on the keyboard of a neighbouring language', () => {
    matches('كريمي', 'سارا کریمی');
    matches('کریمی', 'سارا كريمي');
    matches('فاطمه', 'فاطمة الزهراء');
    matches('مصطفي', 'مصطفى');
  });

  test('is found with any kind of apostrophe, or without one', () => {
    for (const sign of ["'", '`', '´', '‘', '’', '‛', 'ʻ', 'ʼ', 'ʹ', '′', '＇', ''])
      for (const other of ["'", 'ʻ', '’', '']) matches(`To${sign}rayev`, `Alisher To${other}rayev`);
    matches("O'Brien", 'Conan O’Brien');
  });

  test('may be a whole hyphenated name, one of its parts, or several adjacent words', () => {
    for (const surname of [
      'Müller-Lüdenscheidt',
      'müller',
      'Lüdenscheidt',
      'Müller – Lüdenscheidt',
      'MÜLLER‑LÜDENSCHEIDT',
    ])
      matches(surname, 'Anna Müller-Lüdenscheidt');
    matches('de la Cruz', 'Juan de  la Cruz');
    differs('de Cruz', 'Juan de la Cruz');
    differs('Müll', 'Anna Müller-Lüdenscheidt');
  });

  test('must not be empty, and is never used as a search pattern', () => {
    for (const empty of ['', ' ', '-', "'", '.*', '%', '_', '\u0301', 'ъ']) differs(empty, 'Anna - Müller');
  });

  test('must not be an initial, because initials can be guessed, nor a part of a word', () => {
    for (const initial of ['A', 'А.', 'P', 'p.']) differs(initial, 'Petrova A. P.');
    matches('Petrova A.P.', 'A.P. Petrova');
    differs('Petr', 'Petrova A.');
    matches('李', '李 明');
  });

  test('is found for every word of every name', () => {
    const word = fc.string({ unit: fc.constantFrom(...'абвгдеёжәғқңөұabcxyzşçğıöüЩЁİẞ'), minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        for (const one of words) {
          matches(one, words.join(' '));
          matches(one.toLowerCase(), words.join('  '));
          matches(one, 'Someone Else', words.join('-'));
        }
      }),
    );
  });
});

/** Names of many scripts, with usual characters between and above letters. */
const NAME = fc.string({
  unit: fc.constantFrom(
    ..."абвгдеёжзийәғқңөұүһіїєґўҳҷӣӯъыьэabcxyzşçğıiİIöüəłßÆʻʼ’'`´- .ևեւվԵՒՎՍნიᲜႬⴌ\u0301\u0327\u0345कु李σςΣΐŉǰ",
  ),
  maxLength: 20,
});

describe('the search words of a person', () => {
  it('are exactly the words that a typed surname must match', () => {
    fc.assert(
      fc.property(NAME, NAME, (name, other) => {
        const words = searchWords(name);
        for (const typed of [other, ...words])
          if (searchWords(typed).length === 1 && !/\p{L}\p{M}*\./u.test(`${name}${typed}`))
            assert.equal(
              surnameMatches(typed, name, null),
              words.includes(searchWords(typed)[0] ?? ''),
              `${typed} in ${name}`,
            );
      }),
    );
  });

  it('do not change when they are computed again', () => {
    fc.assert(
      fc.property(fc.oneof(NAME, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (name) => {
        const words = searchWords(name);
        assert.deepEqual(searchWords(words.join(' ')), words);
        assert.equal(foldForSearch(foldForSearch(name)), foldForSearch(name));
        // Search words are inserted between quotes into a text search query.
        for (const word of words) assert.doesNotMatch(word, /['\\\s:&|!()<>*]/);
      }),
      { numRuns: 3000 },
    );
  });

  it('can be typed on the keyboard of a neighbouring language', () => {
    const typed: [string, string][] = [
      ['Әйгерім Сәрсенбаева', 'айгерим сарсенбаева'],
      ['Ғұлом Ўринов-Қодиров', 'гулом уринов кодиров'],
      ['Гүлнұр Өмірбекқызы', 'гулнур омирбеккызы'],
      ['Oʻgʻiloy Əliyeva Ayşe Yıldız', 'ogiloy eliyeva ayse yildiz'],
      ['Ўткир Қўчқоров Ҳайдар', 'Уткир Кучкоров Хайдар'],
      ['Ӣсо Ҷӯраев Ғайрат', 'Исо Чураев Гайрат'],
      ['Өмүрбек Жээнбеков Ңурлан', 'Омурбек Жеенбеков Нурлан'],
      ['Віталь Каўшык Ёсіп', 'виталь каушык есип'],
      ['Євген Їжакевич Ґалаґан', 'евген ижакевич галаган'],
      ['Солов’йов Под"єлін', "Солов'йов Под єлін"],
      ['Эльвира Быкова Объедков', 'Ельвира Бикова Обедков'],
      ['Артём Чернышёв', 'АРТЕМ ЧЕРНЫШЕВ'],
      ['Mäşe Täçgözel Ýazgülyýew', 'Mase Tacgozel Yazgulyyew'],
      ['Ștefan Ţurcanu Ioniță', 'stefan turcanu ionita'],
      ['Łukasz Sørensen Straße', 'lukasz sorensen strasse'],
      // Armenian, lower and upper case
      ['Սեւակ Եւա', 'Սևակ Եվա'],
      ['ՍԵՎԱԿ', 'Սևակ'],
      ['ՍԵՒԱԿ', 'Սեվակ'],
      // Georgian capitals of three kinds
      ['ᲜᲘᲜᲝ ᲒᲔᲚᲐᲨᲕᲘᲚᲘ', 'ნინო გელაშვილი'],
      ['ႬႨႬႭ', 'ნინო'],
      ['ⴌⴈⴌⴍ', 'ნინო'],
      ['İNCİ IŞIK', 'inci ışık'],
      ['Σοφία ΠΑΠΠΆΣ', 'σοφια παππας'],
    ];
    for (const [name, words] of typed) assert.deepEqual(searchWords(name), searchWords(words), name);
  });

  it('differ for different names', () => {
    for (const [one, other] of [
      ['Сарсенбаев', 'Сарсенбаева'],
      ['Петров', 'Петрова'],
      ['Ли', 'Лю'],
      ['कुमार', 'कामर'],
      ['სულა', 'სალა'],
      ['ՍՈՒՐԵՆ', 'ՍՈՎՐԵՆ'],
    ] as const)
      assert.notDeepEqual(searchWords(one), searchWords(other));
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Sign } from '../../src/domain/doubtful-text/sign.ts';
import { type DoubtKind, doubtOf } from '../../src/domain/doubtful-text.ts';
import { normaliseName } from '../../src/domain/name.ts';

/** Text → the suggestion, null for none. */
type Cases = Partial<Record<Sign, Readonly<Record<string, string | null>>>>;

const NAMES: Cases = {
  absent: {
    ...{
      'undefined undefined': null,
      'None None': null,
      Null: null,
      null: null,
      'N/A': null,
      '(null)': null,
      NaN: null,
      NA: null,
    },
    ...{
      'не указано': null,
      нет: null,
      жоқ: null,
      "yo'q": null,
      жок: null,
      нест: null,
      yoxdur: null,
      չկա: null,
      'არ არის': null,
    },
    ...{ 'Айгуль null': 'Айгуль', 'Ким Анна нет': 'Ким Анна' },
  },
  placeholder: {
    ...{ '{{first_name}} {{last_name}}': null, '%FIRSTNAME%': null, '<name>': null, $name: null, '[First Name]': null },
    ...{
      'FIRST_NAME LAST_NAME': null,
      '*|FNAME|*': null,
      '«Имя»': null,
      '#{name}': null,
      '%(name)s': null,
      '%s': null,
    },
  },
  'program-data': {
    ...{
      '[object Object]': null,
      '{"first":"Анна"}': null,
      Array: null,
      'map[first:Anna]': null,
      'Some("Anna")': null,
    },
    ...{ "b'Anna'": null, 'Optional[Anna]': null, 'com.example.User@1b2c3d4e': null },
  },
  heading: {
    ...{ 'Full name': null, ФИО: null, 'Имя Фамилия': null, 'Фамилия Имя Отчество': null, 'Adı Soyadı': null },
    ...{ 'Толук аты': null, 'Номи пурра': null, 'Ism familiya': null, 'Аты-жөні': null, 'Անուն Ազգանուն': null },
    ...{ 'სახელი და გვარი': null, 'ФИО: Иванова Анна': 'Иванова Анна' },
  },
  email: { 'aigul.t@example.kz': null, 'Анна <anna@example.kz>': null },
  login: {
    user12345: null,
    ivanov_a: null,
    'anna.ivanova77': null,
    'anna.ivanova': null,
    Anna_Ivanova: 'Anna Ivanova',
  },
  spreadsheet: {
    '#N/A': null,
    '#REF!': null,
    '#ЗНАЧ!': null,
    '#Н/Д': null,
    '#ИМЯ?': null,
    '="Anna"': 'Anna',
    '=A1&B1': null,
  },
  deleted: { 'Deleted User': null, DELETED: null, 'Удалённый пользователь': null, 'Silinmiş istifadəçi': null },
  'test-entry': { test: null, 'Тест Тестов': null, qwerty: null, йцукен: null, Ааа: null, X: null },
  'lost-letters': { 'Ив?нов Иван': null, '????? ??????': null, 'Н?рсұлтан': null, 'Р\uFFFDан': null },
  charset: {
    'РђРЅРЅР° РРІР°РЅРѕРІР°': 'Анна Иванова',
    'Ð˜Ð²Ð°Ð½Ð¾Ð²': 'Иванов',
    'Ð\u0098Ð²Ð°Ð½ Ð\u009BÐ¸': 'Иван Ли',
    'п░п╫п╫п╟': 'Анна',
    'Èâàíîâ Èâàí': 'Иванов Иван',
    'йЧБОПЧ йЧБО': 'Иванов Иван',
    'хБЮМНБ хБЮМ': 'Иванов Иван',
    GГјnel: 'Günel',
    Åžahin: 'Şahin',
    'É™li': 'əli',
    'áƒœáƒ˜áƒœáƒ': null,
    'Ô±Õ¶Õ¡Õ°Õ«Õ¿': 'Անահիտ',
    'Æliyev C.Æ.': 'Əliyev C.Ə.',
  },
  escaped: {
    'Д&#39;Артаньян О&amp;Н': "Д'Артаньян О&Н",
    '&#1040;&#1085;&#1085;&#1072;': 'Анна',
    'Anna&nbsp;Lee': 'Anna Lee',
    'O&amp;#039;Brien': "O'Brien",
    '%D0%90%D0%BD%D0%BD%D0%B0': 'Анна',
    '%C0%ED%ED%E0': 'Анна',
    '%u0410%u043D%u043D%u0430': 'Анна',
    'Иванов+Иван': 'Иванов Иван',
    '\\u0410\\u043d\\u043d\\u0430': 'Анна',
    u0410u043du043du0430: 'Анна',
    "O\\'Brien": "O'Brien",
    '=D0=90=D0=BD=D0=BD=D0=B0': 'Анна',
    '"Иванов, Иван"': 'Иванов, Иван',
    "'Анна": 'Анна',
  },
  tags: { '<b>Анна</b> Иванова': 'Анна Иванова', 'Анна<br>Иванова': 'Анна Иванова', '<script>alert(1)</script>': null },
  alphabets: {
    ...{ 'Ивaнов Иван': 'Иванов Иван', 'Cидорова Анна': 'Сидорова Анна', 'Әлi Сəрсенбаев': 'Әлі Сәрсенбаев' },
    ...{ Әliyev: 'Əliyev', 'Anna Pоp': 'Anna Pop', Анhа: null },
  },
  'caps-lock': { 'иВАНОВ иВАН': 'Иванов Иван' },
  remark: { 'Иванов Иван (удалён)': 'Иванов Иван', 'Anna Lee (deleted)': 'Anna Lee' },
  marks: {
    ...{ 'Сухарто .': 'Сухарто', '- Айгуль': 'Айгуль', '1. Иванова Анна': 'Иванова Анна', 'Анна Иванова 2': null },
    ...{ 'Ана ★': null, '"Анна': null },
  },
};

const TITLES: Cases = {
  absent: { undefined: null, 'N/A': null, '-': null, '...': null, 'не указано': null, '????? ????????': null },
  placeholder: {
    '{{title}}': null,
    '${title}': null,
    '<title>': null,
    COURSE_TITLE: null,
    '{mlang ru}Цифра{mlang}': null,
  },
  'program-data': { '[object Object]': null, '{"ru":"Цифра"}': null, Array: null },
  heading: { 'Название проекта': null, 'Project title': null, Должность: null },
  email: { 'anna@example.com': null },
  spreadsheet: { '#REF!': null, '#ЗНАЧ!': null },
  deleted: { 'Deleted user': null },
  tags: {
    'Основы R&amp;D: &laquo;Наука&raquo; &#8211; <em>практика</em>': 'Основы R&D: «Наука» – практика',
    'Первая<br>Вторая': 'Первая Вторая',
  },
  escaped: {
    'R&amp;D': 'R&D',
    'Digital+teaching+in+school': 'Digital teaching in school',
    '"Проект ""Наука"""': 'Проект "Наука"',
    "L\\'art": "L'art",
  },
  charset: {
    'РћСЃРЅРѕРІС‹ РїРµРґР°РіРѕРіРёРєРё': 'Основы педагогики',
    'Îñíîâû ïåäàãîãèêè': 'Основы педагогики',
    'нЯМНБШ ОЕДЮЦНЦХЙХ': 'Основы педагогики',
  },
  'lost-letters': { 'Ц?фровая педагогика': null, '?ифровая ?едагогика': null, '\uFFFDкола': null },
  alphabets: { 'Вeb-дизайн': 'Beb-дизайн', 'IТ-технологии': 'IT-технологии', Oсновы: 'Основы' },
};

const GOOD_NAMES = [
  ...[
    'Anna Null',
    'Na Li',
    'Maria None',
    'Testa Rossa',
    'Na',
    'Nil Nan',
    'Jennifer Undefined',
    'Айгуль Null',
    'Promise Fish',
  ],
  ...[
    "O'Brien",
    'О’Брайен Шон',
    "G'ofur O'g'li",
    'Oʻrinboyeva Gʻulom qizi',
    'Oʼtkir',
    'O`tkir',
    '‘Abd al-Rahman',
    "'Abd",
    'ʿUmar',
  ],
  ...[
    'А. Б. Иванов',
    'А.Б. Иванов',
    'Иванов А.',
    'J. R. R. Tolkien',
    'M.ª José García',
    'Mª José',
    'St. John',
    'L·luís',
  ],
  ...[
    'Şəhla Əliyeva Çingiz qızı',
    'Kılıççı Işık',
    'ŞIŞMAN ÇAĞÇI',
    'José Núñez',
    'Nguyễn Thị Ánh',
    'Þórður Ægisson',
    'Kjær Skov',
  ],
  ...['TOMÁŠ DVOŘÁK', 'MILIĆ PRERAD', 'LÍŠKA ŽIŽKA', 'Łucja Święcicka-Żądło', 'Darteh-Akyerεko', 'VAHÂ ERKEKLI'],
  ...[
    'СЕМЁН ПЁТР',
    'семён пётр',
    'Лі Сі',
    'Їжакевич Єлизавета',
    'Ђорђе Љиљановић',
    'МакДональд',
    'Иван фон Дервиз',
    'Ян',
  ],
  ...[
    'Әсел Нұрмұхамедова',
    'Ӯктам Ҷӯраев',
    'Өмүрбек Үсөнбаев уулу',
    'Һәҙиә Ҡаҙаҡбаева',
    'Анна Smith',
    'Иванов II',
    'Louis XIV',
  ],
  ...[
    'Smith, John, Jr.',
    'Сидоров (Петров) Иван',
    'Anna “Ann” Lee',
    'Anna "Ann" Lee',
    'John Smith 3rd',
    'Anne/Ann',
    'K. & M. Lee',
  ],
  ...[
    'ნინო ბერიძე',
    'Անահիտ Հարությունյան',
    '李小龙',
    '山田太郎',
    'محمد علی',
    'ד"ר דוד',
    'Ἀριστοτέλης Ὀρφανίδης',
    'मीरा',
  ],
];

const GOOD_TITLES = [
  ...[
    'Introduction to C&A',
    'R&D',
    'R & D <3',
    'a < b',
    'COVID-19: что дальше?',
    'Что?Где?Когда?',
    'Что? Где? Когда?',
    '¿Qué es?',
  ],
  ...[
    'IT-технологии',
    '«e-Learning»',
    '3D-моделирование',
    'iSpring для учителя',
    'PDFка',
    'SMMщик',
    'BIMтехнологии',
    'мРНК-вакцины',
  ],
  ...[
    'https://school.example/?q=%D0%90%D0%BD&p=2',
    'отчёт_2026.pdf',
    'C++',
    'C#',
    'HTML+CSS+JS',
    'A+B=C',
    'E=mc²',
    '10 °C',
    '№ 5',
  ],
  ...[
    'Тест',
    'Итоговый тест',
    '1984',
    '100%',
    '50%-ный успех',
    'Тег <table> в HTML',
    '$100',
    '#ЯУчитель',
    '{a, b}',
    '[draft] Проект',
  ],
  ...[
    '"Дорога к знаниям"',
    'ООО «Ромашка»',
    'Проект №1 «Я – учитель»',
    'Müller & Söhne',
    'ÄÖÜß: немецкие буквы',
    'Δt',
    'π-теорема',
  ],
  ...[
    'О`кей',
    'Pokémon GO',
    '…и снова весна',
    '1С:Бухгалтерия',
    'Вера Образцова',
    'И. о. директора',
    'True or false',
    'Урок 1/2',
  ],
];

function check(kind: DoubtKind, cases: Cases): void {
  for (const [sign, texts] of Object.entries(cases))
    it(`of the kind ${sign}`, () => {
      for (const [text, suggestion] of Object.entries(texts)) {
        const doubt = doubtOf(text, kind);
        assert.deepEqual({ text, sign: doubt?.sign, suggestion: doubt?.suggestion }, { text, sign, suggestion });
        assert.match(doubt?.finding ?? '', /^The (name|text) .*\.$/);
        if (text.length > 5) assert.ok(!doubt?.finding.includes(text), text);
      }
    });
}

describe('a name that is none is found', () => check('name', NAMES));
describe('a title that is none is found', () => check('title', TITLES));

describe('nothing is found', () => {
  it('in good names', () => {
    for (const name of GOOD_NAMES) assert.deepEqual([name, doubtOf(name, 'name')], [name, null]);
  });
  it('in good titles', () => {
    for (const title of GOOD_TITLES) assert.deepEqual([title, doubtOf(title, 'title')], [title, null]);
  });
});

const damaged = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...'РСАаиÐÑ°±²³¼½п░▒╨╤áƒ&#;%DB\\u0431{}<>[]"\'= ?+._-@'), maxLength: 60 }),
  fc.constantFrom(...GOOD_NAMES, ...GOOD_TITLES, ...Object.keys({ ...NAMES.charset, ...NAMES.escaped })),
);

describe('whatever the text', () => {
  it('a suggestion is another text, never doubtful itself, and printable', () => {
    fc.assert(
      fc.property(damaged, fc.constantFrom<DoubtKind>('name', 'title'), (text, kind) => {
        const suggestion = doubtOf(text, kind)?.suggestion ?? null;
        if (suggestion === null) return;
        assert.notEqual(suggestion, text);
        assert.equal(doubtOf(suggestion, kind), null);
        if (kind === 'name') assert.deepEqual(normaliseName(suggestion), { ok: true, name: suggestion });
      }),
      { numRuns: 3000 },
    );
  });

  it('what is longer than any name is examined at its beginning only, so that work has a bound', () => {
    for (const piece of [
      'РђРЅ',
      '<b',
      '&#1',
      '%D0',
      '\\u04',
      '{{',
      '"',
      "'",
      'a.',
      'a_',
      'Ð˜',
      '? ',
      '- ',
      '1. ',
      'нет ',
      'аA',
      '[',
      '(',
      '«',
      ' ',
      'Æ',
    ]) {
      const long = piece.repeat(50_000);
      for (const kind of ['name', 'title'] as const)
        assert.equal(doubtOf(long, kind)?.sign, doubtOf(long.slice(0, 1000), kind)?.sign, piece);
    }
  });
});

import { type Found, found, type Sign, type TextKind } from './sign.ts';

/*
 * Only whole values count, because some people are called Null, None or Na. No native speakers have checked the words
 * of kk, uz, ky, tg, az, hy and ka.
 */

const ABSENT = `undefined|null|none|nil|nan|n/a|na|not available|not applicable|not specified|not provided|not set
  |not given|not defined|not found|unspecified|unknown|unknown user|no name|noname|no data|no value|nameless|unnamed
  |anonymous|anonymous user|empty|missing|void|tbd|tba|infinity|true|false|untitled|no title|guest user
  |нет|нет данных|нет имени|нет названия|нет значения|не указан|не указана|не указано|не указаны|имя не указано|не задан
  |не задано|не заполнено|не определен|не определено|неизвестно|неизвестный|неизвестна|неизвестен|отсутствует|отсутствуют
  |без имени|без названия|без темы|аноним|анонимный пользователь|анонимно|пусто|пустое значение|н/д|недоступно|нд
  |не применимо|неприменимо|ноль|нуль|гость
  |жоқ|аты жоқ|деректер жоқ|дерек жоқ|мәлімет жоқ|белгісіз|көрсетілмеген|анықталмаған|толтырылмаған|атаусыз
  |yo'q|yoq|ismi yo'q|ma'lumot yo'q|noma'lum|ko'rsatilmagan|aniqlanmagan|kiritilmagan|mavjud emas|ismsiz|nomsiz|bo'sh
  |йўқ|маълумот йўқ|номаълум|кўрсатилмаган|аниқланмаган|исмсиз
  |жок|аты жок|маалымат жок|белгисиз|көрсөтүлгөн эмес|көрсөтүлбөгөн|аныкталган эмес|толтурулган эмес|аталышы жок
  |нест|ном нест|маълумот нест|нишон дода нашудааст|муайян нашудааст|пур карда нашудааст|беном
  |yoxdur|yox|adı yoxdur|məlumat yoxdur|naməlum|göstərilməyib|qeyd olunmayıb|təyin edilməyib|müəyyən edilməyib|adsız
  |boş|doldurulmayıb
  |չկա|անուն չկա|տվյալ չկա|տվյալներ չկան|անհայտ|նշված չէ|սահմանված չէ|լրացված չէ|անանուն|դատարկ
  |არ არის|სახელი არ არის|მონაცემები არ არის|უცნობი|უცნობია|მითითებული არ არის|არ არის მითითებული|განსაზღვრული არ არის
  |შევსებული არ არის|უსახელო|ანონიმური|ცარიელი`;

const HEADING = `full name|fullname|your name|first and last name|student name|participant name|learner name|user name
  |username|display name|holder name|recipient name|name of student|name of the student|name and surname|your full name
  |enter your name|enter name|your name here|name here|student|student full name|certificate holder|teacher name|given name|family name
  |фио|ваше имя|имя и фамилия|фамилия и имя|полное имя|имя пользователя|имя студента|имя слушателя|имя участника
  |фио студента|фио слушателя|фио участника|фио учителя|фио преподавателя|фио педагога|введите имя|введите фио|ваше фио|имя и фамилия участника|имя и фамилия слушателя|ваше имя здесь|фамилия и о|и о фамилия
  |фамилия и инициалы|фамилия инициалы
  |аты-жөні|толық аты-жөні|тегі аты|аты тегі|тегі аты әкесінің аты|толық аты|аты жөні тегі
  |to'liq ism|ism familiya|familiya ism|ism sharif|familiya ism sharif|ismi familiyasi|ism va familiya
  |to'liq ismi|familiyasi ismi|тўлиқ исм|исм фамилия|фамилия исм|исм шариф
  |толук аты|аты-жөнү|толук аты-жөнү|фамилиясы аты|аты фамилиясы|фамилиясы аты атасынын аты|аты атасынын аты
  |ному насаб|ном ва насаб|номи пурра|насаб ном|насаб ва ном|насаб ном номи падар|номи пурраи шумо|насабу ном
  |tam adı|tam ad|ad soyad|soyad ad|adı soyadı|soyadı adı|adı və soyadı|ad və soyad|ad soyad ata adı
  |soyadı adı atasının adı
  |լրիվ անունը|լրիվ անուն|անուն ազգանուն|ազգանուն անուն|անուն և ազգանուն|անունը ազգանունը|ազգանուն անուն հայրանուն
  |սրահ անուն|ամբողջական անուն
  |სრული სახელი|სახელი გვარი|გვარი სახელი|სახელი და გვარი|გვარი და სახელი|სახელი გვარი მამის სახელი`;

/** Headings as initials; other upper- and lower-case forms may be names, such as Asa and Fish. */
const HEADING_INITIALS =
  /^(?:ф\.\s?и\.\s?о\.?|ф\.\s?и\.\s?ш\.?|т\.\s?а\.\s?ә\.?|а\.\s?а\.\s?ж\.?|н\.\s?н\.\s?п\.?|f\.\s?i\.\s?sh\.?|f\.\s?i\.\s?o\.?|a\.\s?s\.\s?a\.?|s\.\s?a\.\s?a\.?|ա\.\s?ա\.\s?հ\.?)$/iu;

/** Headings of which each single word is a heading too: «Имя», «Last name, first name», «Фамилия Имя Отчество». */
const HEADING_WORDS = new Set(
  `name|names|firstname|lastname|middlename|surname|forename|patronymic|first|last|middle|second
  |имя|фамилия|отчество|фио|имени|фамилию
  |аты|тегі|әкесінің|есімі|ism|ismi|familiya|familiyasi|sharif|исм|фамилиясы|атасынын|ном|насаб|падар
  |ad|adı|soyad|soyadı|անուն|ազգանուն|հայրանուն|անունը|ազգանունը|სახელი|გვარი`.split(/\s*\|/),
);

/** Not “Course”, “Project” or «Тема»: these are short, but possible titles. */
const TITLE_HEADING = `title|course title|course name|project title|project name|module title|module name|position
  |signatory|issuer|issuer name|job title|title of the course|title of the project|name of the course
  |название|наименование|название курса|название проекта|название модуля|тема проекта|наименование курса
  |наименование модуля|наименование программы|название программы|должность|подписант|должность подписанта
  |атауы|курс атауы|курстың атауы|жоба атауы|жобаның атауы|модуль атауы|лауазымы|тақырыбы|жоба тақырыбы
  |nomi|kurs nomi|loyiha nomi|modul nomi|lavozimi|lavozim|mavzu|mavzusi|номи|курс номи|лойиҳа номи|лавозими
  |аталышы|курстун аталышы|долбоордун аталышы|модулдун аталышы|кызматы|темасы
  |номи курс|номи лоиҳа|номи модул|вазифа|мавзуъ
  |adı|kursun adı|layihənin adı|modulun adı|vəzifəsi|vəzifə|mövzu|başlıq
  |վերնագիր|անվանում|անվանումը|դասընթացի անվանումը|նախագծի անվանումը|մոդուլի անվանումը|պաշտոնը|պաշտոն|թեմա
  |სათაური|დასახელება|კურსის დასახელება|კურსის სახელი|პროექტის დასახელება|პროექტის სახელი|მოდულის დასახელება|თანამდებობა|თემა`;

const DELETED = `deleted|deleted user|user deleted|deleted account|account deleted|deleted student|removed user|removed
  |former user|inactive user|deactivated user|deactivated|suspended user|blocked user|user removed|ghost user|archived user
  |удален|удалена|удалено|удаленный|удаленный пользователь|пользователь удален|удаленный аккаунт|аккаунт удален
  |учетная запись удалена|удаленный студент|студент удален|бывший пользователь|пользователь заблокирован|заблокирован
  |неактивный пользователь|профиль удален|страница удалена|архивный пользователь
  |жойылған|жойылған пайдаланушы|пайдаланушы жойылды|пайдаланушы жойылған|аккаунт жойылған
  |o'chirilgan|o'chirilgan foydalanuvchi|foydalanuvchi o'chirilgan|foydalanuvchi o'chirildi|ўчирилган|ўчирилган фойдаланувчи
  |өчүрүлгөн|өчүрүлгөн колдонуучу|колдонуучу өчүрүлгөн|колдонуучу өчүрүлдү
  |нест карда шуд|корбари нест кардашуда|корбар нест карда шуд|ҳазф шуд|корбари ҳазфшуда
  |silinib|silinmiş|silinmiş istifadəçi|istifadəçi silinib|hesab silinib
  |ջնջված|ջնջված է|ջնջված օգտատեր|ջնջված օգտվող|օգտատերը ջնջված է|ջնջված հաշիվ
  |წაშლილი|წაშლილია|წაშლილი მომხმარებელი|მომხმარებელი წაშლილია|წაშლილი ანგარიში`;

const TEST_ENTRY = `test|tests|test test|test user|user test|test student|student test|test testov|test name|demo user|demo
  |test teacher|qwerty|qwe|qwe qwe|asdf|asd|asd asd|asdfgh|zxc|zxcv|foo bar|lorem ipsum|abc|admin|administrator
  |moderator|user|sample user|example user|example|new user|student student|testing|guest|string|value|default|system
  |system user|support|operator|root|moodle user|demo account|demo student|demo teacher|sample name|sample student|teacher
  |тест|тест тест|тест тестов|тестов тест|тест тестович|тестов тест тестович|тестова тест|тест тестова|тестовый пользователь
  |тестовый|тестовый студент|тестовый ученик|тестовый слушатель|тестовый учитель|тестовая запись|проба|йцукен|йцу|фыва|фыв
  |фывапролдж|ячс|абв|админ|администратор|модератор|пользователь|новый пользователь|студент|слушатель|пример|проверка
  |учитель|преподаватель|педагог|оператор|образец|системный пользователь`;

/** Text in composed letters, spaces and hyphens only. */
const PLAIN = /^[A-Za-zА-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі -]*$/;

/** The letters of a text that identify a word, in lower case and without spaces: «Full_Name:» → fullname. */
function key(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase().replace(/[ -]/g, '').replaceAll('ё', 'е');
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}/]+|\p{Lm}/gu, '')
    .replaceAll('ё', 'е')
    .replaceAll('i\u0307', 'i');
}

const keysOf = (list: string) => list.split('|').map(key);

let table: Map<string, Sign> | undefined;
let titles: Set<string> | undefined;
function build(): Map<string, Sign> {
  const lists: [Sign, string][] = [
    ['test-entry', TEST_ENTRY],
    ['deleted', DELETED],
    ['heading', HEADING],
    ['absent', ABSENT],
  ];
  titles = new Set(keysOf(TITLE_HEADING));
  return new Map(lists.flatMap(([sign, list]) => keysOf(list).map((word): [string, Sign] => [word, sign])));
}

/**
 * These are also given names in China, Thailand, Catalonia and Turkey; in this form, alone or repeated, they do not
 * mean a missing value.
 */
const NAMES_TOO = /^(?:Na|Nan|Nil)(?:[ -](?:Na|Nan|Nil))*$/;
/** Good titles of a module or a project, but invalid names of a person. */
const TITLES_TOO = new Set([
  'true',
  'false',
  'infinity',
  'blank',
  'empty',
  'void',
  'unknown',
  'anonymous',
  'student',
  'гость',
  'нуль',
  'ноль',
]);
const ONE_LETTER = /^[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Armenian}\p{Script=Georgian}]\.?$/u;
const ONE_KEY_HELD = /^(\p{L})\1{2,}(?:\s+(\p{L})\2{2,})*$/iu;
const LONGEST = 60;
/** PHP and JavaScript print these for a list or an object. */
const OF_PROGRAMS = new Set(['Array', 'Object', 'object', 'stdClass']);

/** A text that as a whole is a word for a missing value, a heading, a deleted account or a test entry. */
export function wholeValue(text: string, kind: TextKind): Found | null {
  if (text.length > LONGEST) return null;
  if (OF_PROGRAMS.has(text)) return found('program-data');
  if (HEADING_INITIALS.test(text)) return found('heading');
  table ??= build();
  const whole = key(text);
  const sign = table.get(whole);
  if (sign !== undefined) {
    if (kind === 'name') return NAMES_TOO.test(text) ? null : found(sign);
    return sign === 'test-entry' || TITLES_TOO.has(whole) ? null : found(sign);
  }
  if (kind === 'title') {
    if (titles?.has(whole)) return found('heading');
  } else if (ONE_LETTER.test(text)) return found('test-entry');
  if (kind === 'name' && ONE_KEY_HELD.test(text)) return found('test-entry');
  const half = text.slice(0, text.length >> 1);
  if (half.includes(' ') && text === `${half} ${half}`) return wholeValue(half, kind);
  // The words of a repeated value («null null», «Имя Фамилия») are looked up one by one only if the first is known.
  const gap = text.indexOf(' ');
  if (gap < 0 && kind === 'title') return null;
  const first = gap < 0 ? whole : key(text.slice(0, gap));
  const firstSign = OF_PROGRAMS.has(text.slice(0, gap)) ? 'program-data' : table.get(first);
  if (firstSign === undefined && !HEADING_WORDS.has(first)) return null;
  const words = text.split(/[\s_,;]+/);
  const keys = words.map(key);
  if (keys.every((word) => HEADING_WORDS.has(word))) return found('heading');
  if (firstSign === undefined || NAMES_TOO.test(text) || (kind === 'title' && firstSign === 'test-entry')) return null;
  const signs =
    firstSign === 'program-data'
      ? words.map((word) => OF_PROGRAMS.has(word))
      : keys.map((word) => table?.get(word) === firstSign);
  return words.length > 1 && signs.every(Boolean) ? found(firstSign) : null;
}

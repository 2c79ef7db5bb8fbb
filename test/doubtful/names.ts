import { allFakers, type Faker } from '@faker-js/faker';

/*
 * Good names as people write them. The generator lacks Kazakh, Kyrgyz and Tajik, so these names are combined from
 * common given names and surnames. All people are invented.
 */

interface Own {
  given: string;
  family: string;
  fathers: string;
}

const OWN: Readonly<Record<'kk' | 'ky' | 'tg', Own>> = {
  kk: {
    given:
      'Айгүл Әсел Гүлнұр Динара Жанар Сәуле Бақытжан Ерлан Нұрсұлтан Ілияс Қайрат Мәди Өміржан Үміт Шыңғыс Әлия Ғалия Ұлбосын Арман Тоғжан Еңлік Бөпеш Ибраһим Аида Данияр Жұлдыз',
    family:
      'Ахметов Әбдіхалықов Сәрсенбаев Нұрмұхамедов Қасымов Жүнісов Тоқаев Оспанов Бөкейханов Ғабдуллин Ибраев Мұқанов Сүлейменов Жұмабаев Өтеген Қаратай Әуезов Байтұрсынов Төлегенов Шәріпов Ерғалиев Ниязов',
    fathers: 'Серікқызы Қуанышұлы Нұрланқызы Бақытұлы Маратқызы Асқарұлы Ермекұлы Жеңісқызы Ахметович Сериковна',
  },
  ky: {
    given:
      'Айгүл Бермет Гүлзат Жылдыз Нурзат Өмүрбек Бакыт Азамат Кубанычбек Үмүт Чолпон Эркин Талант Сыймык Жаңыл Тынчтык Медер Айпери Нургүл Кеңеш Уулжан Жээнбек',
    family:
      'Асанов Үсөнбаев Жээнбеков Токтогулов Мамытов Кадыров Сыдыков Өмүралиев Абдыкеримов Бейшеналиев Турдубаев Эсенгулов Жумабеков Осмонов Шаршенов Кыдыралиев Ниязбеков Исаков',
    fathers:
      'Асан кызы|Бакыт уулу|Талант кызы|Жеңишбек уулу|Нурлан кызы|Эрмек уулу|Асановна|Кубанычбекович|Токтогулович|Маратовна',
  },
  tg: {
    given:
      'Гулнора Мадина Шаҳноза Фирдавс Ҷамшед Рустам Зебо Сайёра Шӯҳрат Умед Парвиз Нигора Ҳабиба Манижа Ғафур Қодир Исмоил Меҳрон Рухшона Фарҳод Дилноза Сӯҳроб Ятим',
    family:
      'Раҳимов Ҷӯраев Шарифов Назаров Ҳакимов Қурбонов Сафаров Ғафуров Холов Давлатов Мирзоев Саидов Қаҳҳоров Ӯрунов Абдуллоев Каримзода Раҳмонзода Ятимов Тӯраев Зокиров',
    fathers: 'Раҳимович Ҷӯраевна Саидовна Ҳакимович Шарифовна Мирзоевич Абдуллоевна Қодирович Рустамӣ Фирдавсӣ',
  },
};

const NINE = {
  ru: 'ru',
  en: 'en',
  kk: null,
  uz: 'uz_UZ_latin',
  ky: null,
  tg: null,
  az: 'az',
  hy: 'hy',
  ka: 'ka_GE',
} as const;
export type Language = keyof typeof NINE;
export const LANGUAGES = Object.keys(NINE) as Language[];

const FATHERS: Partial<Record<Language, readonly string[]>> = {
  uz: ["Karim o'g'li", 'Karim o‘g‘li', 'Botir oʻgʻli', 'Botir o’g’li', 'Olim qizi', 'Gʻofur qizi', "To'xta qizi"],
  az: ['Əli oğlu', 'Rəşid oğlu', 'Vüqar qızı', 'Çingiz qızı', 'İlqar oğlu', 'Şahin qızı'],
  hy: ['Աշոտի', 'Գևորգի', 'Վարդանի', 'Հակոբի'],
  ka: ['გიორგის ძე', 'დავითის ასული', 'ვახტანგის ძე'],
};

const APOSTROPHES = ["'", '’', '‘', 'ʻ', 'ʼ', '`', '´', 'ʹ', '′', 'ʿ', 'ʾ'];
/** Words for a missing value that are also names. */
const LIKE_NOTHING = ['Null', 'Na', 'None', 'Testa', 'Nil', 'Nan', 'Test', 'Blank', 'Void', 'Array', 'True', 'Student'];

class Chance {
  readonly faker: Faker;
  constructor(faker: Faker, seed: number) {
    this.faker = faker;
    faker.seed(seed);
  }
  of<T>(list: readonly T[]): T {
    return this.faker.helpers.arrayElement(list);
  }
  /** True with probability 1 / `times`. */
  once(times: number): boolean {
    return this.faker.number.int({ max: times - 1 }) === 0;
  }
}

function ownParts(chance: Chance, language: 'kk' | 'ky' | 'tg'): [string, string, string] {
  const { given, family, fathers } = OWN[language];
  const surname = chance.of(family.split(' '));
  return [
    chance.of(given.split(' ')),
    /[вн]$/.test(surname) && chance.once(2) ? `${surname}а` : surname,
    chance.of(fathers.split(fathers.includes('|') ? '|' : ' ')),
  ];
}

function fakerParts(chance: Chance, language: Language | null): [string, string, string] {
  const { person } = chance.faker;
  const fathers = language ? FATHERS[language] : undefined;
  const middle = fathers ? chance.of(fathers) : person.middleName();
  return [person.firstName(), person.lastName(), middle];
}

const initial = (word: string) => `${[...word][0] ?? ''}.`;

/**
 * One way of writing a name: with initials, patronymic, one word, capitals, two surnames, a former surname, a
 * nickname.
 */
function written(chance: Chance, [given, family, middle]: [string, string, string], second: string): string {
  switch (chance.faker.number.int({ max: 19 })) {
    case 0:
      return `${initial(given)} ${initial(middle)} ${family}`;
    case 1:
      return `${family} ${initial(given)}${initial(middle)}`;
    case 2:
      return `${initial(given)} ${initial(second)} ${initial(middle)} ${family}`;
    case 3:
      return given;
    case 4:
      return `${family}, ${given}`;
    case 5:
      return `${given} ${family}-${second}`;
    case 6:
      return `${given} ${family} (${second})`;
    case 7:
      return `${given} ${family}`.toUpperCase();
    case 8:
      return `${given} ${family}`.toLowerCase();
    case 9:
      return chance.once(2) ? `${given} ${chance.of(LIKE_NOTHING)}` : `${chance.of(LIKE_NOTHING)} ${family}`;
    case 10:
      return `${given} ${chance.of(['O', 'D', 'M', 'K'])}${chance.of(APOSTROPHES)}${family}`;
    case 11:
      return chance.once(4) ? `${given} “${second}” ${family}` : `${family} ${given}`;
    case 12:
      return chance.once(3)
        ? `${given} ${family} ${chance.of(['II', 'III', 'IV', 'Jr.', 'Sr.', 'Ph.D.'])}`
        : `${given} ${family}`;
    case 13:
    case 14:
    case 15:
      return `${family} ${given} ${middle}`;
    default:
      return `${given} ${family}`;
  }
}

/** Unique names in one of the nine languages of the templates. */
export function namesIn(language: Language, count: number, seed: number, plain = false): string[] {
  const chance = new Chance(allFakers[NINE[language] ?? 'ru'], seed);
  const parts = () =>
    language === 'kk' || language === 'ky' || language === 'tg'
      ? ownParts(chance, language)
      : fakerParts(chance, language);
  const names = new Set<string>();
  for (let tries = 0; names.size < count && tries < count * 20; tries++) {
    const [given, family, middle] = parts();
    if (!plain) names.add(written(chance, [given, family, middle], parts()[1]));
    else names.add(chance.once(2) ? `${family} ${given} ${middle}` : `${given} ${family}`);
  }
  return [...names];
}

/** Generated names that are damaged in the generator's own data, so they are not false alarms. */
const FAULTY_IN_GENERATOR = /^(?:.*\P{ASCII}[\u0080-\u009F].*|Mia\+3)$/iu;

/** Names of every locale of the generator, and of the languages it lacks. */
export function namesEverywhere(count: number, seed: number): { locale: string; name: string }[] {
  const locales = Object.entries(allFakers).filter(([id]) => id !== 'base' && id !== 'en_AU_ocker' && id !== 'en_BORK');
  const own = ['kk', 'ky', 'tg'] as const;
  const share = Math.ceil(count / (locales.length + own.length));
  const all: { locale: string; name: string }[] = own.flatMap((language) =>
    namesIn(language, share, seed).map((name) => ({ locale: language, name })),
  );
  for (const [locale, faker] of locales) {
    const chance = new Chance(faker, seed);
    for (let made = 0; made < share && all.length < count; made++) {
      const [given, family, middle] = fakerParts(chance, null);
      const name = written(chance, [given, family, middle], faker.person.lastName());
      if (!FAULTY_IN_GENERATOR.test(name)) all.push({ locale, name });
    }
  }
  return all;
}

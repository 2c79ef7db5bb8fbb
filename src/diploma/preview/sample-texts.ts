/** Texts of an invented course in one language, and the watermark of a mock-up. */
export interface SampleTexts {
  readonly watermark: string;
  readonly issuer: string;
  readonly courseTitle: string;
  readonly modules: readonly string[];
  readonly project: string;
  readonly signatory: string;
  readonly position: string;
  /** Facts that only some schools and countries print. No native speaker has read these texts yet. */
  readonly further: {
    readonly secondSignatory: string;
    readonly secondPosition: string;
    readonly kind: string;
    readonly city: string;
    readonly licence: string;
    readonly school: string;
    readonly legalLine: string;
  };
}

const ENGLISH: SampleTexts = {
  watermark: 'SAMPLE',
  issuer: 'Sample School of Teaching',
  courseTitle: 'Digital Pedagogy: Blended Learning',
  modules: [
    'Foundations of digital teaching',
    'Designing a blended lesson',
    'Assessment and feedback',
    'Project workshop',
  ],
  project: 'A blended module on fractions',
  signatory: 'Mary Sample',
  position: 'Head of School',
  further: {
    secondSignatory: 'Ann Sample',
    secondPosition: 'Registrar',
    kind: 'Certificate of professional development',
    city: 'Sampletown',
    licence: 'Licence No. 000 of 1 January 2026',
    school: 'Sample School No. 1',
    legalLine: 'Issued under the sample law on education',
  },
};

/** By primary language subtag (BCP 47); other languages use English. */
const TEXTS: Readonly<Record<string, SampleTexts>> = {
  en: ENGLISH,
  ru: {
    watermark: 'ОБРАЗЕЦ',
    issuer: 'Школа педагогики «Образец»',
    courseTitle: 'Цифровая педагогика: смешанное обучение',
    modules: [
      'Основы цифровой дидактики',
      'Проектирование смешанного урока',
      'Оценивание и обратная связь',
      'Проектная мастерская',
    ],
    project: 'Смешанный модуль по дробям',
    signatory: 'Мария Образцова',
    position: 'Директор школы',
    further: {
      secondSignatory: 'Анна Образцова',
      secondPosition: 'Регистратор',
      kind: 'Удостоверение о повышении квалификации',
      city: 'Образцовск',
      licence: 'Лицензия № 000 от 1 января 2026 г.',
      school: 'Образцовая школа № 1',
      legalLine: 'Выдано по образцовому закону об образовании',
    },
  },
  kk: {
    watermark: 'ҮЛГІ',
    issuer: '«Үлгі» педагогика мектебі',
    courseTitle: 'Цифрлық педагогика: аралас оқыту',
    modules: [
      'Цифрлық дидактика негіздері',
      'Аралас сабақты жобалау',
      'Бағалау және кері байланыс',
      'Жобалау шеберханасы',
    ],
    project: 'Бөлшектер бойынша аралас модуль',
    signatory: 'Мария Үлгілі',
    position: 'Мектеп директоры',
    further: {
      secondSignatory: 'Анна Үлгілі',
      secondPosition: 'Тіркеуші',
      kind: 'Біліктілікті арттыру туралы куәлік',
      city: 'Үлгіқала',
      licence: '2026 ж. 1 қаңтардағы № 000 лицензия',
      school: '№ 1 үлгі мектебі',
      legalLine: 'Білім туралы үлгі заңға сәйкес берілді',
    },
  },
  uz: {
    watermark: 'NAMUNA',
    issuer: '“Namuna” pedagogika maktabi',
    courseTitle: 'Raqamli pedagogika: aralash taʼlim',
    modules: [
      'Raqamli didaktika asoslari',
      'Aralash darsni loyihalash',
      'Baholash va fikr-mulohaza',
      'Loyiha ustaxonasi',
    ],
    project: 'Kasrlar boʻyicha aralash modul',
    signatory: 'Maryam Namunaviy',
    position: 'Maktab direktori',
    further: {
      secondSignatory: 'Anna Namunaviy',
      secondPosition: 'Qayd etuvchi',
      kind: 'Malaka oshirish toʻgʻrisida guvohnoma',
      city: 'Namunashahar',
      licence: '2026-yil 1-yanvardagi 000-sonli litsenziya',
      school: '1-sonli namuna maktabi',
      legalLine: 'Taʼlim toʻgʻrisidagi namuna qonuniga muvofiq berilgan',
    },
  },
  ky: {
    watermark: 'ҮЛГҮ',
    issuer: '«Үлгү» педагогика мектеби',
    courseTitle: 'Санариптик педагогика: аралаш окутуу',
    modules: [
      'Санариптик дидактиканын негиздери',
      'Аралаш сабакты долбоорлоо',
      'Баалоо жана кайтарым байланыш',
      'Долбоор чеберканасы',
    ],
    project: 'Бөлчөктөр боюнча аралаш модуль',
    signatory: 'Мария Үлгүлүү',
    position: 'Мектептин директору',
    further: {
      secondSignatory: 'Анна Үлгүлүү',
      secondPosition: 'Каттоочу',
      kind: 'Квалификацияны жогорулатуу жөнүндө күбөлүк',
      city: 'Үлгүшаар',
      licence: '2026-ж. 1-январындагы № 000 лицензия',
      school: '№ 1 үлгү мектеби',
      legalLine: 'Билим берүү жөнүндө үлгү мыйзамга ылайык берилди',
    },
  },
  tg: {
    watermark: 'НАМУНА',
    issuer: 'Мактаби педагогикаи «Намуна»',
    courseTitle: 'Педагогикаи рақамӣ: таълими омехта',
    modules: ['Асосҳои дидактикаи рақамӣ', 'Тарҳрезии дарси омехта', 'Арзёбӣ ва алоқаи бозгашт', 'Устохонаи лоиҳавӣ'],
    project: 'Модули омехта оид ба касрҳо',
    signatory: 'Мария Намунавӣ',
    position: 'Директори мактаб',
    further: {
      secondSignatory: 'Анна Намунавӣ',
      secondPosition: 'Бақайдгиранда',
      kind: 'Шаҳодатномаи такмили ихтисос',
      city: 'Намунашаҳр',
      licence: 'Иҷозатномаи № 000 аз 1 январи 2026',
      school: 'Мактаби намунавии № 1',
      legalLine: 'Мувофиқи қонуни намунавӣ дар бораи маориф дода шудааст',
    },
  },
  hy: {
    watermark: 'ՆՄՈՒՇ',
    issuer: '«Նմուշ» մանկավարժական դպրոց',
    courseTitle: 'Թվային մանկավարժություն. խառը ուսուցում',
    modules: [
      'Թվային դիդակտիկայի հիմունքներ',
      'Խառը դասի նախագծում',
      'Գնահատում և հետադարձ կապ',
      'Նախագծային արհեստանոց',
    ],
    project: 'Խառը մոդուլ կոտորակների վերաբերյալ',
    signatory: 'Մարիա Նմուշյան',
    position: 'Դպրոցի տնօրեն',
    further: {
      secondSignatory: 'Աննա Նմուշյան',
      secondPosition: 'Գրանցող',
      kind: 'Որակավորման բարձրացման վկայական',
      city: 'Նմուշաքաղաք',
      licence: 'Լիցենզիա № 000, 1 հունվարի 2026 թ.',
      school: 'Նմուշի թիվ 1 դպրոց',
      legalLine: 'Տրված է կրթության մասին նմուշային օրենքով',
    },
  },
  ka: {
    watermark: 'ნიმუში',
    issuer: 'პედაგოგიკის სკოლა „ნიმუში“',
    courseTitle: 'ციფრული პედაგოგიკა: შერეული სწავლება',
    modules: [
      'ციფრული დიდაქტიკის საფუძვლები',
      'შერეული გაკვეთილის დაგეგმვა',
      'შეფასება და უკუკავშირი',
      'საპროექტო სახელოსნო',
    ],
    project: 'შერეული მოდული წილადებზე',
    signatory: 'მარიამ ნიმუშელი',
    position: 'სკოლის დირექტორი',
    further: {
      secondSignatory: 'ანა ნიმუშელი',
      secondPosition: 'რეგისტრატორი',
      kind: 'კვალიფიკაციის ამაღლების მოწმობა',
      city: 'ნიმუშქალაქი',
      licence: 'ლიცენზია № 000, 1 იანვარი 2026',
      school: 'ნიმუშის № 1 სკოლა',
      legalLine: 'გაცემულია განათლების შესახებ ნიმუშის კანონით',
    },
  },
  az: {
    watermark: 'NÜMUNƏ',
    issuer: '“Nümunə” pedaqogika məktəbi',
    courseTitle: 'Rəqəmsal pedaqogika: qarışıq təlim',
    modules: [
      'Rəqəmsal didaktikanın əsasları',
      'Qarışıq dərsin layihələndirilməsi',
      'Qiymətləndirmə və rəy',
      'Layihə emalatxanası',
    ],
    project: 'Kəsrlər üzrə qarışıq modul',
    signatory: 'Məryəm Nümunəli',
    position: 'Məktəbin direktoru',
    further: {
      secondSignatory: 'Anna Nümunəli',
      secondPosition: 'Qeydiyyatçı',
      kind: 'İxtisasartırma haqqında vəsiqə',
      city: 'Nümunəşəhər',
      licence: '1 yanvar 2026 tarixli 000 nömrəli lisenziya',
      school: '1 nömrəli nümunə məktəbi',
      legalLine: 'Nümunə təhsil qanununa əsasən verilib',
    },
  },
};

/** The sample texts in the template's language, or in English. */
export function sampleTexts(language: string): SampleTexts {
  return TEXTS[language.split('-')[0] ?? ''] ?? ENGLISH;
}

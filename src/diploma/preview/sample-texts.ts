/** Texts of an invented course in one language, and the watermark of a mock-up. */
export interface SampleTexts {
  readonly watermark: string;
  readonly issuer: string;
  readonly courseTitle: string;
  readonly modules: readonly string[];
  readonly project: string;
  readonly signatory: string;
  readonly position: string;
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
  },
  tg: {
    watermark: 'НАМУНА',
    issuer: 'Мактаби педагогикаи «Намуна»',
    courseTitle: 'Педагогикаи рақамӣ: таълими омехта',
    modules: ['Асосҳои дидактикаи рақамӣ', 'Тарҳрезии дарси омехта', 'Арзёбӣ ва алоқаи бозгашт', 'Устохонаи лоиҳавӣ'],
    project: 'Модули омехта оид ба касрҳо',
    signatory: 'Мария Намунавӣ',
    position: 'Директори мактаб',
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
  },
};

/** The sample texts in the template's language, or in English. */
export function sampleTexts(language: string): SampleTexts {
  return TEXTS[language.split('-')[0] ?? ''] ?? ENGLISH;
}

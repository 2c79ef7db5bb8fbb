/** Languages of the public pages. The diploma's own facts stay in the diploma's language. */
export const PAGE_LANGUAGES = ['ru', 'en', 'kk', 'uz'] as const;
export type PageLanguage = (typeof PAGE_LANGUAGES)[number];

export const LANGUAGE_NAMES: Record<PageLanguage, string> = {
  ru: 'Русский',
  en: 'English',
  kk: 'Қазақша',
  uz: 'Oʻzbekcha',
};

interface Verdict {
  title: string;
  /** `{date}` is replaced. */
  text: string;
}

export interface PageTexts {
  site: string;
  skip: string;
  languages: string;
  valid: Verdict;
  expired: Verdict;
  revoked: Verdict;
  erased: Verdict;
  unknown: Verdict;
  certificate: string;
  holder: string;
  completed: string;
  hours: string;
  /** By Intl plural category; `{n}` is replaced. */
  hoursForms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
  issued: string;
  validUntil: string;
  number: string;
  code: string;
  signatory: string;
  issuer: string;
  programme: string;
  module: string;
  hoursColumn: string;
  total: string;
  project: string;
  grade: string;
  openProject: string;
  file: string;
  fileNote: string;
  download: string;
  fingerprint: string;
  fingerprintNote: string;
  versions: string;
  version: string;
  current: string;
  superseded: string;
  search: string;
  searchIntro: string;
  byCode: string;
  codeHint: string;
  byNumber: string;
  numberHint: string;
  surname: string;
  surnameHint: string;
  find: string;
  missHelp: string[];
  numberNote: string;
  tooMany: Verdict;
  badQuery: Verdict;
}

const ru: PageTexts = {
  site: 'Проверка диплома',
  skip: 'К содержанию',
  languages: 'Язык страницы',
  valid: { title: 'Диплом действителен', text: 'Он выдан организацией, указанной ниже, и не отозван.' },
  expired: { title: 'Срок действия истёк', text: 'Диплом подлинный и действовал до {date} включительно.' },
  revoked: { title: 'Диплом отозван', text: 'Отозван {date}. Он больше не подтверждает указанные ниже сведения.' },
  erased: {
    title: 'Сведения удалены',
    text: 'Диплом с этим номером выдавался; личные данные удалены, скачать его нельзя.',
  },
  unknown: {
    title: 'Диплом не найден',
    text: 'По этим данным ничего не найдено. Это ещё не значит, что диплом поддельный.',
  },
  certificate: 'Диплом',
  holder: 'Обладатель диплома',
  completed: 'Программа',
  hours: 'Объём',
  hoursForms: { one: '{n} час', few: '{n} часа', many: '{n} часов', other: '{n} часа' },
  issued: 'Дата выдачи',
  validUntil: 'Действителен до',
  number: 'Номер',
  code: 'Код проверки',
  signatory: 'Подписал(а)',
  issuer: 'Кем выдан',
  programme: 'Содержание программы',
  module: 'Модуль',
  hoursColumn: 'Часы',
  total: 'Всего',
  project: 'Проектная работа',
  grade: 'Оценка',
  openProject: 'Открыть работу',
  file: 'Файл диплома',
  fileNote: 'Тот самый файл, который получил обладатель диплома.',
  download: 'Открыть диплом, PDF',
  fingerprint: 'Отпечаток SHA-256',
  fingerprintNote: 'Если отпечаток вашего файла тот же, файл не изменён.',
  versions: 'История версий',
  version: 'Версия',
  current: 'действует сейчас',
  superseded: 'заменена',
  search: 'Проверить диплом',
  searchIntro: 'Введите код с диплома или его номер вместе с фамилией обладателя.',
  byCode: 'По коду',
  codeHint: '25 знаков под QR-кодом. Дефисы и регистр не важны.',
  byNumber: 'По номеру и фамилии',
  numberHint: 'Напечатан на дипломе, например INT-26-000042.',
  surname: 'Фамилия',
  surnameHint: 'Как на дипломе, кириллицей или латиницей.',
  find: 'Найти',
  missHelp: [
    'Сверьте код с дипломом: в нём не бывает букв I, L, O и U, а ноль и единица — цифры.',
    'Проще всего навести камеру на QR-код.',
    'Если код не читается, найдите диплом по номеру и фамилии.',
  ],
  numberNote: 'По номеру показаны только общие сведения. Полная страница открывается по коду или QR-коду на дипломе.',
  tooMany: {
    title: 'Слишком много запросов',
    text: 'С вашего адреса пришло больше 30 запросов за минуту. Подождите минуту и повторите.',
  },
  badQuery: { title: 'Запрос неполный', text: 'Нужен либо код, либо номер вместе с фамилией.' },
};

const en: PageTexts = {
  site: 'Diploma verification',
  skip: 'Skip to content',
  languages: 'Page language',
  valid: {
    title: 'This diploma is valid',
    text: 'It was issued by the organisation named below and has not been revoked.',
  },
  expired: { title: 'This diploma has expired', text: 'It is genuine and was valid up to and including {date}.' },
  revoked: {
    title: 'This diploma has been revoked',
    text: 'Revoked on {date}. It no longer confirms what is stated below.',
  },
  erased: {
    title: 'The details have been erased',
    text: 'A diploma with this number was issued; its personal data has been erased and it can no longer be downloaded.',
  },
  unknown: {
    title: 'No diploma found',
    text: 'Nothing was found for what you entered. That alone does not mean that a diploma is forged.',
  },
  certificate: 'Diploma',
  holder: 'Holder',
  completed: 'Course',
  hours: 'Workload',
  hoursForms: { one: '{n} hour', other: '{n} hours' },
  issued: 'Date of issue',
  validUntil: 'Valid until',
  number: 'Number',
  code: 'Verification code',
  signatory: 'Signed by',
  issuer: 'Issued by',
  programme: 'Programme',
  module: 'Module',
  hoursColumn: 'Hours',
  total: 'Total',
  project: 'Project work',
  grade: 'Grade',
  openProject: 'Open the work',
  file: 'Diploma file',
  fileNote: 'The very file that its holder received.',
  download: 'Open the diploma, PDF',
  fingerprint: 'SHA-256 fingerprint',
  fingerprintNote: 'If your file has the same fingerprint, it has not been altered.',
  versions: 'Version history',
  version: 'Version',
  current: 'current',
  superseded: 'superseded',
  search: 'Verify a diploma',
  searchIntro: 'Enter the code from the diploma, or its number together with the holder’s surname.',
  byCode: 'By code',
  codeHint: '25 characters below the QR code. Dashes and letter case do not matter.',
  byNumber: 'By number and surname',
  numberHint: 'Printed on the diploma, for example INT-26-000042.',
  surname: 'Surname',
  surnameHint: 'As on the diploma, in its own or in Latin letters.',
  find: 'Find',
  missHelp: [
    'Compare the code with the diploma: it never has the letters I, L, O or U; zero and one are digits.',
    'Pointing a camera at the QR code is the surest way.',
    'If the code cannot be read, search by number and surname.',
  ],
  numberNote:
    'A search by number shows the general facts only. The full page opens by the code or the QR code on the diploma.',
  tooMany: {
    title: 'Too many requests',
    text: 'More than 30 requests a minute came from your address. Wait a minute and try again.',
  },
  badQuery: { title: 'Something is missing', text: 'Enter either the code, or the number together with the surname.' },
};

const kk: PageTexts = {
  site: 'Дипломды тексеру',
  skip: 'Мазмұнға өту',
  languages: 'Бет тілі',
  valid: { title: 'Диплом жарамды', text: 'Оны төменде көрсетілген ұйым берген, қайтарып алынған жоқ.' },
  expired: { title: 'Жарамдылық мерзімі өткен', text: 'Диплом түпнұсқа, соңғы жарамды күні: {date}.' },
  revoked: {
    title: 'Дипломның күші жойылған',
    text: 'Күші жойылған күні: {date}. Ол енді төмендегі мәліметтерді растамайды.',
  },
  erased: {
    title: 'Мәліметтер жойылған',
    text: 'Осы нөмірлі диплом берілген; жеке деректер жойылды, оны жүктеп алу мүмкін емес.',
  },
  unknown: {
    title: 'Диплом табылмады',
    text: 'Енгізілген деректер бойынша ештеңе табылмады. Бұл дипломның жалған екенін білдірмейді.',
  },
  certificate: 'Диплом',
  holder: 'Диплом иесі',
  completed: 'Бағдарлама',
  hours: 'Көлемі',
  hoursForms: { other: '{n} сағат' },
  issued: 'Берілген күні',
  validUntil: 'Жарамдылық мерзімі',
  number: 'Нөмірі',
  code: 'Тексеру коды',
  signatory: 'Қол қойған',
  issuer: 'Берген ұйым',
  programme: 'Бағдарлама мазмұны',
  module: 'Модуль',
  hoursColumn: 'Сағат',
  total: 'Барлығы',
  project: 'Жобалық жұмыс',
  grade: 'Баға',
  openProject: 'Жұмысты ашу',
  file: 'Диплом файлы',
  fileNote: 'Диплом иесі алған файлдың дәл өзі.',
  download: 'Дипломды ашу, PDF',
  fingerprint: 'SHA-256 таңбасы',
  fingerprintNote: 'Файлыңыздың таңбасы осындай болса, ол өзгертілмеген.',
  versions: 'Нұсқалар тарихы',
  version: 'Нұсқа',
  current: 'қазіргі',
  superseded: 'ауыстырылған',
  search: 'Дипломды тексеру',
  searchIntro: 'Дипломдағы кодты немесе нөмірін иесінің тегімен бірге енгізіңіз.',
  byCode: 'Код бойынша',
  codeHint: 'QR-кодтың астындағы 25 таңба. Сызықша мен әріп көлемі маңызды емес.',
  byNumber: 'Нөмір мен тегі бойынша',
  numberHint: 'Дипломда басылған, мысалы INT-26-000042.',
  surname: 'Тегі',
  surnameHint: 'Дипломдағыдай, кириллицамен немесе латынша.',
  find: 'Табу',
  missHelp: [
    'Кодты дипломмен салыстырыңыз: онда I, L, O, U әріптері болмайды, нөл мен бір — цифрлар.',
    'Ең оңайы — камераны QR-кодқа бағыттау.',
    'Код оқылмаса, дипломды нөмірі мен тегі бойынша іздеңіз.',
  ],
  numberNote: 'Нөмір бойынша тек жалпы мәліметтер көрсетіледі. Толық бет дипломдағы код немесе QR-код арқылы ашылады.',
  tooMany: {
    title: 'Сұраулар тым көп',
    text: 'Мекенжайыңыздан минутына 30-дан көп сұрау келді. Бір минут күтіп, қайталаңыз.',
  },
  badQuery: { title: 'Сұрау толық емес', text: 'Кодты немесе нөмірді тегімен бірге енгізіңіз.' },
};

const uz: PageTexts = {
  site: 'Diplomni tekshirish',
  skip: 'Mazmunga oʻtish',
  languages: 'Sahifa tili',
  valid: { title: 'Diplom haqiqiy', text: 'Uni quyida koʻrsatilgan tashkilot bergan va u bekor qilinmagan.' },
  expired: { title: 'Amal qilish muddati tugagan', text: 'Diplom haqiqiy, oxirgi amal qilgan kuni: {date}.' },
  revoked: {
    title: 'Diplom bekor qilingan',
    text: 'Bekor qilingan sana: {date}. U endi quyidagi maʼlumotlarni tasdiqlamaydi.',
  },
  erased: {
    title: 'Maʼlumotlar oʻchirilgan',
    text: 'Bu raqamli diplom berilgan; shaxsiy maʼlumotlar oʻchirilgan, uni yuklab boʻlmaydi.',
  },
  unknown: {
    title: 'Diplom topilmadi',
    text: 'Kiritilgan maʼlumotlar boʻyicha hech narsa topilmadi. Bu diplom soxta degani emas.',
  },
  certificate: 'Diplom',
  holder: 'Diplom egasi',
  completed: 'Dastur',
  hours: 'Hajmi',
  hoursForms: { other: '{n} soat' },
  issued: 'Berilgan sana',
  validUntil: 'Amal qilish muddati',
  number: 'Raqami',
  code: 'Tekshirish kodi',
  signatory: 'Imzolagan',
  issuer: 'Bergan tashkilot',
  programme: 'Dastur mazmuni',
  module: 'Modul',
  hoursColumn: 'Soat',
  total: 'Jami',
  project: 'Loyiha ishi',
  grade: 'Baho',
  openProject: 'Ishni ochish',
  file: 'Diplom fayli',
  fileNote: 'Diplom egasi olgan faylning aynan oʻzi.',
  download: 'Diplomni ochish, PDF',
  fingerprint: 'SHA-256 izi',
  fingerprintNote: 'Faylingizning izi shu boʻlsa, u oʻzgartirilmagan.',
  versions: 'Versiyalar tarixi',
  version: 'Versiya',
  current: 'joriy',
  superseded: 'almashtirilgan',
  search: 'Diplomni tekshirish',
  searchIntro: 'Diplomdagi kodni yoki uning raqamini egasining familiyasi bilan birga kiriting.',
  byCode: 'Kod boʻyicha',
  codeHint: 'QR-kod ostidagi 25 belgi. Chiziqcha va harf kattaligi ahamiyatsiz.',
  byNumber: 'Raqam va familiya boʻyicha',
  numberHint: 'Diplomda yozilgan, masalan INT-26-000042.',
  surname: 'Familiya',
  surnameHint: 'Diplomdagidek, oʻz yozuvida yoki lotincha.',
  find: 'Topish',
  missHelp: [
    'Kodni diplom bilan solishtiring: unda I, L, O, U harflari boʻlmaydi, nol va bir — raqamlar.',
    'Eng osoni — kamerani QR-kodga qaratish.',
    'Kod oʻqilmasa, diplomni raqami va familiya boʻyicha qidiring.',
  ],
  numberNote:
    'Raqam boʻyicha faqat umumiy maʼlumotlar koʻrsatiladi. Toʻliq sahifa diplomdagi kod yoki QR-kod orqali ochiladi.',
  tooMany: {
    title: 'Soʻrovlar juda koʻp',
    text: 'Manzilingizdan bir daqiqada 30 tadan koʻp soʻrov keldi. Bir daqiqa kutib, qaytaring.',
  },
  badQuery: { title: 'Soʻrov toʻliq emas', text: 'Kodni yoki raqamni familiya bilan birga kiriting.' },
};

export const PAGE_TEXTS: Record<PageLanguage, PageTexts> = { ru, en, kk, uz };

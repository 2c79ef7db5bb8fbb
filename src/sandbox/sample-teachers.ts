/**
 * Sixty INVENTED teachers. Every person, name, address and project here is fictional; any likeness to a living person
 * is chance. E-mail addresses use domains reserved for examples (RFC 2606), so no letter can reach anybody. Phone
 * numbers are the numbering plans' own examples.
 */

/** The special case of a teacher; a teacher without one passes. */
export type SampleCase =
  | 'staff'
  | 'tester'
  | 'expelled'
  | 'active'
  | 'score-low'
  | 'lessons-few'
  | 'project-missing'
  | 'project-refused'
  | 'consent-revoked'
  | 'consent-missing'
  | 'country-missing'
  | 'country-misspelt'
  | 'country-contradicted'
  | 'email-shared'
  | 'email-malformed'
  | 'two-groups'
  | 'unprintable';

export interface SampleTeacher {
  /** Full name in the LMS. */
  name: string;
  latin: string | null;
  /** The teacher's actual country. */
  country: keyof typeof PLACES;
  /** Value of `student.country` in the LMS; default is the country code. */
  says?: string;
  /** False if the registration form has no country. */
  registered?: false;
  case?: SampleCase;
}

/** Time zone, example mobile number, language and town of each country's teachers. */
export const PLACES = {
  KZ: { zone: 'Asia/Almaty', phone: '+77710009998', locale: 'kk', town: 'Алматы' },
  UZ: { zone: 'Asia/Tashkent', phone: '+998912345678', locale: 'uz', town: 'Toshkent' },
  KG: { zone: 'Asia/Bishkek', phone: '+996700123456', locale: 'ky', town: 'Бишкек' },
  TJ: { zone: 'Asia/Dushanbe', phone: '+992917123456', locale: 'tg', town: 'Душанбе' },
  TM: { zone: 'Asia/Ashgabat', phone: '+99366123456', locale: 'tk', town: 'Aşgabat' },
  AM: { zone: 'Asia/Yerevan', phone: '+37477123456', locale: 'hy', town: 'Երևան' },
  AZ: { zone: 'Asia/Baku', phone: '+994401234567', locale: 'az', town: 'Bakı' },
  GE: { zone: 'Asia/Tbilisi', phone: '+995555123456', locale: 'ka', town: 'თბილისი' },
  BY: { zone: 'Europe/Minsk', phone: '+375294911911', locale: 'be', town: 'Мінск' },
  MD: { zone: 'Europe/Chisinau', phone: '+37362112345', locale: 'ro', town: 'Chișinău' },
  MN: { zone: 'Asia/Ulaanbaatar', phone: '+97688123456', locale: 'mn', town: 'Улаанбаатар' },
  RU: { zone: 'Europe/Moscow', phone: '+79123456789', locale: 'ru', town: 'Тверь' },
  TR: { zone: 'Europe/Istanbul', phone: '+905012345678', locale: 'tr', town: 'Bursa' },
} as const;

export const SAMPLE_TEACHERS: readonly SampleTeacher[] = [
  // Kazakhstan: four spellings of the country; three of these teachers have no registration form to fall back on.
  { name: 'Әйгерім Сәрсенбаева', latin: 'Aigerim Sarsenbayeva', country: 'KZ', says: 'Казахстан' },
  { name: 'Нұрлан Қаңтарбаев', latin: null, country: 'KZ', registered: false },
  { name: 'Жұлдыз Төлегенқызы', latin: 'Zhuldyz Tolegenkyzy', country: 'KZ', says: 'Kazakhstan', registered: false },
  { name: 'Ғалымжан Өтегенов', latin: null, country: 'KZ', says: 'Қазақстан', registered: false },
  { name: 'Даниил Верещагин', latin: 'Daniil Vereshchagin', country: 'KZ', says: 'Kazakstan' },
  {
    name: 'Мейірімгүл Әбдірахманқызы Сейітжаппарова-Құлмағамбетова',
    latin: 'Meirimgul Abdirakhmankyzy Seiitzhapparova-Kulmagambetova',
    country: 'KZ',
    says: 'Казахстан',
  },
  { name: '김나탈리야', latin: 'Natalya Kim', country: 'KZ' },
  { name: 'अनीता शर्मा', latin: 'Anita Sharma', country: 'KZ', says: 'Kazakhstan' },
  { name: 'Індіра Һәкімова', latin: null, country: 'KZ', case: 'score-low' },
  { name: 'Ерлан Жұмабаев', latin: null, country: 'KZ', says: 'Kazakstan', case: 'country-misspelt' },
  // Uzbekistan: names with U+02BB, as the orthography requires, and with the apostrophes that people really type.
  { name: 'Gulnora Toʻxtayeva', latin: null, country: 'UZ', says: 'Oʻzbekiston' },
  { name: 'Oʻtkir Gʻulomov', latin: null, country: 'UZ', says: 'Узбекистан' },
  { name: "Dilnoza G'aniyeva", latin: null, country: 'UZ' },
  { name: 'Shohruh O’rinov', latin: null, country: 'UZ', says: 'Uzbekistan' },
  { name: 'Feruza Shoʻrtanboyeva', latin: null, country: 'UZ', case: 'two-groups' },
  { name: 'Зуҳра Қодирова', latin: 'Zuhra Qodirova', country: 'UZ' },
  { name: 'Малика Юсупова', latin: null, country: 'UZ', says: 'Узбекистан', case: 'country-contradicted' },
  { name: 'Jamshid Ergashev', latin: null, country: 'UZ', case: 'lessons-few' },
  { name: 'Sevara Maʼrufova', latin: null, country: 'UZ', case: 'email-malformed' },
  // Teachers from Kyrgyzstan
  { name: 'Айпери Токтосунова', latin: 'Aiperi Toktosunova', country: 'KG', says: 'Киргизия' },
  { name: 'Нурбек Өмүралиев', latin: null, country: 'KG', says: 'Кыргызстан' },
  { name: 'Бүбүсара Ыбрайымова', latin: 'Bubusara Ybraiymova', country: 'KG' },
  { name: 'Элнура Асанбаева', latin: null, country: 'KG', case: 'country-missing' },
  { name: '王秀英', latin: null, country: 'KG', case: 'unprintable' },
  // Teachers from Tajikistan
  { name: 'Фирӯза Ҳакимзода', latin: 'Firuza Hakimzoda', country: 'TJ', says: 'Таджикистан' },
  { name: 'Ҷамшед Қурбонов', latin: null, country: 'TJ' },
  { name: 'Мавҷуда Раҳимӣ', latin: null, country: 'TJ', says: 'Тоҷикистон' },
  { name: 'پروین کریمی', latin: 'Parvin Karimi', country: 'TJ' },
  { name: 'Сӯҳроб Назарӣ', latin: null, country: 'TJ', case: 'project-refused' },
  // Teachers from Turkmenistan
  { name: 'Ogulgerek Annaýewa', latin: null, country: 'TM', says: 'Туркменистан' },
  { name: 'Çary Hojaberdiýew', latin: null, country: 'TM' },
  { name: 'Jeren Şyhmyradowa', latin: null, country: 'TM', says: 'Türkmenistan' },
  { name: 'Maýsa Öwezowa', latin: null, country: 'TM', case: 'consent-revoked' },
  // Teachers from Armenia
  { name: 'Անահիտ Գրիգորյան', latin: 'Anahit Grigoryan', country: 'AM', says: 'Армения' },
  { name: 'Տիգրան Սահակյան', latin: null, country: 'AM', says: 'Armenia' },
  { name: 'Լուսինե Մկրտչյան', latin: 'Lusine Mkrtchyan', country: 'AM' },
  { name: 'Ελένη Παπαδοπούλου', latin: 'Eleni Papadopoulou', country: 'AM' },
  { name: 'Արևիկ Հովհաննիսյան', latin: null, country: 'AM', case: 'active' },
  // Teachers from Azerbaijan
  { name: 'Günəş Əliyeva', latin: null, country: 'AZ', says: 'Азербайджан' },
  { name: 'Fərid Məmmədov', latin: null, country: 'AZ', says: 'Azərbaycan' },
  { name: 'Şəbnəm Quliyeva', latin: null, country: 'AZ' },
  { name: 'Rəşad İsmayılzadə', latin: null, country: 'AZ', case: 'project-missing' },
  { name: 'ሰላማዊት ተስፋዬ', latin: null, country: 'AZ', case: 'unprintable' },
  // Teachers from Georgia
  { name: 'ნინო ბერიძე', latin: 'Nino Beridze', country: 'GE', says: 'Грузия' },
  { name: 'გიორგი კაპანაძე', latin: null, country: 'GE', says: 'Georgia' },
  { name: 'ქეთევან ჯავახიშვილი', latin: 'Ketevan Javakhishvili', country: 'GE' },
  { name: 'רחל ברוך', latin: 'Rachel Baruch', country: 'GE' },
  { name: 'თამარ ლომიძე', latin: null, country: 'GE', case: 'consent-missing' },
  // Teachers from Belarus; two of them work at one school and share its address.
  { name: 'Алеся Казлоўская', latin: null, country: 'BY', says: 'Беларусь' },
  { name: 'Яўген Вайтовіч', latin: null, country: 'BY', says: 'Белоруссия', case: 'email-shared' },
  { name: 'Ірына Каваленка', latin: null, country: 'BY', case: 'email-shared' },
  // Teachers from Moldova
  { name: 'Ștefania Țurcanu', latin: null, country: 'MD', says: 'Молдова' },
  { name: 'Ion Munteanu', latin: null, country: 'MD', says: 'Moldova' },
  { name: 'Viorica Bălănescu', latin: null, country: 'MD', case: 'staff' },
  // Teachers from Mongolia
  { name: 'Өлзийсайхан Нямжав', latin: 'Ulziisaikhan Nyamjav', country: 'MN', says: 'Монголия' },
  { name: 'Мөнхбат Гантулга', latin: null, country: 'MN', says: 'Mongolia' },
  { name: 'Энхтуяа Цэрэндорж', latin: null, country: 'MN', case: 'expelled' },
  { name: 'Туршилтын Хэрэглэгч', latin: null, country: 'MN', case: 'tester' },
  // Teachers from countries that the criteria do not list
  { name: 'Пётр Подъячев', latin: null, country: 'RU', says: 'Россия' },
  { name: 'Gökçe Işıldak', latin: null, country: 'TR', says: 'Türkiye' },
];

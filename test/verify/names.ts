/** A name to print; all are invented. */
export interface NameSample {
  native: string;
  latin: string | null;
  /** Words from left to right as printed; default is the order of words (reversed when `rtl`). */
  visual?: readonly string[];
}

export interface Script {
  id: string;
  /** True when the whole name is written from right to left. */
  rtl: boolean;
  /**
   * What copying from the page gives back: `name`; `bases`: the name without marks, which readers place differently;
   * `words`: the words in any order, because readers order words of two directions differently. The structure of the
   * file always has the true name.
   */
  copied: 'name' | 'bases' | 'words';
  /** False when letters share a glyph: Ghostscript 10.00 garbles such glyphs when it re-saves a file. */
  survivesResaving?: false;
  names: readonly NameSample[];
}

const native = (...names: string[]): NameSample[] => names.map((name) => ({ native: name, latin: null }));
const both = (...pairs: [string, string][]): NameSample[] => pairs.map(([name, latin]) => ({ native: name, latin }));

/** Names by script, with the difficult features of each. */
export const SCRIPTS: readonly Script[] = [
  {
    id: 'latin',
    rtl: false,
    copied: 'name',
    names: native(
      'Dilnoza Oʻrinboyeva Gʻulomjon qizi',
      'Şəhla Əliyeva Çingiz qızı',
      'Nguyễn Thị Ánh Tuyết',
      'Ștefan Țurcanu-Brânză',
      'Łucja Święcicka-Żądło',
      'Jürgen Größing',
      'Þórdís Ægisdóttir',
      'Oraz Nuryýewiç Gaňly',
      'Željka Đorđević',
      'Ọláṣùn Ẹniọlá',
      'Anna Tom Eva Zofia',
      'AVA WAYTO Týř Vávra',
    ),
  },
  {
    id: 'cyrillic',
    rtl: false,
    copied: 'name',
    names: both(
      ['Әсел Нұрмұхамедова Қуанышқызы', 'Assel Nurmukhamedova'],
      ['Фёдор Щукин-Йовчев', 'Fyodor Shchukin-Yovchev'],
      ['Ӯктам Ҷӯраев Ғаффорович', 'Uktam Juraev'],
      ['Өмүрбек Үсөнбаев Жеңишбек уулу', 'Omurbek Usonbaev'],
      ['Їжакевич Єлизавета Ґалаґанівна', 'Yelyzaveta Yizhakevych'],
      ['Ђорђе Љиљановић Њагуловић', 'Đorđe Ljiljanović'],
      ['Энхтүвшин Мөнхөө', 'Enkhtuvshin Munkhuu'],
      ['Һәҙиә Ҡаҙаҡбаева', 'Hadiya Kazakbaeva'],
      ['Ӂэвак Ѓорѓи Ќосев', 'Ġorġi Ḱosev'],
    ),
  },
  {
    id: 'greek',
    rtl: false,
    copied: 'name',
    names: native('Ελένη Παπαδοπούλου', 'Ἀριστοτέλης Ὀρφανίδης', 'Ιωάννης Ξυδάκης-Ϊος', 'Ὑπατία Ῥοδίου'),
  },
  {
    id: 'georgian',
    rtl: false,
    copied: 'name',
    names: both(
      ['ნინო ბერიძე-კვარაცხელია', 'Nino Beridze-Kvaratskhelia'],
      ['ჟუჟუნა მჭედლიშვილი', 'Zhuzhuna Mchedlishvili'],
      ['გიორგი ჯუღაშვილი ვახტანგის ძე', 'Giorgi Jughashvili'],
    ),
  },
  {
    id: 'armenian',
    rtl: false,
    copied: 'name',
    names: both(
      ['Անահիտ Հարությունյան', 'Anahit Harutyunyan'],
      ['Գևորգ Եղիշեի Ճշմարիտյան', 'Gevorg Chshmarityan'],
      ['Ֆրունզե Օհանյան-Խաչատրյան', 'Frunze Ohanyan-Khachatryan'],
    ),
  },
  {
    id: 'hebrew',
    rtl: true,
    copied: 'bases',
    names: both(
      ['שרה כהן־לוי', 'Sara Cohen-Levi'],
      ['יִצְחָק בֶּן־דָּוִד', 'Yitzhak Ben-David'],
      ['אברהם שפיץ', 'Avraham Spitz'],
    ),
  },
  {
    id: 'arabic',
    rtl: true,
    copied: 'bases',
    names: both(
      ['أحمد الخطيب', 'Ahmad al-Khatib'],
      ['فاطمة الزهراء بنت عبد الله', 'Fatima az-Zahra bint Abdallah'],
      ['مُحَمَّد صَلَاح', 'Muhammad Salah'],
      ['آلاء إسماعيل لؤي', 'Alaa Ismail Luay'],
    ),
  },
  {
    id: 'persian',
    survivesResaving: false,
    rtl: true,
    copied: 'name',
    names: both(
      ['پریسا گل‌محمدی', 'Parisa Golmohammadi'],
      ['ژاله چگینی', 'Zhaleh Chegini'],
      ['کیومرث پژمان‌فر', 'Kiumars Pezhmanfar'],
    ),
  },
  {
    id: 'devanagari',
    survivesResaving: false,
    rtl: false,
    copied: 'name',
    names: both(
      ['प्रिया शर्मा', 'Priya Sharma'],
      ['कृष्णमूर्ति त्रिपाठी', 'Krishnamurti Tripathi'],
      ['श्रीनिवास द्विवेदी ज्ञानेश्वर', 'Shrinivas Dwivedi'],
    ),
  },
  {
    id: 'thai',
    survivesResaving: false,
    rtl: false,
    copied: 'name',
    names: both(
      ['สมชาย น้ำใจดี', 'Somchai Namjaidee'],
      ['กุลธิดา ปิ่นทองคำ', 'Kunthida Pinthongkham'],
      ['ณัฐวุฒิ ยิ้มแย้ม', 'Natthawut Yimyaem'],
    ),
  },
  {
    id: 'mixed',
    rtl: false,
    copied: 'words',
    names: [
      { native: 'أحمد Smith-Jones (Ali) 2', latin: null, visual: ['Smith-Jones', '(Ali)', '2', 'أحمد'] },
      { native: 'Anna כהן Levi', latin: null, visual: ['Anna', 'כהן', 'Levi'] },
      { native: 'שרה Cohen ნინო', latin: null, visual: ['Cohen', 'ნინო', 'שרה'] },
      { native: 'Иван प्रिया Ελένη', latin: null, visual: ['Иван', 'प्रिया', 'Ελένη'] },
    ],
  },
  {
    id: 'long',
    rtl: false,
    copied: 'name',
    names: native(
      'Александра-Виктория Константиновна Рождественская-Преображенская',
      'Maria da Conceição Fernandes de Albuquerque e Vasconcelos',
      'Kreszentia-Hildegard Freifrau von Württemberg-Hohenlohe zu Öhringen',
      'კონსტანტინე ჭავჭავაძე-მჭედლიშვილი ალექსანდრეს ძე',
      'Һәҙиәбануу Нұрмұхамедқызы Әбдірахманова-Қожахметова',
      'Քրիստափոր Տեր-Հարությունյան Մկրտիչի Ղազարոսյան',
    ),
  },
  {
    id: 'hostile',
    rtl: false,
    copied: 'name',
    names: native(
      '[% anketa.base.email %] Anna',
      '<b>Anna</b> & "Co" ]]>',
      "Robert'); DROP TABLE Students;-- Jr",
      '\u0024{7*7} {{7*7}} #{7*7}',
      '=HYPERLINK("https://evil.example")',
      '(Anna) \\051 Petrova \\n',
      'Anna endstream endobj 1 0 obj',
      '/Anna <</S /JavaScript /JS (x)>>',
      'Tom &amp; O’Neil &#60;i&#62;',
      '%PDF-1.7 %%EOF trailer',
    ),
  },
];

/** The words of a name from left to right, as printed on one line. */
export function visualWords({ native: name, visual }: NameSample, { rtl }: Script): string[] {
  const words = visual ?? name.normalize('NFC').split(/\s+/u);
  return rtl && visual === undefined ? [...words].reverse() : [...words];
}

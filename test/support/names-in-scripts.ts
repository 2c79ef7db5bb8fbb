/** Fictional names in 13 scripts, as forms deliver them; spreadsheets must neither change, lose nor add a character. */
export const NAMES_IN_SCRIPTS: Readonly<Record<string, string>> = {
  Latin: 'Gʻulom Oʻgʻuz-İlyés Ștefănescu ẞ',
  Cyrillic: 'Әсел Нұрмұхамедова-Ёлкина',
  Greek: 'Ἀλέξανδρος Παπαδόπουλος',
  Armenian: 'Անահիտ Սարգսյան-Եվս',
  Georgian: 'ნინო ბერიძე',
  Hebrew: 'שָׂרָה כֹּהֵן־לֵוִי',
  Arabic: 'محمد‌علی رضائی آل‌احمد',
  Devanagari: 'प्रज्ञा क्षेत्रपाल र्‍य',
  Thai: 'สุภาพร น้ำใจ',
  Mongolian: 'ᠰᠠᠷᠠᠨᠲᠤᠶᠠ ᠪᠠᠲᠤ',
  Han: '歐陽𠮷田 葛󠄀城',
  Kana: 'さくら・ヴァン・ダイク',
  Hangul: '김하늘',
};

/** Texts that spreadsheets like to read as something else, or that their format writes with escapes. */
export const HARD_TEXTS: readonly string[] = [
  '=1+1',
  '+7 701 123-45-67',
  '-Анна',
  '@sum',
  "'quoted",
  '007',
  '1E5',
  '2026-11-20',
  'TRUE',
  '  spaces at both ends  ',
  'two\nlines',
  'a\ttab',
  '<b>&amp; "quotes"</b>',
  'e\u0301 (decomposed) é (composed)',
  '👩🏽‍🏫 teacher',
  'no\u00A0break, soft\u00ADhyphen, \u202Eoverride',
];

import { en, Faker } from '@faker-js/faker';

/*
 * Titles of projects, courses, modules and positions as people write them, including marks that also occur in damaged
 * text.
 */

const SUBJECTS = {
  ru: [
    'цифровая педагогика',
    'работа с данными',
    'оценивание',
    'урок физики',
    'здоровье & спорт',
    'чтение и письмо',
    'мРНК-вакцины',
    'дроби ½ и ¼',
  ],
  en: [
    'digital teaching',
    'data literacy',
    'assessment',
    'physics for all',
    'R&D',
    'Q&A sessions',
    "teachers' wellbeing",
    'C&A',
  ],
  kk: ['цифрлық педагогика', 'оқу сауаттылығы', 'физика сабағы', 'ұлттық ойындар'],
  uz: ['raqamli pedagogika', 'oʻqish savodxonligi', 'fizika darsi', "o'yin orqali ta'lim"],
  ky: ['санариптик педагогика', 'окуу сабаттуулугу', 'физика сабагы', 'өлкө таануу'],
  tg: ['омӯзгории рақамӣ', 'дарси физика', 'саводнокии хониш', 'ҷуғрофия'],
  az: ['rəqəmsal pedaqogika', 'oxu bacarıqları', 'fizika dərsi', 'şagird & müəllim'],
  hy: ['թվային մանկավարժություն', 'ֆիզիկայի դաս', 'ընթերցանություն'],
  ka: ['ციფრული პედაგოგიკა', 'ფიზიკის გაკვეთილი', 'კითხვა'],
};

const TERMS = [
  'STEM',
  'IT',
  'e-Learning',
  'Scratch',
  'Python_3',
  'C++',
  'C#',
  'Web 2.0',
  'iSpring',
  '3D',
  'COVID-19',
  'HTML',
  'Moodle',
  'AR/VR',
  '.NET',
  'ChatGPT',
  'YouTube',
  'Wi-Fi',
  'km²',
  '№ 5',
  'H₂O',
  'Pokémon',
];

const SHAPES: readonly ((subject: string, other: string, term: string) => string)[] = [
  (subject) => subject,
  (subject) => `«${subject}»`,
  (subject) => `"${subject}"`,
  (subject) => `“${subject}”`,
  (subject) => `„${subject}“`,
  (subject, other) => `${subject}: ${other}`,
  (subject, other) => `${subject} & ${other}`,
  (subject, other) => `${subject} – «${other}»`,
  (subject, other) => `${subject} — ${other}?`,
  (subject, other) => `${subject}? ${other}!`,
  (subject, other) => `${subject} < ${other}`,
  (subject, other) => `${subject} > ${other} (2026)`,
  (subject, _, term) => `${term}: ${subject}`,
  (subject, _, term) => `${subject} <3 ${term}`,
  (subject, _, term) => `«${term}»: ${subject}`,
  (subject, _, term) => `${subject} + ${term} = 100%`,
  (subject, _, term) => `${term}-${subject}`,
  (subject, _, term) => `${subject} (${term})`,
  (subject) => `100% ${subject}`,
  (subject) => `1. ${subject}`,
  (subject) => `${subject}…`,
  (subject) => `#${subject.replaceAll(' ', '')}`,
  (subject) => `https://school.example/?q=${encodeURIComponent(subject)}&page=2`,
  (subject, other) => `${subject}/${other}`,
  (subject) => `${subject.replaceAll(' ', '_')}_2026.pptx`,
  (subject, other) => `'${subject}' and "${other}"`,
  (subject) => `${subject} @ school`,
  (subject, other) => `${subject}; ${other}.`,
  (subject) => subject.toUpperCase(),
  (subject, other) => `[${subject}] ${other}`,
  (subject) => `5 ’why’ ${subject}`,
  (subject) => `Tag <table>: ${subject}`,
  (subject) => `$100 ${subject} €50`,
  (subject, other) => `{${subject}, ${other}}`,
  (subject) => `~ ${subject} ~`,
  (subject) => `${subject} * * *`,
  (subject, other) => `${subject} | ${other}`,
  (subject, other) => `${subject} => ${other}`,
];

const capital = (text: string) => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());

/** Unique titles in all nine languages. */
export function titles(count: number, seed: number): string[] {
  const faker = new Faker({ locale: en, seed });
  const made = new Set<string>();
  for (let tries = 0; made.size < count && tries < count * 50; tries++) {
    const subjects = faker.helpers.arrayElement(Object.values(SUBJECTS));
    const one = capital(faker.helpers.arrayElement(subjects));
    const other = faker.helpers.arrayElement(subjects);
    made.add(faker.helpers.arrayElement(SHAPES)(one, other, faker.helpers.arrayElement(TERMS)));
  }
  return [...made];
}

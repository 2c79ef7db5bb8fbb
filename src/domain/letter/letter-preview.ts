import { message } from '../messages/message.ts';
import { type Issuer, printedIn, type Rulebook } from '../rulebook.ts';
import type { LetterOccasion } from './letter-occasions.ts';
import { composeLetter, type LetterFacts, type LetterParts } from './letter-text.ts';

/** Invented people and courses, marked as samples in the letter's language; other languages use English. */
const ENGLISH = {
  mark: 'sample',
  name: 'Alex Sample',
  course: 'Sample Course: Digital Teaching',
  signatory: 'Pat Example',
};
const SAMPLES: Record<string, typeof ENGLISH> = {
  en: ENGLISH,
  ru: {
    mark: 'образец',
    name: 'Анна Образцова',
    course: 'Учебный пример: цифровая педагогика',
    signatory: 'Вера Примерова',
  },
  kk: { mark: 'үлгі', name: 'Әсел Үлгібаева', course: 'Үлгі курсы: цифрлық педагогика', signatory: 'Ғалия Мысалова' },
  uz: {
    mark: 'namuna',
    name: 'Oʻgʻiloy Namunayeva',
    course: 'Namuna kursi: raqamli pedagogika',
    signatory: 'Gʻulom Misolov',
  },
  ky: {
    mark: 'үлгү',
    name: 'Айжан Үлгүбекова',
    course: 'Үлгү курсу: санариптик педагогика',
    signatory: 'Гүлнара Мисалова',
  },
  tg: {
    mark: 'намуна',
    name: 'Ҷамила Намунаева',
    course: 'Курси намунавӣ: омӯзгории рақамӣ',
    signatory: 'Шоира Мисолова',
  },
  hy: {
    mark: 'նմուշ',
    name: 'Անի Նմուշյան',
    course: 'Նմուշ դասընթաց՝ թվային մանկավարժություն',
    signatory: 'Արամ Օրինակյան',
  },
  ka: {
    mark: 'ნიმუში',
    name: 'ანა ნიმუშიძე',
    course: 'სანიმუშო კურსი: ციფრული პედაგოგიკა',
    signatory: 'გია მაგალითაშვილი',
  },
  az: {
    mark: 'nümunə',
    name: 'Günel Nümunəyeva',
    course: 'Nümunə kursu: rəqəmsal pedaqogika',
    signatory: 'Əli Misalov',
  },
};
/** Long, in several scripts, with all characters that are special in markup or in the provider's template language. */
const EXTREME = {
  name: `Maximiliana-Alexandrowna Құрманғазы-Нұрмұхамедова d’Éxtrême O'Namunayeva-Սարգսյան ${'x'.repeat(40)}`,
  course: `“Цифры & буквы” <b>2026</b> {% 7*7 %} {{name}} 'кавычки' ${'очень длинное название курса '.repeat(8).trim()}`,
};
/** No real number or code looks like these. */
const NUMBER = 'SAMPLE-00-000000';
const CODE = 'SAMPLE0000000000000000000';

/** The inputs of a letter. */
export interface LetterSource {
  letters: Rulebook['letters'];
  issuer: Pick<Issuer, 'name' | 'url'> & Partial<Pick<Issuer, 'contact'>>;
}

export interface LetterPreview extends LetterParts {
  language: string;
}

export type PreviewResult = { ok: true; preview: LetterPreview } | { ok: false; detail: string };

/**
 * Renders a letter by the same code as a real one, with an invented teacher's facts.
 * @param wanted.language null: English, else Russian, else the first one
 * @param wanted.occasion absent: the first letter
 * @param wanted.publicUrl base address of the sample's verification page
 * @returns the existing letters or languages when the requested one does not exist
 */
export function previewLetter(
  { letters, issuer }: LetterSource,
  wanted: {
    letter: string;
    language: string | null;
    extreme: boolean;
    occasion?: LetterOccasion;
    publicUrl: string;
    instructions: readonly string[];
  },
): PreviewResult {
  const languages = letters.get(wanted.letter);
  if (!languages) return { ok: false, detail: message('unknown.letter', { known: listed(letters.keys()) }) };
  const language = wanted.language ?? ['en', 'ru', ...languages.keys()].find((tag) => languages.has(tag)) ?? '';
  const template = languages.get(language);
  if (!template)
    return {
      ok: false,
      detail: message('unknown.letter-language', { letter: wanted.letter, known: listed(languages.keys()) }),
    };
  const { mark, name, course, signatory } = SAMPLES[language.split('-')[0] ?? ''] ?? ENGLISH;
  const facts: LetterFacts = {
    holderName: `${wanted.extreme ? EXTREME.name : name} (${mark})`,
    courseTitle: `${wanted.extreme ? `${EXTREME.course} ${wanted.instructions.join(' 7*7 ')}` : course} (${mark})`,
    number: NUMBER,
    code: CODE,
    lookupUrl: `${wanted.publicUrl.replace(/\/+$/, '')}/c/${CODE}`,
    issuer: { name: printedIn(issuer.name, language), url: issuer.url },
    signatory: { name: `${signatory} (${mark})`, position: mark },
  };
  const { occasion = 'first' } = wanted;
  const change = { field: 'holderName', before: `${name}${name.slice(-1)} (${mark})`, after: facts.holderName };
  const changes = occasion === 'corrected' ? [change] : [];
  const contents = { facts, occasion, changes, contact: issuer.contact ?? null };
  return { ok: true, preview: { language, ...composeLetter(template, contents, wanted.instructions) } };
}

/** Languages of a letter, sorted; empty when the letter does not exist. */
export function languagesOf({ letters }: Pick<LetterSource, 'letters'>, letter: string): string[] {
  return [...(letters.get(letter)?.keys() ?? [])].sort();
}

function listed(names: Iterable<string>): string {
  return [...names].sort().join(', ') || 'none';
}
